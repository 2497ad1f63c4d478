"""The writing commands declare the calls that they make: each of them, and no other."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from stackpane.commands import Command
from stackpane_s3 import copying
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.s3.writing import Runner, fill, finish, version_on

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

MIB = 1024**2
BIG = {"big": b"x" * 6 * MIB}


def rm(s3: Runner, emulator: Emulator) -> None:
    s3("rm", "s3://bucket/one")
    s3("rm", "s3://bucket/x/", "-r")
    s3("rm", "s3://bucket/two", "--all-versions")


def restore(s3: Runner, emulator: Emulator) -> None:
    client = emulator.client("s3")
    for key in ("big", "one"):
        old = client.head_object(Bucket="bucket", Key=key)["VersionId"]
        fill(emulator, "bucket", {key: b"newer"})
        s3("restore", f"s3://bucket/{key}", "--version-id", old)
    for key in ("x/1", "x/2", "line\nbreak"):
        client.delete_object(Bucket="bucket", Key=key)
    s3("restore", "s3://bucket/x/", "--deleted")
    s3("restore", "s3://bucket/line\nbreak")


def copy(command: str) -> Callable[[Runner, Emulator], None]:
    def run(s3: Runner, emulator: Emulator) -> None:
        s3(command, "s3://bucket/big", "s3://bucket/big-2")
        s3(command, "s3://bucket/x/", "s3://bucket/y/", "-r")

    return run


def edit(s3: Runner, emulator: Emulator) -> None:
    s3("edit", "s3://bucket/big", "--content-type", "text/plain", "--tag", "a=b")
    s3("edit", "s3://bucket/one", "--content-type", "text/plain")


def presign(s3: Runner, emulator: Emulator) -> None:
    s3.text("presign", "s3://bucket/one")
    s3.text("presign", "s3://bucket/one", "--put")


def mb(s3: Runner, emulator: Emulator) -> None:
    s3("mb", "s3://new-bucket", "--versioning")


def rb(s3: Runner, emulator: Emulator) -> None:
    emulator.client("s3").create_multipart_upload(Bucket="bucket", Key="unfinished")
    s3("rb", "s3://bucket", "--force")


# What only happens where something fails, and what is signed without being sent; each has its own test.
UNSEEN = {
    "rm": set(),
    "restore": {"AbortMultipartUpload", "PutObjectTagging"},
    "cp": {"AbortMultipartUpload", "PutObjectTagging"},
    "mv": {"AbortMultipartUpload", "PutObjectTagging"},
    "edit": {"AbortMultipartUpload"},
    "presign": {"GetObject", "PutObject"},
    "mb": set(),
    "rb": set(),
}
RUNS = {
    "rm": rm,
    "restore": restore,
    "cp": copy("cp"),
    "mv": copy("mv"),
    "edit": edit,
    "presign": presign,
    "mb": mb,
    "rb": rb,
}


@pytest.mark.parametrize("name", RUNS)
def test_the_calls_made_are_the_calls_declared(ministack: Emulator, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "SINGLE_MAX", 5 * MIB)
    monkeypatch.setattr(copying, "PART", 5 * MIB)
    ministack.reset()
    client = ministack.client("s3")
    client.create_bucket(Bucket="bucket", ObjectOwnership="ObjectWriter")
    version_on(ministack, "bucket")
    fill(ministack, "bucket", ["one", "two", "line\nbreak", "x/1", "x/2"])
    fill(ministack, "bucket", BIG, Tagging="t=1")
    client.put_object_annotation(Bucket="bucket", Key="big", AnnotationName="note", AnnotationPayload=b"1")
    with FaultProxy(ministack.url) as proxy:
        RUNS[name](Runner(proxy.url), ministack)
        seen = set(proxy.operations)
    command = getattr(import_module(f"stackpane_s3.commands.{name}"), name)
    assert isinstance(command, Command)
    assert seen | UNSEEN[name] == {call.operation for call in command.calls}
    assert not seen & UNSEEN[name]


@pytest.mark.parametrize(
    ("name", "argv"),
    [
        ("rm", ["s3://bucket/one"]),
        ("cp", ["s3://bucket/one", "s3://bucket/copy"]),
        ("mv", ["s3://bucket/one", "s3://bucket/moved"]),
        ("restore", ["s3://bucket/deleted"]),
        ("edit", ["s3://bucket/one", "--tag", "a=b"]),
        ("edit", ["s3://bucket/one", "--content-type", "a/b"]),
        ("mb", ["s3://new-bucket"]),
        ("rb", ["s3://bucket", "--force"]),
    ],
)
def test_on_a_read_only_connection_no_change_reaches_the_wire(ministack: Emulator, name: str, argv: list[str]) -> None:
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    version_on(ministack, "bucket")
    fill(ministack, "bucket", ["one", "deleted"])
    ministack.client("s3").delete_object(Bucket="bucket", Key="deleted")
    with FaultProxy(ministack.url) as proxy:
        with pytest.raises(Exception, match="read-only"):
            finish(Runner(proxy.url, facts={"read_only": True}).view(name, *argv))
        assert {request.method for request in proxy.requests} <= {"GET", "HEAD"}


@pytest.mark.parametrize("name", ["rm", "cp", "mv", "restore", "edit", "mb", "rb"])
def test_an_endpoint_that_only_has_a_login_page_is_never_taken_for_s3(moto: Emulator, name: str) -> None:
    argv = {
        "rm": ["s3://bucket/x/", "-r"],
        "cp": ["s3://bucket/x/", "s3://bucket/y/", "-r"],
        "mv": ["s3://bucket/a", "s3://bucket/b"],
        "restore": ["s3://bucket/", "--deleted"],
        "edit": ["s3://bucket/a", "--tag", "a=b"],
        "mb": ["s3://new-bucket"],
        "rb": ["s3://bucket"],
    }[name]
    with FaultProxy(moto.url) as proxy:
        proxy.fault(modes.html200())
        with pytest.raises(Exception, match="AWS service"):
            Runner(proxy.url).view(name, *argv)
