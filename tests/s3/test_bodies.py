from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane_s3.transfer.bodies import Slice, digest
from stackpane_s3.transfer.checksums import new
from stackpane_s3.transfer.stop import Stop, Stopped
from tests.harness import faults as modes
from tests.s3.transfers import MIB, noise
from tests.s3.writing import Runner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

_moves = st.one_of(
    st.none() | st.integers(-1, 40),
    st.tuples(st.integers(-10, 60), st.sampled_from([0, 1, 2])),
)


@given(data=st.binary(max_size=50), start=st.integers(0, 50), length=st.integers(0, 50), moves=st.lists(_moves))
def test_a_slice_reads_as_a_file_of_its_own(
    data: bytes, start: int, length: int, moves: list[int | tuple[int, int] | None]
) -> None:
    part = data[start : start + length]
    ours = Slice(lambda size, position: data[position : position + size], start, len(part), Stop(), lambda _sent: None)
    theirs = io.BytesIO(part)
    assert len(ours) == len(part)
    for move in moves:
        if not isinstance(move, tuple):
            assert ours.read(move) == theirs.read(move)
        else:
            offset, whence = move
            base = {0: 0, 1: theirs.tell(), 2: len(part)}[whence]
            target = max(0, min(base + offset, len(part)))
            assert ours.seek(offset, whence) == theirs.seek(target)
        assert ours.tell() == theirs.tell()


def test_only_what_is_sent_counts() -> None:
    sent: list[int] = []
    body = Slice(lambda size, position: bytes(size), 0, 100, Stop(), sent.append)
    body.read()  # for the signature
    body.seek(0)
    assert sum(sent) == 0
    body.begin_sending()
    body.read(60)
    assert sum(sent) == 60
    body.seek(0)
    body.begin_sending()  # once more, after an error
    body.read()
    assert sum(sent) == 100
    body.take_back()
    assert sum(sent) == 0


def test_a_cancel_ends_the_reading() -> None:
    stop = Stop()
    body = Slice(lambda size, position: bytes(size), 0, 100, stop, lambda _sent: None)
    stop.set()
    with pytest.raises(Stopped):
        body.read(1)
    with pytest.raises(Stopped):
        digest("CRC32", lambda size, position: bytes(size), 0, 100, stop)


@given(data=st.binary(max_size=100), start=st.integers(0, 100), length=st.integers(0, 100))
def test_a_digest_is_of_the_slice_or_says_that_it_is_not_all_there(data: bytes, start: int, length: int) -> None:
    def read_at(size: int, position: int) -> bytes:
        return data[position : position + min(size, 7)]

    if start + length <= len(data) or not length:
        whole = new("CRC32")
        whole.update(data[start : start + length])
        assert digest("CRC32", read_at, start, length, Stop()) == whole.digest()
    else:
        with pytest.raises(EOFError):
            digest("CRC32", read_at, start, length, Stop())


@pytest.mark.parametrize("size", [2 * MIB, 6 * MIB])
def test_progress_is_right_where_a_request_has_to_be_sent_again(
    ministack: Emulator, size: int, tmp_path: Path, no_pauses: list[float], faults_of_ministack: FaultProxy
) -> None:
    (tmp_path / "x").write_bytes(noise(size))
    faults_of_ministack.fault(modes.status(500), "PutObject UploadPart", times=2)
    outcome = Runner(faults_of_ministack.url)("put", "x", "s3://bucket/x", "--part-size", "5MiB")
    assert outcome.result["Bytes"] == size


@pytest.fixture
def faults_of_ministack(ministack: Emulator) -> Iterator[FaultProxy]:
    """A fault proxy before a ministack with a bucket."""
    from tests.harness.faultproxy import FaultProxy

    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    with FaultProxy(ministack.url) as proxy:
        yield proxy
