"""Where the columns of a grid stand, and how wide they are.

A column is as wide as what has been seen of it, up to a limit. Where all of them do not fit, the widest ones give way
first; where there is room to spare, those that are cut get it. Who wants names whole gets every column at its full
width, and scrolls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from stackpane.formats.cells import RIGHT
from stackpane.text import safe
from stackpane_tui.values import fitted, width_of

if TYPE_CHECKING:
    from stackpane import Column

__all__ = ["GAP", "GUTTER", "Columns", "GridColumn", "Place", "places_of"]

GUTTER = 2
"""Columns in front of the first one, for marks and changes."""
GAP = 2
_CAP = 60  # what one column takes at most unless there is room to spare
_LEAST = 24  # what the widest ones give way to
_STEP = 4  # columns grow by so many, so that they do not move with every row
_LONGEST_NAME = 40
_NARROWEST = 3


@dataclass(slots=True)
class GridColumn:
    """One column on the screen. ``at`` is its position in the rows, ``chosen`` the width that the user gave it."""

    at: int
    column: Column
    need: int = 0
    chosen: int | None = None
    arrow: str = ""
    right: bool = field(init=False)
    label: str = field(init=False)

    def __post_init__(self) -> None:
        name = safe(self.column.name[: _LONGEST_NAME + 1])
        self.label = fitted(name, min(width_of(name), _LONGEST_NAME))
        self.right = self.column.kind in RIGHT

    @property
    def heading(self) -> str:
        """The name, with the arrow of a sorted column."""
        return f"{self.label} {self.arrow}" if self.arrow else self.label

    def grow(self, width: int) -> bool:
        """Note that a text of this width has been seen; true where the column must become wider for it."""
        if width <= self.need:
            return False
        self.need = width if self.need == 0 else -(-width // _STEP) * _STEP
        return True

    def widen(self, by: int, now: int) -> None:
        """Make it wider (narrower, where ``by`` is negative) than it is ``now``, by the user's wish."""
        self.chosen = max(_NARROWEST, now + by)


class Columns:
    """All columns of a table, in the user's order, and those of them that are hidden."""

    def __init__(self) -> None:
        self.all: list[GridColumn] = []
        self.hidden: set[str] = set()

    @property
    def shown(self) -> list[GridColumn]:
        """Those on the screen, in order."""
        return [each for each in self.all if each.column.name not in self.hidden]

    def add(self, columns: Sequence[Column]) -> bool:
        """Take in what a table has; true where there is one more."""
        known = len(self.all)
        if known == len(columns):
            return False
        at = {each.at for each in self.all}
        self.all += [GridColumn(number, column) for number, column in enumerate(columns) if number not in at]
        return True

    def hide(self, column: GridColumn) -> None:
        """Hide a column, unless it is the last one that is left."""
        if len(self.shown) > 1:
            self.hidden.add(column.column.name)

    def move(self, column: GridColumn, by: int) -> None:
        """Change places with the next column on a side that is shown."""
        shown = self.shown
        to = shown.index(column) + by
        if 0 <= to < len(shown):
            here, there = self.all.index(column), self.all.index(shown[to])
            self.all[here], self.all[there] = self.all[there], self.all[here]

    def named(self, name: str) -> GridColumn | None:
        """The column of this name."""
        return next((each for each in self.all if each.column.name == name), None)


class Place(NamedTuple):
    """A column at its place: the columns of the terminal from ``x`` on, ``width`` of them."""

    column: GridColumn
    x: int
    width: int


def places_of(columns: Sequence[GridColumn], room: int, *, whole: bool) -> list[Place]:
    """The columns side by side in a grid that is ``room`` wide; they may need more."""
    widths = [_natural(each, whole=whole) for each in columns]
    spare = room - GUTTER - sum(widths) - GAP * max(0, len(widths) - 1)
    if spare < 0 and not whole:
        _squeeze(columns, widths, -spare)
    elif spare > 0:
        for number, each in enumerate(columns):
            more = 0 if each.chosen is not None else min(spare, max(0, each.need - widths[number]))
            widths[number] += more
            spare -= more
    places, x = [], GUTTER
    for each, width in zip(columns, widths, strict=True):
        places.append(Place(each, x, width))
        x += width + GAP
    return places


def _natural(column: GridColumn, *, whole: bool) -> int:
    if column.chosen is not None:
        return column.chosen
    return max(column.need if whole else min(column.need, _CAP), width_of(column.heading))


def _squeeze(columns: Sequence[GridColumn], widths: list[int], excess: int) -> None:
    """Take ``excess`` from the widest columns, as far as they can give way."""
    soft = [number for number, each in enumerate(columns) if each.chosen is None]
    while excess > 0 and soft:
        soft.sort(key=widths.__getitem__)
        widest = soft[-1]
        floor = max(_LEAST, width_of(columns[widest].heading), widths[soft[-2]] if len(soft) > 1 else 0)
        take = min(excess, widths[widest] - floor)
        if take <= 0 and len(soft) > 1 and widths[soft[-2]] == widths[widest] > _LEAST:
            take = 1
        if take <= 0:
            return
        widths[widest] -= take
        excess -= take
