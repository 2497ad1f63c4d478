"""Jobs that run in the background, whoever looks at them."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from stackpane.formats.meter import Meter

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from stackpane import Job, Outcome, Progress

__all__ = ["JobState", "RunningJob"]

JobState = Literal["running", "stopping", "done", "failed", "cancelled"]


class RunningJob:
    """A job in a thread of its own. It goes on when its pane is left, and ends in an outcome, an error or a cancel.

    ``changed`` is called from that thread: a few times a second while it runs, and once when it has ended. ``explain``
    makes of an error what the user reads. The attributes may be read from any thread.
    """

    def __init__(
        self,
        job: Job,
        changed: Callable[[RunningJob], object] = lambda _job: None,
        explain: Callable[[BaseException], BaseException] = lambda error: error,
    ) -> None:
        self.job = job
        self.meter = Meter(job.title)
        self.state: JobState = "running"
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None
        self._changed, self._explain = changed, explain
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"stackpane-tui job {job.title}", daemon=True)

    def start(self) -> None:
        """Begin. A job can be started once."""
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether it has ended, however."""
        return self.state not in ("running", "stopping")

    @property
    def progress(self) -> Progress | None:
        """How far it is; ``None`` where it has not said yet."""
        return self.meter.last

    def cancel(self) -> None:
        """Have it end at its next step; it cleans up, and keeps what a later run can resume."""
        with self._lock:
            if self.state == "running":
                self.state = "stopping"
                self._stop.set()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for its end, at most so many seconds; whether it has ended."""
        self._thread.join(timeout)
        return self.is_over

    def line(self, width: int) -> str:
        """Where it stands, in at most ``width`` columns."""
        if not self.is_over:
            return self.meter.line(width)
        said = self.outcome.message if self.outcome is not None else self.reason
        return f"{self.job.title}: {said}"

    @property
    def reason(self) -> str:
        """Why there is no outcome, in one sentence."""
        if self.state == "cancelled":
            return f"stopped after {self.meter.amount()}" if self.progress is not None else "stopped before it began"
        return str(self.error) if self.error is not None else ""

    def _run(self) -> None:
        generator = self.job.run()
        try:
            self.outcome = self._follow(generator)
            state: JobState = "done" if self.outcome is not None else "cancelled"
        # SystemExit and the like as well: whatever ends the thread has to be said.
        except BaseException as error:
            self.error, state = self._explained(error), "failed"
        with self._lock:
            self.state = state
        self._changed(self)

    def _follow(self, generator: Generator[Progress, None, Outcome]) -> Outcome | None:
        while True:
            if self._stop.is_set():
                generator.close()
                return None
            try:
                progress = next(generator)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome
            if self.meter.update(progress):
                self._changed(self)

    def _explained(self, error: BaseException) -> BaseException:
        with suppress(Exception):
            return self._explain(error)
        return error
