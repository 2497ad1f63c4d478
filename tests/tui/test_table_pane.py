"""The pane of a table: loading, filtering, sorting, marking, exporting, watching, and coming back."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane import Column, Link, Page, PageRequest, Record, StackpaneError, Table
from stackpane.app import App as Core
from stackpane.app import Silent
from stackpane.text import safe
from stackpane_tui.exporting import exporting
from stackpane_tui.order import Filter, key_of, ordered
from stackpane_tui.panes.pane import Pane
from stackpane_tui.panes.table import TablePane
from stackpane_tui.rows import BLOCK, Rows
from stackpane_tui.values import Shape, width_of
from stackpane_tui.watching import compare
from tests.harness.hostile import KEYS, storable
from tests.tui.host import Host, screen, until
from tests.tui.test_grid import UNSAFE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.harness.emulators import Emulator

COLUMNS = (Column("Key"), Column("Size", "size"), Column("Role", "arn"))
ROLE = "arn:aws:iam::123456789012:role/reader"


class Pages:
    """A listing of ``rows`` in pages of ``size``; it notes what is asked for, and fails once where it is told to."""

    def __init__(self, rows: Iterable[Any], size: int = 10) -> None:
        self.rows, self.size = list(rows), size
        self.requests: list[PageRequest] = []
        self.fetched = 0
        self.fail_at: int | None = None
        self.hold: threading.Event | None = None
        self.closed = 0

    def __call__(self, request: PageRequest) -> Iterator[Page]:
        self.requests.append(request)
        at = int(request.cursor or 0)
        try:
            while True:
                if self.fail_at == at:
                    self.fail_at = None
                    raise StackpaneError("the endpoint is down", "Try later.")
                if self.hold is not None and at:
                    self.hold.wait(20)
                self.fetched += 1
                part, at = self.rows[at : at + self.size], at + self.size
                more = at < len(self.rows)
                yield Page(part, str(at) if more else None)
                if not more:
                    return
        finally:
            self.closed += 1


def row(number: int) -> tuple[str, int, str | None]:
    return f"key-{number:03}", (number * 37) % 100, ROLE if number % 2 else None


def table_of(pages: Callable[[PageRequest], Iterator[Page]], **more: Any) -> Table:
    defaults: dict[str, Any] = {
        "title": "Keys",
        "link": lambda each: Link.to("toy show", each[0]),
        "actions": lambda each: [
            Link.to("toy rm", each[0], label="Delete"),
            *([Link.to("toy role", each[0], label="Role")] if each[2] else []),
        ],
        "links": (Link.to("toy up", label="Up"),),
    }
    return Table(COLUMNS, pages, **{**defaults, **more})


@asynccontextmanager
async def shown(table: Table, size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[Pilot[Any], TablePane, Host]]:
    pane = TablePane(table)
    pane.rest_delay = 0
    app = Host(pane)
    async with app.run_test(size=size) as pilot:
        pane.grid.focus()
        await until(pilot, lambda: len(pane.shown) > 0 or pane.loader.error is not None)
        yield pilot, pane, app
        pane.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("stackpane-tui rows x")]


async def test_the_first_page_is_shown_before_the_next_is_asked_for_and_scrolling_asks_for_it() -> None:
    pages = Pages(map(row, range(500)), 100)
    async with shown(table_of(pages)) as (pilot, pane, app):
        assert pages.fetched == 1
        assert pane.summary == "100 rows, more follow"
        assert "key-000" in screen(app)
        await pilot.press(*["pagedown"] * 4)
        await until(pilot, lambda: pages.fetched == 2)
        assert pages.requests == [PageRequest(None, 500)]
        assert pages.closed == 0
    assert pages.fetched == 2


async def test_the_end_loads_all_there_is_and_escape_stops_that() -> None:
    pages = Pages(map(row, range(500)), 50)
    pages.hold = threading.Event()
    async with shown(table_of(pages)) as (pilot, pane, app):
        await pilot.press("G")
        assert "loading …, Esc stops" in pane.summary
        await pilot.press("escape")
        assert pane.summary == "50 rows, more follow"
        pages.hold.set()
        pages.hold = None
        await pilot.press("G")
        await until(pilot, lambda: pane.loader.ended)
        await until(pilot, lambda: pane.grid.cursor == 499)
        assert pane.summary == "500 rows"
        assert "key-499" in screen(app)
        assert [each[0] for each in pane.loader.rows] == [row(number)[0] for number in range(500)]
        assert pages.requests[-1] == PageRequest("50", None)


async def test_an_error_half_way_keeps_the_rows_and_r_goes_on_behind_them() -> None:
    pages = Pages(map(row, range(30)), 10)
    pages.fail_at = 10
    async with shown(table_of(pages)) as (pilot, pane, app):
        await until(pilot, lambda: pane.loader.error is not None)
        await until(pilot, lambda: "Stopped after 10 rows. r goes on there." in screen(app))
        assert [str(each.error) for each in app.asked] == ["the endpoint is down"]
        await pilot.press("r")
        await until(pilot, lambda: pane.loader.ended)
        await until(pilot, lambda: len(pane.shown) == 30)
        assert "Stopped" not in screen(app)
        assert pages.requests == [PageRequest(None, 500), PageRequest("10", 500)]


async def test_a_pane_that_is_left_closes_its_pages_and_drops_what_comes_later() -> None:
    pages = Pages(map(row, range(100)), 10)
    pages.hold = threading.Event()
    async with shown(table_of(pages)) as (pilot, pane, _app):
        await until(pilot, lambda: len(pages.requests) == 1)
        pane.stop()
        pages.hold.set()
        await until(pilot, lambda: pages.closed == 1)
        assert len(pane.loader.rows) == 10


async def test_a_filter_keeps_what_has_the_text_says_so_and_goes_away_on_escape() -> None:
    async with shown(table_of(Pages(map(row, range(120)), 60))) as (pilot, pane, app):
        await pilot.press("j", "j", "slash", *"key-01", "enter")
        await until(pilot, lambda: len(pane.shown) == 10)
        assert pane.summary == "filter: key-01 (10 of 60 loaded), more follow"
        assert "key-020" not in screen(app)
        assert app.focused is pane.grid
        await pilot.press("slash", *["backspace"] * 6, *"/9$/")
        await until(pilot, lambda: pane.wanted is not None and pane.wanted.text == "/9$/")
        await until(pilot, lambda: "key-009" in screen(app))
        await pilot.press("escape")
        await until(pilot, lambda: pane.wanted is None and len(pane.shown) >= 60)
        assert pane.summary.startswith("60 rows")


async def test_keys_of_the_table_do_nothing_while_a_filter_is_typed() -> None:
    async with shown(table_of(Pages(map(row, range(20)), 60))) as (pilot, pane, _app):
        await pilot.press("slash", "s", "w", "e", "space", "minus", "G", "j")
        assert pane.bar.value == "swe -Gj"
        assert pane.sorted_by is None
        assert not pane.watcher.every
        assert not pane.shown.marks


async def test_what_is_no_regular_expression_is_said_to_be_none_and_changes_nothing() -> None:
    async with shown(table_of(Pages(map(row, range(20)), 60))) as (pilot, pane, _app):
        await pilot.press("slash", *"/key-00(/")
        await until(pilot, lambda: "no regular expression" in pane.summary)
        await pilot.press(*["left", "backspace"])
        await until(pilot, lambda: len(pane.shown) == 10 and "expression" not in pane.summary)


async def test_sorting_turns_round_ends_and_keeps_the_cursor_on_its_row() -> None:
    async with shown(table_of(Pages(map(row, range(50)), 60))) as (pilot, pane, app):
        await pilot.press("j", "j", "j", "l", "s")
        await until(pilot, lambda: pane.shown.order is not None)
        sizes = [pane.shown.values(line, (1,))[0] for line in range(50)]
        assert sizes == sorted(sizes)
        assert "Size ↑" in screen(app)
        assert pane.shown.row(pane.grid.cursor) == row(3)
        await pilot.press("s")
        await until(pilot, lambda: pane.shown.values(0, (1,))[0] == max(sizes))
        assert pane.shown.row(pane.grid.cursor) == row(3)
        await pilot.press("s")
        await until(pilot, lambda: pane.shown.order is None)
        assert pane.grid.cursor == 3


async def test_sorting_says_that_only_loaded_rows_are_sorted() -> None:
    async with shown(table_of(Pages(map(row, range(120)), 60))) as (pilot, pane, _app):
        await pilot.press("s")
        await until(pilot, lambda: pane.shown.order is not None)
        assert pane.summary == "60 rows, sorted by Key, of the loaded rows only, more follow"


async def test_rows_without_a_value_come_last_in_both_directions() -> None:
    async with shown(table_of(Pages(map(row, range(6)), 60))) as (pilot, pane, _app):
        await pilot.press("l", "l", "s")
        await until(pilot, lambda: pane.shown.order is not None)
        assert list(pane.shown.order or ()) == [1, 3, 5, 0, 2, 4]
        await pilot.press("s")
        await until(pilot, lambda: pane.sorted_by is not None and pane.sorted_by[1] and not pane.progress)
        assert list(pane.shown.order or ()) == [1, 3, 5, 0, 2, 4]


async def test_marks_survive_a_filter_and_a_sort_and_offer_what_all_marked_rows_offer() -> None:
    async with shown(table_of(Pages(map(row, range(20)), 60))) as (pilot, pane, _app):
        await pilot.press("space", "space")
        assert pane.grid.cursor == 2
        marked = pane.marked_links()
        assert {label: [link.argv[-1] for link in links] for label, links in marked.items()} == {
            "Delete": ["key-000", "key-001"]
        }
        await pilot.press("slash", *"key-001", "enter")
        await until(pilot, lambda: len(pane.shown) == 1)
        await pilot.press("space", "escape")
        await until(pilot, lambda: len(pane.shown) == 20)
        assert list(pane.marked_links()) == ["Delete"]
        assert pane.summary == "20 rows, 1 marked"
        await pilot.press("ctrl+a")
        assert len(pane.shown.marks) == 20
        await pilot.press("ctrl+a")
        assert pane.marked_links() == {}


async def test_enter_follows_the_row_and_the_menu_offers_it_its_actions_its_arns_and_the_tables_links() -> None:
    async with shown(table_of(Pages(map(row, range(20)), 60))) as (pilot, pane, app):
        await pilot.press("j", "enter")
        assert [each.link for each in app.asked] == [Link.to("toy show", "key-001")]
        assert [link.label for link in pane.links()] == ["", "Delete", "Role", "Open Role", "Up"]
        assert pane.links()[3].argv == ("open", ROLE)
        assert pane.arn == ROLE
        await pilot.press("d")
        assert app.asked[-1].link == Link.to("toy show", "key-001")


async def test_a_row_that_leads_nowhere_is_shown_whole() -> None:
    async with shown(table_of(Pages(map(row, range(3))), link=None, actions=None)) as (pilot, _pane, app):
        await pilot.press("enter")
        view = app.asked[-1].view
        assert isinstance(view, Record)
        assert [(field.name, field.value) for field in view.sections[0].fields] == [
            ("Key", "key-000"), ("Size", 0), ("Role", None),
        ]  # fmt: skip


async def test_columns_are_hidden_moved_widened_and_shown_again() -> None:
    async with shown(table_of(Pages(map(row, range(3))))) as (pilot, pane, app):
        await pilot.press("minus")
        assert screen(app).splitlines()[0].split() == ["Size", "Role"]
        assert pane.summary == "3 rows, 1 column hidden"
        await pilot.press("plus", "L")
        assert [each.column.name for each in pane.columns.shown] == ["Key", "Role", "Size"]
        before = pane.grid.width_now(pane.columns.all[0])
        await pilot.press("h", "h", "greater_than_sign")
        assert pane.grid.width_now(pane.columns.all[0]) == before + 4
        await pilot.press("minus", "minus", "minus", "minus")
        assert len(pane.columns.shown) == 1


async def test_a_long_name_is_cut_to_fit_until_it_is_wanted_whole() -> None:
    name = "n" * 150 + "end"
    async with shown(table_of(Pages([(name, 1, None)]))) as (pilot, pane, app):
        assert "…" in screen(app)
        await pilot.press("z")
        assert pane.grid.width_now(pane.columns.all[0]) == 153


async def test_rows_with_names_of_their_own_get_columns_as_they_come() -> None:
    rows: list[Mapping[str, Any]] = [{"pk": "a", "n": Decimal(1)}, {"pk": "b", "later": None}]

    def sample(found: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
        names = ["pk", *(name for each in found for name in each if name != "pk")]
        return tuple(Column(name) for name in dict.fromkeys(names))

    table = Table((), Pages(rows, 1), title="Items", sample=sample)
    async with shown(table) as (pilot, pane, app):
        await until(pilot, lambda: pane.loader.ended)
        await until(pilot, lambda: len(pane.shown) == 2)
        lines = [line.split() for line in screen(app).splitlines()[:3]]
        assert lines == [["pk", "n", "later"], ["a", "1", "-"], ["b", "-", "null"]]
        await pilot.press("d")
        view = app.asked[-1].view
        assert [field.name for field in view.sections[0].fields] == ["pk", "n"]


async def run_job(app: Host) -> Any:
    job = next(each.job for each in app.asked if isinstance(each, Pane.Start))
    app.asked.clear()
    run = job.run()
    while True:
        try:
            next(run)
        except StopIteration as ended:
            return ended.value


async def test_an_export_has_what_is_shown_and_asks_before_it_replaces_a_file(tmp_path: Path) -> None:
    pages = Pages([("=cmd", 5, None), ("b\x1b", 7, ROLE), ("a", 6, ROLE)], 2)
    async with shown(table_of(pages), size=(110, 30)) as (pilot, pane, app):
        await until(pilot, lambda: len(pane.shown) == 3)
        await pilot.press("s", "l", "l", "minus")
        await until(pilot, lambda: pane.shown.order is not None)
        target = tmp_path / "out.csv"
        await pilot.press("e")
        app.screen.query_one("Input").value = str(target)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.asked))
        outcome = await run_job(app)
        assert outcome.done == 3
        assert "a ' stands before 1 text" in outcome.message
        assert target.read_bytes() == b"Key,Size\r\n'=cmd,5\r\na,6\r\nb\x1b,7\r\n"
        target.write_text("mine")
        await pilot.press("e")
        app.screen.query_one("Input").value = str(target)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: "is there already" in screen(app).replace("\n", ""))
        assert not app.asked
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.asked))
        await run_job(app)
        assert target.read_text().startswith("Key,Size")
        assert list(tmp_path.iterdir()) == [target]


async def test_an_export_loads_the_rest_first_where_that_is_wanted(tmp_path: Path) -> None:
    async with shown(table_of(Pages(map(row, range(200)), 50)), size=(110, 30)) as (pilot, _pane, app):
        await pilot.press("e")
        target = tmp_path / "all.jsonl"
        app.screen.query_one("Input").value = str(target)  # type: ignore[attr-defined]
        app.screen.query_one("#rest").value = True  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.asked))
        assert (await run_job(app)).done == 200
        found = [json.loads(line) for line in target.read_text().splitlines()]
        assert found[7] == {"Key": "key-007", "Size": 59, "Role": ROLE}
        assert len(found) == 200


async def test_a_watch_marks_what_came_went_and_changed_and_the_cursor_stays_on_its_row() -> None:
    pages = Pages(map(row, range(6)), 60)
    async with shown(table_of(pages)) as (pilot, pane, _app):
        await until(pilot, lambda: pane.loader.ended)
        await pilot.press("j", "j", "space")
        pages.rows = [("key-new", 1, None), *map(row, (0, 2, 3, 5)), ("key-005", 5, None)]
        pages.rows[1] = ("key-000", 99, None)
        await pilot.press("w")
        await until(pilot, lambda: bool(pane.shown.changes))
        assert "refreshed every 2 s" in pane.summary
        looks = {pane.shown.row(line)[0]: pane.shown.look(line).change for line in range(len(pane.shown))}  # type: ignore[index]
        assert looks == {
            "key-new": "+", "key-000": "~", "key-001": "-", "key-002": "", "key-003": "", "key-004": "-", "key-005": "",
        } | {"key-005": looks["key-005"]}  # fmt: skip
        assert pane.shown.row(pane.grid.cursor) == row(3)
        assert [pane.loader.rows[number][0] for number in pane.shown.marks] == ["key-002"]
        await pilot.press("w", "w", "w")
        assert pane.watcher.every == 30
        await pilot.press("w")
        assert pane.watcher.every == 0
        assert not pane.shown.changes


async def test_a_refresh_that_hangs_is_not_started_twice_and_ends_with_the_pane() -> None:
    pages = Pages(map(row, range(20)), 10)
    async with shown(table_of(pages)) as (pilot, pane, _app):
        await until(pilot, lambda: pane.loader.ended)
        pages.hold = threading.Event()
        pane.watcher.every = 5
        pane.watcher.refresh()
        await until(pilot, lambda: len(pages.requests) == 2)
        pane.watcher.refresh()
        await pilot.pause()
        assert len(pages.requests) == 2
        pane.stop()
        pages.hold.set()
        await until(pilot, lambda: pages.closed == 2)
        assert pane.watcher._loader is None


async def test_coming_back_restores_row_filter_order_columns_and_marks() -> None:
    rows = list(map(row, range(100)))
    async with shown(table_of(Pages(rows, 50))) as (pilot, pane, _):
        await pilot.press("G")
        await until(pilot, lambda: pane.loader.ended and len(pane.shown) == 100)
        await pilot.press("g", "space", "l", "s", "l", "minus", "slash", *"key-0", "enter")
        await until(pilot, lambda: pane.shown.order is not None and not pane.progress)
        await pilot.press(*"jjjjj")
        here = pane.shown.row(pane.grid.cursor)
        state = pane.state()
    pages = Pages(rows, 50)
    async with shown(table_of(pages)) as (pilot, pane, _app):
        pane.restore(state)
        await until(pilot, lambda: pane.shown.order is not None and pane.shown.row(pane.grid.cursor) == here)
        assert pane.bar.value == "key-0"
        assert [each.column.name for each in pane.columns.shown] == ["Key", "Size"]
        assert len(pane.shown.marks) == 1
        assert len(pane.loader.rows) == 100


async def test_the_pane_tells_where_the_cursor_rests() -> None:
    rested: list[Any] = []

    class App(Host):
        def on_loaded_table_rested(self, event: TablePane.Rested) -> None:
            rested.append(event.link)

    pane = TablePane(table_of(Pages(map(row, range(5)))))
    pane.rest_delay = 0
    app = App(pane)
    async with app.run_test() as pilot:
        pane.grid.focus()
        await until(pilot, lambda: bool(rested))
        await pilot.press("j")
        await until(pilot, lambda: rested[-1] == Link.to("toy show", "key-001"))
        assert rested[0] == Link.to("toy show", "key-000")
        pane.stop()


@given(st.lists(st.sampled_from("abcdefg")), st.lists(st.sampled_from("abcdefg")), st.booleans(), st.booleans())
def test_a_comparison_keeps_every_row_of_now_in_order_and_knows_where_each_of_before_went(
    before: list[str], now: list[str], more_before: bool, more_now: bool
) -> None:
    found = compare(before, now, lambda each: each, lambda each: (each,), more_before=more_before, more_now=more_now)
    assert [each for at, each in enumerate(found.rows) if found.changes.get(at, "")[:1] != ("-",)] == now
    assert all(found.rows[to] == before[number] for number, to in found.moved.items())
    if not more_now:
        assert len(found.moved) == len(before)
    if before == now:
        assert not found.changes


def test_what_lies_behind_the_last_common_row_is_unknown_where_more_follows() -> None:
    def changes(**more: bool) -> list[str]:
        found = compare("abc", "xab", str, lambda each: (each,), **more)
        return [found.changes.get(at, (" ",))[0] + each for at, each in enumerate(found.rows)]

    assert changes(more_before=True, more_now=True) == ["+x", " a", " b"]
    assert changes() == ["+x", " a", " b", "-c"]


@given(st.lists(st.text(max_size=8), min_size=1, max_size=30), st.text(min_size=1, max_size=3))
def test_a_filter_finds_just_the_rows_whose_shown_text_has_it(texts: list[str], wanted: str) -> None:
    shape = Shape(Table((Column("Text"),), lambda _request: iter(())))
    shown_text = safe(wanted)
    found = list(Filter(shown_text).find([(text,) for text in texts], shape, (0,)))
    if not (shown_text.startswith("/") and shown_text.endswith("/")):
        folds = shown_text == shown_text.lower()
        assert found == [
            at for at, text in enumerate(texts) if shown_text in (safe(text).lower() if folds else safe(text))
        ]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("number", [Decimal("-3"), 0.5, 2, 10**30]),
        ("time", ["2026-01-01T00:00:00.000Z", datetime(2026, 1, 2, tzinfo=UTC), "2026-02-01T00:00:00.000Z"]),
        ("text", ["Apple", "banana", "Cherry"]),
        ("json", [5, "text", {"a": 1}]),
    ],
)
def test_values_sort_by_what_they_mean(kind: Any, values: list[Any]) -> None:
    column = Column("Any", kind)
    assert sorted(values, key=lambda value: key_of(value, column)) == values


async def test_many_rows_sort_in_runs_that_are_merged() -> None:
    rows: Rows[Any] = Rows(fresh=BLOCK)
    rows.extend([((number * 7919) % 50021, None) for number in range(40_000)])
    rows.pack()
    shape = Shape(Table((Column("N", "number"), Column("None")), lambda _request: iter(())))
    told: list[int] = []
    found = await ordered(rows, shape, range(40_000), 0, down=True, told=told.append)
    values = [value for value, _ in rows.picked(found)]
    assert values == sorted(values, reverse=True)
    assert sorted(found) == list(range(40_000))


async def test_a_bucket_of_hostile_keys_is_listed_page_by_page_and_drawn_safely(moto: Emulator) -> None:
    moto.reset()
    client = moto.client("s3")
    client.create_bucket(Bucket="hostile")
    keys = [key for key in set(KEYS.values()) if storable(key, "moto")]
    for key in keys:
        client.put_object(Bucket="hostile", Key=key, Body=b"")
    _, view = Core(Silent()).run(["s3", "ls", "-r", "s3://hostile"], endpoint_url=moto.url)
    assert isinstance(view, Table)
    async with shown(view, size=(150, 30)) as (pilot, pane, app):
        await pilot.press("G")
        await until(pilot, lambda: pane.loader.ended and len(pane.shown) == len(keys))
        text = screen(app)
        while pane.grid.cursor:
            await pilot.press("pageup")
            await pilot.pause()
            text += "\n" + screen(app)
        assert not (UNSAFE - {"\n"}) & set(text)
        # What is short enough to be seen whole is seen as the safe text that it is.
        short = [safe(key).strip() for key in keys if width_of(safe(key)) < 60]
        assert len(short) > 50
        assert [key for key in short if key not in text] == []
        assert sorted(each[0] for each in pane.loader.rows) == sorted(keys)
        link = pane.shown.link(pane.shown.row(0))
        assert link is not None
        assert link.argv[:2] == ("s3", "show")


def test_an_export_never_replaces_a_file_that_it_was_not_told_to(tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"
    target.write_text("mine")
    shape = Shape(Table((Column("Text"),), lambda _request: iter(())))
    with pytest.raises(StackpaneError, match="is there already"):
        exporting(target, shape, (0,), lambda: iter(()), 0)
    with pytest.raises(StackpaneError, match="says its format"):
        exporting(tmp_path / "other.txt", shape, (0,), lambda: iter(()), 0)
    job = exporting(target, shape, (0,), lambda: iter([[("a",)], [("b",)]]), 2, replace=True)
    run = job.run()
    next(run)
    run.close()
    assert target.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [target]
