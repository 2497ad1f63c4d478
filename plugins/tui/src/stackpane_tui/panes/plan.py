"""A plan: what would be done, to exactly what, and whether it can be undone; sent when its phrase is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from stackpane import Plan
from stackpane.formats.scripts import mixes_scripts
from stackpane.text import human_count, human_size, is_plain, safe
from stackpane_tui.panes.pane import Pane
from stackpane_tui.widgets.searched import SearchedLines
from stackpane_tui.widgets.targets import TargetLines
from stackpane_tui.widgets.typed import SafeInput
from stackpane_tui.work import Ended, Task, start

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

__all__ = ["PlanPane"]

_MIXED = "A name mixes letters of several scripts that may look alike: make sure that it is the one you mean."


class _Phrase(SafeInput):
    """Where the phrase is typed. Up and down scroll the targets; Escape leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave", show=False, id="plan.leave")]

    def action_leave(self) -> None:
        """Give the keys back to the list."""
        self.value = ""
        self.screen.focus_previous()


class PlanPane(Pane[Plan]):
    """Shows a plan with all its targets, and asks for its phrase."""

    DEFAULT_CSS = """
    PlanPane { layout: vertical; height: 1fr; }
    PlanPane > .about { height: auto; max-height: 40%; padding: 0 1; overflow-y: auto; }
    PlanPane .title { text-style: bold; color: $text-warning; }
    PlanPane .warning { color: $text-error; text-style: bold; }
    PlanPane .note { color: $text-muted; }
    PlanPane > SearchedLines { height: 1fr; border-top: solid $panel; border-bottom: solid $panel; }
    PlanPane > .ask { height: auto; padding: 0 1; }
    PlanPane > .ask > _Phrase { border: tall $warning; }
    PlanPane > .ask > .refused { color: $text-error; }
    """

    def __init__(self, view: Plan, *, read_only: bool = False) -> None:
        super().__init__(view, read_only=read_only)
        self.targets = TargetLines(view, self._want)
        self._searched = SearchedLines(self.targets)
        self._loading: Task[None] | None = None
        self._wanted = -1
        self._begun = False

    def compose(self) -> ComposeResult:
        """What it would do, its targets, the question."""
        plan = self.view
        with Vertical(classes="about"):
            yield Static(Content(self._headline()), classes="title")
            yield Static(Content(_MIXED), classes="warning")
            for line in (*plan.notes, plan.reversible):
                if line:
                    yield Static(Content(safe(line)), classes="note")
        yield self._searched
        with Vertical(classes="ask"):
            refused = self._refusal()
            if refused:
                yield Static(Content(refused), classes="refused")
            else:
                yield Static(Content(f"Type {plan.phrase} and Enter to go on, Esc to leave it:"))
                yield _Phrase(select_on_focus=False)
                yield Static(classes="refused")

    def on_mount(self) -> None:
        """Read the first targets, and be ready to type."""
        self._warn()
        self._want(0)
        for phrase in self.query(_Phrase):
            phrase.focus()

    def _headline(self) -> str:
        plan = self.view
        size = f", {human_size(plan.bytes)}" if plan.bytes is not None else ""
        return f"{safe(plan.title)}: {human_count(plan.count, safe(plan.unit))}{size}"

    def _refusal(self) -> str:
        """Why it cannot be carried out from here; empty where it can."""
        if self.view.count == 0:
            return "There is nothing to do."
        if self.read_only:
            return "Nothing of this will be done: this connection only reads, or this is a dry run."
        if not is_plain(self.view.phrase):
            return (
                "Nothing was sent: the name to confirm with has characters that cannot be seen or typed. "
                "The command line carries it out with --yes."
            )
        return ""

    # Its targets

    def _want(self, index: int) -> None:
        self._wanted = max(self._wanted, index)
        if self._loading is None or self._loading.over:
            self._loading = start(self, "targets", lambda: self.targets.read(self._wanted), self._loaded, self._broke)

    def _loaded(self, _none: None) -> None:
        view = self._searched.view
        view.lay_out()
        self._warn()
        if view.pattern is not None and view.match is None:
            view.action_next_match(1)
        self.post_message(self.Changed())
        if self._wanted >= self.targets.loaded and not self.targets.ended:
            self._want(self._wanted)

    def _broke(self, error: Exception) -> None:
        self.post_message(self.Failed(error))

    def _warn(self) -> None:
        mixed = self.targets.mixed or mixes_scripts(self.view.title) or mixes_scripts(self.view.phrase)
        self.query_one(".warning").display = mixed

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        event.stop()
        event.task.settle(event)

    # Going on

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        # Compared code point by code point: a look-alike is another name.
        if event.value != self.view.phrase:
            self.query_one(".refused", Static).update(Content("Nothing was sent: that is not what was to be typed."))
        elif not self._begun:
            self._begun = True
            self.query_one(_Phrase).disabled = True
            self.post_message(self.Start(self.view.apply()))

    @property
    def summary(self) -> str:
        """How many targets there are; nothing has been sent."""
        return "" if self._begun else "nothing has been sent"

    def state(self) -> Mapping[str, Any]:
        """Where one is in the list."""
        return {"lines": self._searched.view.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go there."""
        if "lines" in state:
            self._searched.view.restore(dict(state["lines"]))

    def stop(self) -> None:
        """Read no more."""
        if self._loading is not None:
            self._loading.cancel()
