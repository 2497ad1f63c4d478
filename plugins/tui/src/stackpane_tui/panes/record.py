"""A record: its fields in sections, nested values that fold, secrets that are shown one by one, and links to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType

from stackpane import Link, Record
from stackpane_tui.panes.entries import EntriesPane
from stackpane_tui.widgets.recordlines import RecordLines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackpane_tui.widgets.entrylines import Entry

__all__ = ["RecordPane"]


class RecordPane(EntriesPane[Record]):
    """Shows a record. ``x`` shows a secret and hides it again."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "reveal", "Show or hide", id="record.reveal")]

    def __init__(self, view: Record, *, read_only: bool = False) -> None:
        super().__init__(view, RecordLines(view), read_only=read_only)
        self._revealed: set[tuple[Any, ...]] = set()

    def on_mount(self) -> None:
        """Begin at the first field."""
        self.line_view.row = min(2, len(self.lines) - 1)

    def choose(self, entry: Entry) -> None:
        """Follow the current line, or show it, or fold it."""
        if entry.masked:
            self.action_reveal()
        else:
            super().choose(entry)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what the current line is good for."""
        return self.entry.secret if action == "reveal" else super().check_action(action, parameters)

    def action_reveal(self) -> None:
        """Show the current secret, or hide it again."""
        if self.entry.secret:
            self._revealed ^= {self.entry.key}
            self.show_lines(RecordLines(self.view, frozenset(self._revealed)))

    def on_hide(self) -> None:
        """Mask what was shown: whoever leaves has seen it."""
        if self._revealed:
            self._revealed.clear()
            self.show_lines(RecordLines(self.view))

    # What the browser asks

    @property
    def summary(self) -> str:
        """Where the current line leads, or what is masked."""
        masked = sum(entry.masked for entry in self.lines.entries)
        return super().summary or (f"{masked} masked, x on one shows it" if masked else "")

    def view_links(self) -> Sequence[Link]:
        """The record's own."""
        return self.view.links

    @property
    def arn(self) -> str | None:
        """The ARN on the current line, or the record's."""
        value = self.entry.value
        return value if value is not None and value.startswith("arn:") else self.view.arn

    @property
    def console_url(self) -> str | None:
        """The AWS console's page of the record."""
        return self.view.console_url
