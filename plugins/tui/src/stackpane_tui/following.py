"""Reading a stream's events in a thread of its own, so much ahead of whoever shows them and no more.

The thread waits where a lot has not been taken yet: nothing is lost while a pane is paused, because a service keeps its
events longer than a person looks away.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stackpane.wanted import WORKS_FOR, Unwanted

if TYPE_CHECKING:
    from stackpane import Stream
    from stackpane.views import Row
    from stackpane.wanted import Employer

__all__ = ["AHEAD", "Following"]

AHEAD = 20_000
"""Events that may wait to be taken."""


class Following:
    """Follows ``stream``. ``tell`` is called from its thread when there is something to take."""

    parent: Employer | None = None

    def __init__(self, stream: Stream, tell: Callable[[], Any]) -> None:
        self.stream = stream
        self.ended = False
        self.error: BaseException | None = None
        self.gave_up = False
        self._tell = tell
        self._told = False
        self._waiting: list[Row] = []
        self._changed = threading.Condition()

    def start(self) -> None:
        """Begin."""
        context = contextvars.copy_context()
        context.run(WORKS_FOR.set, self)
        name = f"stackpane-tui events {self.stream.title}"
        threading.Thread(target=context.run, args=(self._work,), name=name, daemon=True).start()

    @property
    def waiting(self) -> int:
        """Events that have not been taken."""
        return len(self._waiting)

    def take(self) -> list[Row]:
        """What has come since the last time."""
        with self._changed:
            self._told = False
            taken, self._waiting = self._waiting, []
            self._changed.notify_all()
        return taken

    def stop(self) -> None:
        """Want no more. The iterator is closed by its thread, as soon as it has what it is waiting for."""
        with self._changed:
            self.gave_up = True
            self._changed.notify_all()

    # In the thread

    def _work(self) -> None:
        error: BaseException | None = None
        try:
            events = self.stream.events()
            try:
                for event in events:
                    if not self._put(event):
                        return
            finally:
                if hasattr(events, "close"):
                    events.close()
        except Unwanted:
            return
        except BaseException as raised:  # also what a plugin should not raise: a thread must not end without a word
            error = raised
        with self._changed:
            self.error, self.ended = error, True
            self._told = True
        if not self.gave_up:
            self._tell()

    def _put(self, event: Row) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self.gave_up or len(self._waiting) < AHEAD)
            if self.gave_up:
                return False
            self._waiting.append(event)
            tell = not self._told
            self._told = True
        if tell:
            self._tell()
        return True
