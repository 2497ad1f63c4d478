"""Watching a table: it is read again every few seconds, and what has changed since the last time is marked."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane_tui.watching import EVERY, MOST_WATCHED, compare

if TYPE_CHECKING:
    from textual.timer import Timer

    from stackpane_tui.loading import Loader
    from stackpane_tui.panes.loaded import LoadedTable

__all__ = ["Watch"]


class Watch:
    """The watch mode of a table's pane. The next refresh is due some seconds after the last one has ended."""

    def __init__(self, pane: LoadedTable) -> None:
        self.pane = pane
        self.every = 0
        """Seconds between two refreshes; 0: it is off."""
        self._timer: Timer | None = None
        self._loader: Loader | None = None
        self._problem = ""

    @property
    def summary(self) -> str:
        """What the status line says of it."""
        return f"refreshed every {self.every} s{self._problem}" if self.every else ""

    def turn(self) -> None:
        """Go on to the next interval, from the last one to none."""
        if not self.every and len(self.pane.loader.rows) > MOST_WATCHED:
            said = f"A watch is for up to {MOST_WATCHED:,} rows. The command's options narrow the table."
            self.pane.notify(said, markup=False)
            return
        choices = (*EVERY, 0)
        following = choices[(choices.index(self.every) + 1) % len(choices)]
        self.end()
        self.every = following
        if following:
            self.refresh()
        self.pane.post_message(self.pane.Changed())

    def end(self) -> None:
        """Refresh no more; what was found last stays marked no longer."""
        self.every = 0
        self._problem = ""
        if self._timer is not None:
            self._timer.stop()
        if self._loader is not None:
            self._loader.close()
        self._timer = self._loader = None
        if self.pane.shown.changes:
            self.pane.shown.changes = {}
            self.pane.grid.repaint()

    def refresh(self) -> None:
        """Read the rows again, as many as there are now; where they are being read anyway, later."""
        if self._loader is None and not self.pane.loader.busy:
            shown = self.pane.shown
            gone = sum(change == "-" for change, _ in shown.changes.values())
            self._loader = self.pane.new_loader(self.pane.loader.shape)
            self._loader.want(max(1, len(self.pane.loader.rows) - gone))
        elif self._loader is None:
            self._wait()

    def loaded(self, loader: Loader) -> None:
        """Take what has been read, once it is all there."""
        loader.looked()
        if loader is not self._loader or loader.busy:
            return
        if loader.error is None:
            work: Any = partial(self._take, loader)
            self.pane.run_worker(work, group="watch", exclusive=True)
        else:
            loader.close()
            self._done(", the last time in vain")

    def _done(self, problem: str = "") -> None:
        self._loader, self._problem = None, problem
        if self.every:
            self._wait()
        self.pane.post_message(self.pane.Changed())

    def _wait(self) -> None:
        self._timer = self.pane.set_timer(self.every, self.refresh)

    async def _take(self, loader: Loader) -> None:
        pane, shown, shape = self.pane, self.pane.shown, loader.shape
        at = range(len(shape.columns))
        gone = {number for number, (change, _) in shown.changes.items() if change == "-"}
        numbers, before = [], []
        for number, row in enumerate(pane.loader.rows):
            if number not in gone:
                numbers.append(number)
                before.append(row)
        found = await asyncio.to_thread(
            compare,
            before,
            list(loader.rows),
            shown.key,
            lambda row: shape.values(row, at),
            more_before=pane.loader.more,
            more_now=loader.more,
        )
        if loader is self._loader:  # else the watch was ended meanwhile
            moved = {numbers[number]: to for number, to in found.moved.items()}
            pane.adopt(loader, found.rows, found.changes, moved)
            self._done()
