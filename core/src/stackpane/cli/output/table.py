"""The table that people read: aligned columns, a header, and nothing cut.

Columns get their widths from the first rows, because later ones have not been fetched when these are shown. A value
that turns out wider pushes the rest of its row aside, so that every value can be copied whole.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from stackpane.cli.output.cells import RIGHT, bold, cells, display_width, pad, paint_state
from stackpane.text import safe

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.views import Column, Row

__all__ = ["TableRows"]

_GAP = "  "


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
        self._widths: list[int] = []

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows, the header before the first."""
        if not rows:
            return
        kinds = (column.kind for column in self._columns)
        columns = [cells(values, kind) for values, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
        header = "" if self._shown else self._begin(columns)
        self._io.write(
            header + "".join(map(self._line(columns), zip(*(columns[at] for at in self._shown), strict=True)))
        )

    def close(self) -> None:
        """Say what was left out, or that there was nothing."""
        if not self._shown:
            self._io.note("Nothing to show.")
        hidden = [name for at, name in enumerate(self._names) if at not in self._shown]
        if self._shown and hidden:
            self._io.note(f"Too narrow for {', '.join(hidden)}: a wider terminal, a pipe and -o json have it all.")

    def _begin(self, columns: Sequence[Sequence[str]]) -> str:
        """Choose the columns and their widths; the header line."""
        names = self._names if self._header else [""] * len(self._names)
        self._widths = [max(display_width(name), _widest(texts)) for name, texts in zip(names, columns, strict=True)]
        self._shown = self._fitting()
        if not self._header:
            return ""
        header = _GAP.join(pad(self._names[at], self._widths[at], self._is_right(at)) for at in self._shown).rstrip()
        return (bold(header) if self._color else header) + "\n"

    def _fitting(self) -> list[int]:
        shown = list(range(len(self._columns)))
        for at in reversed(range(len(self._columns))):
            needed = sum(self._widths[each] for each in shown) + len(_GAP) * (len(shown) - 1)
            if self._width is None or needed <= self._width:
                break
            if self._columns[at].wide and len(shown) > 1:
                shown.remove(at)
        return shown

    def _is_right(self, at: int) -> bool:
        return self._columns[at].kind in RIGHT

    def _line(self, columns: list[Sequence[str]]) -> Callable[[tuple[str, ...]], str]:
        """What makes a line of one row's cells. Cells that a ``%`` format cannot align are padded here, in place."""
        places = []
        for at in self._shown:
            last, right = at == self._shown[-1], self._is_right(at)
            painted = self._color and self._columns[at].kind == "state"
            if painted or not "".join(columns[at]).isascii():
                width = 0 if last and not right else self._widths[at]
                columns[at] = [pad(text, width, right) for text in columns[at]]
                if painted:
                    columns[at] = list(map(paint_state, columns[at]))
                places.append("%s")
            else:
                places.append(f"%{self._widths[at]}s" if right else "%s" if last else f"%-{self._widths[at]}s")
        line = _GAP.join(places)
        if "" in columns[self._shown[-1]]:
            return lambda texts: (line % texts).rstrip() + "\n"
        return (line + "\n").__mod__


def _widest(texts: Sequence[str]) -> int:
    if "".join(texts).isascii():
        return max(map(len, texts))
    return max(map(display_width, texts))
