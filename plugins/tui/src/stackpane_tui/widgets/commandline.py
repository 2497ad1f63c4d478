"""The command line at the bottom: one line of text, with proposals above it and the lines that were typed before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from stackpane.links import quote, split
from stackpane.text import safe

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["CommandLine", "words_of"]

_SHOWN = 100
"""Proposals that are listed; typing on narrows them."""


def words_of(text: str) -> tuple[list[str], str]:
    """The whole words of a line that is being typed, and the beginning of the next one."""
    try:
        words = split(text)
    except ValueError:  # a quote is still open: what follows it is being typed
        start = max(text.rfind("'"), text.rfind('"'))
        words = [*_closed(text[:start]), text[start + 1 :]]
        return words[:-1], words[-1]
    if not words or text[-1:].isspace():
        return words, ""
    return words[:-1], words[-1]


def _closed(text: str) -> list[str]:
    try:
        return split(text)
    except ValueError:
        return []


class CommandLine(Vertical):
    """Closed until it is opened with a text; posts what was typed, and that proposals are wanted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", id="command.close"),
        Binding("tab", "take", "Complete", id="command.complete", priority=True),
        Binding("up", "move(-1)", "Earlier", show=False, priority=True, id="command.earlier"),
        Binding("down", "move(1)", "Later", show=False, priority=True, id="command.later"),
    ]

    class Typed(Message):
        """Return was pressed behind ``text``."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Wanted(Message):
        """Proposals are wanted for what could follow ``words``, of which ``part`` is typed."""

        def __init__(self, words: list[str], part: str) -> None:
            super().__init__()
            self.words, self.part = words, part

    class Closed(Message):
        """It was closed; the keys go back to the pane."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's word
        super().__init__(id=id)
        self.lines: list[str] = []
        """What was typed before, the latest last."""
        self._back = 0
        self._proposals: list[str] = []

    def compose(self) -> ComposeResult:
        """Proposals over the input."""
        yield OptionList(id="proposals", markup=False)
        yield Input(id="line", select_on_focus=False)

    @property
    def is_open(self) -> bool:
        """Whether it can be typed in."""
        return self.has_class("open")

    def holds(self, words: list[str], part: str) -> bool:
        """Whether this is still what is typed."""
        return words_of(self.query_one(Input).value) == (words, part)

    def open(self, text: str = "") -> None:
        """Open it with ``text`` in it."""
        self._back = 0
        self.add_class("open")
        line = self.query_one(Input)
        line.value = text
        line.cursor_position = len(text)
        line.focus()
        self._ask()

    def action_close(self) -> None:
        """Close it, and forget what was typed."""
        self.remove_class("open")
        self.propose([])
        self.post_message(self.Closed())

    def propose(self, proposals: Sequence[tuple[str, str]]) -> None:
        """List what could be meant, each with a line of help."""
        shown = list(proposals)[:_SHOWN] if self.is_open else []
        self._proposals = [value for value, _help in shown]
        entries = self.query_one(OptionList)
        entries.clear_options()
        entries.add_options(
            [Option(Content.assemble((safe(value), "bold"), "  ", (safe(text), "dim"))) for value, text in shown]
        )
        entries.set_class(bool(shown), "open")

    def action_take(self) -> None:
        """Put the highlighted proposal, or the first one, in place of what is being typed."""
        entries = self.query_one(OptionList)
        if self._proposals:
            self._take(self._proposals[entries.highlighted or 0])

    def action_move(self, by: int) -> None:
        """Go through the proposals; where there are none, through the lines typed before."""
        entries = self.query_one(OptionList)
        if self._proposals and not (by < 0 and entries.highlighted is None):
            at = -1 if entries.highlighted is None else entries.highlighted
            entries.highlighted = None if at + by < 0 else min(len(self._proposals) - 1, at + by)
        elif self.lines:
            self._back = max(0, min(len(self.lines), self._back - by))
            line = self.query_one(Input)
            line.value = self.lines[-self._back] if self._back else ""
            line.cursor_position = len(line.value)

    def _take(self, value: str) -> None:
        line = self.query_one(Input)
        words, _part = words_of(line.value)
        # A name that may go on (a folder, an option that wants a value) gets no space behind it.
        end = "" if value.endswith(("/", "=")) else " "
        line.value = " ".join([*map(quote, words), quote(value)]) + end
        line.cursor_position = len(line.value)

    def _ask(self) -> None:
        self.post_message(self.Wanted(*words_of(self.query_one(Input).value)))

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self._ask()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        entries = self.query_one(OptionList)
        if entries.highlighted is not None and self._proposals:
            self._take(self._proposals[entries.highlighted])
            entries.highlighted = None
            return
        self.action_close()
        if event.value.strip():
            self.lines = [*[line for line in self.lines if line != event.value], event.value]
            self.post_message(self.Typed(event.value))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(self._proposals[event.option_index])
        self.query_one(Input).focus()
