"""A table's rows as values in columns, and a value as one short line of safe text.

Rows of most tables are tuples in the order of the table's columns. Where every row has names of its own, the columns
are those that the rows so far have, in the order in which they were first seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size

from stackpane.formats.cells import cell, cells

if TYPE_CHECKING:
    from stackpane import Column, Table

__all__ = ["Shape", "fitted", "line_of", "texts_of", "width_of"]

_LONG = 2000  # characters of one value that are looked at for a cell
_MANY = 100  # elements of it


class _Null:
    """A value that is there and is null, in a row that could also have no such value."""

    def __str__(self) -> str:
        return "null"


_NULL = _Null()


class Shape:
    """The columns of a table, and the values of its rows in them."""

    def __init__(self, table: Table) -> None:
        self._sample = table.sample
        self.columns: list[Column] = list(table.columns)
        self._known = {column.name for column in self.columns}

    @property
    def named(self) -> bool:
        """Whether rows are mappings."""
        return self._sample is not None

    def see(self, rows: Sequence[Any]) -> None:
        """Take note of further rows: names that none before them had become further columns."""
        if self._sample is None or not rows:
            return
        if self._known and all(row.keys() <= self._known for row in rows):
            return
        # A new list, because another thread may be going through this one.
        more = [column for column in self._sample(rows) if column.name not in self._known]
        self.columns = [*self.columns, *more]
        self._known |= {column.name for column in more}

    def value(self, row: Any, at: int) -> Any:
        """The value of a row in a column."""
        return self.values(row, (at,))[0]

    def values(self, row: Any, at: Sequence[int]) -> Sequence[Any]:
        """The values of a row in these columns."""
        if self._sample is None:
            return [row[each] for each in at]
        columns = self.columns
        return [
            _NULL if (value := row.get(columns[each].name, self)) is None else None if value is self else value
            for each in at
        ]

    def turned(self, rows: Sequence[Any], at: Sequence[int]) -> list[Sequence[Any]]:
        """The values of rows, column by column."""
        if not rows:
            return [() for _ in at]
        if self._sample is None:
            columns = list(zip(*rows, strict=True))
            return [columns[each] for each in at]
        return list(zip(*(self.values(row, at) for row in rows), strict=True))


def line_of(value: Any, column: Column) -> str:
    """A value as one line of safe text, cut where it is longer than anybody could see (with ``…``)."""
    kind = column.kind
    if isinstance(value, str):
        return cell(value, kind) if len(value) <= _LONG else cell(value[:_LONG], "text") + "…"
    if isinstance(value, (Mapping, list, tuple, bytes)):
        return cell(_clipped(value), kind)
    return cell(value, kind)


def texts_of(values: Sequence[Any], column: Column) -> Sequence[str]:
    """The values of a column as safe texts, whole."""
    return cells(values, column.kind)


def _clipped(value: Any) -> Any:
    """What the beginning of a value consists of; the text of a big one would take long to make, at every look at it."""
    if isinstance(value, str):
        return value if len(value) <= _LONG else value[:_LONG] + "…"
    if isinstance(value, (bytes, bytearray)):
        return value[:_LONG]
    if isinstance(value, Mapping):
        return {key: _clipped(each) for key, each in islice(value.items(), _MANY)}
    if isinstance(value, (list, tuple)):
        return [_clipped(each) for each in value[:_MANY]]
    return value


def width_of(text: str) -> int:
    """Columns that safe text takes, by the tables that the screen is laid out with: its frames stay straight."""
    return len(text) if text.isascii() else cell_len(text)


def fitted(text: str, width: int, *, right: bool = False, middle: bool = False) -> str:
    """Safe text in exactly ``width`` columns: filled up, or cut with ``…`` at its end (``middle``: in its middle)."""
    found = width_of(text)
    if found <= width:
        return " " * (width - found) + text if right else text + " " * (width - found)
    if width < 2:
        return "…"[:width]
    if not middle:
        return _head(text, width - 1) + "…"
    tail = (width - 1) * 2 // 3
    return _head(text, width - 1 - tail) + "…" + _tail(text, tail)


def _head(text: str, width: int) -> str:
    return text[:width] if text.isascii() else set_cell_size(text, width)


def _tail(text: str, width: int) -> str:
    if text.isascii():
        return text[len(text) - width :]
    cut = text[-width:]
    while width_of(cut) > width:
        cut = cut[1:]
    return " " * (width - width_of(cut)) + cut
