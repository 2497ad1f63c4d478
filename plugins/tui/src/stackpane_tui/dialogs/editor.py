"""Editing a text: checked before it is saved, with undo, and in the user's own editor if they like that better."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static, TextArea

from stackpane import StackpaneError
from stackpane.text import safe
from stackpane_tui.widgets.typed import SafeTextArea
from stackpane_tui.work import Ended, Task, start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from stackpane.editor import Editing, Slip

__all__ = ["EditorScreen"]

_KEEP = 1.0
"""Seconds after a change until it is in the draft's file, from where it can be had after a crash."""
_LISTED = 5


class EditorScreen(ModalScreen[str | None]):
    """Edits a text; dismissed with it once it is right, or with ``None`` where it is left as it was."""

    DEFAULT_CSS = """
    EditorScreen > Vertical { width: 100%; height: 100%; background: $surface; }
    EditorScreen .about { height: auto; max-height: 3; padding: 0 1; background: $panel; text-style: bold; }
    EditorScreen TextArea { height: 1fr; }
    EditorScreen .slips { display: none; height: auto; max-height: 6; padding: 0 1; color: $text-error;
        background: $error-muted; }
    EditorScreen .slips.some { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", id="editor.save", priority=True),
        Binding("ctrl+e", "own_editor", "Open $EDITOR", id="editor.own", priority=True),
        Binding("ctrl+z", "undo", "Undo", id="editor.undo", priority=True),
        Binding("ctrl+y", "redo", "Redo", id="editor.redo", priority=True),
        Binding("escape", "leave", "Leave", id="editor.leave", priority=True),
    ]

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self.editing = editing
        self._checking: Task[Sequence[Slip]] | None = None
        self._keeping: Timer | None = None
        self._warned = False

    def compose(self) -> ComposeResult:
        """What it is, the text, what is wrong with it."""
        with Vertical():
            yield Static(Content(safe(self.editing.about)), classes="about")
            yield SafeTextArea(
                self.editing.text, show_line_numbers=True, soft_wrap=False, tab_behavior="indent", compact=True
            )
            yield Static(classes="slips")
            yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Keep what there is, and let the keys be for it."""
        self._keep()
        self.area.focus()

    @property
    def area(self) -> SafeTextArea:
        """Where it is edited."""
        return self.query_one(SafeTextArea)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing changes while it is checked."""
        return self._checking is None or action == "leave"

    # Saving

    def action_save(self) -> None:
        """Check it, in a thread, and hand it over if nothing is wrong."""
        text = self.area.whole
        if text == self.editing.text or not text.strip():
            self.dismiss(None)
            return
        self._keep()
        self.area.read_only = True
        self._say("")
        self._checking = start(
            self, "checking", lambda: self.editing.check(text), lambda slips: self._checked(text, slips), self._broke
        )

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        event.stop()
        event.task.settle(event)

    def _checked(self, text: str, slips: Sequence[Slip]) -> None:
        self._go_on()
        if not slips:
            self.dismiss(text)
            return
        more = f"\nand {len(slips) - _LISTED:,} more" if len(slips) > _LISTED else ""
        self._say("\n".join(safe(slip.said()) for slip in slips[:_LISTED]) + more)
        first = next((slip for slip in slips if slip.line is not None), None)
        if first is not None and first.line is not None:
            row = min(first.line, self.area.document.line_count) - 1
            column = min((first.column or 1) - 1, len(self.area.document.get_line(row)))
            self.area.move_cursor((row, column), center=True)

    def _broke(self, error: Exception) -> None:
        self._go_on()
        self._say(safe(f"it could not be checked: {error}"))

    def _go_on(self) -> None:
        self._checking = None
        self.area.read_only = False
        self.refresh_bindings()

    def _say(self, text: str) -> None:
        slips = self.query_one(".slips", Static)
        slips.update(Content(text))
        slips.set_class(bool(text), "some")

    # Editing

    def action_undo(self) -> None:
        """Take the last change back."""
        self.area.undo()

    def action_redo(self) -> None:
        """Make the change that was taken back."""
        self.area.redo()

    def action_own_editor(self) -> None:
        """Edit it in ``$VISUAL`` or ``$EDITOR``; what comes of it can be undone."""
        self._keep()
        try:
            with self.app.suspend():
                text = self.editing.draft.edit()
        except SuspendNotSupported:
            self._say("another editor cannot be opened here")
            return
        except StackpaneError as error:
            self._say(safe(f"{error.message}. {error.hint or ''}"))
            return
        finally:
            self.app.refresh()
        if text != self.area.whole:
            self.area.put(text)

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._warned = False
        if self._keeping is None:
            self._keeping = self.set_timer(_KEEP, self._keep)

    def _keep(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
            self._keeping = None
        try:
            self.editing.draft.write(self.area.whole)
        except OSError as error:
            self._say(safe(f"{self.editing.draft.path} cannot be written: {error.strerror}"))

    def action_leave(self) -> None:
        """Leave it as it was; what was changed is thrown away by the second key only."""
        if self._checking is not None:
            self._checking.cancel()
            self._go_on()
            return
        if self.area.whole != self.editing.text and not self._warned:
            self._warned = True
            self._say("Not saved. Esc again throws away what was changed; Ctrl-s saves it.")
            return
        self.dismiss(None)
