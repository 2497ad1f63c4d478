"""What a table's pane shows of the rows that are loaded: which, in what order, in which columns, marked or changed."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from stackpane_tui.widgets.grid import Look

if TYPE_CHECKING:
    from stackpane import Link
    from stackpane_tui.loading import Loader

__all__ = ["MOST_MARKS", "Shown"]

MOST_MARKS = 5000
"""Rows that can be marked: each of them is a link to follow. What is meant for more has a command of its own."""
_PICKED = 32_768
"""Rows that are picked at a time from wherever they lie."""


class Shown:
    """The lines of a grid. A row's number is its place among the loaded ones; a line's, that on the screen."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.order: array[int] | None = None
        self.covered = 0
        """Loaded rows that the order was made for."""
        self.marks: set[int] = set()
        self.changes: dict[int, tuple[str, frozenset[int]]] = {}
        """Of rows by number, what the last refresh found."""

    def __len__(self) -> int:
        return self.covered if self.order is None else len(self.order)

    def number(self, line: int) -> int:
        """The number of the row on a line."""
        return line if self.order is None else self.order[line]

    def line(self, number: int) -> int | None:
        """The line that a row is on."""
        if self.order is None:
            return number if number < self.covered else None
        try:
            return self.order.index(number)
        except ValueError:
            return None

    def row(self, line: int) -> Any | None:
        """The row on a line, ``None`` where there is no such line."""
        return self.loader.rows[self.number(line)] if 0 <= line < len(self) else None

    def values(self, line: int, at: Sequence[int]) -> Sequence[Any]:
        """The values of a line in these columns."""
        return self.loader.shape.values(self.loader.rows[self.number(line)], at)

    def look(self, line: int) -> Look:
        """Whether the line's row is marked, and what changed in it."""
        number = self.number(line)
        change, changed = self.changes.get(number, ("", frozenset()))
        return Look(number in self.marks, change, changed)

    def batches(self) -> Iterator[list[Any]]:
        """The rows in the order of their lines, some at a time."""
        if self.order is None:
            for _, rows in self.loader.rows.blocks(0, self.covered):
                yield list(rows)
            return
        for start in range(0, len(self.order), _PICKED):
            yield self.loader.rows.picked(self.order[start : start + _PICKED])

    def snapshot(self) -> Shown:
        """The same lines, whatever becomes of these."""
        same = Shown(self.loader)
        same.order, same.covered = None if self.order is None else self.order[:], self.covered
        return same

    # Keys: what a row is known by when it is loaded again

    def key(self, row: Any) -> Hashable:
        """What tells a row from the others: where it leads to, else the first of its values."""
        link = self.link(row)
        if link is not None:
            return link
        shape = self.loader.shape
        return str(shape.value(row, 0)) if shape.columns else ""

    def link(self, row: Any) -> Link | None:
        """Where a row leads to."""
        table = self.loader.table
        return table.link(row) if table.link is not None else None

    def actions(self, row: Any) -> Sequence[Link]:
        """What else can be done with a row."""
        table = self.loader.table
        return table.actions(row) if table.actions is not None else ()
