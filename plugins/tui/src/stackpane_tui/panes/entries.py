"""Panes of lines that are of something: Enter follows one, ``c`` copies what it is of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from stackpane.text import safe
from stackpane_tui.panes.pane import Pane, V
from stackpane_tui.widgets.entrylines import Entry, EntryLines
from stackpane_tui.widgets.lineview import LineView
from stackpane_tui.widgets.searched import SearchedLines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from stackpane import Link

__all__ = ["EntriesPane"]


class EntriesPane(Pane[V]):
    """Shows ``EntryLines``, with a cursor, folding and search."""

    DEFAULT_CSS = "EntriesPane { layout: vertical; height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "Copy value", id="record.copy"),
        Binding("z", "wrap", "Wrap", show=False, id="record.wrap"),
    ]

    def __init__(self, view: V, lines: EntryLines, *, read_only: bool = False) -> None:
        super().__init__(view, read_only=read_only)
        self.lines = lines
        self.searched = SearchedLines(lines, cursor=True)

    def compose(self) -> ComposeResult:
        """The lines."""
        yield self.searched

    @property
    def line_view(self) -> LineView:
        """What shows the lines."""
        return self.searched.view

    @property
    def entry(self) -> Entry:
        """What the current line is of."""
        index = self.line_view.index
        return self.lines.entries[index] if index < len(self.lines) else Entry(())

    def show_lines(self, lines: EntryLines) -> None:
        """Show other lines, and stay at what the current one is of."""
        key = self.entry.key
        self.lines = self.line_view.lines = lines
        self.line_view.lay_out()
        index = lines.index_of(key)
        if index is not None:
            self.line_view.reveal(index)
        self.refresh_bindings()

    # What the user does

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self.choose(self.entry)

    def choose(self, entry: Entry) -> None:
        """Follow the current line, or fold it."""
        if entry.link is not None:
            self.post_message(self.Follow(entry.link))
        else:
            self.line_view.action_fold_or_page()

    @on(LineView.Moved)
    def _moved(self, event: LineView.Moved) -> None:
        event.stop()
        self.refresh_bindings()
        self.post_message(self.Changed())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the current line is good for."""
        return self.entry.value is not None if action == "copy" else True

    def action_copy(self) -> None:
        """Put the current value on the clipboard, as it is."""
        if self.entry.value is not None:
            self.app.copy_to_clipboard(self.entry.value)
            self.app.notify("Copied.", markup=False)

    def action_wrap(self) -> None:
        """Wrap long lines, or let them run out to the right."""
        self.line_view.wrap = not self.line_view.wrap

    # What the browser asks

    @property
    def summary(self) -> str:
        """Where the current line leads."""
        link = self.entry.link
        return f"Enter: {safe(link.address)}" if link is not None else ""

    def links(self) -> Sequence[Link]:
        """The current line's, then the view's."""
        link = self.entry.link
        return [*([link] if link is not None else []), *(each for each in self.view_links() if each != link)]

    def view_links(self) -> Sequence[Link]:
        """What the view as a whole offers."""
        return ()

    def state(self) -> Mapping[str, Any]:
        """Where the user is."""
        return self.line_view.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go there."""
        if state:
            self.line_view.restore(dict(state))
