"""Running a job: one line of progress that is redrawn on a terminal, and a clean end when the user stops it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from stackpane.errors import ExitCode
from stackpane.formats.cells import display_width
from stackpane.text import human_duration, human_size, safe
from stackpane.views import Job, Outcome, Progress

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.links import Link

__all__ = ["Interrupted", "Meter", "run_job"]

Clock = Callable[[], float]

_WINDOW = 5.0
"""Seconds that the rate is measured over: long enough to be steady, short enough to follow the network."""

_REDRAW = 0.1
"""Seconds between two drawings of the line."""

_BAR = 20

_PATIENCE = 1.0
"""Seconds that Ctrl-C waits for the job's step to end: less than a step takes, unless it hangs in a request."""


class Interrupted(KeyboardInterrupt):
    """The user has stopped it; it has cleaned up, and what was done has been said."""


def run_job(job: Job, io: Console, clock: Clock = time.monotonic) -> Outcome:
    """Run the job to its end. Raises ``Interrupted`` where the user stops it, and what the job raises.

    The first Ctrl-C closes the job's generator between two of its steps, so that no exception hits it in the middle of
    one; a step that hangs is ended by ``KeyboardInterrupt``. A second Ctrl-C leaves at once.
    """
    if not io.can_redraw and job.title:
        io.note(job.title)
    meter = Meter(job.title, clock)
    generator = job.run()
    with _ctrl_c() as pressed:
        try:
            return _follow(generator, meter, io, pressed)
        except BaseException as error:
            io.status("")
            _tell_rest(meter, job.resume, io, stopped=isinstance(error, KeyboardInterrupt))
            raise
        finally:
            io.status("")
            generator.close()


def _follow(generator: Generator[Progress, None, Outcome], meter: Meter, io: Console, pressed: _CtrlC) -> Outcome:
    while True:
        try:
            with pressed.step():
                progress = next(generator)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
        if pressed.seen:
            io.status("")
            io.note("Stopping … (Ctrl-C again leaves at once)")
            generator.close()
            raise Interrupted
        if meter.update(progress):
            io.status(meter.line(io.narration_width - 1))


def _tell_rest(meter: Meter, resume: Link | None, io: Console, stopped: bool) -> None:
    """Say how far it got and how to go on."""
    if meter.last is not None:
        io.note(f"{'Stopped' if stopped else 'Failed'} after {meter.amount()}.")
    if resume is not None:
        io.note(f"Go on with: {resume.command_line}")


class _CtrlC:
    """What Ctrl-C does to a job: it is ``seen``, and ends a step that hangs; the second one ends the process."""

    def __init__(self) -> None:
        self.seen = False
        self._in_step = False

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """A step of the job, which may hang."""
        self._in_step = True
        try:
            yield
        finally:
            self._in_step = False

    def press(self, _signal: int, _frame: FrameType | None) -> None:
        """Take note of Ctrl-C."""
        if self.seen:
            with contextlib.suppress(OSError):
                os.write(2, b"\n")
            os._exit(ExitCode.INTERRUPTED)
        self.seen = True
        if hasattr(signal, "setitimer"):  # without (Windows), a read that hangs cannot be interrupted anyway
            signal.setitimer(signal.ITIMER_REAL, _PATIENCE)

    def end_step(self, _signal: int, _frame: FrameType | None) -> None:
        """Raise ``KeyboardInterrupt`` in the step that should have ended by now."""
        if self._in_step:
            raise KeyboardInterrupt


@contextlib.contextmanager
def _ctrl_c() -> Iterator[_CtrlC]:
    """Handle Ctrl-C within the block. In other threads nothing changes."""
    pressed = _CtrlC()
    # A process started in the background ignores Ctrl-C, and goes on doing so.
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield pressed
        return
    handlers: dict[int, Callable[[int, FrameType | None], None]] = {signal.SIGINT: pressed.press}
    if hasattr(signal, "setitimer"):
        handlers[signal.SIGALRM] = pressed.end_step
    replaced = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield pressed
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in replaced.items():
            signal.signal(number, handler)


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
    def rate(self) -> float:
        """Units per second over the last seconds, 0 where nothing moved."""
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
        for part in (self._title, self._share(progress), self.amount(), self._speed(progress), self._time(progress)):
            longer = f"{line}  {part}" if line and part else line or part
            if display_width(longer) > width:
                return line or _shorten(longer, width)
            line = longer
        room = width - display_width(line) - 2
        return f"{line}  {_shorten(safe(progress.current), room)}" if progress.current and room >= 8 else line

    def _share(self, progress: Progress) -> str:
        if not progress.total:
            return ""
        share = min(1.0, progress.done / progress.total)
        full = int(share * _BAR)
        return f"{'█' * full}{'░' * (_BAR - full)} {int(share * 100):3d}%"

    def _speed(self, progress: Progress) -> str:
        rate = self.rate
        return f"{human_size(int(rate))}/s" if progress.unit == "bytes" else f"{rate:,.0f}/s"

    def _time(self, progress: Progress) -> str:
        rate = self.rate
        if progress.total is not None and rate > 0:
            return f"{human_duration(max(0.0, progress.total - progress.done) / rate)} left"
        return human_duration(max(1.0, self._clock() - self._started))


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
