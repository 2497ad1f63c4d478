"""A command's form: a field for each parameter, what is wrong beside it, and the command line that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Collapsible, Static

from stackpane import Link
from stackpane.formats.fields import MASK
from stackpane.text import safe
from stackpane_tui.widgets.formfields import FieldBox

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from stackpane.forms import Form, Value, Values

__all__ = ["FormDialog"]

_FOR_OUTPUT = {"--output", "--query", "--limit", "--all", "--cursor", "--yes", "--color", "--debug"}
"""The global options of the command line's output and questions, which mean nothing here."""

_AROUND = 13
"""Rows that everything but the fields takes at most."""


class FormDialog(ModalScreen[Link | None]):
    """Asks for a command's parameters; dismissed with the link that they make, or with ``None``."""

    DEFAULT_CSS = """
    FormDialog { align: center middle; }
    FormDialog > .form { width: 90; max-width: 96%; height: auto; max-height: 94%; padding: 0 2;
        border: round $primary; background: $surface; }
    FormDialog .form > .title { text-style: bold; height: auto; }
    FormDialog .form > .help { color: $text-muted; height: auto; max-height: 2; margin-bottom: 1; }
    FormDialog VerticalScroll { height: auto; }
    FormDialog Collapsible { border: none; padding: 0; background: transparent; }
    FormDialog .form > .problem { color: $text-error; height: auto; }
    FormDialog .form > .line { height: auto; max-height: 3; background: $panel; padding: 0 1; }
    FormDialog .buttons { height: 1; margin: 1 0 0 0; }
    FormDialog Button { margin-right: 2; min-width: 8; }
    FormDialog .keys { color: $text-muted; width: 1fr; height: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", id="dialog.cancel"),
        Binding("ctrl+s,ctrl+enter", "submit", "Run", id="form.submit", priority=True),
    ]

    def __init__(self, form: Form, values: Values | None = None) -> None:
        super().__init__()
        self.form = form
        self._given: Mapping[str, Value] = dict(values or {})
        shown = [field for field in form.fields if field.key not in _FOR_OUTPUT or not field.shared]
        self._boxes = {field.key: FieldBox(field, self._given.get(field.key), self._propose) for field in shown}

    def compose(self) -> ComposeResult:
        """What it does, the fields, the global options, the command line."""
        own = [box for box in self._boxes.values() if not box.field.shared]
        shared = [box for box in self._boxes.values() if box.field.shared]
        with Vertical(classes="form"):
            yield Static(Content(safe(self.form.title)), classes="title")
            yield Static(Content(safe(self.form.help.partition("\n\n")[0].replace("\n", " "))), classes="help")
            with VerticalScroll(can_focus=False):
                yield from own
                if shared:
                    given = [box for box in shared if box.field.key in self._given]
                    yield Collapsible(*(shared if given else ()), title="Global options", collapsed=not given)
            yield Static(classes="problem")
            yield Static(classes="line")
            with Horizontal(classes="buttons"):
                yield Button("Run", variant="primary", id="run", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
                yield Static(Content("Enter runs, Tab goes on, → takes a proposal, Esc cancels"), classes="keys")

    def on_mount(self) -> None:
        """Begin at the first field that is missing."""
        self._tell()
        missing = [field.key for field in self.form.missing(self._given)]
        first = next((box for key, box in self._boxes.items() if key in missing), None)
        first = first or next(iter(self._boxes.values()), None)
        if first is not None:
            first.take_focus()

    def on_resize(self) -> None:
        """Let the fields scroll, so that the command line stays in sight."""
        self.query_one(VerticalScroll).styles.max_height = max(3, self.size.height * 94 // 100 - _AROUND)

    # What is filled in

    @property
    def values(self) -> dict[str, Value]:
        """What is filled in; what the link had of fields that are not shown stays."""
        found = {key: value for key, value in self._given.items() if key not in self._boxes}
        found.update({key: box.value for key, box in self._boxes.items()})
        return {key: value for key, value in found.items() if value is not None}

    def _propose(self, key: str, text: str) -> list[str]:
        return self.form.proposals(key, text, self._given)

    def _tell(self) -> None:
        """Show the command line; a secret's place, not the secret."""
        masked = {key: MASK if self._is_secret(key) else value for key, value in self.values.items()}
        self.query_one(".line", Static).update(Content(f"❯ {safe(self.form.link(masked).command_line)}"))

    def _is_secret(self, key: str) -> bool:
        return key in self._boxes and self._boxes[key].field.secret

    # What the user does

    @on(Collapsible.Expanded)
    def _expanded(self, event: Collapsible.Expanded) -> None:
        """Make the fields of the global options once they are wanted: they are many."""
        event.stop()
        contents = event.collapsible.query_one(Collapsible.Contents)
        if not contents.children:
            contents.mount(*(box for box in self._boxes.values() if box.field.shared))

    @on(FieldBox.Changed)
    def _changed(self, event: FieldBox.Changed) -> None:
        event.box.say("")
        self._tell()

    @on(FieldBox.Left)
    def _left(self, event: FieldBox.Left) -> None:
        """Say what is wrong with a field that was filled in; what is missing may still come."""
        key = event.box.field.key
        if event.box.value is not None:
            said = (problem.message for problem in self.form.problems(self.values) if problem.key == key)
            event.box.say(next(said, ""))

    @on(FieldBox.Submitted)
    @on(Button.Pressed, "#run")
    def _run(self) -> None:
        self.action_submit()

    @on(Button.Pressed, "#cancel")
    def _cancel(self) -> None:
        self.dismiss(None)

    def action_submit(self) -> None:
        """Go where the form leads, unless something is wrong with it."""
        values = self.values
        problems = {problem.key: problem.message for problem in reversed(self.form.problems(values))}
        for box in self.query(FieldBox):
            box.say(problems.get(box.field.key, ""))
        others = [message for key, message in problems.items() if key not in self._boxes]
        self.query_one(".form > .problem", Static).update(Content(safe("\n".join(others))))
        wrong = next((box for key, box in self._boxes.items() if key in problems), None)
        if wrong is not None:
            wrong.take_focus()
        elif not others:
            self.dismiss(self.form.link(values))
