"""Looking for lines on our side, and the lines around a match: as ``grep -C`` does it, per stream, across replies.

The lines around a match are those of its own stream: in a group of many streams, what others wrote at the same time is
no context. Everything here is pure: events go in, groups of lines come out.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from stackpane_logs.lean import Event

__all__ = ["NOTHING", "Around", "Context", "Line", "Test", "matcher"]

Test = Callable[[Event], bool]


def matcher(pattern: str, *, ignore_case: bool = False, invert: bool = False) -> Test:
    """Whether the message of an event holds the regular expression (``invert``: does not)."""
    search = re.compile(pattern, re.IGNORECASE if ignore_case else 0).search

    def test(event: Event) -> bool:
        return (search(event.message or "") is None) is invert

    return test


@dataclass(frozen=True, slots=True)
class Around:
    """How many lines before and after each match are wanted."""

    before: int = 0
    after: int = 0

    def __bool__(self) -> bool:
        return bool(self.before or self.after)

    def reversed(self) -> Around:
        """The same for lines that come newest first."""
        return Around(self.after, self.before)


NOTHING = Around()


@dataclass(frozen=True, slots=True)
class Line:
    """An event that is shown: a match, or one around a match."""

    event: Event
    match: bool


@dataclass(slots=True)
class _Stream:
    """What is kept of one stream: the last lines that were no match, and the group that is being collected."""

    before: deque[Event]
    group: list[Line] = field(default_factory=list)
    wanted: int = 0


class Context:
    """Collects groups of lines: matches with what is around them, those that touch or overlap as one group.

    ``feed`` takes events in order, and gives the groups that are whole by then; ``flush`` those that end with the
    events.
    """

    def __init__(self, around: Around) -> None:
        self._around = around
        self._streams: dict[str | None, _Stream] = {}

    def feed(self, event: Event, *, match: bool) -> list[Line] | None:
        """Take the next event; gives the group of its stream that ended before it."""
        stream = self._streams.get(event.logStreamName)
        if stream is None:
            stream = self._streams[event.logStreamName] = _Stream(deque(maxlen=self._around.before))
        done: list[Line] | None = None
        if match:
            stream.group += [Line(each, match=False) for each in stream.before]
            stream.group.append(Line(event, match=True))
            stream.before.clear()
            stream.wanted = self._around.after
        elif stream.wanted:
            stream.group.append(Line(event, match=False))
            stream.wanted -= 1
        elif stream.group and len(stream.before) == self._around.before:
            # One more line between, and what may come before the next match does not touch this group any more.
            done, stream.group = stream.group, []
            stream.before.append(event)
        else:
            stream.before.append(event)
        return done

    def groups(self, events: Iterable[Event], test: Test) -> Iterator[list[Line]]:
        """The groups that are whole after these events."""
        for event in events:
            if (done := self.feed(event, match=test(event))) is not None:
                yield done

    def is_open(self, stream: str | None) -> bool:
        """Whether lines that come next in a stream are still wanted for its last match."""
        found = self._streams.get(stream)
        return found is not None and found.wanted > 0

    def any_open(self) -> bool:
        """Whether lines that come next in any stream are still wanted."""
        return any(stream.wanted for stream in self._streams.values())

    def cut(self, stream: str | None) -> list[Line] | None:
        """Lines of a stream were left out: what comes next touches nothing; gives the group that ends here."""
        found = self._streams.pop(stream, None)
        return found.group if found is not None and found.group else None

    def flush(self) -> list[list[Line]]:
        """The groups that were not ended, in the order of their first lines."""
        groups = [stream.group for stream in self._streams.values() if stream.group]
        self._streams.clear()
        return sorted(groups, key=lambda group: group[0].event.timestamp or 0)
