"""Loading a table's pages in a thread of its own, no further than is wanted.

The thread iterates the table's ``fetch`` and keeps what comes; it waits wherever enough rows are there. Whoever shows
them is told at most once until it has looked: a thousand pages a second make no more work than it can do. An endpoint
that hangs keeps that thread and nothing else: ``stop`` gives it up, and what it brings later is dropped.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from stackpane import PageRequest, StackpaneError, Table
from stackpane.wanted import WORKS_FOR, Unwanted
from stackpane_tui.rows import Rows
from stackpane_tui.values import Shape

if TYPE_CHECKING:
    from stackpane.wanted import Employer

__all__ = ["FIRST", "Loader"]

FIRST = 500
"""Rows that would be enough to begin with: some screens, and fewer than a page of most services."""
ALL = 1 << 60


class _Reader:
    """One walk through the pages, from a cursor on. ``gave_up``: nobody waits for it any more, nor for its requests."""

    parent: Employer | None = None

    def __init__(self) -> None:
        self.gave_up = False


class Loader:
    """Loads ``table`` into ``rows``. ``tell`` is called from its thread when there is something new to look at.

    Everything else is called on one other thread, the one that shows the rows.
    """

    def __init__(self, table: Table, tell: Callable[[], Any], shape: Shape | None = None) -> None:
        self.table = table
        self.rows: Rows[Any] = Rows()
        self.shape = shape or Shape(table)
        self.ended = False
        """Whether the rows are all there are."""
        self.more = True
        """Whether the last page said that others follow."""
        self.error: BaseException | None = None
        """What the last walk ended with, before the end."""
        self._tell = tell
        self._told = False
        self._wanted = 0
        self._cursor: str | None = None
        self._reader: _Reader | None = None
        self._changed = threading.Condition()

    @property
    def busy(self) -> bool:
        """Whether rows are on their way."""
        return self._reader is not None and not self.ended and self._wanted > len(self.rows)

    @property
    def wants_all(self) -> bool:
        """Whether it loads up to the end."""
        return self._wanted == ALL

    def want(self, rows: int = ALL) -> None:
        """Load on until there are at least so many rows (all, unless given). Does nothing after an error."""
        with self._changed:
            if self.ended or self.error is not None:
                return
            self._wanted = max(self._wanted, rows)
            self._changed.notify_all()
            if self._reader is None and self._wanted > len(self.rows):
                self._start()

    def retry(self) -> None:
        """Go on behind the last page that came, after an error or a stop."""
        self.error = None
        self.want(len(self.rows) + 1)

    def stop(self) -> None:
        """Want no more rows; what is under way is dropped when it comes. ``want`` goes on behind the last page."""
        with self._changed:
            self._wanted = 0
            if self._reader is not None:
                self._reader.gave_up = True
                self._reader = None
            self._changed.notify_all()

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self.ended = True

    def replace(self, rows: Sequence[Any]) -> None:
        """Go on as if ``rows`` had been loaded."""
        with self._changed:
            self.rows = Rows()
            self.rows.extend(rows)

    def looked(self) -> None:
        """Whoever is told has begun to look: what comes from now on is new."""
        self._told = False

    def _start(self) -> None:
        reader = self._reader = _Reader()
        context = contextvars.copy_context()
        context.run(WORKS_FOR.set, reader)
        name = f"stackpane-tui rows {self.table.title}"
        threading.Thread(target=context.run, args=(self._work, reader), name=name, daemon=True).start()

    # In the thread

    def _work(self, reader: _Reader) -> None:
        error: BaseException | None = None
        try:
            while self._walk(reader):
                pass
        except Unwanted:
            return
        except BaseException as raised:  # also what a plugin should not raise: a thread must not end without a word
            error = raised
        with self._changed:
            if reader.gave_up:
                return
            self._reader = None
            self.error = error
        self._say()

    def _walk(self, reader: _Reader) -> bool:
        """Walk through pages as long as they are wanted; true where to go on with a new request, for all of them."""
        size = None if self.wants_all and self._cursor is not None else FIRST
        pages = self.table.fetch(PageRequest(self._cursor, size))
        try:
            for page in pages:
                if not self._keep(reader, page.rows, page.next):
                    return False
                self._say()
                if not self._go_on(reader):
                    return False
                # Not before: what has just come is to be on the screen first.
                self.rows.pack()
                # A service reads in parallel what is wanted as a whole, and in bigger pages.
                if size is not None and self.wants_all and self._cursor is not None:
                    return True
        finally:
            if hasattr(pages, "close"):
                pages.close()
        if self._cursor is not None:
            raise StackpaneError("Some of it could not be had.", "What is missing was named above.")
        self.ended, self.more = not reader.gave_up, False
        return False

    def _keep(self, reader: _Reader, rows: Any, following: str | None) -> bool:
        with self._changed:
            if reader.gave_up:
                return False
            self.shape.see(rows)
            self.rows.extend(rows)
            self._cursor, self.more = following, following is not None
            return True

    def _go_on(self, reader: _Reader) -> bool:
        """Wait until more rows are wanted; false: nobody ever will."""
        with self._changed:
            self._changed.wait_for(lambda: reader.gave_up or self._wanted > len(self.rows))
            return not reader.gave_up

    def _say(self) -> None:
        if not self._told:
            self._told = True
            self._tell()
