"""``s3 cat``: byte for byte, all of one version, or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane import InvalidInput
from stackpane_s3.commands.cat import cat
from stackpane_s3.reading import ByteRange, first_lines
from tests.s3.writing import fill, version_on

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

BODY = bytes(range(256)) * 4096  # 1 MiB, all bytes


def test_a_body_comes_byte_for_byte(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"all bytes": BODY, "empty": b""})
    assert invoke("s3", "cat", f"s3://{bucket}/all bytes", at=aws).ok().stdout == BODY
    assert invoke("s3", "cat", f"s3://{bucket}/empty", at=aws).ok().stdout == b""


@pytest.mark.parametrize(
    ("part", "expected"), [("0-0", BODY[:1]), ("10-19", BODY[10:20]), ("1048570-", BODY[-6:]), ("-7", BODY[-7:])]
)
def test_a_range_is_bytes_of_it(invoke: Invoke, aws: Emulator, bucket: str, part: str, expected: bytes) -> None:
    fill(aws, bucket, {"k": BODY})
    assert invoke("s3", "cat", f"s3://{bucket}/k", f"--range={part}", at=aws).ok().stdout == expected


@pytest.mark.parametrize(("count", "expected"), [(0, b""), (1, b"one\n"), (2, b"one\ntwo\n"), (9, b"one\ntwo\nthree")])
def test_head_is_lines(invoke: Invoke, aws: Emulator, bucket: str, count: int, expected: bytes) -> None:
    fill(aws, bucket, {"k": b"one\ntwo\nthree"})
    assert invoke("s3", "cat", f"s3://{bucket}/k", "--head", str(count), at=aws).ok().stdout == expected


def test_an_older_version_is_read_by_its_id(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    version_on(aws, bucket)
    old = aws.client("s3").put_object(Bucket=bucket, Key="k", Body=b"old")["VersionId"]
    fill(aws, bucket, {"k": b"new"})
    assert invoke("s3", "cat", f"s3://{bucket}/k", at=aws).ok().stdout == b"new"
    assert invoke("s3", "cat", f"s3://{bucket}/k", "--version-id", old, at=aws).ok().stdout == b"old"


@pytest.mark.parametrize(
    "args", [["--range=5-1"], ["--range=x"], ["--range=-0"], ["--head=-1"], ["--range=0-1", "--head=1"]]
)
def test_what_cannot_be_meant_is_refused(invoke: Invoke, ministack: Emulator, args: list[str]) -> None:
    result = invoke("s3", "cat", "s3://bucket/key", *args, at=ministack)
    assert result.exit_code == 252
    assert result.stdout == b""


def test_a_reader_that_goes_away_ends_it_quietly(cli: Cli, ministack: Emulator) -> None:
    import subprocess

    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    fill(ministack, "bucket", {"k": BODY})
    process = cli.start("s3", "cat", "s3://bucket/k", at=ministack, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(10) == BODY[:10], process.stderr.read()
    process.stdout.close()
    process.wait(60)
    assert b"Traceback" not in process.stderr.read()


def test_every_declared_call_is_made_and_no_other(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    fill(aws, bucket, {"k": b"x"})
    invoke("s3", "cat", f"s3://{bucket}/k", at=faults).ok()
    assert set(faults.operations) == {call.operation for call in cat.calls}


@pytest.mark.parametrize("text", ["0-99", "100-", "-50"])
def test_a_byte_range_is_written_as_http_writes_it(text: str) -> None:
    assert str(ByteRange.parse(text)) == f"bytes={text}"


@pytest.mark.parametrize("text", ["", "-", "5", "5-4", "-0", "a-b", "1-2,3-4"])
def test_anything_else_is_no_range(text: str) -> None:
    with pytest.raises(InvalidInput):
        ByteRange.parse(text)


def test_no_more_is_read_than_the_lines_take() -> None:
    read = []

    def chunks() -> Generator[bytes, None, None]:
        for chunk in (b"a\nb", b"\nc\n", b"never"):
            read.append(chunk)
            yield chunk

    assert b"".join(first_lines(chunks(), 3)) == b"a\nb\nc\n"
    assert read == [b"a\nb", b"\nc\n"]
