"""Running a job: one line of progress that is redrawn on a terminal, and a clean end when the user stops it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator
from types import FrameType
from typing import TYPE_CHECKING

from stackpane.errors import ExitCode
from stackpane.formats.meter import Clock, Meter

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.links import Link
    from stackpane.views import Job, Outcome, Progress

__all__ = ["Interrupted", "run_job"]

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
