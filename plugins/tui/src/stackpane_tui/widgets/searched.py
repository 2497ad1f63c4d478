"""Lines with a search below them: ``/`` asks what for, Enter goes there, ``n`` and ``N`` go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from stackpane.text import safe
from stackpane_tui.widgets.lineview import LineView
from stackpane_tui.widgets.typed import SafeInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from stackpane_tui.widgets.lines import Lines

__all__ = ["SearchedLines"]


class _Search(SafeInput):
    """What to search for. Escape leaves it and marks nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave the search", show=False)]

    def action_leave(self) -> None:
        """Give up the search."""
        self.value = ""
        self.post_message(self.Submitted(self, ""))


class SearchedLines(Vertical):
    """A ``LineView`` with its search."""

    DEFAULT_CSS = """
    SearchedLines { height: 1fr; }
    SearchedLines > LineView { height: 1fr; }
    SearchedLines > _Search { display: none; height: 1; border: none; background: $panel; padding: 0 1; }
    SearchedLines.searching > _Search { display: block; }
    SearchedLines > .found { display: none; height: 1; color: $text-muted; padding: 0 1; }
    SearchedLines.found > .found { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("slash", "search", "Search", id="lines.search")]

    def __init__(self, lines: Lines | None = None, *, cursor: bool = False) -> None:
        super().__init__()
        self.view = LineView(lines, cursor=cursor)
        self._said = Static(classes="found")
        self._input = _Search(placeholder="Search: Enter finds, n and N go on, Esc leaves", select_on_focus=True)

    def compose(self) -> ComposeResult:
        """The lines, what was found, the search."""
        yield self.view
        yield self._said
        yield self._input

    def action_search(self) -> None:
        """Ask what to search for."""
        self.add_class("searching")
        self._input.focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.remove_class("searching")
        self.set_class(bool(event.value), "found")
        self._said.update(Content(f"Searching {safe(event.value)} …"))
        self.view.search(event.value)
        self.view.focus()

    @on(LineView.Sought)
    def _sought(self, event: LineView.Sought) -> None:
        event.stop()
        wanted = safe(self._input.value)
        said = f"/{wanted}   n next, N previous" if event.found else f"{wanted} is nowhere here"
        self._said.update(Content(said))
