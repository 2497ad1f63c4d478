"""``--query`` means the same in every format, whether or not it can be answered row by row."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.cli.output.query import Query
from stackpane.errors import InvalidInput, StackpaneError
from stackpane.views import Column, PageRequest, Record, Section, Table
from tests.core.output.samples import DOCUMENT, RECORD, numbered, paged, stream
from tests.core.output.showing import shown

ROW_BY_ROW = [
    "[].Key",
    "[*].Key",
    "[?Size > `1`]",
    "[?Size > `1`].{Key: Key}",
    "[].Tags[]",
    "[].Tags[].x",
    "[].[Key, Size]",
    "@",
    "[]",
    "[*].Tags[0]",
]
ALL_AT_ONCE = ["length(@)", "[0]", "[-1]", "[0:2]", "[].Key | [0]", "sort_by(@, &Size)[0].Key", "max_by(@, &Size)"]

values = st.fixed_dictionaries(
    {"Key": st.text(max_size=3), "Size": st.integers(0, 3)},
    optional={"Tags": st.lists(st.fixed_dictionaries({"x": st.integers(0, 2)}) | st.lists(st.integers(), max_size=2))},
)


@pytest.mark.parametrize("expression", ROW_BY_ROW)
@given(pages=st.lists(st.lists(values, max_size=4), max_size=4))
def test_a_query_over_pages_gives_what_it_gives_over_the_whole(expression: str, pages: list[list[Any]]) -> None:
    query = Query(expression)
    assert query.row_by_row
    together = list(chain.from_iterable(pages))
    assert list(chain.from_iterable(map(query, pages))) == jmespath.search(expression, together)


@pytest.mark.parametrize("expression", ALL_AT_ONCE)
def test_a_query_that_needs_every_row_gathers_them(expression: str) -> None:
    assert not Query(expression).row_by_row
    rows = [{"Key": key, "Size": size} for key, size in numbered(5)]
    shows = shown(paged(numbered(5), [2]), format="json", query=expression)
    assert json.loads(shows.stdout) == jmespath.search(expression, rows)


def test_times_and_sizes_are_compared_as_the_aws_cli_does() -> None:
    table = Table.of(
        [Column("Key"), Column("LastModified", "time")],
        [("old", "2025-01-01T00:00:00.000Z"), ("new", "2026-11-22T00:00:00.000Z")],
    )
    assert shown(table, query="[?LastModified >= '2026-01-01'].Key").text == "new\n"


@pytest.mark.parametrize("expression", ["[?", "", "foo(", "nosuch(@)", "length(`1`)"])
def test_an_expression_that_is_none_is_one_line(expression: str) -> None:
    result = shown(paged(numbered(3), [3]), query=expression, fails=InvalidInput)
    assert result.stdout == b""
    assert str(result.error).startswith("--query ")
    assert "\n" not in str(result.error)


def test_a_bad_expression_is_found_before_anything_is_fetched() -> None:
    fetched: list[PageRequest | int] = []
    shown(paged(numbered(3), [3], fetched), query="[?", fails=InvalidInput)
    assert fetched == []


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("Versions", "3\n"),
        ("Tags.env", "prod\n"),
        ("[Key, Versions]", "a/photo.jpg\n3\n"),
        ("{Key: Key, State: State}", "Key    a/photo.jpg\nState  CREATE_FAILED\n"),
        ("Links[].Label | [0:1]", "Versions\n"),
        ("Nothing", "-\n"),
    ],
)
def test_a_record_is_queried_as_its_object(expression: str, text: str) -> None:
    assert shown(RECORD, query=expression).text == text


def test_a_query_does_not_uncover_a_secret() -> None:
    assert shown(RECORD, query="Secret", format="json").text == '"••••"\n'
    assert shown(RECORD, query="Secret", format="json", reveal=True).text == '"hunter2"\n'


def test_rows_of_different_shape_are_refused_where_a_header_stands_and_shown_where_none_does() -> None:
    table = Table.of([Column("Doc", "json")], [({"a": 1},)] + [({"a": 1},)] * 5000 + [({"b": 2},)])
    refused = shown(table, query="[].Doc", limit=None, fails=StackpaneError)
    assert "differ in their fields" in str(refused.error)
    assert shown(table, query="[].Doc", limit=None, format="jsonl").text.endswith('{"b": 2}\n')


def test_lists_become_rows_without_a_header() -> None:
    table = paged(numbered(3), [2])
    assert shown(table, query="[].[Key, Size]").text == "key-0000  0\nkey-0001  1\nkey-0002  2\n"
    assert shown(table, query="[].[Key, Size]", format="tsv").text == "key-0000\t0\nkey-0001\t1\nkey-0002\t2\n"


@pytest.mark.parametrize(("form", "text"), [("table", ""), ("json", "[]\n"), ("jsonl", ""), ("yaml", "[]\n")])
def test_a_query_that_finds_nothing_is_an_empty_list(form: str, text: str) -> None:
    assert shown(paged(numbered(3), [2]), query="[?Size > `9`]", format=form).text == text


def test_each_event_of_a_stream_is_queried_by_itself() -> None:
    assert shown(stream(), query="message", format="jsonl").text.splitlines()[0] == '"started"'


def test_a_document_is_no_thing_to_query() -> None:
    assert isinstance(shown(DOCUMENT, query="a", fails=InvalidInput).error, InvalidInput)


def test_an_empty_record_is_an_object() -> None:
    assert shown(Record("x", (Section("", ()),)), format="json").text == '{\n  "Links": []\n}\n'
