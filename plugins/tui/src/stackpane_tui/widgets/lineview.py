"""Lines on the screen: drawn only where they are seen, with a cursor, folding, wrapping and search."""

from __future__ import annotations

import asyncio
import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from stackpane.text import safe
from stackpane_tui.widgets.lines import Lines, Span, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.events import Click

__all__ = ["LineView", "safe_spans"]

ROLES = (
    "key", "string", "number", "word", "muted", "heading", "link", "warning", "error", "good", "match", "current",
    "cursor",
)  # fmt: skip
"""The roles that spans play; ``cursor`` is the current line's, ``match`` and ``current`` are of a search."""


MOST_WRAPPED = 50_000
"""Lines that are wrapped at most."""
_AT_A_TIME = 1000
"""Lines that are searched between two looks at the keys."""


class _Nothing(Lines):
    def __len__(self) -> int:
        return 0


class LineView(ScrollView, can_focus=True):
    """Shows ``Lines``. With a ``cursor`` one line is the current one, which Enter and a click choose."""

    DEFAULT_CSS = """
    LineView { background: $surface; color: $foreground; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
        & > .lineview--key { color: $text-primary; }
        & > .lineview--string { color: $text-success; }
        & > .lineview--number { color: $text-accent; }
        & > .lineview--word { color: $text-warning; }
        & > .lineview--muted { color: $text-muted; }
        & > .lineview--heading { color: $text-secondary; text-style: bold; }
        & > .lineview--link { color: $text-primary; text-style: underline; }
        & > .lineview--warning { color: $text-warning; }
        & > .lineview--error { color: $text-error; }
        & > .lineview--good { color: $text-success; }
        & > .lineview--match { background: $warning-muted; color: $text-warning; }
        & > .lineview--current { background: $warning; color: $text; text-style: bold; }
        & > .lineview--cursor { background: $block-cursor-blurred-background; }
        &:focus > .lineview--cursor { background: $primary-muted; }
    }
    """
    ALLOW_SELECT = False  # the mouse chooses lines; terminals select text by themselves with Shift
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lineview--{role}" for role in ROLES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "up", "Up", show=False, id="lines.up"),
        Binding("down,j", "down", "Down", show=False, id="lines.down"),
        Binding("left,h", "left", "Left, fold", show=False, id="lines.left"),
        Binding("right,l", "right", "Right, unfold", show=False, id="lines.right"),
        Binding("home,g", "top", "Top", show=False, id="lines.top"),
        Binding("end,G", "bottom", "Bottom", show=False, id="lines.bottom"),
        Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="lines.page_up"),
        Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="lines.page_down"),
        Binding("space", "fold_or_page", "Fold", show=False, id="lines.fold"),
        Binding("minus", "fold_all", "Fold all", show=False, id="lines.fold_all"),
        Binding("plus,equals_sign", "unfold_all", "Unfold all", show=False, id="lines.unfold_all"),
        Binding("n", "next_match(1)", "Next match", show=False, id="lines.next_match"),
        Binding("N", "next_match(-1)", "Previous match", show=False, id="lines.previous_match"),
        Binding("enter", "choose", "Open", show=False, id="lines.choose"),
    ]

    row: reactive[int] = reactive(0)
    """The current line, counted among those that can be seen."""
    wrap: reactive[bool] = reactive(default=False)

    @dataclass
    class Chosen(Message):
        """The user has chosen a line."""

        view: LineView
        index: int

    @dataclass
    class Moved(Message):
        """Another line is the current one, or another match."""

        view: LineView

    @dataclass
    class Sought(Message):
        """A search has ended."""

        view: LineView
        found: bool

    def __init__(self, lines: Lines | None = None, *, cursor: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.lines: Lines = lines if lines is not None else _Nothing()
        self.cursor = cursor
        self.pattern: re.Pattern[str] | None = None
        self.match: int | None = None
        """The line of the match that one has gone to."""
        self._folded: set[int] = set()
        self._seen: list[int] | None = None
        self._starts: list[int] | None = None
        self._strips: LRUCache[tuple[int, int], list[Strip]] = LRUCache(512)

    # What is shown

    def show(self, lines: Lines) -> None:
        """Show other lines, from the top."""
        self.lines = lines
        self._folded, self.match = set(), None
        self.lay_out()
        self.row = 0
        self.scroll_to(0, 0, animate=False)

    def lay_out(self) -> None:
        """Take note of changed lines, folds or widths."""
        self._strips.clear()
        self._seen = self._unfolded() if self._folded else None
        width = max(1, self.scrollable_content_region.width)
        self._starts = self._wrapped(width) if self.wrap else None
        height = self._starts[-1] if self._starts else self.seen_count
        self.virtual_size = Size(0 if self.wrap else self.lines.width + 1, height)
        self.refresh()

    @property
    def seen_count(self) -> int:
        """Lines that are not folded away."""
        return len(self._seen) if self._seen is not None else len(self.lines)

    @property
    def index(self) -> int:
        """The current line, counted among all."""
        return self.index_of(self.row)

    def index_of(self, row: int) -> int:
        """Which of all lines the ``row``-th that can be seen is."""
        return self._seen[row] if self._seen is not None and row < len(self._seen) else row

    def _unfolded(self) -> list[int]:
        seen: list[int] = []
        index = 0
        while index < len(self.lines):
            seen.append(index)
            index = self.lines.fold(index) + 1 if index in self._folded else index + 1
        return seen

    def _wrapped(self, width: int) -> list[int]:
        """The screen row that each line begins at, and the one behind the last."""
        heights = (self._height(self.index_of(row), width) for row in range(self.seen_count))
        return [0, *accumulate(heights)]

    def _height(self, index: int, width: int) -> int:
        text = safe(plain(self._line(index)))
        if text.isascii():
            return max(1, -(-len(text) // width))
        return max(1, len(chop_cells(text, width)))

    def _line(self, index: int) -> Sequence[Span]:
        return self.lines.folded(index) if index in self._folded else self.lines.spans(index)

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        scroll_x, scroll_y = self.scroll_offset
        width = self.scrollable_content_region.width
        base = self.rich_style
        row, part = self._at(scroll_y + y)
        if not 0 <= row < self.seen_count:
            return Strip.blank(width, base)
        strip = self._parts(row, width if self.wrap else 0)[part]
        if self.cursor and row == self.row:
            base += self.get_component_rich_style("lineview--cursor")
            strip = Strip(
                [Segment(text, (style or base) + self.get_component_rich_style("lineview--cursor", partial=True))
                 for text, style, _control in strip]
            )  # fmt: skip
        return strip.crop_extend(scroll_x, scroll_x + width, base).apply_offsets(scroll_x, scroll_y + y)

    def _at(self, y: int) -> tuple[int, int]:
        if self._starts is None:
            return y, 0
        row = bisect_right(self._starts, y) - 1
        return row, y - self._starts[row] if row < self.seen_count else 0

    def _parts(self, row: int, width: int) -> list[Strip]:
        """The rows of the screen that a line takes; one where it is not wrapped (``width`` 0)."""
        index = self.index_of(row)
        parts = self._strips.get((index, width))
        if parts is None:
            spans = list(self._marked(safe_spans(self._line(index)), index))
            pieces = [spans] if not width else list(_chopped(spans, width))
            parts = [Strip(self._segments(piece)) for piece in pieces]
            self._strips[index, width] = parts
        return parts

    def _segments(self, spans: Sequence[Span]) -> list[Segment]:
        base = self.rich_style
        styles = {role: base + self.get_component_rich_style(f"lineview--{role}", partial=True) for role in ROLES}
        return [Segment(text, styles.get(role, base)) for text, role in spans if text]

    def _marked(self, spans: Sequence[Span], index: int) -> Iterator[Span]:
        """The spans, with what was searched for in a role of its own."""
        found = [match.span() for match in self.pattern.finditer(plain(spans))] if self.pattern else []
        role_of_match = "current" if index == self.match else "match"
        position = 0
        for text, role in spans:
            last = 0
            for start, end in found:
                low, high = max(start - position, last), min(end - position, len(text))
                if low < high:
                    yield text[last:low], role
                    yield text[low:high], role_of_match
                    last = high
            yield text[last:], role
            position += len(text)

    # Moving

    def watch_row(self) -> None:
        """Keep the current line in sight."""
        self._strips.discard((self.match, 0)) if self.match is not None else None
        self.scroll_into_sight(self.row)
        self.refresh()
        self.post_message(self.Moved(self))

    def validate_row(self, row: int) -> int:
        """A line that there is."""
        return max(0, min(row, self.seen_count - 1))

    def validate_wrap(self, wrap: bool) -> bool:
        """Whether there are few enough lines: each of them has to be looked at."""
        return wrap and len(self.lines) <= MOST_WRAPPED

    def watch_wrap(self) -> None:
        """Lay the lines out anew, at the same line."""
        row, _part = self._at(round(self.scroll_y))
        self.lay_out()
        self.scroll_to(0, self._starts[row] if self._starts else row, animate=False)

    def on_resize(self) -> None:
        """Wrap at the new width."""
        self.lay_out()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._strips.clear()

    def scroll_into_sight(self, row: int) -> None:
        """Scroll so that a line can be seen."""
        top = self._starts[row] if self._starts and row < len(self._starts) else row
        height = self.scrollable_content_region.height
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False)
        elif height and top >= self.scroll_offset.y + height:
            self.scroll_to(y=top - height + 1, animate=False)

    def _to_middle(self, row: int) -> None:
        """Scroll a line that cannot be seen to the middle, so that what surrounds it can be."""
        top = self._starts[row] if self._starts and row < len(self._starts) else row
        height = self.scrollable_content_region.height
        if not self.scroll_offset.y <= top < self.scroll_offset.y + height:
            self.scroll_to(y=top - height // 2, animate=False)

    def action_up(self) -> None:
        """Go, or scroll, one line up."""
        self._step(-1)

    def action_down(self) -> None:
        """Go, or scroll, one line down."""
        self._step(1)

    def action_page(self, direction: int) -> None:
        """Go a page on."""
        self._step(direction * max(1, self.scrollable_content_region.height - 1))

    def _step(self, rows: int) -> None:
        if self.cursor:
            self.row += rows
        else:
            self.scroll_to(y=self.scroll_offset.y + rows, animate=False)

    def action_top(self) -> None:
        """Go to the first line."""
        self.row = 0
        self.scroll_to(0, 0, animate=False)

    def action_bottom(self) -> None:
        """Go to the last line."""
        self.row = self.seen_count - 1
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def action_choose(self) -> None:
        """Open the current line, or what it folds."""
        if self.cursor and self.seen_count:
            self.post_message(self.Chosen(self, self.index))

    def on_click(self, event: Click) -> None:
        """Go to the line that was clicked; a second click chooses it."""
        row, _part = self._at(event.y + self.scroll_offset.y)
        if self.cursor and row < self.seen_count:
            chosen = row == self.row or event.chain > 1
            self.row = row
            if chosen:
                self.action_choose()

    # Folding

    def action_fold_or_page(self) -> None:
        """Fold what begins with the current line, or unfold it; elsewhere a page on, as in a pager."""
        if not self.cursor:
            self.action_page(1)
        elif self.index in self._folded:
            self._fold(unfold=True)
        else:
            self._fold()

    def action_left(self) -> None:
        """Fold, or scroll to the left."""
        if self.scroll_offset.x or not self.cursor:
            self.scroll_to(x=self.scroll_offset.x - 8, animate=False)
        elif self.lines.fold(self.index) > self.index and self.index not in self._folded:
            self._fold()
        else:
            self._to_parent()

    def action_right(self) -> None:
        """Unfold, or scroll to the right."""
        if self.cursor and self.index in self._folded:
            self._fold(unfold=True)
        else:
            self.scroll_to(x=self.scroll_offset.x + 8, animate=False)

    def _fold(self, *, unfold: bool = False) -> None:
        index = self.index
        if unfold:
            self._folded.discard(index)
        elif self.lines.fold(index) > index:
            self._folded.add(index)
        self.lay_out()

    def _to_parent(self) -> None:
        index = self.index
        for row in range(self.row - 1, -1, -1):
            parent = self.index_of(row)
            if self.lines.fold(parent) >= index:
                self.row = row
                return

    def action_fold_all(self) -> None:
        """Fold everything below the first level."""
        first = {0} if len(self.lines) and self.lines.fold(0) >= len(self.lines) - 1 else set()
        self._folded = {index for index in range(len(self.lines)) if self.lines.fold(index) > index} - first
        self._keep_row(self.index)

    def action_unfold_all(self) -> None:
        """Unfold everything."""
        index = self.index
        self._folded = set()
        self._keep_row(index)

    def _keep_row(self, index: int) -> None:
        self.lay_out()
        self.row = self._row_of(index)

    def _row_of(self, index: int) -> int:
        """Where a line is among those that can be seen, or the one that it is folded into."""
        return index if self._seen is None else max(0, bisect_right(self._seen, index) - 1)

    def reveal(self, index: int) -> None:
        """Unfold whatever hides a line, and go there."""
        hiding = {each for each in self._folded if each < index <= self.lines.fold(each)}
        if hiding:
            self._folded -= hiding
            self.lay_out()
        row = self._row_of(index)
        if self.cursor:
            self.row = row
        self.scroll_into_sight(row)

    # Searching

    def search(self, text: str) -> None:
        """Mark where ``text`` is, whatever its case, and go to the next such line; ``Sought`` tells whether it is."""
        self.pattern = re.compile(re.escape(safe(text)), re.IGNORECASE) if text else None
        self.match = None
        self._strips.clear()
        self.refresh()
        self._seek(1, 0)

    def action_next_match(self, direction: int) -> None:
        """Go to the next or previous line that has what was searched for."""
        self._seek(direction, 1)

    def _seek(self, direction: int, first: int) -> None:
        if self.pattern is not None:
            self.run_worker(self._sought(self.pattern, direction, first), group="search", exclusive=True)

    async def _sought(self, pattern: re.Pattern[str], direction: int, first: int) -> None:
        """Look at line after line from where one is, and at the keys in between."""
        count = len(self.lines)
        top = self.index_of(self._at(self.scroll_offset.y)[0])
        start = self.match if self.match is not None else self.index if self.cursor else top
        for step in range(first, count + 1 if count else 0):
            if not step % _AT_A_TIME:
                await asyncio.sleep(0)
            index = (start + direction * step) % count
            if pattern.search(safe(plain(self.lines.spans(index)))):
                self._go_to_match(index)
                self.post_message(self.Sought(self, found=True))
                return
        self.post_message(self.Sought(self, found=False))

    def _go_to_match(self, index: int) -> None:
        self.match = index
        self._strips.clear()
        self._to_middle(self._row_of(index))
        self.reveal(index)
        self.refresh()

    # Coming back

    def state(self) -> dict[str, Any]:
        """Where the user is in it."""
        return {"row": self.row, "scroll": tuple(self.scroll_offset), "folded": sorted(self._folded), "wrap": self.wrap}

    def restore(self, state: dict[str, Any]) -> None:
        """Go where ``state()`` says."""
        self._folded = {index for index in state.get("folded", ()) if index < len(self.lines)}
        self.set_reactive(LineView.wrap, self.validate_wrap(bool(state.get("wrap"))))
        self.lay_out()
        self.row = state.get("row", 0)
        x, y = state.get("scroll", (0, 0))
        self.call_after_refresh(self.scroll_to, x, y, animate=False)


def safe_spans(spans: Sequence[Span]) -> list[Span]:
    """The spans as they are drawn: control characters as symbols."""
    return [(safe(text), role) for text, role in spans]


def _chopped(spans: Sequence[Span], width: int) -> Iterator[list[Span]]:
    """The spans in pieces of at most ``width`` columns."""
    text = plain(spans)
    if cell_len(text) <= width:
        yield list(spans)
        return
    queue = list(spans)
    for piece in chop_cells(text, width):
        taken: list[Span] = []
        left = len(piece)
        while left and queue:
            first, role = queue.pop(0)
            taken.append((first[:left], role))
            if len(first) > left:
                queue.insert(0, (first[left:], role))
            left -= min(left, len(first))
        yield taken
