"""The pane of a stream: events as they come, newest at the bottom, with a pause, a search and the level's colours."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from stackpane import Link, Stream
from stackpane.text import human_count, human_duration, safe
from stackpane_tui.eventlines import EventLines
from stackpane_tui.following import AHEAD, Following
from stackpane_tui.order import in_slices
from stackpane_tui.panes.pane import Pane
from stackpane_tui.widgets.filterbar import FilterBar
from stackpane_tui.widgets.tail import Tail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

__all__ = ["StreamPane"]

_PACE = 0.05  # seconds between two looks at what came, while a lot comes
_AT_ONCE = 2500  # events that are taken over at a look: the keys come first
_LATE = 2.0  # seconds from which on it is worth a word how late events are known


class StreamPane(Pane[Stream]):
    """Shows a stream."""

    DEFAULT_CSS = """
    StreamPane { layout: vertical; height: 1fr; }
    StreamPane > #problem { height: auto; max-height: 3; padding: 0 1; color: $text-error; display: none; }
    StreamPane > #problem.said { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p,space", "pause", "Pause", id="stream.pause"),
        Binding("slash", "search", "Search", id="stream.search"),
        Binding("n", "match(1)", "Next match", show=False, id="stream.next"),
        Binding("N", "match(-1)", "Match before", show=False, id="stream.previous"),
        Binding("w", "wrap", "Wrap", id="stream.wrap"),
        Binding("z", "full", "All columns", show=False, id="stream.full"),
        Binding("d", "details", "Details", id="stream.details"),
        Binding("c", "copy", "Copy the line", show=False, id="stream.copy"),
        Binding("escape", "clear", "Clear the search", show=False, id="stream.clear"),
    ]

    class Came(Message):
        """Events wait to be taken, or there are no more."""

    def __init__(self, view: Stream, *, read_only: bool = False) -> None:
        super().__init__(view, read_only=read_only)
        self.lines = EventLines(view)
        self.tail = Tail(self.lines)
        self.bar = FilterBar("Search: n and N go on")
        self.following = Following(view, self._tell)
        self.paused = False
        self._taken: list[Any] = []
        self._looked_at = 0.0
        self._look_due = False
        self._found = ""

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the program has ended meanwhile, its loop with it
            self.post_message(self.Came())

    def compose(self) -> ComposeResult:
        """The lines, what failed, the search."""
        yield self.tail
        yield Static(id="problem")
        yield self.bar

    def on_mount(self) -> None:
        """Follow from now on."""
        self.following.start()

    def stop(self) -> None:
        """Close the stream."""
        self.following.stop()
        self.workers.cancel_node(self)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No key of the stream acts while text is edited; Escape only where there is a search to clear."""
        if self.bar.has_focus:
            return False
        return bool(self.tail.needle) if action == "clear" else True

    # What comes

    @on(Came)
    def _came(self, event: Came) -> None:
        event.stop()
        self._look_soon()

    def _look_soon(self) -> None:
        wait = self._looked_at + _PACE - time.monotonic()
        if wait <= 0 and not self._look_due:
            self._look()
        elif not self._look_due:
            self._look_due = True
            self.set_timer(max(wait, 0.001), self._look)

    def _look(self) -> None:
        """Show what has come, unless it is paused: then it waits, and so does the stream when that is enough."""
        self._look_due = False
        self._looked_at = time.monotonic()
        if not self.paused:
            self._taken += self.following.take()
            self.tail.add(self._taken[:_AT_ONCE])
            del self._taken[:_AT_ONCE]
            if self._taken:
                self._look_soon()
        if self.following.ended:
            self._say_problem()
        self.post_message(self.Changed())

    def _say_problem(self) -> None:
        """Say that no more comes; what went wrong is said by the browser, which can explain it."""
        error, problem = self.following.error, self.query_one("#problem", Static)
        if error is not None and not problem.has_class("said"):
            self.post_message(self.Failed(error))
            problem.update(Content("It ended with an error. r follows it again."))
            problem.add_class("said")

    @property
    def summary(self) -> str:
        """How many events, whether they are followed, what waits, how late they are known."""
        parts = [human_count(len(self.tail.rows) + self.tail.dropped, "event")]
        if self.tail.dropped:
            parts.append(f"the oldest {self.tail.dropped:,} dropped")
        waiting = self.following.waiting + len(self._taken)
        if self.paused:
            full = " and more" if self.following.waiting >= AHEAD else ""
            parts.append(f"paused, {waiting:,}{full} new")
        elif self.following.ended:
            parts.append("ended")
        else:
            parts.append("following" if self.tail.follows else "G goes to the newest")
        late = self.lines.lag(self.tail.rows[-1]) if self.tail.rows else None
        if late is not None and late >= _LATE:
            parts.append(f"{human_duration(late)} behind")
        if self._found:
            parts.append(self._found)
        return safe(", ".join(parts))

    # Keys

    def action_pause(self) -> None:
        """Let what comes wait, or show it and go on."""
        self.paused = not self.paused
        self._look()

    def action_wrap(self) -> None:
        """Wrap long lines, or scroll sideways."""
        self.tail.set_wrap(not self.tail.wrap)

    def action_full(self) -> None:
        """Show the columns that are left out for room, or not."""
        self.lines.full = not self.lines.full
        self.tail.lay_out()

    @on(Tail.Moved)
    def _moved(self, event: Tail.Moved) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(Tail.Opened)
    def _opened(self, event: Tail.Opened) -> None:
        event.stop()
        self.action_details()

    def action_details(self) -> None:
        """Show the current event with all it has; JSON unfolded."""
        row = self.tail.current
        if row is not None:
            self.post_message(self.Show(self.lines.view(row)))

    def action_copy(self) -> None:
        """Copy the current line."""
        row = self.tail.current
        if row is not None:
            self.app.copy_to_clipboard(self.lines.text(row))
            self.notify("Copied the line.", markup=False)

    # Searching

    def action_search(self) -> None:
        """Type what to look for."""
        self.bar.open()

    @on(FilterBar.Typed)
    def _typed(self, event: FilterBar.Typed) -> None:
        event.stop()
        self._search(event.text)

    @on(FilterBar.Left)
    def _left(self, event: FilterBar.Left) -> None:
        event.stop()
        if not event.kept:
            self._search("")
        self.tail.focus()

    def _search(self, text: str) -> None:
        self.tail.needle = text.lower()
        self._found = ""
        self.tail.repaint()
        if text:
            self._go_to_match(1, here=True)

    def action_clear(self) -> None:
        """Look for nothing any more."""
        self.bar.action_drop()

    def action_match(self, direction: int) -> None:
        """Go to the next line with what is searched for, or the one before."""
        if self.tail.needle:
            self._go_to_match(direction, here=False)

    def _go_to_match(self, direction: int, *, here: bool) -> None:
        work: Any = partial(self._to_match, direction, here)
        self.run_worker(work, group="search", exclusive=True)

    async def _to_match(self, direction: int, here: bool) -> None:
        """Go through all lines once, from the current one on and round the end."""
        tail, needle = self.tail, self.tail.needle
        start = tail.cursor + tail.dropped  # lines may be dropped meanwhile
        count = len(tail.rows)
        hits: list[int] = []

        def steps() -> Iterator[int]:
            for step in range(0 if here else 1, count + 1):
                at = (start - tail.dropped + direction * step) % count
                if at < len(tail.rows) and needle in self.lines.text(tail.rows[at]).lower():
                    hits.append(at + tail.dropped)
                    return
                if step % 64 == 0:
                    yield step

        await in_slices(steps() if count else (), lambda _done: None)
        self._found = f"search: {needle}" if hits else f"{needle} is not in what is kept"
        if hits:
            tail.follows = False
            tail.go(hits[0] - tail.dropped)
        self.post_message(self.Changed())

    # What the browser asks

    def links(self) -> Sequence[Link]:
        """The links of the stream."""
        return self.view.links

    def state(self) -> Mapping[str, Any]:
        """How lines are shown; the events themselves come anew."""
        return {"wrap": self.tail.wrap, "full": self.lines.full, "search": self.bar.value if self.tail.needle else ""}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show lines as they were shown."""
        self.lines.full = bool(state.get("full"))
        self.tail.set_wrap(bool(state.get("wrap")))
        self.bar.value = state.get("search", "")
        self.tail.needle = self.bar.value.lower()
