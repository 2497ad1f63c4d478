"""The pane of a table: what one does with rows and columns, and where one goes from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from stackpane import Field, Link, Record, Section, Table
from stackpane.formats.cells import cell
from stackpane.text import human_count, safe
from stackpane_tui.dialogs.export import Export, ExportTo
from stackpane_tui.exporting import exporting
from stackpane_tui.order import Filter
from stackpane_tui.panes.loaded import LoadedTable
from stackpane_tui.panes.watch import Watch
from stackpane_tui.shown import MOST_MARKS
from stackpane_tui.widgets.filterbar import FilterBar
from stackpane_tui.widgets.grid import Grid

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from stackpane_tui.loading import Loader
    from stackpane_tui.widgets.columns import GridColumn

__all__ = ["TablePane"]

_RESTORED = 20_000  # rows that are loaded again at most, to come back to where one was


class TablePane(LoadedTable):
    """Shows a table."""

    DEFAULT_CSS = """
    TablePane { layout: vertical; height: 1fr; }
    TablePane > #problem { height: auto; max-height: 3; padding: 0 1; color: $text-error; display: none; }
    TablePane > #problem.said { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "Filter", id="table.filter"),
        Binding("space", "mark", "Mark", id="table.mark"),
        Binding("ctrl+a", "mark_all", "Mark all", show=False, id="table.mark_all"),
        Binding("s", "sort", "Sort", id="table.sort"),
        Binding("d", "details", "Details", id="table.details"),
        Binding("e", "export", "Export", id="table.export"),
        Binding("w", "watch", "Watch", id="table.watch"),
        Binding("minus", "hide", "Hide the column", show=False, id="table.hide"),
        Binding("plus,equals_sign", "show_all", "Show hidden columns", show=False, id="table.show_all"),
        Binding("greater_than_sign", "widen(4)", "Widen the column", show=False, id="table.widen"),
        Binding("less_than_sign", "widen(-4)", "Narrow the column", show=False, id="table.narrow"),
        Binding("H,shift+left", "shift(-1)", "Move the column left", show=False, id="table.move_left"),
        Binding("L,shift+right", "shift(1)", "Move the column right", show=False, id="table.move_right"),
        Binding("z", "whole", "Names whole", show=False, id="table.whole"),
        Binding("r", "retry", "Go on", id="table.retry"),
        Binding("escape", "halt", "Stop, clear", show=False, id="table.halt"),
    ]

    def __init__(self, view: Table, *, read_only: bool = False) -> None:
        super().__init__(view, read_only=read_only)
        self.bar = FilterBar("Filter what is loaded: text, or /regular expression/")
        self.watcher = Watch(self)
        self._bad_filter = ""
        self._export: ExportTo | None = None
        self._goal: dict[str, Any] = {}

    def compose(self) -> ComposeResult:
        """The grid, what failed, the filter."""
        yield from super().compose()
        yield self.bar

    def stop(self) -> None:
        """End the loading, and the refreshes."""
        self.watcher.end()
        super().stop()

    def reloaded(self, loader: Loader) -> None:
        """Take what a refresh has read."""
        self.watcher.loaded(loader)

    def looked(self) -> None:
        """Go on with what waited for these rows: coming back to where one was, an export of all of them."""
        self._come_back()
        self._export_loaded()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key of the table acts while text is edited; some only act where there is something to act on."""
        if self.bar.has_focus:
            return False
        if action == "retry":
            return self.loader.error is not None
        if action == "halt":
            return self.loader.wants_all or self.wanted is not None or bool(self.watcher.every)
        return True

    @property
    def summary(self) -> str:
        """How many rows, what is left out, what is under way."""
        loaded, more = len(self.loader.rows), self.loader.more
        counted = human_count(loaded, "row")
        parts = []
        if self.wanted is not None:
            parts.append(f"filter: {self.wanted.text} ({len(self.shown):,} of {loaded:,} loaded)")
        else:
            parts.append(counted)
        if self._bad_filter:
            parts.append(self._bad_filter)
        if self.sorted_by is not None:
            only = ", of the loaded rows only" if more else ""
            parts.append(f"sorted by {self.sorted_by[0].label}{only}")
        if self.loader.busy and (self.loader.wants_all or not loaded):
            parts.append("loading …, Esc stops" if loaded else "loading …")
        elif more and self.loader.error is None:
            parts.append("more follow")
        if self.progress:
            parts.append(self.progress)
        if self.shown.marks:
            parts.append(f"{len(self.shown.marks):,} marked")
        if self.columns.hidden:
            parts.append(f"{human_count(len(self.columns.hidden), 'column')} hidden")
        if self.watcher.summary:
            parts.append(self.watcher.summary)
        return safe(", ".join(parts))

    # Columns

    def action_sort(self) -> None:
        """Sort by the column that the cursor is in: upwards, downwards, as it came."""
        if (column := self.grid.current) is not None:
            self.sort_by(column)

    @on(Grid.Heading)
    def _heading(self, event: Grid.Heading) -> None:
        event.stop()
        self.sort_by(event.column)

    def sort_by(self, column: GridColumn) -> None:
        """Sort by a column; again, the other way; once more, not at all."""
        same = self.sorted_by is not None and self.sorted_by[0] is column
        down = bool(self.sorted_by and self.sorted_by[1])
        self._sort(None if same and down else (column, same))

    def _sort(self, by: tuple[GridColumn, bool] | None) -> None:
        if self.sorted_by is not None:
            self.sorted_by[0].arrow = ""
        self.sorted_by = by
        if by is not None:
            by[0].arrow = "↓" if by[1] else "↑"
        self.reorder()

    def action_hide(self) -> None:
        """Hide the column that the cursor is in."""
        if (column := self.grid.current) is not None:
            self.columns.hide(column)
            self._columns_changed(None)

    def action_show_all(self) -> None:
        """Show every column, as wide as it needs."""
        for column in self.columns.all:
            column.chosen = None
        self.columns.hidden.clear()
        self._columns_changed(self.grid.current)

    def action_widen(self, by: int) -> None:
        """Make the cursor's column wider or narrower."""
        if (column := self.grid.current) is not None:
            column.widen(by, self.grid.width_now(column))
            self._columns_changed(column)

    def action_shift(self, by: int) -> None:
        """Move the cursor's column to the left or the right."""
        if (column := self.grid.current) is not None:
            self.columns.move(column, by)
            self._columns_changed(column)

    def action_whole(self) -> None:
        """Give every column its full width, or let the widest give way again."""
        self.grid.whole = not self.grid.whole
        self._columns_changed(self.grid.current)

    def _columns_changed(self, current: GridColumn | None) -> None:
        shown = self.grid.columns = self.columns.shown
        self.grid.renew(measure=range(min(len(self.shown), 200)))
        self.grid.column = shown.index(current) if current in shown else min(self.grid.column, len(shown) - 1)
        if self.wanted is not None:  # what is hidden is not searched
            self.reorder()
        self.post_message(self.Changed())

    # Marks

    def action_mark(self) -> None:
        """Mark the cursor's row, or not any more, and go on to the next."""
        if self.shown.row(self.grid.cursor) is None:
            return
        number = self.shown.number(self.grid.cursor)
        if number in self.shown.marks:
            self.shown.marks.discard(number)
        elif len(self.shown.marks) < MOST_MARKS:
            self.shown.marks.add(number)
        else:
            self._too_many()
        self.grid.repaint()
        self.grid.action_move(1)
        self.post_message(self.Changed())

    def action_mark_all(self) -> None:
        """Mark every row that is shown; where all are marked, none."""
        lines = len(self.shown)
        if lines > MOST_MARKS:
            self._too_many()
            return
        numbers = {self.shown.number(line) for line in range(lines)}
        if numbers <= self.shown.marks:
            self.shown.marks -= numbers
        elif len(self.shown.marks | numbers) > MOST_MARKS:
            self._too_many()
            return
        else:
            self.shown.marks |= numbers
        self.grid.repaint()
        self.post_message(self.Changed())

    def _too_many(self) -> None:
        self.notify(f"At most {MOST_MARKS:,} rows can be marked. Filter first, or use a command for all.", markup=False)

    # The filter

    def action_filter(self) -> None:
        """Type what rows must have."""
        self.bar.open()

    @on(FilterBar.Typed)
    def _typed(self, event: FilterBar.Typed) -> None:
        event.stop()
        self._filter(event.text)

    @on(FilterBar.Left)
    def _left(self, event: FilterBar.Left) -> None:
        event.stop()
        if not event.kept:
            self._filter("")
        self.grid.focus()

    def _filter(self, text: str) -> None:
        self._bad_filter = ""
        try:
            self.wanted = Filter(text) if text else None
        except ValueError as error:  # half an expression, as long as one types
            self._bad_filter = str(error)
            self.post_message(self.Changed())
            return
        self.reorder()

    def action_halt(self) -> None:
        """Stop loading all of it; else clear the filter; else end the watch."""
        if self.loader.wants_all:
            self.loader.stop()
            self.grid.at_end = False
            self._export = None
        elif self.wanted is not None:
            self.bar.action_drop()
        else:
            self.watcher.end()
        self.post_message(self.Changed())

    def action_retry(self) -> None:
        """Go on behind the last page that came."""
        self.loader.retry()
        self._say_problem()
        self.post_message(self.Changed())

    def action_watch(self) -> None:
        """Refresh every few seconds; again, less often; at last, not any more."""
        self.watcher.turn()

    # Export

    def action_export(self) -> None:
        """Ask where to, and write what is shown."""
        count = human_count(len(self.shown), "row")
        name = "".join(each if each.isalnum() or each in "-_" else "-" for each in self.view.title).strip("-")
        dialog = Export(f"Export {count} as shown", f"{name or 'table'}.csv", more=self.loader.more)
        self.app.push_screen(dialog, self._export_to)

    def _export_to(self, to: ExportTo | None) -> None:
        self._export = to
        if to is not None and to.rest:
            self.loader.want()
        self._export_loaded()

    def _export_loaded(self) -> None:
        """Start an export once everything that it wants is there, and in order."""
        to = self._export
        if to is None or (to.rest and not self.loader.ended) or self.progress:
            return
        if (self.wanted or self.sorted_by) and self.shown.covered < len(self.loader.rows):
            return
        self._export = None
        at = [each.at for each in self.columns.shown]
        snapshot = self.shown.snapshot()
        job = exporting(to.path, self.loader.shape, at, snapshot.batches, len(snapshot), replace=to.replace)
        self.post_message(self.Start(job))

    # Coming back

    def state(self) -> Mapping[str, Any]:
        """The row, the scroll position, the filter, the order, the columns and the marks."""
        row = self.shown.row(self.grid.cursor)
        rows = self.loader.rows
        return {
            "key": None if row is None else self.shown.key(row),
            "line": self.grid.cursor,
            "scroll": tuple(self.grid.scroll_offset),
            "loaded": len(rows),
            "filter": self.bar.value if self.wanted else "",
            "sort": None if self.sorted_by is None else (self.sorted_by[0].column.name, self.sorted_by[1]),
            "columns": [each.column.name for each in self.columns.all],
            "widths": {each.column.name: each.chosen for each in self.columns.all if each.chosen is not None},
            "hidden": set(self.columns.hidden),
            "column": self.grid.column,
            "whole": self.grid.whole,
            "marks": {self.shown.key(rows[number]) for number in self.shown.marks},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Load as many rows as there were, and go where one was."""
        self._goal = dict(state)
        self.loader.want(min(state.get("loaded", 1), _RESTORED))
        self.call_after_refresh(self._come_back)

    def _come_back(self) -> None:
        """Once the rows are there: the columns, the marks, the filter and the order; once those are done, the row."""
        goal, loader = self._goal, self.loader
        enough = len(loader.rows) >= min(goal.get("loaded", 0), _RESTORED) or loader.ended or loader.error is not None
        if not goal or not enough or self.shown.covered < len(loader.rows):
            return
        if "hidden" in goal:
            self._come_back_to_columns(goal)
            keys = goal.pop("marks", None)
            if keys:
                marked = (n for n, row in enumerate(loader.rows) if self.shown.key(row) in keys)
                self.shown.marks = set(marked)
            sort, text = goal.pop("sort", None), goal.pop("filter", "")
            column = self.columns.named(sort[0]) if sort else None
            self.bar.value = text
            self._filter(text)
            self._sort((column, sort[1]) if sort and column is not None else None)
            return
        if self.progress or ((self.wanted or self.sorted_by) and self.shown.order is None):
            return
        self._goal = {}
        line = goal.get("line", 0)
        row = self.shown.row(line)
        if row is None or self.shown.key(row) != goal.get("key"):
            lines = range(min(len(self.shown), _RESTORED))
            line = next((each for each in lines if self.shown.key(self.shown.row(each)) == goal.get("key")), line)
        self.grid.cursor = line
        x, y = goal.get("scroll", (0, 0))
        self.grid.scroll_to(x, y, animate=False, force=True)
        self.grid.show_cursor()

    def _come_back_to_columns(self, goal: dict[str, Any]) -> None:
        self.columns.hidden = goal.pop("hidden")
        places = {name: place for place, name in enumerate(goal.pop("columns", ()))}
        self.columns.all.sort(key=lambda each: places.get(each.column.name, len(places)))
        for name, width in goal.pop("widths", {}).items():
            if (column := self.columns.named(name)) is not None:
                column.chosen = width
        self.grid.whole = goal.pop("whole", False)
        self.grid.columns = self.columns.shown
        self.grid.renew()
        self.grid.column = goal.pop("column", 0)

    # Links

    @on(Grid.Opened)
    def _opened(self, event: Grid.Opened) -> None:
        event.stop()
        row = self.shown.row(event.line)
        link = None if row is None else self.shown.link(row)
        if link is not None:
            self.post_message(self.Follow(link, new_tab=event.new_tab))
        else:
            self.action_details()

    def action_details(self) -> None:
        """Describe the row: the command that shows it whole where it offers one, else all of its values."""
        row = self.shown.row(self.grid.cursor)
        if row is None:
            return
        for link in self._links_of(row):
            if link.argv[1:2] == ("show",):
                self.post_message(self.Follow(link))
                return
        shape = self.loader.shape
        at = [number for number, column in enumerate(shape.columns) if not shape.named or column.name in row]
        columns = [shape.columns[number] for number in at]
        fields = [
            Field(column.name, value, column.kind) for column, value in zip(columns, shape.values(row, at), strict=True)
        ]
        name = cell(fields[0].value, fields[0].kind) if fields else ""
        self.post_message(self.Show(Record(name, (Section("", tuple(fields)),), links=tuple(self._links_of(row)))))

    def _links_of(self, row: Any) -> list[Link]:
        """Where a row leads to, what can be done with it, and what its ARNs and URIs name."""
        first = self.shown.link(row)
        links = [] if first is None else [first]
        links += self.shown.actions(row)
        for number, column in enumerate(self.loader.shape.columns):
            value = self.loader.shape.value(row, number) if column.kind in ("arn", "uri") else None
            if isinstance(value, str) and value:
                opened = Link.to("open", value, label=f"Open {column.name}")
                links.append(opened.at(first.connection, first.region) if first else opened)
        return links

    def links(self) -> Sequence[Link]:
        """The links of the cursor's row, then those of the table."""
        row = self.shown.row(self.grid.cursor)
        return [*(self._links_of(row) if row is not None else ()), *self.view.links]

    def marked_links(self) -> Mapping[str, Sequence[Link]]:
        """By label, the actions that every marked row offers, each with one link a row."""
        found: dict[str, list[Link]] = {}
        for count, number in enumerate(sorted(self.shown.marks)):
            offered = {link.label: link for link in self.shown.actions(self.loader.rows[number])}
            if count == 0:
                found = {label: [] for label in offered}
            found = {label: [*links, offered[label]] for label, links in found.items() if label in offered}
        return found

    @property
    def arn(self) -> str | None:
        """The first ARN of the cursor's row."""
        row = self.shown.row(self.grid.cursor)
        if row is not None:
            for number, column in enumerate(self.loader.shape.columns):
                value = self.loader.shape.value(row, number) if column.kind == "arn" else None
                if isinstance(value, str) and value:
                    return value
        return None

    @property
    def console_url(self) -> str | None:
        """The AWS console's page of the table."""
        return self.view.console_url
