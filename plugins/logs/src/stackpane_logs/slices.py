"""Reading a long range in slices of time at once, with the events in the order of one after the other.

The first reply tells how dense the events are; the rest of the range is cut into slices of a few replies each, and
these are read by several workers (``stackpane.fanout``). A position within it is a cursor that a later run goes on at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from stackpane import InvalidInput

if TYPE_CHECKING:
    from stackpane_logs.lean import Event
    from stackpane_logs.reading import Reader, Source

__all__ = ["Part", "Position", "read"]

_WORKERS = 4
_AHEAD = 3
"""Replies that wait to be shown; each is a few MB."""
_REPLIES = 4
"""Replies that a slice should take."""
_SLICES = 16
"""How a range is cut of which nothing is known yet but that its first reply was empty."""
_MOST = 4096


@dataclass(frozen=True, slots=True)
class Position:
    """Where reading goes on: at a reply of a slice (``token``; ``None``: its first), and the end of the whole range."""

    start: int
    end: int
    token: str | None
    last: int

    @property
    def cursor(self) -> str:
        """The position as text."""
        return json.dumps([self.start, self.end, self.token, self.last], separators=(",", ":"))

    @classmethod
    def of(cls, cursor: str) -> Position:
        """What ``cursor`` gave. Raises ``InvalidInput`` for anything else."""
        try:
            start, end, token, last = json.loads(cursor)
        except (ValueError, TypeError):
            start = end = last = None
            token = None
        if not all(isinstance(each, int) for each in (start, end, last)) or not isinstance(token, str | None):
            raise InvalidInput("--cursor is not one that this command has printed")
        return cls(start, end, token, last)


@dataclass(frozen=True, slots=True)
class Part:
    """Events, and where the next ones are (``None``: these were the last)."""

    events: list[Event]
    next: Position | None


def read(reader: Reader, source: Source, position: Position | None = None, size: int | None = None) -> Iterator[Part]:
    """All events of the source from a position on, oldest first.

    With a ``size`` (how many would be enough) one reply is asked for after the other; without, in slices at once.
    """
    at = position or Position(source.start, source.end, None, source.end)
    if at.token is not None or size is not None or source.stream is not None:
        yield from _slice(reader, source, at, size)
        if at.end < at.last:
            rest = Position(at.end, at.last, None, at.last)
            yield from read(reader, source.between(rest.start, rest.last), rest, size)
        return
    yield from _at_once(reader, source, at)


def _slice(reader: Reader, source: Source, at: Position, size: int | None = None) -> Iterator[Part]:
    for page in reader.pages(source.between(at.start, at.end), at.token, size):
        yield Part(page.events, _behind(at, page.next))


def _behind(at: Position, token: str | None) -> Position | None:
    if token is not None:
        return Position(at.start, at.end, token, at.last)
    return Position(at.end, at.last, None, at.last) if at.end < at.last else None


def _at_once(reader: Reader, source: Source, at: Position) -> Iterator[Part]:
    from stackpane.fanout import in_order

    first = next(iter(reader.pages(source.between(at.start, at.last))))
    if first.next is None:
        yield Part(first.events, None)
        return
    newest = first.events[-1].timestamp if first.events else None
    if newest is not None and newest <= at.start:  # a whole reply within one millisecond: nothing to cut
        yield from _slice(reader, source, Position(at.start, at.last, None, at.last))
        return
    begin = at.start
    if newest is not None:
        # What is of the same millisecond as the last event may go on in the next reply: it is read once more, whole.
        begin = newest
        kept = [event for event in first.events if event.timestamp is None or event.timestamp < newest]
        yield Part(kept, Position(begin, at.last, None, at.last))
    step = _REPLIES * (newest - at.start) if newest is not None else (at.last - at.start) // _SLICES
    step = max(step, (at.last - begin) // _MOST, 1)
    cuts = [Position(start, min(start + step, at.last), None, at.last) for start in range(begin, at.last, step)]
    tasks = (partial(_slice, reader, source, cut) for cut in cuts)
    with closing(in_order(tasks, _WORKERS, start=1, ahead=_AHEAD)) as parts:
        yield from parts
