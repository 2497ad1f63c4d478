"""The lines around matches that AWS has found: the filter is the service's, the lines are read from each stream.

``FilterLogEvents`` gives matches only. So for each stream that has some, the lines before its first match are read
backwards, and then forwards as long as lines are wanted or a match is near.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stackpane_logs.grep import Around, Context, Line

if TYPE_CHECKING:
    from stackpane_logs.lean import Event
    from stackpane_logs.reading import Reader, Source

__all__ = ["Neighbours"]

_MORE = 50
"""Lines that are read beyond those that are surely wanted: the next match may be near."""

Key = tuple[int | None, int | None, str | None]


def _key(event: Event) -> Key:
    # `GetLogEvents` gives no ids; lines of one stream that are alike in all of these are alike.
    return (event.timestamp, event.ingestionTime, event.message)


@dataclass
class _Walk:
    """How far one stream was read: its context, and the lines of the last millisecond that was."""

    context: Context
    reached: int = -1
    at_end: Counter[Key] = field(default_factory=Counter)


class Neighbours:
    """Groups of lines around matches that come page by page."""

    def __init__(self, reader: Reader, source: Source, around: Around) -> None:
        self._reader = reader
        self._source = source
        self._around = around
        self._walks: dict[str, _Walk] = {}

    def groups(self, matches: Sequence[Event]) -> list[list[Line]]:
        """The groups that these matches end; the last one of each stream may go on with the next matches."""
        by_stream: dict[str, list[Event]] = {}
        for match in matches:
            by_stream.setdefault(match.logStreamName or "", []).append(match)
        groups = [group for stream, found in by_stream.items() for group in self._walked(stream, found)]
        return sorted(groups, key=_first)

    def flush(self) -> list[list[Line]]:
        """What is left when there are no more matches."""
        groups = [group for walk in self._walks.values() for group in walk.context.flush()]
        self._walks.clear()
        return sorted(groups, key=_first)

    def _walked(self, stream: str, matches: list[Event]) -> Iterator[list[Line]]:
        walk = self._walks.setdefault(stream, _Walk(Context(self._around)))
        left = Counter(map(_key, matches))
        for match in matches:
            if not left[_key(match)]:
                continue  # passed already, on the way from the one before
            yield from self._led_up(walk, stream, match)
            yield from self._forward(walk, stream, match, left)

    def _led_up(self, walk: _Walk, stream: str, match: Event) -> Iterator[list[Line]]:
        """Feed the lines before the millisecond of a match, as many as are wanted, and cut where some are left out."""
        # One more than is wanted tells whether these lines join those that were read before.
        wanted = self._around.before + (walk.reached >= 0)
        lines = self._before(stream, match, wanted)
        if walk.reached >= 0 and len(lines) == wanted and not self._was_fed(walk, lines[0]):
            if (done := walk.context.cut(stream)) is not None:
                yield done
            lines = lines[1:]
        yield from self._fed(walk, lines, Counter())

    def _was_fed(self, walk: _Walk, line: Event) -> bool:
        stamp = line.timestamp or 0
        return stamp < walk.reached or (stamp == walk.reached and walk.at_end[_key(line)] > 0)

    def _before(self, stream: str, match: Event, wanted: int) -> list[Event]:
        if not wanted:
            return []
        end = match.timestamp or 0
        source = replace(self._source, start=0, end=end, stream=stream, pattern=None)
        found: list[Event] = []
        for events in self._reader.newest_first(source, wanted):
            # Some emulators take the end as included.
            found += [event for event in events if (event.timestamp or 0) < end]
            if len(found) >= wanted:
                break
        return found[:wanted][::-1]

    def _forward(self, walk: _Walk, stream: str, match: Event, left: Counter[Key]) -> Iterator[list[Line]]:
        start = match.timestamp or 0
        source = replace(self._source, start=start, stream=stream, pattern=None)
        for page in self._reader.pages(source, size=self._around.after + _MORE):
            yield from self._fed(walk, page.events, left)
            if not left[_key(match)] and not walk.context.is_open(stream):
                return

    def _fed(self, walk: _Walk, events: list[Event], left: Counter[Key]) -> Iterator[list[Line]]:
        """Give the context those of the events that it has not had."""
        seen = Counter(walk.at_end)
        for event in events:
            stamp, key = event.timestamp or 0, _key(event)
            if stamp < walk.reached:
                continue
            if stamp == walk.reached and seen[key]:
                seen[key] -= 1
                continue
            if stamp > walk.reached:
                walk.reached, walk.at_end = stamp, Counter()
            walk.at_end[key] += 1
            match = left[key] > 0
            if match:
                left[key] -= 1
            if (done := walk.context.feed(event, match=match)) is not None:
                yield done


def _first(group: list[Line]) -> int:
    return group[0].event.timestamp or 0
