"""Following log groups: by live tail where there is one, by requests where not, and nothing lost between the two.

Live tail gives no more than 500 events a second, a sample of those that there are; then requests take over, from before
the sample on. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Literal

from stackpane_logs.lean import Event
from stackpane_logs.live import LiveEnded, Unavailable, updates
from stackpane_logs.reading import Reader, Source
from stackpane_logs.trouble import is_passing
from stackpane_logs.window import Window

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Clock", "Follow", "Way"]

Way = Literal["live", "poll"]
Found = tuple[str, Event]
"""An event and the log group that it is of."""

MOST_LIVE = 10
"""Log groups of a session of live tail."""
_INTERVAL = 2.0
"""Seconds between two rounds of requests."""
_DEEP = 30.0
"""Seconds between two rounds that reach back to where late events may be."""
_AHEAD = 3 * 3600_000
"""How far ahead of now requests end (ms): events may be two hours ahead, and clocks differ."""
_WORKERS = 4
_LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class Clock:
    """The time in seconds since 1970, and waiting: both given, so that no test waits."""

    now: Callable[[], float] = lambda: time.time()
    sleep: Callable[[float], None] = lambda seconds: time.sleep(seconds)


@dataclass
class Follow:
    """Events of log groups from ``since`` (ms) on, as they come. ``late``: how late an event may come (ms).

    ``way`` is by which means; ``None``: by the best that there is. ``idle`` seconds without an event end it.
    """

    session: Session
    groups: Sequence[str]
    since: int
    pattern: str | None = None
    late: int = 300_000
    way: Way | None = None
    idle: float | None = None
    interval: float = _INTERVAL
    clock: Clock = field(default_factory=Clock)
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.session)
        # Beyond what is promised lies what may go by until the next deep round.
        reach = self.late + 2 * int(_DEEP * 1000)
        self._windows = {group: Window(self.since, reach) for group in self.groups}
        self._last_new = self.clock.now()
        self._last_deep = self.clock.now()

    def events(self) -> Iterator[list[Found]]:
        """The new events some at a time, each time ordered by their times."""
        if self._wants_live:
            with closing(self._by_live_tail()) as live:
                yield from live
            if self._is_idle:
                return
        yield from self._by_requests()

    @cached_property
    def _wants_live(self) -> bool:
        if self.way == "poll":
            return False
        if len(self.groups) > MOST_LIVE and self.way is None:
            self.session.note(f"Asking every {self.interval:g}s: live tail takes {MOST_LIVE} log groups at most.")
            return False
        return True

    @property
    def _is_idle(self) -> bool:
        return self.idle is not None and self.clock.now() - self._last_new >= self.idle

    def _told(self, found: list[Found]) -> list[Found]:
        if found:
            self._last_new = self.clock.now()
        return sorted(found, key=_order)

    # By requests

    def _by_requests(self) -> Iterator[list[Found]]:
        first = True
        while self._windows:
            deep = self.clock.now() - self._last_deep >= _DEEP
            yield self._round_with_patience(deep=deep or first, first=first)
            first = False
            if self._is_idle:
                late = self._round_with_patience(deep=True)
                yield late
                if not late:
                    return
            self.clock.sleep(self.interval)

    def _round_with_patience(self, *, deep: bool, first: bool = False) -> list[Found]:
        """The new events of one round; what passes is waited for, unless it is the very first request of all."""
        pause = self.interval
        lost: float | None = None
        while True:
            try:
                found = self._round(deep=deep)
            except Exception as error:
                if (first and not self._has_seen) or not is_passing(error):
                    raise
                if lost is None:
                    lost = self.clock.now()
                    self.session.warn(f"no events for the moment, trying again: {self.session.explain(error)}")
                self.clock.sleep(pause)
                pause, deep = min(pause * 2, _LONGEST), True
            else:
                if lost is not None:
                    self.session.note(f"Going on after {self.clock.now() - lost:.0f}s; nothing is left out.")
                return found

    @property
    def _has_seen(self) -> bool:
        return any(window.newest is not None for window in self._windows.values())

    def _round(self, *, deep: bool) -> list[Found]:
        from stackpane.fanout import in_order

        now = int(self.clock.now() * 1000)
        tasks = [partial(self._of_group, group, now, deep) for group in list(self._windows)]
        found: list[Found] = []
        with closing(in_order(tasks, min(_WORKERS, len(tasks)))) as answers:
            for group, events in answers:
                found += [(group, event) for event in self._windows[group].polled(events)]
        if deep:
            self._last_deep = self.clock.now()
            for window in self._windows.values():
                window.forget(now)
        return self._told(found)

    def _of_group(self, group: str, now: int, deep: bool) -> Iterator[tuple[str, list[Event]]]:
        source = Source(group, self._windows[group].start(now, deep=deep), now + _AHEAD, pattern=self.pattern)
        yield group, [event for page in self.reader.pages(source) for event in page.events]

    # By live tail

    def _by_live_tail(self) -> Generator[list[Found], None, None]:
        """The events of one session of live tail after the other; ends where requests must go on."""
        begun = False
        pause = self.interval
        while True:
            try:
                for update in updates(self.session, list(self._windows), self.pattern):
                    if update is None:  # begun: what was before, and what is missing since the session before
                        if not begun:
                            self.session.note("Live tail, which AWS bills by the minute; --poll asks instead.")
                        yield self._round_with_patience(deep=True, first=not begun)
                        begun = True
                        continue
                    pause = self.interval
                    yield self._told([pair for group, events in update.events for pair in self._new(group, events)])
                    if update.sampled:
                        self.session.warn(
                            f"more events than live tail gives: asking every {self.interval:g}s from here on, "
                            "so that none is left out"
                        )
                        return
                    if self._is_idle:
                        return
            except Unavailable as reason:
                if self.way == "live":
                    raise reason.error from None
                self.session.note(f"Asking every {self.interval:g}s: {reason}.")
                return
            except LiveEnded as ended:
                if ended.at_once and self.way is None:
                    self.session.note(f"Asking every {self.interval:g}s: live tail ended as soon as it had begun.")
                    return
            except Exception as error:
                # The next session could not be opened: as a first one, that is no live tail to go on with.
                if not begun or not is_passing(error):
                    raise
            self.clock.sleep(pause)
            pause = min(pause * 2, _LONGEST)

    def _new(self, group: str, events: list[Event]) -> Iterator[Found]:
        window = self._windows.get(group)
        for event in window.live(events) if window else ():
            yield group, event


def _order(found: Found) -> tuple[int, int]:
    return (found[1].timestamp or 0, found[1].ingestionTime or 0)
