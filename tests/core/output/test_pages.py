"""Nothing is fetched before it is needed, and a cut list goes on exactly where it ended."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.cli.output import Console, OutputOptions
from stackpane.cli.output.pages import Pages, decode_cursor, encode_cursor, with_cursor
from stackpane.cli.show import show
from stackpane.errors import ExitCode, InvalidInput, StackpaneError
from stackpane.links import Link
from stackpane.views import Page, PageRequest, Row, Table
from tests.core.output.samples import NUMBERED, numbered, paged
from tests.core.output.showing import HERE, shown

sizes = st.lists(st.integers(0, 5), min_size=1, max_size=4).filter(any)


@given(count=st.integers(0, 30), limits=st.lists(st.integers(1, 7), min_size=1), first=sizes, later=sizes)
def test_following_the_cursors_gives_every_row_once_and_in_order(
    count: int, limits: list[int], first: list[int], later: list[int]
) -> None:
    rows, found = numbered(count), list[Row]()
    cursor, turn = None, 0
    while (turn == 0 or cursor) and turn < 100:
        # Pages may come in other sizes when the list is asked for again.
        pages = Pages(paged(rows, later if turn else first), cursor, limits[turn % len(limits)])
        for batch in pages.batches():
            found += batch
        cursor, turn = None if pages.ended else pages.cursor, turn + 1
    assert found == rows


def test_a_page_is_on_stdout_before_the_next_one_is_asked_for() -> None:
    read_end, write_end = os.pipe()
    seen: list[bytes] = []

    def fetch(_request: PageRequest) -> Iterator[Page]:
        for number in range(3):
            if number:
                seen.append(os.read(read_end, 65536))  # would wait for ever, were it not there
            yield Page([(f"key-{number}", number)], str(number + 1) if number < 2 else None)

    with os.fdopen(read_end, "rb"), os.fdopen(write_end, "wb") as stdout:
        show(Table(NUMBERED, fetch), OutputOptions(format="jsonl", here=HERE), Console(None, stdout, None))
    assert seen == [b'{"Key": "key-0", "Size": 0}\n', b'{"Key": "key-1", "Size": 1}\n']


def test_no_page_is_fetched_that_the_limit_does_not_need() -> None:
    fetched: list[PageRequest | int] = []
    result = shown(paged(numbered(20), [5], fetched), limit=10)
    assert fetched == [PageRequest(None, 10), 0, 5]
    assert "10 rows shown, more follow: stackpane s3 ls s3://b/ --cursor=" in result.said


def test_a_limit_at_the_very_end_does_not_speak_of_more() -> None:
    assert shown(paged(numbered(10), [5]), limit=10).said == ""


def test_without_a_limit_all_there_are_is_asked_for() -> None:
    fetched: list[PageRequest | int] = []
    shown(paged(numbered(7), [5], fetched), limit=None)
    assert fetched == [PageRequest(None, None), 0, 5]


def test_the_printed_command_goes_on_where_the_list_ended() -> None:
    table = paged(numbered(9), [4])
    line = shown(table, format="jsonl", limit=6).said.partition("follow: ")[2].strip()
    cursor = line.partition("--cursor=")[2]
    assert line == f"stackpane s3 ls s3://b/ --cursor={cursor}"
    rest = shown(table, format="jsonl", limit=6, cursor=cursor)
    assert [row[9:17] for row in rest.text.splitlines()] == ["key-0006", "key-0007", "key-0008"]
    assert rest.said == ""


@pytest.mark.parametrize(
    ("argv", "going_on"),
    [
        ("s3 ls s3://b/", "s3 ls s3://b/ --cursor=NEW"),
        ("s3 ls --cursor=OLD s3://b/", "s3 ls s3://b/ --cursor=NEW"),
        ("s3 ls s3://b/ --cursor OLD --limit 5", "s3 ls s3://b/ --limit 5 --cursor=NEW"),
        ("s3 ls -- --cursor", "s3 ls --cursor=NEW -- --cursor"),
    ],
)
def test_the_new_cursor_takes_the_place_of_the_old_one(argv: str, going_on: str) -> None:
    here = Link(tuple(argv.split()), connection="prod")
    assert with_cursor(here, "NEW") == Link(tuple(going_on.split()), connection="prod")


def test_a_list_that_fails_half_way_shows_what_came_and_how_to_go_on() -> None:
    def fetch(request: PageRequest) -> Iterator[Page]:
        yield Page(numbered(3), "three")
        raise StackpaneError("The token has expired.")

    result = shown(Table(NUMBERED, fetch), format="json", fails=StackpaneError)
    assert result.text.count("key-") == 3
    assert not result.text.rstrip().endswith("]"), "a list that is cut short must not look whole"
    assert result.said == f"3 rows shown, more follow: stackpane s3 ls s3://b/ --cursor={encode_cursor('three', 0)}\n"


def test_ctrl_c_in_a_list_says_how_to_go_on_and_exits_130() -> None:
    def fetch(request: PageRequest) -> Iterator[Page]:
        yield Page(numbered(3), "three")
        raise KeyboardInterrupt

    result = shown(Table(NUMBERED, fetch))
    assert result.code == ExitCode.INTERRUPTED
    assert "3 rows shown, more follow" in result.said


def test_the_fetching_ends_when_the_limit_is_reached() -> None:
    ended: list[bool] = []

    def fetch(request: PageRequest) -> Iterator[Page]:
        try:
            yield Page(numbered(3), "three")
            yield Page(numbered(3), None)
        finally:
            ended.append(True)

    shown(Table(NUMBERED, fetch), limit=2)
    assert ended == [True]


@given(st.none() | st.text(), st.integers(0, 10**9))
def test_cursors_round_trip_as_plain_words(page: str | None, rows: int) -> None:
    cursor = encode_cursor(page, rows)
    assert decode_cursor(cursor) == (page, rows)
    assert cursor.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "cursor", ["x", "====", "bm9wZQ", "WzEsMl0", "W251bGwsLTFd", "W251bGwsdHJ1ZV0", "é", "e30", "NQ"]
)
def test_a_cursor_that_is_none_is_refused_before_anything_is_fetched(cursor: str) -> None:
    fetched: list[PageRequest | int] = []
    result = shown(paged(numbered(3), [3], fetched), cursor=cursor, fails=InvalidInput)
    assert str(result.error) == "--cursor is not one that Stackpane has printed."
    assert (fetched, result.stdout) == ([], b"")
