"""The writing commands change nothing where they may not, and take no login page for S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.s3.writing import Runner, fill, finish, version_on

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator


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
