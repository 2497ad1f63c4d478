"""The line in which one types what to filter or search for, below what is filtered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from stackpane.text import safe

__all__ = ["FilterBar"]


class FilterBar(Input):
    """Hidden until it is opened. Posts what is typed as it is typed; Enter keeps it, Escape takes it away."""

    DEFAULT_CSS = """
    FilterBar { display: none; background: $boost; }
    FilterBar.open { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "Clear", id="filter.clear"),
        Binding("down", "keep", "To the rows", show=False, id="filter.keep"),
    ]

    @dataclass
    class Typed(Message):
        """What is to be looked for now."""

        text: str

    @dataclass
    class Left(Message):
        """The user is done with it; ``kept`` where what was typed holds on."""

        kept: bool

    def __init__(self, hint: str) -> None:
        super().__init__(placeholder=hint, compact=True, select_on_focus=False)

    def open(self) -> None:
        """Show it, with what was typed before, and take the keys."""
        self.add_class("open")
        self.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        plain = safe(event.value)  # what is looked for in is safe text too, and what is pasted may be anything
        if plain != event.value:
            self.value = plain
        elif self.has_class("open"):
            self.post_message(self.Typed(plain))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_keep()

    def action_keep(self) -> None:
        """Leave it, and keep what was typed."""
        self.remove_class("open")
        self.post_message(self.Left(kept=True))

    def action_drop(self) -> None:
        """Leave it, with nothing typed."""
        self.remove_class("open")
        self.value = ""
        self.post_message(self.Left(kept=False))
