"""The grid, its columns and the rows behind it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from stackpane import Column
from stackpane.formats.cells import cell
from stackpane.text import safe
from stackpane_tui.rows import BLOCK, Rows
from stackpane_tui.values import fitted, line_of, width_of
from stackpane_tui.widgets.columns import GAP, GUTTER, GridColumn, places_of
from stackpane_tui.widgets.grid import Grid, Look
from tests.tui.host import Host, screen, until

UNSAFE = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x202E, 0x200B)}
HOSTILE = "\x1b]52;c;AAAA\x07[bold]\u202e[/]\r\nx\x9b31m"


class Lines:
    """Rows at hand as the lines of a grid."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def values(self, line: int, at: Sequence[int]) -> Sequence[Any]:
        return [self.rows[line][each] for each in at]

    def look(self, line: int) -> Look:
        return Look()


def grid_of(*columns: Column, rows: Sequence[Sequence[Any]]) -> Grid:
    return Grid(Lines(rows), [GridColumn(at, column) for at, column in enumerate(columns)])


@pytest.fixture(scope="module")
def many() -> Rows[tuple[str, int]]:
    """More rows than are kept as they came, in pages of odd sizes."""
    rows: Rows[tuple[str, int]] = Rows(fresh=2 * BLOCK)
    start = 0
    for size in (1, 999, 3000, 24, 5000, 7):
        rows.extend([(f"key-{number}", number) for number in range(start, start + size)])
        rows.pack()
        start += size
    return rows


def test_rows_read_back_as_they_came_wherever_they_lie(many: Rows[tuple[str, int]]) -> None:
    assert len(many) == 9031
    assert list(many) == [(f"key-{number}", number) for number in range(9031)]
    assert [many[at][1] for at in (9030, 0, 1023, 1024, 5000, 9000)] == [9030, 0, 1023, 1024, 5000, 9000]
    assert [row[1] for _, block in many.blocks(1000, 4000) for row in block] == list(range(1000, 4000))
    assert sum(block.rows is None for block in many._blocks) == 9031 // BLOCK - 1


def test_rows_that_cannot_be_packed_stay_in_memory() -> None:
    rows: Rows[Any] = Rows(fresh=0)
    odd = [(number, lambda: None) for number in range(2 * BLOCK)]
    rows.extend(odd)
    rows.pack()
    assert list(rows) == odd


@given(st.text(max_size=60), st.integers(0, 40), st.booleans(), st.booleans())
def test_a_fitted_text_takes_just_the_columns_that_it_is_given(
    text: str, width: int, right: bool, middle: bool
) -> None:
    made = fitted(safe(text), width, right=right, middle=middle)
    assert cell_len(made) == width
    if width_of(safe(text)) <= width:
        assert made.strip(" ") == safe(text).strip(" ")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text() | st.binary(), st.lists, max_leaves=10))
def test_the_line_of_a_value_is_what_the_command_line_shows(value: Any) -> None:
    assert line_of(value, Column("Any")) == cell(value)


def test_a_value_of_any_size_is_a_short_line() -> None:
    big = {f"attribute-{number}": ["x" * 100_000] * 1000 for number in range(1000)}
    assert len(line_of("x" * 10_000_000, Column("Text"))) < 3000
    assert len(line_of([["x" * 5000]], Column("Json", "json"))) < 3000
    assert line_of(big, Column("Json", "json")).startswith('{"attribute-0": ["xxx')


@given(st.lists(st.integers(0, 300), min_size=1, max_size=8), st.integers(20, 200))
def test_columns_stand_side_by_side_and_only_give_way_where_there_is_no_room(needs: list[int], room: int) -> None:
    columns = [GridColumn(at, Column(f"C{at}"), need) for at, need in enumerate(needs)]
    places = places_of(columns, room, whole=False)
    assert places[0].x == GUTTER
    assert all(after.x == each.x + each.width + GAP for each, after in itertools.pairwise(places))
    wanted = [max(2, need) for need in needs]
    if GUTTER + sum(wanted) + GAP * (len(needs) - 1) <= room:
        assert [place.width for place in places] == wanted
    assert [place.width for place in places_of(columns, room, whole=True)] == wanted


@settings(max_examples=15)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=6))
async def test_no_control_character_of_a_value_is_drawn_and_the_text_is_the_safe_one(texts: list[str]) -> None:
    grid = grid_of(Column(HOSTILE), Column("Key"), rows=[(HOSTILE, text) for text in texts])
    app = Host(grid)
    async with app.run_test(size=(140, 10)) as pilot:
        grid.renew(measure=range(len(texts)))
        await pilot.pause()
        shown = screen(app).splitlines()
    assert not UNSAFE & set("".join(shown))
    for line, text in zip(shown[1:], texts, strict=False):
        assert safe(HOSTILE) in line
        assert line.endswith(safe(text).rstrip() or line[-1])


async def test_a_grid_of_a_million_rows_makes_only_those_that_are_seen() -> None:
    looked: set[int] = set()

    class Counted(Lines):
        def values(self, line: int, at: Sequence[int]) -> Sequence[Any]:
            looked.add(line)
            return [f"row-{line}"]

        def __len__(self) -> int:
            return 1_000_000

    grid = Grid(Counted([]), [GridColumn(0, Column("Key"))])
    app = Host(grid)
    async with app.run_test(size=(40, 10)) as pilot:
        grid.renew()
        grid.focus()
        await pilot.press("pagedown", "G", "k")
        assert grid.cursor == 999_998
        assert "row-999999" in screen(app)
        await pilot.press("g", "j", "j", "down", "up")
        assert grid.cursor == 2
        assert "row-0" in screen(app)
    assert len(looked) < 100


async def test_numbers_stand_on_the_right_states_are_coloured_and_a_long_arn_keeps_its_end() -> None:
    arn = "arn:aws:iam::123456789012:role/service-role/" + "x" * 40 + "/the-name"
    grid = grid_of(
        Column("Size", "size"), Column("State", "state"), Column("Role", "arn"), rows=[(2048, "FAILED", arn)] * 2
    )
    app = Host(grid)
    async with app.run_test(size=(60, 6)) as pilot:
        grid.renew(measure=range(2))
        await pilot.pause()
        lines = screen(app).splitlines()
        assert lines[0].startswith("     Size  State")
        assert lines[1].startswith("  2.0 KiB  FAILED  arn:aws:")
        assert lines[1].rstrip().endswith("/the-name")
        styles = {segment.text.strip(): segment.style for segment in grid.render_line(2)}
        assert styles["FAILED"] is not None
        assert styles["2.0 KiB"] is not None
        assert styles["FAILED"].color != styles["2.0 KiB"].color


async def test_one_scrolls_sideways_by_columns_and_the_first_one_stays() -> None:
    names = [Column(f"Column{number}") for number in range(12)]
    grid = grid_of(*names, rows=[tuple(f"value-{number}" for number in range(12))])
    app = Host(grid)
    async with app.run_test(size=(50, 6)) as pilot:
        grid.renew(measure=range(1))
        grid.focus()
        await pilot.press(*"l" * 11)
        await pilot.pause()
        assert "value-0" in screen(app)
        assert "value-11" in screen(app)
        assert "value-5" not in screen(app)
        assert grid.current is not None
        assert grid.current.column.name == "Column11"
        await pilot.press(*"h" * 11)
        assert "value-1 " in screen(app)
        assert grid.scroll_offset.x == 0


async def test_the_mouse_selects_opens_sorts_and_drags_the_edge_of_a_column() -> None:
    said: list[Any] = []

    class App(Host):
        def on_grid_opened(self, event: Grid.Opened) -> None:
            said.append(event.line)

        def on_grid_heading(self, event: Grid.Heading) -> None:
            said.append(event.column.column.name)

    grid = grid_of(Column("Name"), Column("Other"), rows=[(f"name-{number}", "x") for number in range(5)])
    app = App(grid)
    async with app.run_test(size=(50, 8)) as pilot:
        grid.renew(measure=range(5))
        await pilot.click(grid, offset=(4, 3))
        assert grid.cursor == 2
        await pilot.click(grid, offset=(4, 4), times=2)
        await pilot.click(grid, offset=(12, 0))
        assert said == [3, "Other"]
        before = grid.width_now(grid.columns[0])
        await pilot.mouse_down(grid, offset=(2 + before, 0))
        await pilot.hover(grid, offset=(12 + before, 0))
        await pilot.mouse_up(grid, offset=(12 + before, 0))
        assert grid.width_now(grid.columns[0]) == before + 10
        assert said == [3, "Other"]


async def test_a_column_grows_with_what_is_seen_and_in_steps() -> None:
    rows = [("x" * 5,)] * 20 + [("y" * 21,), ("z" * 23,)]
    grid = grid_of(Column("Name"), Column("Last"), rows=[(*row, "end") for row in rows])
    app = Host(grid)
    async with app.run_test(size=(60, 8)) as pilot:
        grid.renew(measure=range(5))
        assert grid.width_now(grid.columns[0]) == 5
        grid.focus()
        await pilot.press("G")
        await until(pilot, lambda: grid.width_now(grid.columns[0]) == 24)
        assert "y" * 21 + "     end" in screen(app)
