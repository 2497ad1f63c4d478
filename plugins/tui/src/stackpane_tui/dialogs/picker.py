"""A list to pick from: typed text narrows it, Enter takes the highlighted entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from stackpane.text import safe

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Key

__all__ = ["Choice", "Picker"]

T = TypeVar("T")

_SHOWN = 300
"""Entries that are shown at a time; nobody scrolls through more, and typing narrows them."""


@dataclass(frozen=True)
class Choice(Generic[T]):
    """An entry: what it stands for, its text, and more about it. ``key``: pressed, it takes the entry at once."""

    value: T
    text: str
    about: str = ""
    key: str = ""


class Picker(ModalScreen[T | None]):
    """Shows ``choices``; dismissed with the value of the one that was taken, ``None`` where none was.

    Where choices have keys, the list has the focus and ``/`` goes to the input; otherwise one types at once. ``gather``
    makes one value of several: then Space marks entries. ``free`` makes a choice of what was typed itself, where it is
    one (an address, an ARN).
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="dialog.cancel"),
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False),
        Binding("pageup", "move(-10)", show=False),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice[T]],
        *,
        free: Callable[[str], Choice[T] | None] = lambda _text: None,
        gather: Callable[[Sequence[T]], T] | None = None,
        placeholder: str = "type to narrow the list",
    ) -> None:
        super().__init__()
        self._title, self._free, self._gather, self._placeholder = title, free, gather, placeholder
        self._marked: list[Choice[T]] = []
        self.choices = list(choices)
        self._shown: list[Choice[T]] = []
        self._by_key = {choice.key: choice for choice in self.choices if choice.key}

    def compose(self) -> ComposeResult:
        """The title, the input, the list."""
        with Vertical(classes="dialog picker"):
            yield Static(Content(safe(self._title)), classes="question")
            yield Input(placeholder=self._placeholder, id="narrow")
            yield OptionList(id="choices", markup=False)

    def on_mount(self) -> None:
        """Show everything, and take the keys where there are some."""
        self._show("")
        (self.query_one("#choices") if self._by_key else self.query_one("#narrow")).focus()

    def on_key(self, event: Key) -> None:
        """Take the choice whose key is pressed while the list has the focus."""
        if isinstance(self.focused, Input):
            return
        if choice := self._by_key.get(event.character or event.key):
            self.dismiss(choice.value)
        elif event.character == " " and self._gather is not None:
            self._mark()
        elif event.character == "/":
            self.query_one("#narrow").focus()
        else:
            return
        # Otherwise the same key would act once more, on what lies below.
        event.stop()
        event.prevent_default()

    def add(self, choices: Sequence[Choice[T]]) -> None:
        """Add entries that became known later."""
        self.choices += choices
        if self not in self.app.screen_stack:  # it was closed meanwhile
            return
        self._show(self.query_one("#narrow", Input).value)

    def action_move(self, rows: int) -> None:
        """Move the highlight, also while one types."""
        entries = self.query_one("#choices", OptionList)
        if entries.option_count:
            at = 0 if entries.highlighted is None else entries.highlighted + rows
            entries.highlighted = max(0, min(entries.option_count - 1, at))

    @on(Input.Changed, "#narrow")
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    @on(Input.Submitted, "#narrow")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        entries = self.query_one("#choices", OptionList)
        if entries.highlighted is not None:
            self._take(entries.highlighted)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(event.option_index)

    def _take(self, index: int) -> None:
        if self._marked and self._gather is not None:
            self.dismiss(self._gather([choice.value for choice in self._marked]))
        else:
            self.dismiss(self._shown[index].value)

    def _mark(self) -> None:
        entries = self.query_one("#choices", OptionList)
        if entries.highlighted is None:
            return
        index, choice = entries.highlighted, self._shown[entries.highlighted]
        if choice in self._marked:
            self._marked.remove(choice)
        else:
            self._marked.append(choice)
        entries.replace_option_prompt_at_index(index, _line(choice, marked=choice in self._marked))
        entries.highlighted = min(index + 1, len(self._shown) - 1)

    def _show(self, text: str) -> None:
        entries = self.query_one("#choices", OptionList)
        self._shown = self._matching(text)[:_SHOWN]
        entries.clear_options()
        entries.add_options([Option(_line(choice, marked=choice in self._marked)) for choice in self._shown])
        entries.highlighted = 0 if self._shown else None

    def _matching(self, text: str) -> list[Choice[T]]:
        if not text.strip():
            return self.choices
        matcher = Matcher(text.strip())
        scored = [(matcher.match(f"{choice.text} {choice.about}"), choice) for choice in self.choices]
        found = [choice for score, choice in sorted(scored, key=lambda pair: -pair[0]) if score > 0]
        free = self._free(text.strip())
        return [free, *found] if free is not None else found


def _line(choice: Choice[T], *, marked: bool = False) -> Content:
    key = (f" {choice.key} ", "bold reverse") if choice.key else ("", "")
    mark = ("✓ ", "bold") if marked else ("", "")
    parts = [
        mark,
        key,
        (" " if choice.key else "", ""),
        (safe(choice.text), "bold"),
        ("  ", ""),
        (safe(choice.about), "dim"),
    ]
    return Content.assemble(*[part for part in parts if part[0]])
