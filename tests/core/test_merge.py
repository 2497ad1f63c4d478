"""Several connections and regions in one table: merged as rows come, one failure costs one warning."""

from __future__ import annotations

import json
from collections.abc import Generator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.cli.output.pages import Pages
from stackpane.errors import InvalidInput
from stackpane.links import Link
from stackpane.merge import merge
from stackpane.views import Column, Outcome, Page, PageRequest, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.harness.cli import Cli

Rows = dict[str, list[list[int]]]
"""Pages of numbers by connection."""


def session(name: str) -> Any:
    return SimpleNamespace(connection=SimpleNamespace(name=name), region="eu-west-1", explain=lambda error: error)


def table(name: str, pages: list[list[int]], asked: list[str] | None = None) -> Table:
    def fetch(request: PageRequest) -> Iterator[Page]:
        for number in range(int(request.cursor or 0), len(pages)):
            if asked is not None:
                asked.append(f"{name}{number}")
            following = str(number + 1) if number + 1 < len(pages) else None
            yield Page([(value, f"{name}-{value}") for value in pages[number]], following)

    return Table((Column("Number", "number"), Column("Name")), fetch, link=lambda row: Link.to("x show", row[1]))


def merged(rows: Rows) -> Table:
    return merge(
        [session(name) for name in rows], lambda each: table(each.connection.name, rows[each.connection.name]), fail
    )


def fail(name: str, error: BaseException) -> None:
    raise AssertionError(f"{name}: {error}")


def started(table: Table) -> Generator[Page, None, None]:
    pages = table.fetch(PageRequest())
    assert isinstance(pages, Generator)
    return pages


pages_by_name = st.dictionaries(
    st.sampled_from("abc"), st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=4), min_size=1
)


@given(pages_by_name)
def test_every_row_comes_once_with_its_place_in_front_and_its_sessions_order_kept(rows: Rows) -> None:
    found = [row for page in merged(rows).fetch(PageRequest()) for row in page.rows]
    for name, pages in rows.items():
        expected = [(name, "eu-west-1", value, f"{name}-{value}") for page in pages for value in page]
        assert [row for row in found if row[0] == name] == expected
    assert len(found) == sum(len(page) for pages in rows.values() for page in pages)


@given(pages_by_name, st.data())
def test_a_cursor_goes_on_in_every_session_where_it_was(rows: Rows, data: st.DataObject) -> None:
    stop = data.draw(st.integers(0, 12))
    before: list[Any] = []
    cursor = None
    pages = started(merged(rows))
    for number, page in enumerate(pages):
        before += page.rows
        cursor = page.next
        if number == stop:
            pages.close()
            break
    after = [row for page in merged(rows).fetch(PageRequest(cursor)) for row in page.rows] if cursor else []
    everything = [(name, value) for name, pages in rows.items() for page in pages for value in page]
    assert sorted((row[0], row[2]) for row in before + after) == sorted(everything)


@given(pages_by_name, st.integers(0, 20))
def test_a_cursor_goes_on_in_the_middle_of_a_page_too(rows: Rows, limit: int) -> None:
    def read(cursor: str | None, limit: int | None) -> tuple[list[tuple[str, int]], str | None]:
        pages = Pages(merged(rows), cursor, limit)
        found = [(row[0], row[2]) for batch in pages.batches() for row in batch]
        return found, None if pages.ended else pages.cursor

    before, cursor = read(None, limit + 1)
    after = read(cursor, None)[0] if cursor else []
    assert sorted(before + after) == sorted(
        (name, value) for name, pages in rows.items() for page in pages for value in page
    )


def test_a_rows_link_leads_to_its_own_place() -> None:
    view = merged({"a": [[1]], "b": [[2]]})
    links = [view.link(row) for page in view.fetch(PageRequest()) for row in page.rows if view.link]
    assert {link.address for link in links if link} == {
        "-c a --region eu-west-1 x show a-1",
        "-c b --region eu-west-1 x show b-2",
    }


# Rows that are mappings


def item_table(name: str, rows: list[dict[str, Any]]) -> Table:
    """Rows with names of their own, two a page; cursors are made of positions, also within a page."""

    def fetch(request: PageRequest) -> Iterator[Page]:
        at = int(request.cursor or 0)
        while True:
            start, at = at, at + 2
            page: Any = rows[start:at]
            following = str(at) if at < len(rows) else None
            yield Page(page, following, at=partial(_behind, start))
            if following is None:
                return

    def sample(seen: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
        return tuple(Column(each) for each in dict.fromkeys(each for row in seen for each in row))

    def link(row: Any) -> Link | None:
        return Link.to("x show", str(row["id"])) if "id" in row else None

    def actions(row: Any) -> list[Link]:
        return [Link.to("x rm", str(len(row)))]

    return Table((), fetch, link=link, actions=actions, sample=sample, preview=link)


def _behind(start: int, count: int) -> str:
    return str(start + count)


def merged_items(rows: dict[str, list[dict[str, Any]]]) -> Table:
    return merge(
        [session(name) for name in rows],
        lambda each: item_table(each.connection.name, rows[each.connection.name]),
        fail,
    )


own_rows = st.dictionaries(st.sampled_from(["id", "x", "Region", "Connection"]), st.integers(0, 9), max_size=3)
items_by_name = st.dictionaries(st.sampled_from("abc"), st.lists(own_rows, max_size=5), min_size=1)


@given(items_by_name, st.integers(1, 12))
def test_rows_that_are_mappings_come_once_and_whole_wherever_a_limit_ends(
    rows: dict[str, list[dict[str, Any]]], limit: int
) -> None:
    found: list[Any] = []
    cursor, ended = None, False
    while not ended:
        pages = Pages(merged_items(rows), cursor, limit)
        found += [row for batch in pages.batches() for row in batch]
        cursor, ended = pages.cursor, pages.ended
    for name, own in rows.items():
        mine = [row for row in found if row.place == (name, "eu-west-1")]
        assert [row.own for row in mine] == own
        for row in mine:
            front = ["SessionConnection" if "Connection" in row.own else "Connection"]
            front += ["SessionRegion" if "Region" in row.own else "Region"]
            assert list(row) == [*front, *row.own]
            assert dict(row) == {**row.own, front[0]: name, front[1]: "eu-west-1"}
    assert len(found) == sum(map(len, rows.values()))


def test_a_mappings_link_leads_to_its_own_place_and_its_columns_begin_with_it() -> None:
    view = merged_items({"a": [{"id": 1, "x": 1}], "b": [{"Region": "r", "id": 2}]})
    rows: list[Any] = [row for page in view.fetch(PageRequest()) for row in page.rows]
    assert view.link is not None
    assert view.actions is not None
    assert view.sample is not None
    links = [link for row in rows if (link := view.link(row))]
    assert sorted(link.address for link in links) == [
        "-c a --region eu-west-1 x show 1",
        "-c b --region eu-west-1 x show 2",
    ]
    assert [link.address for link in view.actions(rows[0])] == [f"-c {rows[0].place[0]} --region eu-west-1 x rm 2"]
    assert view.preview is not None
    assert [view.preview(row) for row in rows] == [view.link(row) for row in rows]
    columns = [column.name for column in view.sample(rows)]
    assert set(columns[:3]) == {"Connection", "Region", "SessionRegion"}
    assert columns[3:] == ["id", "x", "Region"] or columns[2:] == ["SessionRegion", "id", "x"]


def test_one_session_that_fails_is_reported_and_the_others_show() -> None:
    reported: list[tuple[str, str]] = []

    def run(each: Any) -> Table:
        if each.connection.name == "bad":
            raise RuntimeError("at once")
        if each.connection.name == "late":

            def fetch(request: PageRequest) -> Iterator[Page]:
                yield Page([(1, "late-1")], "1")
                raise RuntimeError("in the middle")

            return Table((Column("Number", "number"), Column("Name")), fetch)
        return table(each.connection.name, [[1], [2]])

    view = merge(
        [session(name) for name in ("bad", "late", "good")],
        run,
        lambda name, error: reported.append((name, str(error))),
    )
    found = sorted((row[0], row[2]) for page in view.fetch(PageRequest()) for row in page.rows)
    assert found == [("good", 1), ("good", 2), ("late", 1)]
    assert sorted(reported) == [("bad/eu-west-1", "at once"), ("late/eu-west-1", "in the middle")]


def test_where_every_session_fails_the_error_is_the_commands() -> None:
    def run(each: Any) -> Table:
        raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        merge([session("a"), session("b")], run, fail)


def test_where_no_session_gives_a_page_the_first_error_is_the_commands() -> None:
    """A table is read late, so what fails may fail only then."""

    def run(each: Any) -> Table:
        def fetch(_request: PageRequest) -> Iterator[Page]:
            yield from ()
            raise RuntimeError("no luck")

        return Table((Column("Number", "number"), Column("Name")), fetch)

    view = merge([session("a"), session("b")], run, fail)
    with pytest.raises(RuntimeError, match="no luck"):
        list(view.fetch(PageRequest()))


@given(pages_by_name.filter(lambda rows: len(rows) > 1), st.data())
def test_a_session_that_fails_goes_on_where_it_was_once_it_works(rows: Rows, data: st.DataObject) -> None:
    broken = data.draw(st.sampled_from(sorted(rows)))
    at = data.draw(st.integers(0, len(rows[broken]) - 1))
    limit = data.draw(st.none() | st.integers(1, 20))
    reported: list[str] = []
    works = False

    def run(each: Any) -> Table:
        def fetch(request: PageRequest) -> Iterator[Page]:
            for number, page in enumerate(table(name, rows[name]).fetch(request)):
                if name == broken and number == at and not works:
                    raise RuntimeError("for a while")
                yield page

        name = each.connection.name
        return Table((Column("Number", "number"), Column("Name")), fetch)

    view = merge([session(name) for name in rows], run, lambda name, _error: reported.append(name))
    first = Pages(view, None, limit)
    before = [row for batch in first.batches() for row in batch]
    assert not (first.ended and reported)
    works = True
    after = [] if first.ended else [row for batch in Pages(view, first.cursor, None).batches() for row in batch]
    assert sorted((row[0], row[2]) for row in before + after) == sorted(
        (name, value) for name, pages in rows.items() for page in pages for value in page
    )


def test_only_tables_merge() -> None:
    with pytest.raises(InvalidInput, match="shows no list"):
        merge([session("a"), session("b")], lambda each: Outcome("Done."), fail)


def test_nothing_is_fetched_before_it_is_asked_for() -> None:
    asked: list[str] = []
    view = merge([session("a"), session("b")], lambda each: table(each.connection.name, [[1]] * 50, asked), fail)
    assert asked == []
    pages = started(view)
    next(pages)
    pages.close()
    assert len(asked) < 20


def test_the_command_line_merges_regions_and_goes_on_after_a_dead_connection(
    cli: Cli, moto: Any, tmp_path: Path
) -> None:
    moto.reset()
    moto.client("s3").create_bucket(Bucket="photos")
    cli("connection", "add", "here", "--endpoint-url", moto.url, "--region", "us-east-1").ok()
    cli("connection", "add", "dead", "--endpoint-url", "http://127.0.0.1:9", "--region", "eu-west-1", "--no-test").ok()
    ran = cli("s3", "ls", "-c", "here,dead", "-o", "json")
    assert [(row["Connection"], row["Region"], row["Name"]) for row in json.loads(ran.stdout)] == [
        ("here", "us-east-1", "photos")
    ]
    assert ran.exit_code == 1
    assert [
        line for line in ran.stderr.decode().splitlines() if "dead/eu-west-1" in line and "cannot be reached" in line
    ]
