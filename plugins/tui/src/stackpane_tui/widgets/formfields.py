"""One field of a form: its name, its help, what is filled in, and what is wrong with it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Checkbox, Input, Select, Static

from stackpane.text import is_plain, safe
from stackpane_tui.widgets.typed import SafeInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.widget import Widget

    from stackpane.forms import FormField, Value

__all__ = ["FieldBox", "Proposals"]

Proposals = "Callable[[str, str], list[str]]"

_REST = 0.2
"""Seconds without a key before it is looked what a value could go on with."""

_HINTS = {
    "time": "15m, 2h, 3d ago, or 2026-11-22, 2026-11-22T09:30:00Z",
    "path": "a path on this machine",
    "integer": "a whole number",
    "number": "a number",
    "count": "how many times",
}


class _Completion(Suggester):
    """What a value could go on with, asked in a thread once the keys rest."""

    def __init__(self, box: FieldBox) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._box = box

    async def get_suggestion(self, value: str) -> str | None:
        """The first proposal that goes on from ``value``; none that could not be shown as it is."""
        await asyncio.sleep(_REST)
        if value not in self._box.texts:
            return None
        found = await asyncio.to_thread(self._box.propose, self._box.field.key, value)
        return next((text for text in found if text.startswith(value) and text != value and is_plain(text)), None)


class FieldBox(Vertical):
    """Asks for the value of ``field``; ``given`` is what it has already."""

    DEFAULT_CSS = """
    FieldBox { height: auto; margin-bottom: 1; }
    FieldBox > .name { height: auto; text-style: bold; color: $text-primary; }
    FieldBox > .help { height: auto; color: $text-muted; }
    FieldBox > .problem { display: none; height: auto; color: $text-error; }
    FieldBox.wrong > .problem { display: block; }
    FieldBox Input { padding: 0 1; background: $boost; }
    FieldBox Input:focus { background: $primary-muted; }
    FieldBox Select { width: 100%; }
    FieldBox Checkbox { border: none; padding: 0; background: transparent; width: 100%; }
    """

    @dataclass
    class Changed(Message):
        """Something else is filled in."""

        box: FieldBox

    @dataclass
    class Submitted(Message):
        """Enter was pressed in it."""

        box: FieldBox

    @dataclass
    class Left(Message):
        """The keys are somewhere else now."""

        box: FieldBox

    def __init__(self, field: FormField, given: Value, propose: Callable[[str, str], list[str]]) -> None:
        super().__init__()
        self.field, self.propose = field, propose
        self._given = given

    def compose(self) -> ComposeResult:
        """Its name and help, what is asked with, what is wrong."""
        field = self.field
        name = safe(field.label.strip("-").replace("-", " ") if field.label.startswith("-") else field.label)
        if field.kind == "flag":
            yield Checkbox(Content(name), value=self._given is True, compact=True)
        else:
            yield Static(Content(f"{name} *" if field.required else name), classes="name")
        if field.help:
            yield Static(Content(safe(field.help)), classes="help")
        if field.kind != "flag":
            yield from self._asked()
        yield Static(classes="problem")

    def _asked(self) -> list[Widget]:
        field, given = self.field, self._given
        if field.kind == "choice" and not field.several:
            return [self._select([(choice, choice) for choice in field.choices], given)]
        if field.kind == "switch":
            return [self._select([("yes", True), ("no", False)], given)]
        if isinstance(given, tuple):
            return [*(self._input(text) for text in given), self._input("")]
        return [self._input("" if given is None else str(given))]

    def _select(self, choices: list[tuple[str, Any]], given: Value) -> Select[Any]:
        prompt = f"not given: {self.field.default}" if self.field.default else "not given"
        options = [(Content(safe(text)), value) for text, value in choices]
        known = given is not None and given in [value for _text, value in choices]
        return Select(
            options,  # a Content is shown as it is; a text would be read as markup
            prompt=prompt,
            allow_blank=True,
            value=given if known else Select.NULL,
            compact=True,
        )

    def _input(self, text: str) -> Input:
        return SafeInput(
            text,
            placeholder=self._hint(),
            password=self.field.secret,
            suggester=None if self.field.secret else _Completion(self),
            select_on_focus=False,
            compact=True,
        )

    def _hint(self) -> str:
        field = self.field
        if field.default:
            return f"{field.default} unless given"
        limits = {(True, False): f"from {field.minimum:g}" if field.minimum is not None else ""}
        if field.minimum is not None and field.maximum is not None:
            return f"from {field.minimum:g} to {field.maximum:g}"
        if field.minimum is not None or field.maximum is not None:
            return limits.get((field.minimum is not None, False)) or f"at most {field.maximum:g}"
        if field.choices:
            return ", ".join(field.choices)
        return _HINTS.get(field.kind, field.metavar)

    # What is filled in

    @property
    def texts(self) -> list[str]:
        """What stands in its inputs."""
        return [each.value for each in self.query(Input)]

    @property
    def value(self) -> Value:
        """What is filled in, ``None`` where nothing is. An empty text that was given stays one until it is touched."""
        if not self.is_mounted:
            return self._given
        if self.field.kind == "flag":
            return self.query_one(Checkbox).value or None
        for select in self.query(Select):
            return select.value if isinstance(select.value, (str, bool)) else None
        texts = self.texts
        if self.field.several:
            given = tuple(text for text in texts if text)
            return given or None
        (text,) = texts
        if self.field.kind == "count":
            return int(text) if text.isascii() and text.isdigit() else None
        return text if text or self._given == "" else None

    def say(self, problem: str) -> None:
        """Say what is wrong; nothing, where it is right."""
        self.set_class(bool(problem), "wrong")
        self.query_one(".problem", Static).update(Content(safe(problem)))

    def take_focus(self) -> None:
        """Let the next keys be for it."""
        for kind in (Input, Select, Checkbox):
            for each in self.query(kind):
                each.focus()
                return

    def on_descendant_focus(self) -> None:
        """Show all of it, its name as well."""
        self.call_after_refresh(self.scroll_visible, animate=False)

    @on(Input.Changed)
    @on(Select.Changed)
    @on(Checkbox.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        inputs = list(self.query(Input))
        if self.field.several and inputs and inputs[-1].value:
            self.mount(self._input(""), before=self.query_one(".problem"))
        self.post_message(self.Changed(self))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted(self))

    @on(Input.Blurred)
    def _left(self, event: Input.Blurred) -> None:
        event.stop()
        self.post_message(self.Left(self))
