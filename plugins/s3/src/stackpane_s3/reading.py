"""Which part of an object is read: a range of bytes, or the first lines."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass

from stackpane import InvalidInput

__all__ = ["ByteRange", "first_lines"]

_RANGE = re.compile(r"(?:bytes=)?(?:([0-9]+)-([0-9]*)|-([0-9]+))")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes ``first`` to ``last`` (both included), from ``first`` on, or (only ``last``) the last so many.

    https://www.rfc-editor.org/rfc/rfc9110#name-byte-ranges
    """

    first: int | None
    last: int | None

    @classmethod
    def parse(cls, text: str) -> ByteRange:
        """``0-99``, ``100-`` or ``-50``, as in a ``Range`` header. Raises ``InvalidInput``."""
        match = _RANGE.fullmatch(text.strip())
        found = match and cls(int(match[1]) if match[1] else None, int(match[2] or match[3] or -1))
        if not found or (found.first is None and not found.last) or 0 <= (found.last or 0) < (found.first or 0):
            raise InvalidInput(
                f"{text!r} is not a range of bytes",
                "Write 0-99 (the first 100), 100- (from there on) or -50 (the last 50).",
            )
        return cls(found.first, None if found.last == -1 else found.last)

    def within(self, size: int) -> tuple[int, int]:
        """Its first byte, and the one behind its last, of an object of ``size`` bytes."""
        if self.first is None:
            return max(0, size - (self.last or 0)), size
        return self.first, size if self.last is None else min(self.last + 1, size)

    def __str__(self) -> str:
        return f"bytes={'' if self.first is None else self.first}-{'' if self.last is None else self.last}"


def first_lines(chunks: Generator[bytes, None, None], lines: int) -> Generator[bytes, None, None]:
    """The bytes up to and with the ``lines``-th line feed; no more is read than that takes."""
    try:
        for chunk in chunks:
            position = 0
            while lines and (end := chunk.find(b"\n", position)) >= 0:
                position, lines = end + 1, lines - 1
            if not lines:
                yield chunk[:position]
                return
            yield chunk
    finally:
        chunks.close()
