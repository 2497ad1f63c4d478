"""The pane of a stream: following, pausing, searching, wrapping, and closing it."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackpane import Column, Link, StackpaneError, Stream
from stackpane.text import safe
from stackpane_tui.eventlines import EventLines, level_in
from stackpane_tui.following import AHEAD, Following
from stackpane_tui.panes.stream import StreamPane
from stackpane_tui.values import width_of
from stackpane_tui.widgets.tail import KEPT
from tests.tui.host import Host, screen, until
from tests.tui.test_grid import HOSTILE, UNSAFE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.pilot import Pilot

COLUMNS = (Column("timestamp", "time"), Column("stream", wide=True), Column("message"))
END = object()


class Source:
    """Events that a test puts in, one by one; ``closed`` once its iterator is."""

    def __init__(self) -> None:
        self.waiting: queue.Queue[Any] = queue.Queue()
        self.closed = threading.Event()
        self.given = 0

    def put(self, *messages: str) -> None:
        for message in messages:
            self.waiting.put(("2026-11-29T22:00:00.000Z", "host-1", message))

    def end(self, error: Exception | None = None) -> None:
        self.waiting.put(error or END)

    def __call__(self) -> Iterator[Any]:
        try:
            while (event := self.waiting.get()) is not END:
                if isinstance(event, Exception):
                    raise event
                self.given += 1
                yield event
        finally:
            self.closed.set()


@asynccontextmanager
async def shown(
    source: Callable[[], Iterator[Any]], columns: tuple[Column, ...] = COLUMNS, size: tuple[int, int] = (60, 12)
) -> AsyncIterator[tuple[Pilot[Any], StreamPane, Host]]:
    pane = StreamPane(Stream(columns, source, title="tail", links=(Link.to("toy ls", label="List"),)))
    app = Host(pane)
    async with app.run_test(size=size) as pilot:
        pane.tail.focus()
        await pilot.pause()
        yield pilot, pane, app
        pane.stop()
        if isinstance(source, Source):
            source.end()
            assert source.closed.wait(10)


async def test_the_newest_event_is_followed_until_one_moves_and_again_with_the_end_key() -> None:
    source = Source()
    async with shown(source) as (pilot, pane, app):
        source.put(*(f"line {number}" for number in range(50)))
        await until(pilot, lambda: len(pane.tail.rows) == 50)
        await until(pilot, lambda: "line 49" in screen(app))
        assert pane.summary == "50 events, following"
        await pilot.press("k", "k")
        source.put("line 50")
        await until(pilot, lambda: len(pane.tail.rows) == 51)
        assert "line 50" not in screen(app)
        assert pane.summary == "51 events, G goes to the newest"
        await pilot.press("G")
        await until(pilot, lambda: "line 50" in screen(app))
        await pilot.press("g")
        await until(pilot, lambda: "line 0" in screen(app))
        assert [link.label for link in pane.links()] == ["List"]


async def test_a_pause_loses_nothing_and_counts_what_waits() -> None:
    source = Source()
    async with shown(source) as (pilot, pane, app):
        source.put("before")
        await until(pilot, lambda: len(pane.tail.rows) == 1)
        await pilot.press("p")
        source.put("during-1", "during-2")
        await until(pilot, lambda: "paused, 2 new" in pane.summary)
        assert "during" not in screen(app)
        await pilot.press("space")
        await until(pilot, lambda: "during-2" in screen(app))
        assert [row[2] for row in pane.tail.rows] == ["before", "during-1", "during-2"]


def test_a_reader_waits_where_too_much_has_not_been_taken_and_a_stop_ends_it() -> None:
    source = Source()
    told = threading.Semaphore(0)
    following = Following(Stream(COLUMNS, source), told.release)
    source.put(*map(str, range(AHEAD + 100)))
    following.start()
    assert told.acquire(timeout=20)
    while source.given <= AHEAD:
        assert threading.Event().wait(0.001) is False
    assert following.waiting == AHEAD
    first = following.take()
    assert told.acquire(timeout=20)
    source.put("last")
    while source.given < AHEAD + 101:
        assert threading.Event().wait(0.001) is False
    rest = following.take()
    assert [row[2] for row in (*first, *rest)][: AHEAD + 100] == list(map(str, range(AHEAD + 100)))
    following.stop()
    source.put("unwanted")
    assert source.closed.wait(20)


async def test_an_error_is_said_and_what_came_stays() -> None:
    source = Source()
    async with shown(source) as (pilot, pane, app):
        source.put("last words")
        source.end(StackpaneError("the log group is gone"))
        await until(pilot, lambda: "It ended with an error." in screen(app))
        assert "last words" in screen(app)
        assert [str(each.error) for each in app.asked] == ["the log group is gone"]
        assert pane.summary == "1 event, ended"


async def test_a_search_goes_to_the_next_match_and_round_the_end() -> None:
    source = Source()
    async with shown(source) as (pilot, pane, app):
        source.put(*(f"line {number} {'Needle' if number % 20 == 5 else ''}" for number in range(60)))
        await until(pilot, lambda: len(pane.tail.rows) == 60)
        await pilot.press("slash", *"needle", "enter")
        await until(pilot, lambda: pane.tail.cursor == 5)
        found = []
        for _ in range(3):
            before = pane.tail.cursor
            await pilot.press("n")
            await until(pilot, lambda before=before: pane.tail.cursor != before)  # type: ignore[misc]
            found.append(pane.tail.cursor)
        assert found == [25, 45, 5]
        await pilot.press("N")
        await until(pilot, lambda: pane.tail.cursor == 45)
        assert app.focused is pane.tail
        await pilot.press("slash", *"x", "enter")
        await until(pilot, lambda: "needlex is not in what is kept" in pane.summary)
        await pilot.press("escape")
        await until(pilot, lambda: "needle" not in pane.summary)


async def test_lines_wrap_break_where_the_message_does_and_columns_can_be_shown() -> None:
    source = Source()
    async with shown(source) as (pilot, pane, app):
        source.put("x" * 100 + "end", "Traceback\n  here\n  there\n")
        await until(pilot, lambda: len(pane.tail.rows) == 2)
        assert "end" not in screen(app)
        assert "Traceback␊  here␊  there" in screen(app)
        await pilot.press("w")
        await pilot.pause()
        lines = [line.rstrip() for line in screen(app).splitlines()]
        assert lines[0].endswith("x")
        assert "end" in lines[2]
        assert [lines[3][-9:], *lines[4:6]] == ["Traceback", "  here", "  there"]
        await pilot.press("z")
        await pilot.pause()
        assert "host-1" in screen(app)


async def test_json_unfolds_and_a_line_is_copied() -> None:
    source = Source()
    async with shown(source) as (pilot, pane, app):
        source.put('{"level": "ERROR", "deep": {"a": [1.50]}}\n')
        await until(pilot, lambda: len(pane.tail.rows) == 1)
        await pilot.press("enter", "c")
        document = app.asked[0].view
        assert document.media_type == "application/json"
        assert json.loads(document.body) == {
            "timestamp": "2026-11-29T22:00:00+00:00",
            "stream": "host-1",
            "message": {"level": "ERROR", "deep": {"a": [1.5]}},
        }
        assert b"1.50" in document.body
        assert app.copied == ['2026-11-29 22:00:00Z {"level": "ERROR", "deep": {"a": [1.50]}}']


async def test_old_lines_are_dropped_and_said_and_the_current_one_stays_where_it_is() -> None:
    source = Source()
    async with shown(source, size=(60, 10)) as (pilot, pane, app):
        pane.tail.add([("2026-11-29T22:00:00.000Z", "h", f"line {number}") for number in range(KEPT)])
        await pilot.pause()
        await pilot.press("k", "k")
        here = pane.tail.current
        pane.tail.add([("2026-11-29T22:00:00.000Z", "h", f"more {number}") for number in range(6000)])
        await pilot.pause()
        assert pane.tail.current == here
        assert f"line {KEPT - 3}" in screen(app)
        assert pane.summary.startswith("106,000 events, the oldest 6,000 dropped")
        assert len(pane.tail.rows) == KEPT


async def test_levels_have_colours_wherever_they_are_found() -> None:
    columns = (Column("timestamp", "time"), Column("Lag", "duration"), Column("Level", "state"), Column("message"))
    source = Source()
    async with shown(source, columns) as (pilot, pane, app):
        source.waiting.put(("2026-11-29T22:00:00.000Z", 12.0, "ERROR", "bad"))
        source.waiting.put(("2026-11-29T22:00:01.000Z", 12.0, None, "[WARN] less bad"))
        source.waiting.put(("2026-11-29T22:00:02.000Z", 12.0, None, "well"))
        await until(pilot, lambda: len(pane.tail.rows) == 3)
        await pilot.pause()
        colors = [pane.tail.render_line(y)._segments[0].style.color for y in range(3)]  # type: ignore[union-attr]
        assert len(set(colors)) == 3
        assert pane.summary.endswith("12s behind")
        assert "12s" not in screen(app)


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("2026 ERROR x", "bad"), ('{"level":"warn"}', "moving"), ("[debug]", "faint"), ("INFO:", "plain"),
        ("terrors", ""), ("", ""), ("x" * 300 + " ERROR", ""),
    ],
)  # fmt: skip
def test_a_level_is_a_word_near_the_beginning(text: str, role: str) -> None:
    assert level_in(text) == role


@given(st.lists(st.text(max_size=60), min_size=1, max_size=20), st.integers(30, 60))
def test_lines_are_as_tall_as_they_are_reckoned_and_as_wide_as_there_is_room(texts: list[str], width: int) -> None:
    lines = EventLines(Stream(COLUMNS, lambda: iter(())))
    rows = [("2026-11-29T22:00:00.000Z", "h", text) for text in texts]
    heights = lines.heights(rows, lines.lengths(rows), width)
    wrapped = [lines.wrapped(row, width) for row in rows]
    assert heights == [len(pieces) for pieces in wrapped]
    assert all(width_of(piece) <= width for pieces in wrapped for piece in pieces)


@settings(max_examples=10)
@given(st.lists(st.text(max_size=25), min_size=1, max_size=5), st.booleans())
async def test_no_control_character_of_an_event_is_drawn(texts: list[str], wrap: bool) -> None:
    pane = StreamPane(Stream(COLUMNS, lambda: iter(()), title=HOSTILE))
    app = Host(pane)
    async with app.run_test(size=(200, 12)) as pilot:
        pane.tail.set_wrap(wrap)
        pane.tail.add([(HOSTILE, HOSTILE, text) for text in (*texts, HOSTILE)])
        await pilot.pause()
        shown_text = screen(app)
        pane.stop()
    assert not (UNSAFE - {"\n"}) & set(shown_text)
    if not wrap:
        assert all(safe(text.rstrip("\r\n")).rstrip() in shown_text for text in texts)
