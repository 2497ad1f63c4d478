"""A table of any number of rows: a line is made when it is looked at, and at no other time.

The grid knows how many lines there are and asks its source for the values of those on the screen. It has a cursor on a
line and one on a column, and posts what the user does with them. Texts go through ``line_of`` and become segments with
a style: no markup is ever read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from stackpane.formats.cells import MISSING, state_tone
from stackpane_tui.values import fitted, line_of, width_of
from stackpane_tui.widgets.columns import GAP, GUTTER, GridColumn, Place, places_of

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events

__all__ = ["Grid", "Look", "Source"]

_CACHED = 400  # lines
_MEASURED = 100  # rows that are looked at for the widths of ten columns, of every load


class Look(NamedTuple):
    """What there is to a line beside its values. ``change``: ``+`` added, ``-`` removed, ``~`` changed since then."""

    marked: bool = False
    change: str = ""
    changed: frozenset[int] = frozenset()


class _Window(NamedTuple):
    """What is seen of the columns: those that stay, then those beside them from ``skip`` on, ``room`` wide."""

    fixed: list[Place]
    rest: list[Place]
    skip: int
    room: int

    @property
    def places(self) -> list[Place]:
        return [*self.fixed, *self.rest]

    @property
    def length(self) -> int:
        return sum(place.width + GAP for place in self.rest)


class Source(Protocol):
    """The lines of a grid."""

    def __len__(self) -> int: ...

    def values(self, line: int, at: Sequence[int]) -> Sequence[Any]:
        """The values of a line at these positions of its row."""

    def look(self, line: int) -> Look:
        """What there is to the line beside its values."""


class Grid(ScrollView, can_focus=True):
    """Shows the lines of ``source`` in ``columns`` below a header."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Grid { background: $surface; color: $foreground; height: 1fr; scrollbar-gutter: stable;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
    Grid > .grid--header { background: $panel; color: $foreground; text-style: bold; }
    Grid > .grid--heading { background: $panel; color: $text-accent; text-style: bold underline; }
    Grid > .grid--cursor { background: $primary 40%; }
    Grid:focus > .grid--cursor { background: $primary; color: $text; text-style: bold; }
    Grid > .grid--marked { color: $text-accent; text-style: bold; }
    Grid > .grid--bad { color: $text-error; }
    Grid > .grid--moving { color: $text-warning; }
    Grid > .grid--added { color: $text-success; }
    Grid > .grid--removed { color: $text-error; text-style: strike; }
    Grid > .grid--changed { color: $text-warning; text-style: bold underline; }
    Grid > .grid--missing { text-style: dim; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "grid--header",
        "grid--heading",
        "grid--cursor",
        "grid--marked",
        "grid--bad",
        "grid--moving",
        "grid--added",
        "grid--removed",
        "grid--changed",
        "grid--missing",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False, id="grid.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="grid.up"),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="grid.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="grid.page_up"),
        Binding("g,home", "first", "First row", show=False, id="grid.first"),
        Binding("G,end", "last", "Last row", show=False, id="grid.last"),
        Binding("h,left", "column(-1)", "Column to the left", show=False, id="grid.left"),
        Binding("l,right", "column(1)", "Column to the right", show=False, id="grid.right"),
        Binding("enter", "open", "Open", id="grid.open"),
        Binding("ctrl+enter", "open(True)", "Open in a new tab", show=False, id="grid.open_new"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False, init=False)
    column: reactive[int] = reactive(0, repaint=False, init=False)

    @dataclass
    class Moved(Message):
        """The cursor stands on another line."""

        line: int

    @dataclass
    class Opened(Message):
        """The user wants to go where a line leads."""

        line: int
        new_tab: bool = False

    @dataclass
    class Heading(Message):
        """A column's heading was clicked."""

        column: GridColumn

    class Last(Message):
        """The user wants to see the very last row, loaded or not."""

    class Scrolled(Message):
        """Other lines are on the screen."""

    def __init__(self, source: Source, columns: Sequence[GridColumn] = (), *, whole: bool = False) -> None:
        super().__init__()
        self.source = source
        self.columns = list(columns)
        self.whole = whole
        self._places: list[Place] = []
        self._lines = 0
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._styles: dict[str, Style] = {}
        self._seen: _Window | None = None
        self._growing = False
        self.at_end = False
        """Whether the cursor goes on to the last line as lines come, because the user went there."""
        self._dragged: tuple[GridColumn, int, int] | None = None

    # What there is

    def renew(self, *, measure: range | None = None) -> None:
        """Show what the source has now. ``measure`` are lines that the columns' widths have not been made for."""
        if measure is not None:
            self._measure(measure)
        self._lines = len(self.source)
        self._lay_out()
        self.cursor = self._lines - 1 if self.at_end else max(0, min(self.cursor, self._lines - 1))

    def repaint(self) -> None:
        """Draw every line anew: their values or looks have changed."""
        self._strips.clear()
        self._seen = None
        self.refresh()

    @property
    def lines(self) -> int:
        """How many lines are shown."""
        return self._lines

    @property
    def on_screen(self) -> range:
        """The lines on the screen."""
        first = self.scroll_offset.y
        return range(first, min(self._lines, first + self._room))

    @property
    def current(self) -> GridColumn | None:
        """The column that the cursor is in."""
        return self.columns[self.column] if 0 <= self.column < len(self.columns) else None

    def width_now(self, column: GridColumn) -> int:
        """How wide a column is on the screen."""
        return next((place.width for place in self._places if place.column is column), 0)

    @property
    def _room(self) -> int:
        return max(1, self.scrollable_content_region.height - 1)

    def _measure(self, lines: range) -> None:
        step = max(1, len(lines) * max(1, len(self.columns) // 10) // _MEASURED)
        at = [each.at for each in self.columns]
        for line in lines[::step]:
            for each, value in zip(self.columns, self.source.values(line, at), strict=True):
                each.grow(width_of(line_of(value, each.column)))

    def _lay_out(self) -> None:
        self._growing = False
        self._places = places_of(self.columns, self.scrollable_content_region.width, whole=self.whole)
        last = self._places[-1] if self._places else None
        self.virtual_size = Size(last.x + last.width if last else 0, self._lines + 1)
        self.repaint()

    def _grow(self) -> None:
        if not self._growing:
            self._growing = True
            self.call_after_refresh(self._lay_out)

    def on_resize(self) -> None:
        """Give the columns the room that there is now, and tell what is seen in it."""
        self._lay_out()
        self.show_cursor()
        self.post_message(self.Scrolled())

    def notify_style_update(self) -> None:
        """Forget the styles of before."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    # The lines

    def render_line(self, y: int) -> Strip:
        """One line of the screen: the header, a row, or nothing."""
        line = self.scroll_offset.y + y - 1
        if y == 0:
            return self._header()
        if line >= self._lines:
            return Strip.blank(self.size.width, self._style(""))
        here = line == self.cursor
        strip = self._strips.get((line, here))
        if strip is None:
            if len(self._strips) >= _CACHED:
                self._strips.clear()
            strip = self._strips[line, here] = self._row(line, here=here)
        return strip

    @property
    def _fixed(self) -> int:
        """How much on the left stays where it is when one scrolls: the first column, unless it takes half the room."""
        until = self._places[1].x if len(self._places) > 1 else GUTTER
        return until if until <= self.size.width // 2 else GUTTER

    @property
    def _window(self) -> _Window:
        """The columns that are seen, and where in them the screen begins; made anew when one scrolls sideways."""
        if self._seen is None:
            width, x = self.size.width, self.scroll_offset.x
            edge = self._fixed if x else GUTTER
            fixed = [place for place in self._places[:1] if place.x < edge]
            begin, end = edge + x, x + width
            rest = [
                place for place in self._places[len(fixed) :] if place.x < end and place.x + place.width + GAP > begin
            ]
            self._seen = _Window(fixed, rest, begin - rest[0].x if rest else 0, max(0, width - edge))
        return self._seen

    def _line(self, gutter: Segment, cells: Sequence[Segment], gap: Style) -> Strip:
        """A line of cells, one for each column of the window, as wide as the screen."""
        between = Segment(" " * GAP, gap)
        window = self._window
        parts = [part for cell in cells for part in (cell, between)]
        count = 2 * len(window.fixed)
        short = window.room - window.length
        if window.skip or short < 0:
            rest = Strip(parts[count:]).crop_extend(window.skip, window.skip + window.room, gap)
            parts[count:] = rest
        else:  # most lines, and a strip is dear to make
            parts.append(Segment(" " * short, gap))
        return Strip([gutter, *parts], self.size.width)

    def _style(self, name: str) -> Style:
        """The style of a part, ``""``: of what is no part. Worked out once: to ask for it takes longer than a line."""
        found = self._styles.get(name)
        if found is None and not name:
            found = self._styles[name] = self.rich_style
        elif found is None:
            partial = name not in ("header", "heading", "cursor")
            found = self._styles[name] = self.get_component_rich_style(f"grid--{name}", partial=partial)
        return found

    def _header(self) -> Strip:
        plain, current = self._style("header"), self._style("heading")
        here = self.current if self.has_focus else None
        cells = [
            Segment(fitted(each.heading, width, right=each.right), current if each is here else plain)
            for each, _, width in self._window.places
        ]
        return self._line(Segment(" " * GUTTER, plain), cells, plain)

    def _row(self, line: int, *, here: bool) -> Strip:
        look = self.source.look(line)
        base = self._style("cursor" if here else "")
        front = ("●" if look.marked else " ") + (look.change or " ")
        tone = {"+": "added", "-": "removed"}.get(look.change, "marked" if look.marked else "")
        if tone and not here:  # the cursor's line has a background that no colour but its own is made for
            base += self._style(tone)
        places = self._window.places
        values = self.source.values(line, [place.column.at for place in places])
        cells = []
        for (each, _, width), value in zip(places, values, strict=True):
            text = line_of(value, each.column)
            if each.grow(width_of(text)):
                self._grow()
            style = base + self._style("changed") if each.at in look.changed else self._toned(text, each, base, here)
            middle = each.column.kind in ("arn", "uri")
            cells.append(Segment(fitted(text, width, right=each.right, middle=middle), style))
        return self._line(Segment(front, base), cells, base)

    def _toned(self, text: str, column: GridColumn, base: Style, here: bool) -> Style:
        if here:
            return base
        if text == MISSING:
            return base + self._style("missing")
        if column.column.kind == "state" and (tone := state_tone(text)) is not None:
            return base + self._style(tone)
        return base

    # The cursors

    def validate_cursor(self, cursor: int) -> int:
        """Keep it on a line."""
        return max(0, min(cursor, len(self.source) - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        """Draw the two lines anew, with the new one on the screen."""
        for line in (before, now):
            self.refresh_line(line + 1)
        self.show_cursor()
        self.post_message(self.Moved(now))

    def watch_column(self) -> None:
        """Draw the header anew, with the column on the screen."""
        self.refresh_line(self.scroll_offset.y)
        if 0 <= self.column < len(self._places):
            _, x, width = self._places[self.column]
            room, left = self.scrollable_content_region.width, self.scroll_offset.x
            if self.column == 0:
                left = 0
            elif x + width > left + room:
                # Whole columns beside the first one: half a value reads as another one.
                least = x + width - room
                starts = (each.x - self._fixed for each in self._places[1:])
                left = next((start for start in starts if start >= least), least)
            if self.column and x < left + self._fixed:
                left = x - self._fixed
            self.scroll_to(x=left, animate=False, force=True)

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        """Make the lines anew, of the columns that are seen now."""
        self._strips.clear()
        self._seen = None
        super().watch_scroll_x(old_value, new_value)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that other lines are on the screen."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Scrolled())

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Draw the cursors as they look with and without the focus."""
        super().watch_has_focus(_has_focus)
        self._styles.clear()
        self.repaint()

    def show_cursor(self) -> None:
        """Scroll so far that the cursor's line is on the screen."""
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + self._room:
            self.scroll_to(y=self.cursor - self._room + 1, animate=False, force=True)

    def action_move(self, by: int) -> None:
        """Move the cursor by lines."""
        self.at_end = False
        self.cursor += by
        self.show_cursor()

    def action_page(self, by: int) -> None:
        """Move the cursor by screens."""
        self.at_end = False
        self.cursor += by * max(1, self._room - 1)
        self.show_cursor()

    def action_first(self) -> None:
        """Go to the first line."""
        self.at_end = False
        self.cursor = 0
        self.show_cursor()

    def action_last(self) -> None:
        """Go to the last line, and tell that what follows it is wanted too."""
        self.cursor = self._lines - 1
        self.show_cursor()
        self.post_message(self.Last())

    def action_column(self, by: int) -> None:
        """Move to the next column on a side."""
        self.column = max(0, min(self.column + by, len(self.columns) - 1))

    def action_open(self, new_tab: bool = False) -> None:
        """Go where the line leads."""
        if self._lines:
            self.post_message(self.Opened(self.cursor, new_tab))

    # The mouse

    def on_click(self, event: events.Click) -> None:
        """Select a line; open it at the second click; a heading tells which one it is."""
        place = self._place_at(event.x)
        if event.y == 0:
            if place is not None and self._edge_at(event.x) is None:
                self.column = self.columns.index(place.column)
                self.post_message(self.Heading(place.column))
            return
        line = self.scroll_offset.y + event.y - 1
        if line < self._lines:
            self.at_end = False
            self.cursor = line
            if place is not None:
                self.column = self.columns.index(place.column)
            if event.chain == 2:
                self.action_open(event.ctrl)

    def _content_x(self, x: int) -> int:
        return x if x < self._fixed else x + self.scroll_offset.x

    def _place_at(self, x: int) -> Place | None:
        at = self._content_x(x)
        return next((place for place in self._places if place.x <= at < place.x + place.width + GAP), None)

    def _edge_at(self, x: int) -> Place | None:
        at = self._content_x(x)
        return next((place for place in self._places if at in (place.x + place.width, place.x + place.width + 1)), None)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the edge of a column, in the gap behind its heading."""
        if event.y == 0 and (edge := self._edge_at(event.x)) is not None:
            self._dragged = (edge.column, event.x, edge.width)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the edge that is held."""
        if self._dragged is not None:
            column, x, width = self._dragged
            column.widen(event.x - x, width)
            self._lay_out()

    def on_mouse_up(self) -> None:
        """Let the edge go."""
        if self._dragged is not None:
            self._dragged = None
            self.release_mouse()
