"""The lower half of a table's pane: rows that are loaded as they are looked at, filtered and sorted, under a cursor."""

from __future__ import annotations

import time
from array import array
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from stackpane import Link, Table
from stackpane.text import human_count
from stackpane_tui.loading import Loader
from stackpane_tui.order import Filter, matching, ordered
from stackpane_tui.panes.pane import Pane
from stackpane_tui.shown import Shown
from stackpane_tui.widgets.columns import Columns, GridColumn
from stackpane_tui.widgets.grid import Grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from stackpane_tui.values import Shape

__all__ = ["LoadedTable"]

_REST = 0.15  # seconds that the cursor stays on a row before it counts as resting there
_PACE = 0.05  # seconds between two looks at what came, while a lot comes


class LoadedTable(Pane[Table]):
    """Loads a table into a grid."""

    class Loaded(Message):
        """A loader has something new."""

        def __init__(self, loader: Loader) -> None:
            super().__init__()
            self.loader = loader

    @dataclass
    class Rested(Message):
        """The cursor rests on a row that leads to ``link``: what is there may be shown beside the table."""

        link: Link | None

    rest_delay = _REST

    def __init__(self, view: Table, *, read_only: bool = False) -> None:
        super().__init__(view, read_only=read_only)
        self.loader = self.new_loader()
        self.shown = Shown(self.loader)
        self.columns = Columns()
        self.grid = Grid(self.shown)
        self.wanted: Filter | None = None
        self.sorted_by: tuple[GridColumn, bool] | None = None
        self.progress = ""
        """What is under way with the order of the rows ("sorting … 40 %")."""
        self._measured = 0
        self._looked_at = 0.0
        self._look_due = False
        self._keep: int | None = None
        self._resting: Timer | None = None
        self._rested_once = False

    def new_loader(self, shape: Shape | None = None) -> Loader:
        """A loader of the table, which posts ``Loaded``."""
        loader: Loader
        loader = Loader(self.view, lambda: self._tell(loader), shape)
        return loader

    def _tell(self, loader: Loader) -> None:
        with suppress(RuntimeError):  # the program has ended meanwhile, its loop with it
            self.post_message(self.Loaded(loader))

    def compose(self) -> ComposeResult:
        """The grid, and what failed."""
        yield self.grid
        yield Static(id="problem")

    def on_mount(self) -> None:
        """Load the first page."""
        self._add_columns()
        self.loader.want(1)

    def stop(self) -> None:
        """End the loading."""
        self.loader.close()
        self.workers.cancel_node(self)

    # What comes

    @on(Loaded)
    def _loaded(self, event: Loaded) -> None:
        event.stop()
        if event.loader is not self.loader:
            self.reloaded(event.loader)
            return
        wait = self._looked_at + _PACE - time.monotonic()
        if wait <= 0:
            self._look()
        elif not self._look_due:
            self._look_due = True
            self.set_timer(wait, self._look)

    def _look(self) -> None:
        """Show what has come."""
        self._look_due = False
        self._looked_at = time.monotonic()
        loader = self.loader
        loader.looked()
        self._add_columns()
        count = len(loader.rows)
        new = range(self._measured, count)
        self._measured = count
        if self.wanted is None and self.sorted_by is None:
            self.shown.covered = count
            self.grid.renew(measure=new)
        elif self.sorted_by is None or not loader.busy:
            self.reorder()
        self._say_problem()
        self._load_on()
        self.looked()
        self.post_message(self.Changed())
        if not self._rested_once and count:
            self._rest()

    def looked(self) -> None:
        """Called when new rows are shown, or the old ones in another order."""

    def reloaded(self, loader: Loader) -> None:
        """Called when a loader other than the pane's own has something new."""

    def _add_columns(self) -> None:
        if self.columns.add(self.loader.shape.columns):
            self.grid.columns = self.columns.shown

    def _load_on(self) -> None:
        """Load the next page where one has scrolled near the end of what is there."""
        if self.wanted is None and self.sorted_by is None:
            screen = self.grid.on_screen
            if screen.stop + max(1, len(screen)) >= self.grid.lines:
                self.loader.want(self.grid.lines + 1)

    def _say_problem(self) -> None:
        """Say that there is less than all; what went wrong is said by the browser, which can explain it."""
        error, problem = self.loader.error, self.query_one("#problem", Static)
        if error is not None and not problem.has_class("said"):
            self.post_message(self.Failed(error))
            count = len(self.loader.rows)
            said = f"Stopped after {human_count(count, 'row')}. r goes on there." if count else "r tries it again."
            problem.update(Content(said))
        problem.set_class(error is not None, "said")

    def adopt(
        self, loader: Loader, rows: Sequence[Any], changes: dict[int, tuple[str, frozenset[int]]], moved: dict[int, int]
    ) -> None:
        """Show what another loader has read, as ``rows``; ``moved`` says where the rows of before are among them."""
        line = self.grid.cursor
        keep = moved.get(self.shown.number(line)) if line < len(self.shown) else None
        self.loader.close()
        loader.replace(rows)
        self.loader = self.shown.loader = loader
        self.shown.changes = changes
        self.shown.marks = {moved[number] for number in self.shown.marks if number in moved}
        self._measured = len(rows)
        self._say_problem()
        self.reorder(keep)

    # What is shown of it

    def reorder(self, keep: int | None = None) -> None:
        """Filter and sort anew; the cursor stays on its row (number ``keep``)."""
        if keep is None and self._keep is None and self.grid.cursor < len(self.shown):
            keep = self.shown.number(self.grid.cursor)
        self._keep = self._keep if keep is None else keep
        if self.wanted is None and self.sorted_by is None:
            self.workers.cancel_group(self, "arrange")
            self._arranged(None, len(self.loader.rows))
        else:
            work: Any = self._arrangement
            self.run_worker(work, group="arrange", exclusive=True)

    async def _arrangement(self) -> None:
        rows, shape = self.loader.rows, self.loader.shape
        count = len(rows)
        numbers: array[int] | range = range(count)
        if self.wanted is not None:
            found: array[int] = array("I")
            at = [each.at for each in self.columns.shown]
            await matching(rows, shape, self.wanted, at, found, 0, lambda done: self._told("filtering", done, count))
            numbers = found
        if self.sorted_by is not None:
            column, down = self.sorted_by
            total = len(numbers)
            numbers = await ordered(
                rows, shape, numbers, column.at, down=down, told=lambda done: self._told("sorting", done, total)
            )
        self._arranged(numbers if isinstance(numbers, array) else None, count)

    def _told(self, what: str, done: int, total: int) -> None:
        self.progress = f"{what} … {100 * done // max(1, total)} %"
        self.post_message(self.Changed())

    def _arranged(self, order: array[int] | None, covered: int) -> None:
        self.progress = ""
        self.shown.order, self.shown.covered = order, covered
        line = self.grid.cursor if self._keep is None else self.shown.line(self._keep)
        self._keep = None
        self.grid.renew(measure=range(min(len(self.shown), 200)))
        self.grid.cursor = line or 0
        self.grid.show_cursor()
        self._load_on()
        self.looked()
        self.post_message(self.Changed())
        self._rest()

    # Moving

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        event.stop()
        self._load_on()
        self._rest()

    @on(Grid.Scrolled)
    def _scrolled(self, event: Grid.Scrolled) -> None:
        event.stop()
        self._load_on()

    @on(Grid.Last)
    def _last(self, event: Grid.Last) -> None:
        event.stop()
        if not self.loader.ended and self.loader.error is None:
            self.grid.at_end = self.wanted is None and self.sorted_by is None
            self.loader.want()
            self.post_message(self.Changed())

    def _rest(self) -> None:
        """Tell where the cursor is, once it has stayed there for a moment."""
        self._rested_once = True
        if self._resting is not None:
            self._resting.stop()
        if self.rest_delay:
            self._resting = self.set_timer(self.rest_delay, self._rested)
        else:
            self._rested()

    def _rested(self) -> None:
        row = self.shown.row(self.grid.cursor)
        self.post_message(self.Rested(None if row is None else self.shown.link(row)))
