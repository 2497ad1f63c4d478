"""How objects are cut into pieces.

S3's limits: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
"""

from __future__ import annotations

import math

from stackpane import InvalidInput
from stackpane.text import human_size

__all__ = ["MAX_OBJECT", "MAX_PARTS", "MIN_PART", "PIECE", "part_size", "stream_part_size"]

MIB = 1024**2
MIN_PART, MAX_PART, MAX_PARTS = 5 * MIB, 5 * 1024**3, 10_000
MAX_OBJECT = MAX_PART * MAX_PARTS
"""48.8 TiB."""
PIECE = 16 * MIB
"""Bytes of one request where there is a choice; what is not larger goes in one."""

_GROWTH = 1000


def part_size(size: int, wanted: int | None = None) -> int:
    """The bytes of each part of an upload of ``size`` bytes: ``wanted``, or more where 10,000 parts would not do.

    Raises ``InvalidInput`` where S3 has no room for the object, or takes no parts as ``wanted``.
    """
    if size > MAX_OBJECT:
        raise InvalidInput(f"{human_size(size)} are more than S3 takes as one object ({human_size(MAX_OBJECT)})")
    if wanted is not None and not MIN_PART <= wanted <= MAX_PART:
        raise InvalidInput(f"S3 takes parts of {human_size(MIN_PART)} to {human_size(MAX_PART)}")
    return max(wanted or PIECE, math.ceil(size / MAX_PARTS / MIB) * MIB)


def stream_part_size(number: int, wanted: int | None = None) -> int:
    """The bytes of part ``number`` (from 1) of an upload whose length is not known: they double every 1,000 parts.

    So a stream may be as long as 12 TiB, and a short one takes little memory.
    """
    return min(MAX_PART, (wanted or PIECE) << ((number - 1) // _GROWTH))
