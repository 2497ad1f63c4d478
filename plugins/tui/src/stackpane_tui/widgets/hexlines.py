"""Bytes as lines: where they are, what they are, and as ASCII where they are that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackpane_tui.widgets.lines import Lines, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["HexLines"]

_ROW = 16
_ASCII = bytes(code if 0x20 <= code < 0x7F else ord(".") for code in range(256))


class HexLines(Lines):
    """A dump of ``data``, 16 bytes a line."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def __len__(self) -> int:
        return -(-len(self._data) // _ROW)

    def spans(self, index: int) -> Sequence[Span]:
        """Offset, the bytes in two groups, the characters."""
        start = index * _ROW
        part = self._data[start : start + _ROW]
        halves = f"{part[:8].hex(' '):<23}  {part[8:].hex(' '):<23}"
        return [(f"{start:08x}", "muted"), (f"  {halves}  ", ""), (part.translate(_ASCII).decode("ascii"), "string")]

    @property
    def width(self) -> int:
        """Columns of a line."""
        return 8 + 2 + 48 + 2 + _ROW
