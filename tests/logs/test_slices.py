"""A range that is read in slices at once gives every event once, in order, and goes on at any of its positions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane import InvalidInput
from stackpane_logs.lean import Event
from stackpane_logs.reading import EventPage, Source
from stackpane_logs.slices import Position, read

END = 100_000


class Pages:
    """Stands for a reader: events by their time, so many a reply, and replies without any before them."""

    def __init__(self, times: list[int], size: int, empty: int) -> None:
        self.events = [Event(at, str(number), at, "a", str(number)) for number, at in enumerate(sorted(times))]
        self.size, self.empty = size, empty

    def pages(self, source: Source, token: str | None = None, size: int | None = None) -> Iterator[EventPage]:
        found = [event for event in self.events if source.start <= (event.timestamp or 0) < source.end]
        at = -self.empty if token is None else int(token)
        step = self.size if size is None else min(self.size, size)
        while True:
            following = at + step if at >= 0 else at + 1
            last = at >= 0 and following >= len(found)
            yield EventPage(found[at:following] if at >= 0 else [], None if last else str(following))
            if last:
                return
            at = following


stamps = st.lists(st.integers(0, END - 1) | st.integers(500, 505), max_size=60)


@given(stamps, st.integers(1, 7), st.integers(0, 2), st.none() | st.integers(1, 5))
def test_all_events_come_once_and_in_order(times: list[int], size: int, empty: int, wanted: int | None) -> None:
    pages: Any = Pages(times, size, empty)
    parts = list(read(pages, Source("g", 0, END), size=wanted))
    assert [event for part in parts for event in part.events] == pages.events
    assert parts[-1].next is None


@given(stamps, st.integers(1, 7), st.integers(0, 2), st.data())
def test_reading_goes_on_at_any_position(times: list[int], size: int, empty: int, data: st.DataObject) -> None:
    pages: Any = Pages(times, size, empty)
    parts = list(read(pages, Source("g", 0, END)))
    stop = data.draw(st.integers(0, len(parts) - 1))
    had = [event for part in parts[: stop + 1] for event in part.events]
    following = parts[stop].next
    position = None if following is None else Position.of(following.cursor)
    rest = list(read(pages, Source("g", 0, END), position)) if position else []
    assert had + [event for part in rest for event in part.events] == pages.events


@pytest.mark.parametrize("cursor", ["", "[]", "[1,2]", '["a",2,null,3]', "[1,2,3,4]", "null"])
def test_a_cursor_of_elsewhere_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput, match="--cursor"):
        Position.of(cursor)
