"""``s3 cat`` where the network or the endpoint fails it: taken up where it broke, or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.harness.faults import corrupt, cut, hang_within, html200, reset_after, rewrite, without
from tests.s3.writing import fill

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode

BODY = bytes(range(256)) * 4096  # 1 MiB, all bytes


@pytest.fixture
def aws(ministack: Emulator) -> Emulator:
    """One is enough here: what goes wrong is made by the proxy."""
    ministack.reset()
    return ministack


@pytest.mark.parametrize("where", [0, 1, 100_000, len(BODY) - 1])
@pytest.mark.parametrize("fault", [cut, reset_after], ids=["cut", "reset"])
def test_a_broken_connection_is_taken_up_where_it_broke(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy, fault: type, where: int
) -> None:
    fill(aws, bucket, {"k": BODY})
    faults.fault(fault(where), "GetObject", times=1)
    assert invoke("s3", "cat", f"s3://{bucket}/k", at=faults).ok().stdout == BODY
    resumed = faults.requests[-1]
    assert resumed.headers["if-match"]
    start, _, end = resumed.headers["range"].removeprefix("bytes=").partition("-")
    assert int(start) <= where  # what botocore had read but not handed over is asked for again
    assert int(end) == len(BODY) - 1


def test_a_range_is_taken_up_within_the_range(invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, {"k": BODY})
    faults.fault(cut(50), "GetObject", times=1)
    assert invoke("s3", "cat", f"s3://{bucket}/k", "--range=1000-1999", at=faults).ok().stdout == BODY[1000:2000]
    assert faults.requests[-1].headers["range"] == "bytes=1050-1999"


def test_a_body_that_is_always_cut_is_an_error(invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, {"k": BODY})
    faults.fault(cut(0), "GetObject")
    result = invoke("s3", "cat", f"s3://{bucket}/k", at=faults)
    assert result.exit_code == 254
    assert f"0 of {len(BODY):,} bytes" in result.errors
    assert len(faults.requests) < 10


def test_a_change_while_reading_is_an_error(invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, {"k": BODY})

    def changed(exchange: object) -> bool:
        if faults.count("GetObject") == 2:
            fill(aws, bucket, {"k": b"another"})
        return False

    faults.fault(cut(1000), "GetObject", times=1)
    faults.fault(html200(), changed)
    result = invoke("s3", "cat", f"s3://{bucket}/k", at=faults)
    assert result.exit_code == 254
    assert "has changed while it was read" in result.errors
    assert result.stdout == BODY[:1000]


@pytest.mark.parametrize("broken", [[], [cut(1000)]], ids=["in one go", "taken up"])
def test_other_bytes_than_the_objects_end_in_an_error(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy, broken: list[Mode]
) -> None:
    fill(aws, bucket, {"k": BODY})
    for mode in (*broken, corrupt(500)):
        faults.fault(mode, "GetObject", times=1)
    result = invoke("s3", "cat", f"s3://{bucket}/k", at=faults)
    assert result.exit_code == 254
    assert "does not have the object's" in result.errors
    assert len(result.stdout) == len(BODY)


@pytest.mark.parametrize("answered", ["", "bytes 0-4/1048576", "bytes 10-19/*"])
def test_an_endpoint_that_answers_with_another_range_is_found_out(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy, answered: str
) -> None:
    fill(aws, bucket, {"k": BODY})
    faults.fault(rewrite(lambda body: body, Content_Range=answered), "GetObject")
    result = invoke("s3", "cat", f"s3://{bucket}/k", "--range=10-19", at=faults)
    assert (result.exit_code, result.stdout) == (254, b"")
    assert "answered with another one" in result.errors


def test_a_few_lines_of_a_large_object_read_little_of_it(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    fill(aws, bucket, {"k": b"one\ntwo\n" + BODY})
    faults.fault(hang_within(100_000), "GetObject")
    assert invoke("s3", "cat", f"s3://{bucket}/k", "--head=2", at=faults).ok().stdout == b"one\ntwo\n"


def test_a_login_page_is_no_object(invoke: Invoke, aws: Emulator, faults: FaultProxy) -> None:
    faults.fault(html200())
    result = invoke("s3", "cat", "s3://bucket/key", at=faults)
    assert result.exit_code == 254
    assert result.stdout == b""


@pytest.mark.parametrize("command", ["cat", "get"])
def test_an_object_without_an_etag_is_one_error(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy, command: str
) -> None:
    fill(aws, bucket, {"k": BODY})
    faults.fault(without("ETag"))
    result = invoke("s3", command, f"s3://{bucket}/k", at=faults)
    assert (result.exit_code, result.stdout) == (254, b"")
    assert "ETag" in result.errors
