"""The table that people read: aligned columns, a header, and nothing cut.

Columns get their widths from the rows at hand, because later ones have not been fetched when these are shown; they grow
with later rows. One very long value does not spread all others: it pushes the rest of its own row aside, so that every
value can be copied whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stackpane.cli.output.paint import bold, paint_state
from stackpane.formats.cells import RIGHT, cells, display_width, pad
from stackpane.text import safe

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.views import Column, Row

__all__ = ["TableRows"]

_GAP = "  "

_FILE_WIDTH = 240
"""Columns that lines are padded to where there is no terminal to go by."""


class TableRows:
    """Writes a table's rows as aligned lines below a header (unless ``header`` is off).

    Where ``width`` is given (a terminal), wide columns that do not fit in it are left out, the last one first.
    """

    def __init__(
        self, columns: Sequence[Column], io: Console, width: int | None, color: bool, header: bool = True
    ) -> None:
        self._columns = columns
        self._names = [safe(column.name) for column in columns]
        self._io = io
        self._width = width
        self._color = color
        self._header = header
        self._shown: list[int] = []
        self._widths = [display_width(name) if header else 0 for name in self._names]

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows, the header before the first."""
        if not rows:
            return
        kinds = (column.kind for column in self._columns)
        columns = [cells(values, kind) for values, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
        lengths = [_lengths(texts) for texts in columns]
        for at, found in enumerate(lengths):
            self._widths[at] = max(self._widths[at], *found)
        begun = bool(self._shown)
        if not begun:
            self._shown = self._fitting()
        self._squeeze()
        lines = list(
            map(_GAP.join, zip(*(self._aligned(at, columns[at], lengths[at]) for at in self._shown), strict=True))
        )
        if "" in columns[self._shown[-1]]:
            lines = [line.rstrip() for line in lines]
        header = [] if begun or not self._header else [self._header_line()]
        self._io.write("\n".join([*header, *lines, ""]))

    def close(self) -> None:
        """Say what was left out, or that there was nothing."""
        if not self._shown:
            self._io.note("Nothing to show.")
        hidden = [name for at, name in enumerate(self._names) if at not in self._shown]
        if self._shown and hidden:
            self._io.note(f"Too narrow for {', '.join(hidden)}: a wider terminal, a pipe and -o json have it all.")

    def _needed(self, shown: Sequence[int]) -> int:
        return sum(self._widths[at] for at in shown) + len(_GAP) * (len(shown) - 1)

    def _fitting(self) -> list[int]:
        """The columns that a terminal has room for; every one where there is no terminal."""
        shown = list(range(len(self._columns)))
        for at in reversed(range(len(self._columns))):
            if self._width is None or self._needed(shown) <= self._width:
                break
            if self._columns[at].wide and len(shown) > 1:
                shown.remove(at)
        return shown

    def _squeeze(self) -> None:
        """Take what is too much from the widest column: only its longest values then push their rows aside."""
        excess = self._needed(self._shown) - (self._width or _FILE_WIDTH)
        if excess > 0:
            widest = max(self._shown, key=self._widths.__getitem__)
            self._widths[widest] = max(display_width(self._names[widest]), self._widths[widest] - excess)

    def _header_line(self) -> str:
        line = _GAP.join(pad(self._names[at], self._widths[at], self._is_right(at)) for at in self._shown).rstrip()
        return bold(line) if self._color else line

    def _is_right(self, at: int) -> bool:
        return self._columns[at].kind in RIGHT

    def _aligned(self, at: int, texts: Sequence[str], lengths: set[int]) -> Sequence[str]:
        """A column's cells as wide as the column is; only those of the last one may end before."""
        right = self._is_right(at)
        if lengths != {self._widths[at]} and (right or at != self._shown[-1]):
            texts = _padded(texts, self._widths[at], right)
        return list(map(paint_state, texts)) if self._color and self._columns[at].kind == "state" else texts


def _lengths(texts: Sequence[str]) -> set[int]:
    """The columns of a terminal that the texts take."""
    return set(map(len if "".join(texts).isascii() else display_width, texts))


def _padded(texts: Sequence[str], width: int, right: bool) -> list[str]:
    if not "".join(texts).isascii():
        return [pad(text, width, right) for text in texts]
    return [text.rjust(width) for text in texts] if right else [text.ljust(width) for text in texts]
