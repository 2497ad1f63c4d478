"""Reading events: of a log group or of one stream, oldest first or newest first, page by page.

A ``Source`` says what is meant; its range is from ``start`` (inclusive) to ``end`` (exclusive), in milliseconds since
1970. AWS's two operations differ in that: ``FilterLogEvents`` includes ``endTime``, ``GetLogEvents`` does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from stackpane.paging import Tokens
from stackpane_logs.lean import Event, events_of
from stackpane_logs.rate import Rate, filter_rate, get_rate

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["MOST", "EventPage", "Reader", "Source"]

MOST = 10_000
"""The most events that a reply can have."""
_TELLING = 10
"""The fewest events that are asked for where their order tells something."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which events: of a group, of one ``stream`` of it, those that match a filter ``pattern`` (AWS's own)."""

    group: str
    start: int
    end: int
    stream: str | None = None
    pattern: str | None = None

    def between(self, start: int, end: int) -> Source:
        """The same within another range."""
        return replace(self, start=start, end=end)


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events of one reply, and the token of the next one (``None``: there is none)."""

    events: list[Event]
    next: str | None


@dataclass(frozen=True)
class Reader:
    """Reads events through a session's raw client, within AWS's quotas. Safe to share between threads.

    A ``patient`` one waits where others in the account use the quota up, as long as a bulk job may.
    """

    session: Session
    patient: bool = False

    @cached_property
    def _client(self) -> Any:
        return self.session.client("logs", raw=True)

    @cached_property
    def _filter_rate(self) -> Rate:
        return filter_rate(self.session.region, is_emulator=self.session.is_emulator)

    @cached_property
    def _get_rate(self) -> Rate:
        return get_rate(self.session.region, is_emulator=self.session.is_emulator)

    def pages(self, source: Source, token: str | None = None, size: int | None = None) -> Iterator[EventPage]:
        """The events, oldest first; ``size`` is how many would be enough."""
        limit = MOST if size is None else max(1, min(size, MOST))
        if source.stream is not None and source.pattern is None:
            yield from self._of_stream(source, token, limit, forward=True)
        else:
            yield from self._filtered(source, token, limit, {})

    def newest_first(self, source: Source, size: int | None = None) -> Iterator[list[Event]]:
        """The events some at a time, the newest first; ``size`` is how many would be enough."""
        limit = MOST if size is None else max(_TELLING, min(size, MOST))
        if source.stream is not None and source.pattern is None:
            for page in self._of_stream(source, None, limit, forward=False):
                yield page.events[::-1]
            return
        known = False
        for page in self._filtered(source, None, limit, {"startFromHead": False}):
            times = [event.timestamp or 0 for event in page.events]
            if not known and times and times[0] < times[-1]:
                # An endpoint that does not know `startFromHead` (emulators) begins with the oldest all the same.
                yield from self._from_the_end(source)
                return
            known = known or len(set(times)) > 1
            yield page.events

    def _from_the_end(self, source: Source) -> Iterator[list[Event]]:
        """All events, the newest first, of an endpoint that gives them oldest first only."""
        found = [event for page in self.pages(source) for event in page.events]
        yield sorted(found, key=_order, reverse=True)

    def _filtered(self, source: Source, token: str | None, limit: int, more: dict[str, Any]) -> Iterator[EventPage]:
        asked: dict[str, Any] = {
            "logGroupName": source.group,
            "startTime": max(0, source.start),
            "endTime": max(0, source.end - 1),
            "limit": limit,
            # AWS always interleaves streams by now and ignores this; emulators do as they are told.
            "interleaved": True,
            **more,
        }
        if source.stream is not None:
            asked["logStreamNames"] = [source.stream]
        if source.pattern:
            asked["filterPattern"] = source.pattern
        tokens = Tokens()
        while True:
            self._filter_rate.wait()
            reply = self._asked(self._client.filter_log_events, asked, token)
            events = events_of(reply)
            token = reply.get("nextToken") or None
            if token is not None:
                tokens.check(token, empty=not events)
            yield EventPage(events, token)
            if token is None:
                return

    def _asked(self, call: Callable[..., Any], asked: Mapping[str, Any], token: str | None) -> Any:
        request = partial(call, **asked, **({"nextToken": token} if token else {}))
        if not self.patient:
            return request()
        from stackpane.patience import patiently

        return patiently(request)

    def _of_stream(self, source: Source, token: str | None, limit: int, *, forward: bool) -> Iterator[EventPage]:
        """Pages of one stream. They end where the token is the one that was sent:
        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html"""
        asked: dict[str, Any] = {
            "logGroupName": source.group,
            "logStreamName": source.stream,
            "startTime": max(0, source.start),
            "endTime": max(0, source.end),
            "limit": limit,
            "startFromHead": forward,
        }
        tokens = Tokens()
        name = "nextForwardToken" if forward else "nextBackwardToken"
        while True:
            self._get_rate.wait()
            reply = self._asked(self._client.get_log_events, asked, token)
            events = events_of(reply, source.stream)
            following = reply.get(name) or None
            ended = following is None or following == token
            if not ended:
                tokens.check(following, empty=not events)
            yield EventPage(events, None if ended else following)
            if ended:
                return
            token = following


def _order(event: Event) -> tuple[int, int]:
    return (event.timestamp or 0, event.ingestionTime or 0)
