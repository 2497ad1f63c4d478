"""How the browser speaks to its user while commands run: lines that are kept, and questions in a dialog.

Everything here may be called from any thread. What is said is made safe to show by whoever shows it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from textual.message import Message

from stackpane import Refused
from stackpane.redaction import redact
from stackpane.secrecy import without_secrets
from stackpane.text import safe
from stackpane_tui.work import current

if TYPE_CHECKING:
    from textual.message_pump import MessagePump
    from textual.screen import ModalScreen

    from stackpane.editor import Editing


__all__ = ["Asked", "Level", "Said", "Speech"]

T = TypeVar("T")

Level = Literal["note", "warning", "error"]
_KEPT = 1000
"""Lines that are kept to look at; older ones go."""


class Said(Message):
    """Something was said: one line, safe to show."""

    def __init__(self, level: Level, text: str) -> None:
        super().__init__()
        self.level, self.text, self.at = level, text, datetime.now(UTC)


@dataclass
class Asked(Message):
    """A dialog is wanted, for whose result a thread waits. ``make`` makes it, on the UI thread.

    ``answer`` is called once: with ``None`` where there is no answer.
    """

    make: Callable[[], ModalScreen[Any]]
    _answered: threading.Event = field(default_factory=threading.Event)
    _result: Any = None
    _on_end: list[Callable[[], object]] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether it was answered, or nobody waits for the answer any more."""
        return self._answered.is_set()

    def answer(self, result: Any) -> None:
        """Give the answer, and let the thread go on."""
        if not self._answered.is_set():
            self._result = result
            self._answered.set()
            for callback in self._on_end:
                callback()

    def on_end(self, callback: Callable[[], object]) -> None:
        """Have ``callback`` called, on some thread, when it is answered or nobody waits any more."""
        self._on_end.append(callback)

    def wait(self) -> Any:
        """The answer, waited for; on the thread that asks."""
        self._answered.wait()
        return self._result


class Speech:
    """The face that the core speaks to. ``to`` is the browser, which shows what is said and asked."""

    def __init__(self) -> None:
        self.to: MessagePump | None = None
        self.said: deque[Said] = deque(maxlen=_KEPT)

    def warn(self, message: str) -> None:
        """Say that something is missing or failed."""
        self.say("warning", message)

    def note(self, message: str) -> None:
        """Say something worth knowing."""
        self.say("note", message)

    def say(self, level: Level, message: str) -> None:
        """Keep the line, and have it shown; nothing of a task that was cancelled."""
        task = current()
        if task is not None and task.cancelled:
            return
        said = self.keep(level, message)
        if self.to is not None:
            self.to.post_message(said)

    def keep(self, level: Level, message: str) -> Said:
        """Keep a line to look at, without showing it."""
        said = Said(level, safe(without_secrets(message)))
        self.said.append(said)
        return said

    def log(self, message: str) -> None:
        """Keep what a library has logged, redacted; it is not shown by itself."""
        self.keep("note", redact(message))

    def ask(self, question: str, *, secret: bool = False, default: str | None = None) -> str:
        """The user's answer, typed in a dialog. Raises ``Refused`` where there is none."""
        from stackpane_tui.dialogs.ask import Ask

        answer = self.dialog(lambda: Ask(question, secret=secret, default=default), question)
        if answer is None:
            raise Refused("no answer was given; nothing was sent")
        return answer or default or ""

    def edit(self, editing: Editing) -> str | None:
        """What the user makes of a text in the browser's editor; ``None`` where it was left as it was."""
        from stackpane_tui.dialogs.editor import EditorScreen

        return self.dialog(lambda: EditorScreen(editing), editing.about)

    def dialog(self, make: Callable[[], ModalScreen[T]], why: str) -> T | None:
        """What a dialog is dismissed with; ``None`` also where the task is cancelled. For the thread of a task.

        Raises ``Refused`` where there is no browser to show it.
        """
        task, asked = current(), Asked(make)
        if self.to is None or threading.current_thread() is threading.main_thread():
            raise Refused(f"this needs an answer, and there is nobody to ask: {why}")
        if task is not None:
            task.on_cancel(lambda: asked.answer(None))
        self.to.post_message(asked)
        result: T | None = asked.wait()
        return result
