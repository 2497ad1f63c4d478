"""What ``logs tail`` shows: the last events of several log groups as a table, or those that come as a stream."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from stackpane import Column, Page, PageRequest, Row, Stream, Table
from stackpane_logs.eventview import members_of
from stackpane_logs.fields import AUTO, json_of, level_of, names_of, picked
from stackpane_logs.following import Clock, Follow, Found, Way
from stackpane_logs.grep import matcher
from stackpane_logs.places import group_actions
from stackpane_logs.reading import Reader, Source
from stackpane_logs.slices import read
from stackpane_logs.times import iso, iso_each, time_range

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_logs.lean import Event

__all__ = ["Tail"]

_SAMPLE = 100
_BATCH = 4096
"""Rows of a page where several groups are merged."""


@dataclass(frozen=True)
class Tail:
    """One run of the command, with its options. Times are milliseconds but for ``late`` and ``until_idle``: seconds."""

    session: Session
    groups: tuple[str, ...]
    since: int
    pattern: str | None = None
    grep: str | None = None
    ignore_case: bool = False
    fields: str | None = None
    way: Way | None = None
    late: float = 300.0
    until_idle: float | None = None
    clock: Clock = field(default_factory=Clock)

    @cached_property
    def _reader(self) -> Reader:
        """One for all groups: the quota is the account's."""
        return Reader(self.session)

    # As a table

    def table(self) -> Table:
        """The events since then; of more than are wanted, the last ones."""
        return Table(
            self._columns(lag=False),
            self._pages,
            title=f"Last events of {', '.join(self.groups)}",
            links=group_actions(self.groups[0]) if len(self.groups) == 1 else (),
        )

    def _pages(self, request: PageRequest) -> Iterator[Page]:
        if request.size is not None and request.cursor is None:
            found = self._newest(request.size + 1)
            if len(found) > request.size:
                self.session.note(f"The last {request.size:,} only: --limit shows more, --all every one.")
            yield Page(self._rows(found[: request.size][::-1], lag=False))
            return
        if len(self.groups) == 1:
            # Whole replies, as they come: to take them apart would cost more than to read them.
            for part in read(self._reader, self._source(self.groups[0])):
                if self._matcher is None and not self._names:
                    yield Page(_short_rows(part.events))
                else:
                    yield Page(self._rows(self._passing(self.groups[0], part.events), lag=False))
            return
        oldest = heapq.merge(*map(self._oldest_first, self.groups), key=_order)
        while batch := list(islice(oldest, _BATCH)):
            yield Page(self._rows(batch, lag=False))

    def _source(self, group: str) -> Source:
        now = datetime.fromtimestamp(self.clock.now(), UTC)
        since = datetime.fromtimestamp(self.since / 1000, UTC)
        return Source(group, *time_range(since, None, now), pattern=self.pattern)

    def _newest(self, count: int) -> list[Found]:
        """The last events of all groups, the newest first."""
        return list(islice(heapq.merge(*self._each_newest(count), key=_order, reverse=True), count))

    def _each_newest(self, count: int) -> Iterator[Iterator[Found]]:
        # How many of them pass a test is not known beforehand.
        size = count if self._matcher is None else None
        for group in self.groups:
            pages = self._reader.newest_first(self._source(group), size)
            yield chain.from_iterable(map(partial(self._passing, group), pages))

    def _oldest_first(self, group: str) -> Iterator[Found]:
        parts = read(self._reader, self._source(group))
        return chain.from_iterable(self._passing(group, part.events) for part in parts)

    # As a stream

    def stream(self) -> Stream:
        """The events since then, and those that come."""
        several = len(self.groups) > 1
        return Stream(
            self._columns(lag=True),
            self._following,
            title=f"{'Log groups' if several else 'Log group'} {', '.join(self.groups)}",
            links=() if several else group_actions(self.groups[0]),
        )

    def _following(self) -> Iterator[Row]:
        follow = Follow(
            self.session,
            self.groups,
            self.since,
            self.pattern,
            int(self.late * 1000),
            self.way,
            self.until_idle,
            clock=self.clock,
        )
        for found in follow.events():
            yield from self._rows([pair for pair in found if self._test(pair[1])], lag=True)

    # Rows

    def _test(self, event: Event) -> bool:
        return self._matcher is None or self._matcher(event)

    @cached_property
    def _matcher(self) -> Any:
        return None if self.grep is None else matcher(self.grep, ignore_case=self.ignore_case)

    def _passing(self, group: str, events: Sequence[Event]) -> list[Found]:
        return [(group, event) for event in events if self._matcher is None or self._matcher(event)]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The members that are columns; ``auto``: those of the last lines there are."""
        if self.fields is None:
            return ()
        if self.fields != AUTO:
            return names_of(self.fields)
        return members_of(event for _, event in self._newest(_SAMPLE))

    def _columns(self, *, lag: bool) -> tuple[Column, ...]:
        group = (Column("logGroupName"),) if len(self.groups) > 1 else ()
        follows = (Column("Lag", "duration"), Column("Level", "state")) if lag else ()
        members = tuple(Column(name) for name in self._names)
        return (
            Column("timestamp", "moment"),
            *follows,
            *group,
            Column("logStreamName", wide=True),
            *members,
            Column("message", wide=bool(members)),
        )

    def _rows(self, found: Sequence[Found], *, lag: bool) -> list[Row]:
        several, names = len(self.groups) > 1, self._names
        if not (several or names or lag):
            return _short_rows([event for _, event in found])
        return [
            (
                iso(event.timestamp),
                *((_lag(event), level_of(event.message)) if lag else ()),
                *((group,) if several else ()),
                event.logStreamName,
                *_members(event, names),
            )
            for group, event in found
        ]


def _short_rows(events: Sequence[Event]) -> list[Row]:
    """Rows of a time, a stream and a message."""
    times = iso_each([event.timestamp for event in events])
    streams = [event.logStreamName for event in events]
    return list(zip(times, streams, [event.message for event in events], strict=True))


def _members(event: Event, names: Sequence[str]) -> Sequence[Any]:
    """The members of a line, and the line itself where it is no JSON."""
    if not names:
        return (event.message,)
    found = json_of(event.message)
    if found is None:
        return (*[None] * len(names), event.message)
    return (*[picked(found, name) for name in names], None)


def _lag(event: Event) -> float | None:
    """Seconds from an event's time until AWS had it."""
    if event.timestamp is None or event.ingestionTime is None:
        return None
    return max(0, event.ingestionTime - event.timestamp) / 1000


def _order(found: Found) -> tuple[int, int]:
    return (found[1].timestamp or 0, found[1].ingestionTime or 0)
