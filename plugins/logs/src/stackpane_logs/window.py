"""Which of the events that come are new, wherever they come from: late, repeated, in any order.

Pure: no request, no clock. Two sources give the same events: replies to requests (with an id each, and every event
again as long as the requests overlap) and live tail (without ids, each event at most once in a session). What one of
them has given, the other one's is matched with by all that both tell of an event.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stackpane_logs.lean import Event

__all__ = ["Window"]

Content = tuple[str | None, int | None, int | None, str | None]
RECENT = 10_000
"""Milliseconds before the newest event that every request begins at: events of one moment come one after the other."""


class Window:
    """The events of one log group from ``since`` on. ``late`` is how much later than others an event may come at least.

    All times are milliseconds. ``floor`` is the time before which all that may still come was seen, or comes too late.
    """

    def __init__(self, since: int, late: int) -> None:
        self.floor = since
        self.late = late
        self.newest: int | None = None
        self._ids: dict[str | tuple[Content, int], int] = {}
        self._polled: Counter[Content] = Counter()
        self._live: Counter[Content] = Counter()

    def start(self, now: int, *, deep: bool) -> int:
        """Where the next request begins: shortly before the newest event, or (``deep``) where late ones may be.

        An event's time may lie ahead of ``now``: it must not hide what is yet to come.
        """
        if self.newest is None:
            return self.floor
        return max(self.floor, min(self.newest, now) - (self.late if deep else RECENT))

    def polled(self, events: Iterable[Event]) -> list[Event]:
        """Those of the events of one whole round of requests that were not seen before."""
        new: list[Event] = []
        alike: Counter[Content] = Counter()
        for event in events:
            stamp, content = event.timestamp or 0, _content(event)
            if stamp < self.floor:
                continue
            mark: str | tuple[Content, int]
            if event.eventId is not None:
                mark = event.eventId
            else:  # the n-th of those that are alike in everything
                alike[content] += 1
                mark = (content, alike[content])
            if mark in self._ids:
                continue
            self._ids[mark] = stamp
            self._saw(stamp)
            if self._live[content]:
                self._live[content] -= 1
                continue
            self._polled[content] += 1
            new.append(event)
        return new

    def live(self, events: Iterable[Event]) -> list[Event]:
        """Those of the events of live tail that no request has given before."""
        new: list[Event] = []
        for event in events:
            stamp, content = event.timestamp or 0, _content(event)
            if stamp < self.floor:
                continue
            self._saw(stamp)
            if self._polled[content]:
                self._polled[content] -= 1
                continue
            self._live[content] += 1
            new.append(event)
        return new

    def forget(self, now: int) -> None:
        """Forget events that no request will reach back to any more: memory does not grow with the time."""
        floor = self.start(now, deep=True)
        if floor <= self.floor:
            return
        self.floor = floor
        self._ids = {mark: stamp for mark, stamp in self._ids.items() if stamp >= floor}
        for seen in (self._polled, self._live):
            for content in [each for each, left in seen.items() if not left or (each[1] or 0) < floor]:
                del seen[content]

    def _saw(self, stamp: int) -> None:
        self.newest = stamp if self.newest is None else max(self.newest, stamp)


def _content(event: Event) -> Content:
    return (event.logStreamName, event.timestamp, event.ingestionTime, event.message)
