"""A job: how far it is, how fast, how long it will take; then its outcome. It goes on when its pane is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import ProgressBar, Static

from stackpane import Job, Outcome
from stackpane.text import human_duration, safe
from stackpane_tui.jobs import RunningJob
from stackpane_tui.panes.settled import SettledPane
from stackpane_tui.widgets.outcomelines import OutcomeLines

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.timer import Timer

__all__ = ["JobPane"]

_LOOK = 0.25
"""Seconds between two looks at a job that runs."""


class JobPane(SettledPane[Job]):
    """Shows a job that runs, or has run. ``running`` is started here where it is not given."""

    DEFAULT_CSS = """
    JobPane > .progress { height: auto; padding: 1 2; }
    JobPane > .progress > Static { height: 1; }
    JobPane > .progress > .title { text-style: bold; color: $text-secondary; }
    JobPane > .progress > .current { color: $text-muted; }
    JobPane > .progress > ProgressBar { width: 100%; margin: 1 0; }
    JobPane > .progress Bar { width: 1fr; }
    JobPane > SearchedLines { display: none; }
    JobPane.over > .progress { display: none; }
    JobPane.over > SearchedLines { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+d,delete", "cancel", "Stop the job", id="job.cancel"),
    ]
    can_focus = True

    def __init__(self, view: Job, *, running: RunningJob | None = None, read_only: bool = False) -> None:
        super().__init__(view, OutcomeLines(Outcome("")), read_only=read_only)
        self._given = running is not None
        self.running = running or RunningJob(view)
        self.outcome: Outcome | None = None
        """What is shown once it is over; also where it was stopped or failed."""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The progress, in place of which the outcome comes."""
        with Vertical(classes="progress"):
            yield Static(Content(safe(self.view.title) or "Working"), classes="title")
            yield ProgressBar(show_eta=False, show_percentage=True)
            yield Static(classes="amount")
            yield Static(classes="current")
        yield self.searched

    def on_mount(self) -> None:
        """Look at it from now on."""
        if not self._given:
            self.running.start()
        self._timer = self.set_interval(_LOOK, self.look)
        self.look()

    def look(self) -> None:
        """Show where the job stands."""
        if self.running.is_over:
            self._end()
            return
        progress, meter = self.running.progress, self.running.meter
        bar = self.query_one(ProgressBar)
        share = meter.share
        bar.update(total=None if share is None else 100, progress=0 if share is None else share * 100)
        if progress is not None:
            stopping = "stopping …  " if self.running.state == "stopping" else ""
            amount = f"{stopping}{meter.amount()}   {meter.speed()}   {meter.time()}"
            self.query_one(".amount", Static).update(Content(safe(amount)))
            self.query_one(".current", Static).update(Content(safe(progress.current)))
        else:
            self.query_one(".amount", Static).update(Content(f"begun {human_duration(meter.elapsed)} ago"))
        self.post_message(self.Changed())

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        if self.outcome is not None:
            return
        running = self.running
        self.outcome = running.outcome or _without_outcome(running)
        role = {"failed": "error", "cancelled": "warning"}.get(running.state, "")
        self.show_lines(OutcomeLines(self.outcome, role=role))
        self.add_class("over")
        if self.has_focus:
            self.line_view.focus()
        self.refresh_bindings()
        self.post_message(self.Changed())
        self.action_result()

    # What the user does

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what there is to do: stop it, or take it back."""
        if action == "cancel":
            return self.running.state == "running"
        return super().check_action(action, parameters)

    def action_cancel(self) -> None:
        """Stop it; what is done stays done."""
        self.running.cancel()
        self.refresh_bindings()
        self.look()

    # What the browser asks

    @property
    def settled(self) -> Outcome | None:
        """What the job came to."""
        return self.outcome

    @property
    def summary(self) -> str:
        """Where it stands."""
        if self.outcome is not None:
            return super().summary
        return self.running.line(max(40, self.size.width or 80))

    def stop(self) -> None:
        """Look no more; the job itself goes on."""
        if self._timer is not None:
            self._timer.stop()


def _without_outcome(running: RunningJob) -> Outcome:
    """What is said of a job that was stopped or failed: how far it got, and how to go on."""
    reason, hint = running.reason, getattr(running.error, "hint", "")
    said = f"{running.job.title}: {reason}" if running.job.title else reason
    if running.state == "failed" and running.progress is not None:
        said += f" (after {running.meter.amount()})"
    return Outcome(f"{said}. {hint}" if hint else said, done=0, resume=running.job.resume)
