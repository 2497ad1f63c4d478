"""Lines that come at the end and go at the beginning: the newest ones of an endless list, drawn where they are seen."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from stackpane_tui.values import width_of

if TYPE_CHECKING:
    from rich.style import Style
    from textual import events

__all__ = ["KEPT", "Lines", "Tail"]

KEPT = 100_000
"""Lines that are kept; older ones are dropped."""
_SLACK = 5_000  # lines more, so that not every one that comes makes one go
_CACHED = 400
_SIDEWAYS = 16


class Lines(Protocol):
    """Makes lines of what a tail holds."""

    def text(self, row: Any) -> str:
        """One line of safe text."""

    def wrapped(self, row: Any, width: int) -> Sequence[str]:
        """The same in pieces of at most ``width`` columns."""

    def lengths(self, rows: Sequence[Any]) -> list[int]:
        """Whatever ``heights`` wants to know of each of them, worked out once."""

    def heights(self, rows: Sequence[Any], lengths: Sequence[int], width: int) -> list[int]:
        """How many pieces each of them has."""

    def role(self, row: Any) -> str:
        """How it is coloured: bad, moving, plain, faint, or not at all."""


class Tail(ScrollView, can_focus=True):
    """Shows the rows that are added, and stays at the newest until the user moves."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Tail { background: $surface; color: $foreground; height: 1fr; scrollbar-gutter: stable;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }
    Tail > .tail--cursor { background: $primary-muted; }
    Tail:focus > .tail--cursor { background: $primary; color: $text; }
    Tail > .tail--bad { color: $text-error; }
    Tail > .tail--moving { color: $text-warning; }
    Tail > .tail--plain { color: $foreground; }
    Tail > .tail--faint { text-style: dim; }
    Tail > .tail--match { background: $warning; color: $text; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"tail--{role}" for role in ("cursor", "bad", "moving", "plain", "faint", "match")
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False, id="tail.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="tail.up"),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="tail.page_down"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="tail.page_up"),
        Binding("g,home", "first", "Oldest", show=False, id="tail.first"),
        Binding("G,end", "newest", "Newest", id="tail.newest"),
        Binding("h,left", "sideways(-1)", "Left", show=False, id="tail.left"),
        Binding("l,right", "sideways(1)", "Right", show=False, id="tail.right"),
        Binding("enter", "open", "Unfold", id="tail.open"),
    ]

    class Moved(Message):
        """The user has moved, or follows the newest line again."""

    class Opened(Message):
        """The user wants to see the current line whole."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self.form = lines
        self.rows: list[Any] = []
        self.dropped = 0
        self._lengths: array[int] = array("i")
        self.cursor = 0
        """The current line, counted among those that are kept."""
        self.follows = True
        self.wrap = False
        self.needle = ""
        self._tops: list[int] = [0]  # where wrapped lines begin, and the end of the last; counted from any beginning
        self._widest = 0
        self._strips: dict[tuple[int, int], list[Strip]] = {}
        self._styles: dict[str, Style] = {}

    # What there is

    @property
    def current(self) -> Any | None:
        """The line that the cursor is on."""
        return self.rows[self.cursor] if self.rows else None

    def add(self, rows: Sequence[Any]) -> None:
        """Add lines at the end."""
        lengths = self.form.lengths(rows)
        self.rows += rows
        self._lengths.extend(lengths)
        if self.wrap:
            self._measure(rows, lengths)
        if len(self.rows) > KEPT + _SLACK:
            self._drop(len(self.rows) - KEPT)
        if self.follows:
            self.cursor = max(0, len(self.rows) - 1)
        self._sized()

    def _drop(self, count: int) -> None:
        gone = self._tops[count] - self._tops[0] if self.wrap else count
        del self.rows[:count]
        del self._lengths[:count]
        if self.wrap:
            del self._tops[:count]
        self.dropped += count
        self.cursor = max(0, self.cursor - count)
        self._strips.clear()
        if not self.follows:  # the same lines stay on the screen
            self.scroll_to(y=max(0, self.scroll_offset.y - gone), animate=False, force=True)

    def lay_out(self) -> None:
        """Take note of another width, or another way to make lines."""
        self._strips.clear()
        self._widest = 0
        self._tops = [0]
        if self.wrap:
            self._measure(self.rows, self._lengths)
        self._sized()

    def set_wrap(self, wrap: bool) -> None:
        """Wrap lines, or let them be as long as they are; the current one stays on the screen."""
        self.wrap = wrap
        self.lay_out()
        self.scroll_to(x=0, animate=False, force=True)
        self.show_cursor()

    def _measure(self, rows: Sequence[Any], lengths: Sequence[int]) -> None:
        heights = self.form.heights(rows, lengths, self._room.width)
        self._tops += list(accumulate(heights, initial=self._tops[-1]))[1:]

    @property
    def _room(self) -> Size:
        size = self.scrollable_content_region.size
        return Size(max(1, size.width), max(1, size.height))

    def _sized(self) -> None:
        height = self._tops[-1] - self._tops[0] if self.wrap else len(self.rows)
        self.virtual_size = Size(0 if self.wrap else self._widest, height)
        if self.follows:
            self.scroll_to(y=max(0, height - self._room.height), animate=False, force=True)
        self.refresh()

    def on_resize(self) -> None:
        """Wrap at the new width."""
        self.lay_out()
        if not self.follows:
            self.show_cursor()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Draw the current line as it looks with and without the focus."""
        super().watch_has_focus(_has_focus)
        self._styles.clear()
        self.repaint()

    def _style(self, name: str) -> Style:
        """The style of a part, ``""``: of what is no part. Worked out once: to ask for it takes longer than a line."""
        found = self._styles.get(name)
        if found is None:
            partial = name not in ("cursor", "match")
            found = self.get_component_rich_style(f"tail--{name}", partial=partial) if name else self.rich_style
            self._styles[name] = found
        return found

    def repaint(self) -> None:
        """Draw every line anew."""
        self._strips.clear()
        self.refresh()

    # Drawing

    def _at(self, y: int) -> tuple[int, int]:
        """The row, and the piece of it, at a line of the whole."""
        if not self.wrap:
            return y, 0
        at = bisect_right(self._tops, y + self._tops[0]) - 1
        return at, y + self._tops[0] - self._tops[at]

    def _top(self, at: int) -> int:
        return self._tops[at] - self._tops[0] if self.wrap else at

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.size.width
        at, piece = self._at(self.scroll_offset.y + y)
        if not 0 <= at < len(self.rows):
            return Strip.blank(width, self._style(""))
        here = at == self.cursor and not self.follows
        strips = self._made(at)
        strip = strips[piece] if piece < len(strips) else Strip.blank(width, self._style(""))
        style = self._style("")
        if here:
            style = self._style("cursor")
            strip = Strip([Segment(segment.text, style) for segment in strip], strip.cell_length)
        x = 0 if self.wrap else self.scroll_offset.x
        return strip.crop_extend(x, x + width, style)

    def _made(self, at: int) -> list[Strip]:
        width = self._room.width if self.wrap else 0
        key = (at + self.dropped, width)
        found = self._strips.get(key)
        if found is None:
            if len(self._strips) >= _CACHED:
                self._strips.clear()
            row = self.rows[at]
            role = self.form.role(row)
            style = self._style("")
            if role:
                style += self._style(role)
            pieces = self.form.wrapped(row, width) if width else [self.form.text(row)]
            found = self._strips[key] = [Strip(self._segments(piece, style)) for piece in pieces]
            widest = max(width_of(piece) for piece in pieces)
            if not width and widest > self._widest:
                self._widest = widest
                self.call_after_refresh(self._sized)
        return found

    def _segments(self, text: str, style: Style) -> list[Segment]:
        if not self.needle:
            return [Segment(text, style)]
        mark = self._style("match")
        segments, last, folded = [], 0, text.lower()
        if len(folded) != len(text):  # a letter that has no small one of its own
            folded = text
        while (start := folded.find(self.needle, last)) >= 0:
            stop = start + len(self.needle)
            segments += [Segment(text[last:start], style), Segment(text[start:stop], mark)]
            last = stop
        return [*segments, Segment(text[last:], style)]

    # Moving

    def go(self, at: int) -> None:
        """Go to a line; at the last one, follow what comes."""
        before, self.cursor = self.cursor, max(0, min(at, len(self.rows) - 1))
        for line in {before, self.cursor}:
            height = self._top(line + 1) - self._top(line) if self.wrap and line < len(self.rows) else 1
            self.refresh_lines(self._top(line), height)
        self.show_cursor()
        self.post_message(self.Moved())

    def show_cursor(self) -> None:
        """Scroll so far that the current line is on the screen."""
        if not self.rows:
            return
        top, height = self._top(self.cursor), self._room.height
        end = min(self._top(self.cursor + 1) if self.wrap else top + 1, top + height)
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True)
        elif end > self.scroll_offset.y + height:
            self.scroll_to(y=end - height, animate=False, force=True)

    def action_move(self, by: int) -> None:
        """Move by lines; what comes is no more followed."""
        self.follows = False
        self.go(self.cursor + by)

    def action_page(self, by: int) -> None:
        """Move by screens."""
        self.follows = False
        first = self._at(self.scroll_offset.y)[0]
        shown = max(1, self._at(self.scroll_offset.y + self._room.height - 1)[0] - first)
        self.go(self.cursor + by * shown)

    def action_first(self) -> None:
        """Go to the oldest line that is kept."""
        self.follows = False
        self.go(0)

    def action_newest(self) -> None:
        """Go to the newest line, and follow what comes."""
        self.follows = True
        self.cursor = max(0, len(self.rows) - 1)
        self._sized()
        self.post_message(self.Moved())

    def action_sideways(self, by: int) -> None:
        """Scroll sideways."""
        if not self.wrap:
            self.scroll_to(x=self.scroll_offset.x + by * _SIDEWAYS, animate=False, force=True)

    def action_open(self) -> None:
        """Show the current line whole."""
        if self.rows:
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Go to a line; a second click shows it whole."""
        at, _ = self._at(self.scroll_offset.y + event.y)
        if at < len(self.rows):
            self.follows = False
            self.go(at)
            if event.chain == 2:
                self.action_open()

    def on_mouse_scroll_up(self) -> None:
        """Stay where one scrolls to."""
        self.follows = False
        self.post_message(self.Moved())
