"""The recent invocations of a function, newest first, found in its log group slice by slice of time.

A slice is read whole, because CloudWatch Logs gives events from the oldest on only. Slices are short where there are
many invocations, and long where there are few.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Link, Page, PageRequest, Row
from stackpane.paging import Tokens
from stackpane_lambda.logscan import PATTERN, Run, scan

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["History", "milliseconds"]

_FIRST, _LONGEST, _SHORTEST = 15_000, 24 * 60 * 60 * 1000, 1000
"""Milliseconds of the first slice, of the longest, and of one that is read whatever it holds."""
_MOST_EVENTS = 20_000
"""Events of a slice that are kept in memory; one with more is read in shorter ones."""
_MANY, _FEW = 2000, 200
"""Invocations in a slice from which on the next one is shorter, and below which it is longer."""
_LATEST = 15 * 60 * 1000
"""Milliseconds that an invocation may take: so far ahead of a slice its report may be."""
_STREAM = re.compile(r"\d{4}/\d\d/\d\d/(?P<function>[\w-]*)\[", re.ASCII)
_KEPT = 100
"""Invocations that a cursor names at most."""


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, as CloudWatch Logs counts."""
    return int(moment.timestamp() * 1000)


class _TooManyError(Exception):
    """A slice has more events than are kept at a time."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A slice: where it ends (milliseconds, not in it), how long it is, and how many rows of it were shown.

    ``later`` are invocations that begin in it and were reported behind it, and so were shown already.
    """

    end: int
    length: int
    shown: int = 0
    later: tuple[str, ...] = ()

    @property
    def cursor(self) -> str:
        """The place as a text."""
        return json.dumps([self.end, self.length, self.shown, *self.later], separators=(",", ":"))

    @classmethod
    def of(cls, cursor: str) -> _Place:
        """The place that a cursor names. Raises ``InvalidInput``."""
        try:
            end, length, shown, *later = json.loads(cursor)
            return cls(int(end), max(1, int(length)), int(shown), tuple(map(str, later)))
        except (ValueError, TypeError):
            raise InvalidInput("the cursor is none of this list") from None


@dataclass(frozen=True, slots=True)
class History:
    """The invocations of one log group from ``since`` until ``until``.

    ``function`` is whose they are: several may share a log group. ``only_failed`` leaves out those that ended well.
    """

    session: Session
    function: str
    group: str
    since: datetime
    until: datetime
    only_failed: bool = False

    def pages(self, request: PageRequest) -> Iterator[Page]:
        """One page for each slice that has rows, newest first. A log group that is not there yet has none."""
        from botocore.exceptions import ClientError

        try:
            yield from self._pages(request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
            self.session.warn(f"there is no log group {self.group}: nothing was run yet, or it may not write its log")

    def _pages(self, request: PageRequest) -> Iterator[Page]:
        first, now = milliseconds(self.since), datetime.now(UTC)
        place = _Place.of(request.cursor) if request.cursor else _Place(milliseconds(self.until), _FIRST)
        while place.end > first:
            start = max(first, place.end - place.length)
            try:
                runs, later = self._slice(start, place)
            except _TooManyError:
                place = replace(place, length=max(_SHORTEST, (place.end - start) // 8))
                continue
            rows = [self._row(run, now) for run in runs]
            if self.only_failed:
                rows = [row for row in rows if row[2] in ("error", "timeout")]
            following = _Place(start, _next_length(place.length, len(runs)), 0, later)
            after = following.cursor if start > first else None
            if rows[place.shown :] or after is None:
                yield Page(rows[place.shown :], after, partial(_behind, place))
            place = following

    def _slice(self, start: int, place: _Place) -> tuple[list[Run], tuple[str, ...]]:
        """The invocations of a slice, newest first, and those that begin before it and are reported in it."""
        events = self._events(start, place.end)
        found = scan(events)
        unbegun = [run for run in found.reported if not run.is_begun]
        later = {*place.later}
        if unbegun:
            # Their beginnings, and errors that name no request, are before the slice.
            earliest = min(run.started for run in unbegun) - 1000
            found = scan([*self._beside(earliest, start), *events])
            found.reported = [run for run in found.reported if run.ended is not None and run.ended >= start]
            found.begun = [run for run in found.begun if run.started >= start]
        waiting = [run for run in found.begun if run.request_id not in later]
        if waiting and place.end < milliseconds(datetime.now(UTC)):
            ended = self._reported(place.end)
            waiting = [run for run in waiting if run.request_id not in ended]
        runs = sorted([*found.reported, *waiting], key=lambda run: (run.ended or run.started, run.request_id))
        before = [run.request_id for run in found.reported if run.started < start]
        return runs[::-1], tuple(before[-_KEPT:])

    def _reported(self, start: int) -> set[str]:
        """The invocations that are reported soon after a moment."""
        return {run.request_id for run in scan(self._beside(start, start + _LATEST)).reported}

    def _beside(self, start: int, end: int) -> list[dict[str, Any]]:
        """The events of a stretch beside a slice; none where there are too many, and what they would add is missing."""
        try:
            return self._events(start, end)
        except _TooManyError:
            return []

    def _events(self, start: int, end: int) -> list[dict[str, Any]]:
        """The events from ``start`` on and before ``end`` that tell of invocations, in the log's order.

        Raises ``_TooManyError`` where they are better read in several parts.
        """
        client = self.session.client("logs")
        found: list[dict[str, Any]] = []
        # A range has its last millisecond too. Not every emulator knows patterns, and none has much to read.
        asked = {"logGroupName": self.group, "startTime": start, "endTime": end - 1}
        asked |= {} if self.session.is_emulator else {"filterPattern": PATTERN}
        token, tokens = None, Tokens()
        while True:
            reply = client.filter_log_events(**asked, **({"nextToken": token} if token else {}))
            events = reply.get("events", [])
            found += (event for event in events if self._is_own(event))
            if len(found) > _MOST_EVENTS and end - start > _SHORTEST:
                raise _TooManyError
            token = reply.get("nextToken")
            if not token:
                # In one millisecond the streams' own order counts, which the answer keeps.
                return sorted(found, key=lambda event: int(event.get("timestamp", 0)))
            tokens.check(token, empty=not events)

    def _is_own(self, event: Mapping[str, Any]) -> bool:
        """Whether an event is of the function: the names of streams in a shared group say whose they are.

        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
        """
        named = _STREAM.match(str(event.get("logStreamName", "")))
        return named is None or named["function"] in ("", self.function)

    def _row(self, run: Run, now: datetime) -> Row:
        report = run.report
        return (
            datetime.fromtimestamp(run.started / 1000, UTC),
            run.request_id,
            run.status(now),
            _number(report.duration_ms) if report else None,
            _number(report.billed_ms) if report else None,
            _number(report.init_ms) if report else None,
            report.memory_used if report else None,
            report.memory_size if report else None,
            run.error_text,
            run.version,
            run.stream,
        )

    def link(self, row: Row) -> Link:
        """To the lines of one invocation: those of its stream, from its beginning to its report."""
        started: datetime = row[0]
        end = milliseconds(started) + round(row[3] or _LATEST) + 1000
        until = None if row[3] is None else _iso(end)
        return Link.to(
            "logs events", self.group, row[10], label="Its lines", since=_iso(milliseconds(started)), until=until
        )

    def marked(self, row: Row) -> Link:
        """To the lines that name the request, wherever they are."""
        since = _iso(milliseconds(row[0]) - 1000)
        return Link.to("logs events", self.group, label="Lines that name it", filter=f'"{row[1]}"', since=since)


def _number(value: float | None) -> float | int | None:
    return int(value) if value is not None and value.is_integer() else value


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _next_length(length: int, count: int) -> int:
    if count > _MANY:
        return max(_SHORTEST, length // 2)
    return min(_LONGEST, length * 4) if count < _FEW else length


def _behind(place: _Place, count: int) -> str:
    return _Place(place.end, place.length, place.shown + count, place.later).cursor
