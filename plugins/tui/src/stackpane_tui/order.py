"""Which of the loaded rows are shown, and in what order: all of them as they came, or filtered, or sorted.

Rows are gone through a few milliseconds at a time, with a pause for whatever else is to be done, so that a million of
them never holds up a key. An order is an array of row numbers, four bytes each; ``None`` stands for "as they came".
"""

from __future__ import annotations

import asyncio
import heapq
import re
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stackpane.formats.cells import cell
from stackpane_tui.rows import BLOCK, Rows
from stackpane_tui.values import Shape, texts_of

if TYPE_CHECKING:
    from stackpane import Column

__all__ = ["Filter", "in_slices", "key_of", "matching", "ordered"]

_SLICE = 0.008  # seconds of work between two pauses
_TOLD = 0.2  # seconds between two words about how far it is
_CELLS = 1280  # that are made into texts and looked into at a time
_RUN = 16_384  # rows that are sorted at a time
_SEPARATOR = "\x00"  # between the cells of a row; no safe text has one

Told = Callable[[int], Any]
"""Told how many rows have been gone through, a few times a second."""


class Filter:
    """What rows must have in one of their cells: a text, whatever its case unless it has capitals, or ``/regex/``.

    Raises ``ValueError`` for an expression that is none.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._pattern: re.Pattern[str] | None = None
        self._folds = text == text.lower()
        self._text = text
        if len(text) > 2 and text.startswith("/") and text.endswith("/"):
            try:
                self._pattern = re.compile(text[1:-1], re.IGNORECASE if self._folds else 0)
            except re.error as error:
                raise ValueError(f"no regular expression: {error}") from error

    def find(self, rows: Sequence[Any], shape: Shape, at: Sequence[int]) -> Iterator[int]:
        """The numbers of those of ``rows`` that fit, by what their cells in the columns ``at`` show."""
        columns = [
            texts_of(values, shape.columns[number]) for number, values in zip(at, shape.turned(rows, at), strict=True)
        ]
        lines = list(map(_SEPARATOR.join, zip(*columns, strict=True)))
        if self._pattern is not None:
            search = self._pattern.search
            yield from (number for number, line in enumerate(lines) if any(map(search, line.split(_SEPARATOR))))
            return
        # One look at all of them, which is enough where none fits. No safe text has a line break.
        together = "\n".join(lines)
        if self._folds:
            together = together.lower()
        if self._text in together:
            yield from (number for number, line in enumerate(together.split("\n")) if self._text in line)


async def in_slices(steps: Iterable[int], told: Told) -> None:
    """Go through ``steps``, each of them a number of rows done, with a pause wherever it took long."""
    began = last = time.perf_counter()
    for done in steps:
        if time.perf_counter() - began > _SLICE:
            if began - last > _TOLD:
                told(done)
                last = began
            await asyncio.sleep(0)
            began = time.perf_counter()


async def matching(
    rows: Rows[Any], shape: Shape, wanted: Filter, at: Sequence[int], found: array[int], start: int, told: Told
) -> None:
    """Add the numbers of the rows from ``start`` on that fit to ``found``."""

    at_once = max(1, _CELLS // max(1, len(at)))

    def steps() -> Iterator[int]:
        for first, block in rows.blocks(start):
            for offset in range(0, len(block), at_once):
                part = block[offset : offset + at_once]
                found.extend(first + offset + number for number in wanted.find(part, shape, at))
                yield first + offset + len(part)

    await in_slices(steps(), told)


async def ordered(
    rows: Rows[Any], shape: Shape, numbers: array[int] | range, at: int, *, down: bool, told: Told
) -> array[int]:
    """The row numbers sorted by the values in a column; rows without a value come last either way.

    Sorted runs are kept as rows are, packed, and merged: the keys of a million rows would not fit otherwise.
    """
    kind = shape.columns[at]
    runs: Rows[tuple[Any, int]] = Rows(fresh=32 * BLOCK)
    bounds: list[tuple[int, int]] = []
    missing: array[int] = array("I")

    def sort_runs() -> Iterator[int]:
        keys: list[tuple[Any, int]] = []
        for count, number in enumerate(numbers, 1):
            value = shape.value(rows[number], at)
            if value is None:
                missing.append(number)
            else:
                keys.append((key_of(value, kind), number))
            if len(keys) == _RUN:
                yield from keep(keys, count)
                keys = []
            elif count % 256 == 0:
                yield count
        yield from keep(keys, len(numbers))

    def keep(keys: list[tuple[Any, int]], count: int) -> Iterator[int]:
        # Of equal keys the earlier row comes first in both directions.
        keys.sort(key=_key, reverse=down)
        bounds.append((len(runs), len(runs) + len(keys)))
        runs.extend(keys)
        yield count
        while runs.pack(1):
            yield count

    merged: array[int] = array("I")

    def merge() -> Iterator[int]:
        lists = [_run(runs, *each) for each in bounds]
        for count, (_, number) in enumerate(heapq.merge(*lists, key=_key, reverse=down), 1):
            merged.append(number)
            if count % 256 == 0:
                yield len(numbers)

    try:
        await in_slices(sort_runs(), told)
        await in_slices(merge(), told)
    finally:
        runs.close()
    return merged + missing


def _key(pair: tuple[Any, int]) -> Any:
    return pair[0]


def _run(runs: Rows[tuple[Any, int]], start: int, stop: int) -> Iterator[tuple[Any, int]]:
    for _, block in runs.blocks(start, stop):
        yield from block


def key_of(value: Any, column: Column) -> tuple[int, Any, str]:
    """What a value is sorted by: numbers by magnitude, moments by time, texts by their letters, anything else as shown.

    Values of different sorts in one column stay apart, in this order.
    """
    if isinstance(value, bool):
        return 0, int(value), ""
    if isinstance(value, (int, float, Decimal)):
        return (0, value, "") if value == value else (3, 0, str(value))
    if isinstance(value, timedelta):
        return 0, value.total_seconds(), ""
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return 1, aware.isoformat(timespec="microseconds"), ""
    if isinstance(value, str):
        if column.kind in ("time", "moment"):
            return 1, value, ""
        return 2, value.casefold(), value
    return 3, 0, cell(value, column.kind)
