"""A question that a command asks: one line, hidden where it is a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from stackpane.text import safe

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["Ask"]


class Ask(ModalScreen[str | None]):
    """Asks for one value; dismissed with it, or with ``None`` where it was not given."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="dialog.cancel")]

    def __init__(self, question: str, *, secret: bool = False, default: str | None = None) -> None:
        super().__init__()
        self._question, self._secret, self._default = question, secret, default

    def compose(self) -> ComposeResult:
        """The question over its input."""
        with Vertical(classes="dialog"):
            yield Static(Content(safe(self._question)), classes="question")
            yield Input(password=self._secret, placeholder=safe(self._default or ""), select_on_focus=False)
            yield Static(Content("Enter answers, Esc cancels"), classes="hint")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value)
