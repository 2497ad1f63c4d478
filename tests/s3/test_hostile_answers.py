"""What a hostile server, a hostile command line and hostile files say: it stays text, on one line, and in its place."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane.options import FORMATS
from tests.harness import hostile
from tests.harness.faultproxy import FaultProxy, Mode
from tests.harness.faults import error, rewrite
from tests.harness.terminal import TerminalFactory, hostile_bytes
from tests.s3.writing import bodies, fill

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Exchange

# What XML and HTTP can carry of it: C1 controls, directions, line breaks, markup, formulas.
TEXT = "=1+1\u009b31m\u009d0;title\u009c\u202egpj.exe\r\nerror: no\u2028[red]a[/] <script>\u200b"
HEADER = "=1+1\u009b31m\u009d0;title\u009c [red]a[/] <script>\u00ad"


@pytest.fixture
def proxy(moto: Emulator) -> Iterator[FaultProxy]:
    """A proxy before an S3 with one object, ``s3://photos/a``."""
    moto.reset()
    moto.client("s3").create_bucket(Bucket="photos")
    fill(moto, "photos", {"a": b"body"})
    with FaultProxy(moto.url) as faults:
        yield faults


def _xml(text: str) -> bytes:
    escaped = re.sub(r"[<>&\r\n\x80-\x9f]", lambda found: f"&#{ord(found[0])};", text)
    return escaped.encode()


def _with_text(*elements: str, text: str = TEXT) -> Mode:
    """The emulator's answer, with another text in some of its elements."""

    def change(body: bytes) -> bytes:
        for name in elements:
            tag = name.encode()
            body = re.sub(b"<%s>[^<]*</%s>" % (tag, tag), b"<%s>%s</%s>" % (tag, _xml(text), tag), body)
        return body

    return rewrite(change)


def _with_headers(headers: Mapping[str, str]) -> Mode:
    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        reply.change(headers)
        await exchange.reply(reply)

    return mode


HEADERS = (
    "Content-Type", "Content-Language", "Cache-Control", "ETag", "x-amz-storage-class", "x-amz-meta-note",
    "x-amz-meta-mime", "x-amz-expiration", "x-amz-restore", "x-amz-server-side-encryption", "x-amz-version-id",
    "x-amz-replication-status", "x-amz-website-redirect-location",
)  # fmt: skip
ANSWERS: dict[str, tuple[str, Mode]] = {
    "ListBuckets": ("ls", _with_text("Name", "BucketRegion", "DisplayName", "ID")),
    "ListObjectsV2": ("ls -r s3://photos", _with_text("ETag", "StorageClass", "Key")),
    "ListObjectVersions": ("versions s3://photos/", _with_text("ETag", "StorageClass", "VersionId")),
    "GetObjectTagging": ("show s3://photos/a", rewrite(lambda _: b"<Tagging><TagSet><Tag><Key>%s</Key><Value>%s</Value>"
                         b"</Tag></TagSet></Tagging>" % (_xml(TEXT), _xml(TEXT)))),
    "HeadObject": ("show s3://photos/a", _with_headers(dict.fromkeys(HEADERS, HEADER))),
}  # fmt: skip
"""By operation: the command that asks for it, and the answer it gets."""


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("operation", ANSWERS)
def test_answers_are_shown_as_text(invoke: Invoke, proxy: FaultProxy, operation: str, form: str) -> None:
    line, mode = ANSWERS[operation]
    fault = proxy.fault(mode, operation)
    result = invoke("s3", *line.split(), "-o", form, at=proxy)
    assert fault.requests
    assert "fault of Stackpane" not in result.errors
    assert hostile_bytes(result.stderr, own=False) == []
    if form in ("table", "json", "jsonl", "yaml"):
        assert hostile_bytes(result.stdout, own=False) == []
    assert result.exit_code == 0, result.errors


@pytest.mark.parametrize("element", ["LastModified", "Size"])
def test_a_list_with_a_text_in_place_of_a_fact_is_an_error(invoke: Invoke, proxy: FaultProxy, element: str) -> None:
    proxy.fault(_with_text(element), "ListObjectsV2")
    result = invoke("s3", "ls", "-r", "s3://photos", at=proxy)
    assert "fault of Stackpane" not in result.errors
    assert hostile_bytes(result.stdout + result.stderr, own=False) == []
    assert (result.exit_code, "no AWS reply" in result.errors) == (254, True), result.errors


def test_the_message_of_an_error_is_one_line_of_text_however_long(invoke: Invoke, proxy: FaultProxy) -> None:
    for operation, line in (("ListObjectsV2", "ls s3://photos/"), ("GetObject", "cat s3://photos/a")):
        proxy.fault(error(400, f"Odd{TEXT}", TEXT + "x" * 10_000 + "end"), operation)
        result = invoke("s3", *line.split(), at=proxy)
        assert result.exit_code == 254
        assert hostile_bytes(result.stderr, own=False) == []
        [said] = [each for each in result.errors.splitlines() if each.startswith("error: ")]
        assert said.endswith("end")
        assert "[red]a[/] <script>" in said


def test_what_a_denial_quotes_is_text(invoke: Invoke, proxy: FaultProxy) -> None:
    who = f"User: arn:aws:iam::1:user/{HEADER.split()[0]} is not authorized to perform: s3:ListBucket on resource: "
    proxy.fault(error(403, "AccessDenied", f"{who}arn:aws:s3:::x\u202ey\u009b because"), "ListObjectsV2")
    result = invoke("s3", "ls", "s3://photos/", at=proxy)
    assert result.exit_code == 254
    assert hostile_bytes(result.stderr, own=False) == []


def test_encoded_words_in_metadata_are_shown_as_they_were_sent(
    invoke: Invoke, moto: Emulator, proxy: FaultProxy
) -> None:
    words = {"escape": "=?UTF-8?B?G1sySg==?=", "bidi": "=?utf-8?q?=E2=80=AE?= <b>", "charset": "=?no-such?b?////?="}
    fill(moto, "photos", {"a": b"body"}, Metadata=words)
    shown = invoke("s3", "show", "s3://photos/a", "-o", "json", at=proxy).ok().json()
    assert shown["Metadata"] == words
    invoke("s3", "edit", "s3://photos/a", "--metadata", "new=1", at=proxy).ok()
    assert moto.client("s3").head_object(Bucket="photos", Key="a")["Metadata"] == words | {"new": "1"}


def test_bodies_are_exact_in_a_pipe_and_text_on_a_terminal(
    invoke: Invoke, terminal: TerminalFactory, moto: Emulator, proxy: FaultProxy
) -> None:
    body = "".join(hostile.ESCAPES.values()).encode() + "\u202e\u200b\u2028\ufeff".encode() + b"\xff\xfe\x9b31m"
    fill(moto, "photos", {"a": body, "b": b"\0" + body})
    assert invoke("s3", "cat", "s3://photos/a", at=proxy).ok().stdout == body
    shown = terminal("s3", "cat", "s3://photos/a", at=proxy)
    assert shown.wait() == 0
    assert (hostile_bytes(shown.raw), shown.titles) == ([], [])
    refused = terminal("s3", "cat", "s3://photos/b", at=proxy)
    assert refused.wait() == 255
    assert hostile_bytes(refused.raw) == []


# ── what is typed ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "options",
    [
        ["--metadata", "k=a\r\nx-amz-acl: public-read"],
        ["--metadata", "k=a\nb"],
        ["--metadata", "k\r\nx-amz-acl=public-read"],
        ["--metadata", "k=\x1b[2J"],
        ["--metadata", "k=a\u202eb"],
        ["--metadata", "k= padded"],
        ["--content-type", "text/plain\r\nx-amz-acl: public-read"],
        ["--cache-control", "a\nb"],
        ["--content-disposition", "a\0b"],
        ["--storage-class", "STANDARD\r\nx-amz-acl: public-read"],
    ],
)
@pytest.mark.parametrize("line", ["put up.txt s3://photos/up", "edit s3://photos/a"])
def test_no_value_that_is_given_becomes_a_header_of_its_own(
    invoke: Invoke, proxy: FaultProxy, line: str, options: list[str]
) -> None:
    Path("up.txt").write_bytes(b"up")
    result = invoke("s3", *line.split(), *options, at=proxy)
    assert (result.exit_code, proxy.requests) == (252, [])
    assert "cannot" in result.errors
    assert hostile_bytes(result.stderr, own=False) == []


ESC = "\x1b]0;title\x07\x1b[2J\u202e[red]"
ARGV = [
    [ESC],
    ["s3", ESC],
    ["s3", "ls", f"--{ESC}"],
    ["s3", "ls", ESC],
    ["s3", "ls", f"s3://{ESC}"],
    ["s3", "ls", f"s3://photos/{ESC}"],
    ["s3", "ls", "--cursor", ESC, "s3://photos/"],
    ["s3", "ls", "--since", ESC],
    ["s3", "ls", "--limit", ESC],
    ["s3", "ls", "--query", ESC],
    ["s3", "ls", "-o", ESC],
    ["s3", "ls", "--region", ESC],
    ["-c", ESC, "s3", "ls"],
    ["--profile", ESC, "s3", "ls"],
    ["--endpoint-url", ESC, "s3", "ls"],
    ["--ca-bundle", ESC, "s3", "ls"],
    ["s3", "put", ESC, "s3://photos/"],
    ["s3", "put", f"@{ESC}", "s3://photos/x"],
    ["s3", "get", "s3://photos/a", f"{ESC}/{ESC}"],
    ["s3", "get", f"s3://photos/{ESC}"],
    ["s3", "cat", "--range", ESC, "s3://photos/a"],
    ["s3", "presign", "--expires", ESC, "s3://photos/a"],
    ["s3", "mb", f"s3://{ESC}"],
    ["s3", "restore", "s3://photos/a", "--version-id", ESC],
    ["open", ESC],
    ["plugins", "new", ESC],
    ["connection", "show", ESC],
    ["policy", "--service", ESC],
    ["completion", ESC],
]


@pytest.mark.parametrize("argv", ARGV, ids=lambda argv: " ".join("X" if ESC in word else word for word in argv))
def test_what_is_typed_comes_back_as_text(invoke: Invoke, proxy: FaultProxy, argv: list[str]) -> None:
    for words in (argv, [word.replace(ESC, "\udcff\udc9b31m") for word in argv], ["--debug", *argv]):
        result = invoke(*words, at=proxy)
        assert hostile_bytes(result.stdout + result.stderr, own=False) == []
        assert "fault of Stackpane" not in result.errors, result.errors
        assert "Traceback" not in result.errors or "--debug" in words


def test_files_with_hostile_names_become_keys_and_come_back(
    invoke: Invoke, ministack: Emulator, terminal: TerminalFactory
) -> None:
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="photos")
    names = {text for text in hostile.VALUES.values() if "/" not in text and len(text.encode()) <= 255}
    Path("up").mkdir()
    for name in names:
        Path("up", name).write_bytes(name.encode())
    shown = terminal("s3", "put", "up", "s3://photos/", at=ministack)
    assert shown.wait() == 0
    assert (hostile_bytes(shown.raw), shown.titles) == ([], [])
    assert bodies(ministack, "photos") == {name: name.encode() for name in names}
    invoke("s3", "get", "s3://photos/", "back", at=ministack).ok()
    invoke("s3", "put", "back", "s3://photos/back/", at=ministack).ok()
    again = {key.removeprefix("back/"): body for key, body in bodies(ministack, "photos").items() if key[:5] == "back/"}
    assert again == {name: name.encode() for name in names}


def test_a_file_whose_name_is_no_text_is_named_and_left(invoke: Invoke, moto: Emulator, proxy: FaultProxy) -> None:
    Path("up").mkdir()
    Path("up", "good").write_bytes(b"good")
    Path(os.fsdecode(b"up/bad\xff\x9b31m")).write_bytes(b"bad")
    result = invoke("s3", "put", "up", "s3://photos/", at=proxy)
    assert result.exit_code == 1
    assert "bad" in result.errors
    assert hostile_bytes(result.stderr, own=False) == []
    assert bodies(moto, "photos") == {"a": b"body", "good": b"good"}
