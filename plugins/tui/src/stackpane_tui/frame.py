"""The frame around the panes: the lines above and below, what they say, themes, keys, and what happens at a crash."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.widgets import Footer, Input, Static, TextArea

from stackpane.text import safe
from stackpane_tui.config import Config
from stackpane_tui.widgets.bars import Crumbs, Notice, TabLine
from stackpane_tui.widgets.commandline import CommandLine
from stackpane_tui.widgets.preview import Preview

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import Binding
    from textual.dom import DOMNode

    from stackpane_tui.speech import Level

__all__ = ["Frame"]

_WHILE_EDITING = frozenset({"leave", "focus_next", "focus_previous", "help_quit", "screenshot"})


class Frame(App[None]):
    """An empty browser: its lines and manners, and nothing that it shows."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = Path(__file__).with_name("browser.tcss")

    def __init__(self, config: Config | None = None) -> None:
        super().__init__()
        self.title = "Stackpane"
        self.config = config or Config()
        self.crash: BaseException | None = None
        """What ended the browser, where a fault did; told by whoever has the terminal afterwards."""

    def compose(self) -> ComposeResult:
        """The frame; panes are put into it as places are opened."""
        with Horizontal(id="top"):
            yield Static(id="where")
            yield Crumbs(id="crumbs")
        yield TabLine(id="tabs")
        with Horizontal(id="middle"):
            yield Container(id="panes")
            yield Preview(id="preview")
        yield Notice(id="notice")
        yield Static(id="address")
        yield CommandLine(id="command")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Apply the user's settings."""
        self.theme = self.config.theme
        self.set_keymap(self.config.keys)

    # What is said

    def say(self, text: str, level: Level | None = None, hint: str = "") -> None:
        """Show a line below the pane; an empty one takes it away. ``text`` may be anything."""
        if not self.is_framed:
            return
        content = Content(safe(text))
        if hint:
            content = Content.assemble(content, " ", (safe(hint), "dim"))
        self.query_one(Notice).show(content, level)

    @property
    def is_framed(self) -> bool:
        """Whether the frame is on the screen; it is not any more when the browser ends while something still comes."""
        return bool(self.query(Notice))

    @property
    def is_editing(self) -> bool:
        """Whether text is edited, so that keys are letters."""
        return isinstance(self.focused, (Input, TextArea))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key acts while text is edited, but those that leave."""
        if self.is_editing and action not in _WHILE_EDITING:
            return False
        return super().check_action(action, parameters)

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Say which of the user's keys take the place of another."""
        names = ", ".join(sorted(binding.id or binding.action for binding in clashed_bindings))
        self.say(f"{self.config.path}: another key is on the same as {names}, which has none now", "warning")

    # Crashes

    def _handle_exception(self, error: Exception) -> None:
        """Keep the error and end. Textual would show the stack with the values of all variables, secrets among them."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self.crash = self.crash or error
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        """As ``_handle_exception``, where Textual itself notices that something is wrong."""
        import sys

        self.crash = self.crash or sys.exc_info()[1] or RuntimeError("the browser has ended by itself")
        self._return_code = 1
        self._close_messages_no_wait()

    def panic(self, *_renderables: Any) -> None:
        """End without showing what Textual would show."""
        self._fatal_error()


def no_color(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether colours are not wanted: https://no-color.org. Textual looks at it as well, and draws in greys."""
    return bool(environ.get("NO_COLOR"))
