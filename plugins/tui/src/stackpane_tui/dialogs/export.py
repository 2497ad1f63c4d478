"""Asks where to export a table to, and whether to load the rest of it first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Static

from stackpane.text import safe
from stackpane_tui.exporting import FORMATS

if TYPE_CHECKING:
    from textual.app import ComposeResult

__all__ = ["Export", "ExportTo"]


class ExportTo(NamedTuple):
    """Where to: ``replace`` a file that is there, ``rest``: load all rows first."""

    path: Path
    replace: bool
    rest: bool


class Export(ModalScreen[ExportTo | None]):
    """Dismissed with what was chosen, ``None`` where nothing was."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="dialog.cancel")]

    def __init__(self, about: str, suggested: str, *, more: bool) -> None:
        super().__init__()
        self._about, self._suggested, self._more = about, suggested, more
        self._warned = ""

    def compose(self) -> ComposeResult:
        """What is exported, the name, the rest."""
        with Vertical(classes="dialog"):
            yield Static(Content(safe(self._about)), classes="question")
            yield Input(safe(self._suggested), select_on_focus=False)
            if self._more:
                yield Checkbox("Load the rest first", id="rest", compact=True)
            yield Static(id="problem", classes="hint")
            yield Static(Content("The name ends in .csv or .jsonl. Enter exports, Esc cancels"), classes="hint")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        path = Path(event.value.strip()).expanduser()
        exists = path.exists()
        if problem := self._problem(path, exists=exists):
            self.query_one("#problem", Static).update(Content(safe(problem)))
            return
        rest = self._more and self.query_one("#rest", Checkbox).value
        self.dismiss(ExportTo(path, exists, rest))

    def _problem(self, path: Path, *, exists: bool) -> str:
        """What has to be said before it is done."""
        if path.suffix.lower() not in FORMATS:
            return "The end of the name says the format: .csv for spreadsheets, .jsonl for programs."
        if path.is_dir() or not path.parent.is_dir():
            return f"{path.parent if not path.parent.is_dir() else path} is no place for a file."
        if exists and self._warned != str(path):
            self._warned = str(path)
            return f"{path} is there already. Enter again replaces it."
        return ""
