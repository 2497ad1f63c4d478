"""A text to read on top of a pane, with a few keys of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from stackpane.text import safe, safe_block

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key

__all__ = ["Details"]


class Details(ModalScreen[str | None]):
    """Shows ``text``; dismissed with the key of ``keys`` that was pressed, ``None`` where it was closed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Close", id="dialog.close"),
        Binding("c", "copy", "Copy", id="dialog.copy"),
        Binding("j,down", "scroll(1)", show=False),
        Binding("k,up", "scroll(-1)", show=False),
    ]

    def __init__(self, title: str, text: str, keys: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._title, self.text, self._keys = title, text, dict(keys or {})

    def compose(self) -> ComposeResult:
        """The title, the text, the keys."""
        with Vertical(classes="dialog tall"):
            yield Static(Content(safe(self._title)), classes="question")
            with VerticalScroll():
                yield Static(Content(safe_block(self.text)))
            keys = {**self._keys, "c": "copies this", "Esc": "closes it"}
            yield Static(Content(", ".join(f"{key} {safe(what)}" for key, what in keys.items())), classes="hint")

    def on_key(self, event: Key) -> None:
        """End with one of the dialog's own keys."""
        if event.key in self._keys:
            event.stop()
            event.prevent_default()
            self.dismiss(event.key)

    def action_scroll(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_copy(self) -> None:
        """Copy the text, as it is shown."""
        self.app.copy_to_clipboard(safe_block(self.text))
