"""Work that may take its time: in threads of its own, never on the thread that draws and listens to keys.

A task ends once: with a result, an error, or cancelled. What comes after a cancel is dropped, so whatever hangs (an
endpoint, a keyring) keeps its own thread and nothing else. The threads are daemons: none keeps the program from ending.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.message import Message

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

__all__ = ["Ended", "Task", "current", "start"]

T = TypeVar("T")

_running = threading.local()


class Task(Generic[T]):
    """One piece of work. ``title`` says what is done, for whoever looks at what is going on."""

    def __init__(
        self, title: str, work: Callable[[], T], done: Callable[[T], Any], failed: Callable[[Exception], Any]
    ) -> None:
        self.title = title
        self._work, self._done, self._failed = work, done, failed
        self._on_cancel: list[Callable[[], None]] = []
        self.cancelled = False
        self.over = False

    def run(self) -> Ended:
        """Do the work, in this thread, and return how it ended."""
        _running.task = self
        try:
            return Ended(self, self._work(), None)
        # SystemExit as well: a plugin that exits must not end a thread without a word.
        except (Exception, SystemExit) as error:
            failed = error if isinstance(error, Exception) else RuntimeError(f"it exited: {error}")
            return Ended(self, None, failed)
        finally:
            _running.task = None

    def cancel(self) -> None:
        """Drop whatever comes of it. Called on the UI thread."""
        if not self.over:
            self.cancelled = self.over = True
            for callback in self._on_cancel:
                callback()

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` called when it is cancelled: what waits for an answer is woken up by it."""
        self._on_cancel.append(callback)
        if self.cancelled:
            callback()

    def settle(self, ended: Ended) -> None:
        """Hand the result, or the error, to whoever wanted it, unless nobody does any more. On the UI thread."""
        if self.over:
            return
        self.over = True
        if ended.error is not None:
            self._failed(ended.error)
        else:
            self._done(ended.result)


class Ended(Message):
    """A task has ended; posted to the browser, which settles it."""

    def __init__(self, task: Task[Any], result: Any, error: Exception | None) -> None:
        super().__init__()
        self.task, self.result, self.error = task, result, error


def current() -> Task[Any] | None:
    """The task that this thread works on."""
    return getattr(_running, "task", None)


def start(
    to: MessagePump,
    title: str,
    work: Callable[[], T],
    done: Callable[[T], Any],
    failed: Callable[[Exception], Any],
) -> Task[T]:
    """Start ``work`` in a thread; ``done`` or ``failed`` is called on the UI thread by whoever settles ``Ended``."""
    task = Task(title, work, done, failed)

    def run() -> None:
        ended = task.run()
        try:
            to.post_message(ended)
        except RuntimeError:  # the program has ended meanwhile, its loop with it
            task.over = True

    threading.Thread(target=run, name=f"stackpane-tui {title}", daemon=True).start()
    return task
