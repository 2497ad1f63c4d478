"""How far a job is, how fast, and how long it will take, in words."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from stackpane.formats.cells import display_width
from stackpane.text import human_duration, human_size, safe
from stackpane.views import Progress

__all__ = ["Clock", "Meter"]

Clock = Callable[[], float]

_WINDOW = 5.0
"""Seconds that the rate is measured over: long enough to be steady, short enough to follow the network."""

_REDRAW = 0.1
"""Seconds between two drawings of the line."""

_BAR = 20


class Meter:
    """What is known of a job's speed, and the line that shows it."""

    def __init__(self, title: str, clock: Clock = time.monotonic) -> None:
        self._title = safe(title)
        self._clock = clock
        self._started = clock()
        self._drawn = -_REDRAW
        self._samples: deque[tuple[float, int]] = deque()
        self.last: Progress | None = None

    def update(self, progress: Progress) -> bool:
        """Take note of how far the job is; whether it is time to draw the line again."""
        now = self._clock()
        self.last = progress
        self._samples.append((now, progress.done))
        # One sample older than the window stays: the rate is that of the whole window.
        while len(self._samples) > 2 and self._samples[1][0] <= now - _WINDOW:
            self._samples.popleft()
        due = now - self._drawn >= _REDRAW
        if due:
            self._drawn = now
        return due

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1; ``None`` where nobody knows how much there is."""
        if self.last is None or not self.last.total:
            return None
        return min(1.0, self.last.done / self.last.total)

    @property
    def rate(self) -> float:
        """Units per second over the last seconds, 0 where nothing moved."""
        if not self._samples:
            return 0.0
        (start, before), (end, done) = self._samples[0], self._samples[-1]
        return max(0.0, (done - before) / (end - start)) if end > start else 0.0

    def amount(self) -> str:
        """How much is done: ``1.2 GiB of 2.0 GiB, 3 of 10 files``."""
        progress = self.last or Progress(0)
        parts = [_of(progress.done, progress.total, progress.unit)]
        if progress.files is not None:
            parts.append(_of(progress.files, progress.files_total, "files"))
        return safe(", ".join(parts))

    def line(self, width: int) -> str:
        """One line of at most ``width`` columns: what matters most comes first, the current name gets the rest."""
        progress = self.last or Progress(0)
        line = ""
        for part in (self._title, self._bar(), self.amount(), self.speed(), self.time()):
            longer = f"{line}  {part}" if line and part else line or part
            if display_width(longer) > width:
                return line or _shorten(longer, width)
            line = longer
        room = width - display_width(line) - 2
        return f"{line}  {_shorten(safe(progress.current), room)}" if progress.current and room >= 8 else line

    def speed(self) -> str:
        """The rate: ``1.2 MiB/s``, ``1,200/s``."""
        rate = self.rate
        in_bytes = self.last is None or self.last.unit == "bytes"
        return f"{human_size(int(rate))}/s" if in_bytes else f"{rate:,.0f}/s"

    def time(self) -> str:
        """How long it will take, or has taken where nobody knows: ``2m 5s left``, ``12s``."""
        rate = self.rate
        if self.last is not None and self.last.total is not None and rate > 0:
            return f"{human_duration(max(0.0, self.last.total - self.last.done) / rate)} left"
        return human_duration(max(1.0, self.elapsed))

    @property
    def elapsed(self) -> float:
        """Seconds since it was made."""
        return self._clock() - self._started

    def _bar(self) -> str:
        share = self.share
        if share is None:
            return ""
        full = int(share * _BAR)
        return f"{'█' * full}{'░' * (_BAR - full)} {int(share * 100):3d}%"


def _of(done: int, total: int | None, unit: str) -> str:
    if unit == "bytes":
        return human_size(done) + (f" of {human_size(total)}" if total is not None else "")
    return f"{done:,} {unit}" if total is None else f"{done:,} of {total:,} {unit}"


def _shorten(text: str, width: int) -> str:
    """The end of ``text``, which tells one name from the next, in at most ``width`` columns."""
    if display_width(text) <= width:
        return text
    while text and display_width(text) > width - 1:
        text = text[1:]
    return "…" + text
