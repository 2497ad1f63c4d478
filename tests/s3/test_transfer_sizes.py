from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.errors import InvalidInput
from stackpane_s3.transfer.sizes import MAX_OBJECT, MAX_PART, MAX_PARTS, MIN_PART, PIECE, part_size, stream_part_size


@given(size=st.integers(0, MAX_OBJECT), wanted=st.none() | st.integers(MIN_PART, MAX_PART))
def test_ten_thousand_parts_do_for_any_object(size: int, wanted: int | None) -> None:
    part = part_size(size, wanted)
    assert MIN_PART <= part <= MAX_PART
    assert math.ceil(size / part) <= MAX_PARTS
    assert wanted is None or part >= wanted


def test_parts_are_no_larger_than_they_must_be() -> None:
    assert part_size(10 * 1024**3) == PIECE
    assert part_size(PIECE * MAX_PARTS) == PIECE
    assert part_size(PIECE * MAX_PARTS + 1) == PIECE + 1024**2
    assert part_size(MAX_OBJECT) == MAX_PART


@pytest.mark.parametrize("wanted", [0, MIN_PART - 1, MAX_PART + 1])
def test_parts_that_s3_does_not_take_are_refused(wanted: int) -> None:
    with pytest.raises(InvalidInput, match=r"parts of 5\.0 MiB to 5\.0 GiB"):
        part_size(1, wanted)


def test_what_s3_has_no_room_for_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more than S3 takes"):
        part_size(MAX_OBJECT + 1)


def test_a_stream_may_be_twelve_tebibytes_long() -> None:
    sizes = [stream_part_size(number) for number in range(1, MAX_PARTS + 1)]
    assert sum(sizes) > 12 * 1024**4
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[-1]) == (PIECE, MAX_PART)
