"""The keys that are in force: what each does, and the name by which it can be put on another key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from stackpane_tui.config import Config

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import ActiveBinding

__all__ = ["Help"]


class Help(ModalScreen[None]):
    """Lists keys: those of the pane first, as they come first when one is pressed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark", "dismiss", "Close", id="dialog.close"),
    ]

    def __init__(self, keys: Sequence[ActiveBinding], config: Config | None = None) -> None:
        super().__init__()
        self._keys, self._config = keys, config or Config()

    def compose(self) -> ComposeResult:
        """A line per key, those of the pane above those of the browser."""
        with Vertical(classes="dialog tall wide"):
            yield Static(Content("Keys"), classes="question")
            with VerticalScroll():
                yield Static(Content("\n".join(self.lines)))
            hint = f"{self._config.path} puts them on other keys, by the names on the right. Esc closes this."
            yield Static(Content(hint), classes="hint")

    @property
    def lines(self) -> list[str]:
        """A line per thing to do: its keys, what it is, its name."""
        found: dict[tuple[str, str], list[str]] = {}
        for active in self._keys:
            binding = active.binding
            if binding.description and active.enabled:
                found.setdefault((binding.description, binding.id or ""), []).append(self.app.get_key_display(binding))
        return [f"{' '.join(dict.fromkeys(keys)):>12}  {text:<38} {name}" for (text, name), keys in found.items()]
