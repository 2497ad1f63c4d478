"""Batches of a file's lines, in order, several of them under way at once; and how far all before is settled.

Two lines of one key are never under way at the same time: the later one waits, so that it is the later one that stays.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackpane.fanout import check_wanted
from stackpane_dynamodb.moving.batches import BATCH, Result, key_mark
from stackpane_dynamodb.values.check import faults

if TYPE_CHECKING:
    from stackpane_dynamodb.moving.records import Line
    from stackpane_dynamodb.tables import Model

__all__ = ["Batch", "Flight", "Order", "batches"]

_REJECTS, _REJECT_BYTES = 1000, 4 << 20
"""Lines of a batch, and their bytes, that are no items: what is kept in memory of them."""


@dataclass(slots=True)
class Batch:
    """Consecutive lines from ``start`` (counted from 0) to ``end``: items to put, and lines that are none."""

    start: int
    end: int
    lines: list[Line] = field(default_factory=list)
    marks: list[Any] = field(default_factory=list)
    rejects: list[tuple[Line, str]] = field(default_factory=list)
    left: int = 0
    written: int = 0

    def settle(self, result: Result) -> None:
        """Take over what became of the items."""
        self.written, self.left = result.written, len(result.left)
        self.rejects += [(self.lines[place], reason) for place, reason in result.refused.items()]
        self.rejects.sort(key=lambda each: each[0].number)
        self.lines.clear()


class Flight:
    """The keys that are under way."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._keys: set[Any] = set()

    def enter(self, marks: Iterable[Any]) -> None:
        """A batch is about to be sent."""
        with self._changed:
            self._keys.update(marks)

    def leave(self, marks: Iterable[Any]) -> None:
        """Its outcome is known."""
        with self._changed:
            self._keys.difference_update(marks)
            self._changed.notify_all()

    def wait_without(self, mark: Any) -> None:
        """Return when nobody is sending this key."""
        with self._changed:
            while mark in self._keys:
                check_wanted()
                self._changed.wait(1)


def batches(lines: Iterable[Line], model: Model, flight: Flight, start: int = 0) -> Iterator[Batch]:
    """The lines from the one with number ``start`` (counted from 0), as batches that may be sent at once."""
    batch, marks, kept = Batch(start, start), set[Any](), 0
    for line in lines:
        reason = line.reason or "; ".join(faults(line.item or {}, model.keys, model.indexed))
        mark = None if reason else key_mark(line.item or {}, model.table.keys)
        full = len(batch.lines) >= BATCH or len(batch.rejects) >= _REJECTS or kept >= _REJECT_BYTES
        if full or mark in marks:
            flight.enter(batch.marks)
            yield batch
            batch, marks, kept = Batch(batch.end, batch.end), set(), 0
        if mark is None:
            batch.rejects.append((line, reason))
            kept += len(line.text)
        else:
            flight.wait_without(mark)
            batch.lines.append(line)
            batch.marks.append(mark)
            marks.add(mark)
        batch.end += 1
    if batch.end > batch.start:
        flight.enter(batch.marks)
        yield batch


class Order:
    """Gives batches back in the order of their lines, whatever order they are settled in."""

    def __init__(self, start: int) -> None:
        self.place = start
        self._waiting: dict[int, Batch] = {}

    def settled(self, batch: Batch) -> Iterator[Batch]:
        """The batches up to which everything is settled now."""
        self._waiting[batch.start] = batch
        while (following := self._waiting.pop(self.place, None)) is not None:
            self.place = following.end
            yield following
