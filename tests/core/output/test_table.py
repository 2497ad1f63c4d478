"""The table for people: aligned from its first page, nothing cut, raw values made short to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from stackpane.formats.cells import cell, display_width
from stackpane.views import Column, Kind, Page, PageRequest, Table
from tests.core.output.samples import NUMBERED
from tests.core.output.showing import on_terminal, shown

NARROW = Table.of([Column("Key"), Column("ETag", wide=True), Column("Size", "size")], [("photo.jpg", "e" * 30, 5)])


def lines(table: Table, **options: Any) -> list[str]:
    return shown(table, **options).text.splitlines()


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("size", 5662310, "5.4 MiB"),
        ("size", "many", "many"),
        ("time", "2026-11-22T01:02:03.004Z", "2026-11-22 01:02:03Z"),
        ("time", "2026-11-22T01:02:03Z", "2026-11-22 01:02:03Z"),
        ("time", "yesterday\x1b", "yesterday␛"),
        ("time", "2026-11-22T\x1b[31mZ", "2026-11-22T␛[31mZ"),
        ("time", datetime(2026, 11, 22, 1, 2, 3, 4, UTC), "2026-11-22 01:02:03Z"),
        ("time", datetime(2026, 11, 22, 1, 2, 3), "2026-11-22 01:02:03Z"),
        ("time", datetime(2026, 11, 22, 1, 2, tzinfo=timezone(timedelta(hours=1))), "2026-11-22 00:02:00Z"),
        ("time", date(2026, 11, 22), "2026-11-22"),
        ("duration", timedelta(minutes=200), "3h 20m"),
        ("duration", 45, "45s"),
        ("bool", False, "no"),
        ("bool", 1, "1"),
        ("number", 1234567, "1234567"),
        ("binary", b"\xff\x00", "/wA="),
        ("json", {"a": "\x9b"}, '{"a": "\\u009b"}'),
        ("text", ["a", {"b"}], '["a", ["b"]]'),
        ("text", float("nan"), "nan"),
        ("text", None, "-"),
        ("text", "", ""),
    ],
)
def test_a_value_is_shown_by_its_kind(kind: Kind, value: object, text: str) -> None:
    assert cell(value, kind) == text


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("日本", 4), ("e\u0301", 1), ("가", 2), ("\u1100\u1161\u11a8", 2), ("ＡＢ", 4), ("␛", 1), ("Ünï", 3)],
)
def test_width_is_what_a_terminal_gives_a_text(text: str, columns: int) -> None:
    assert display_width(text) == columns


def test_magnitudes_stand_to_the_right_of_their_column() -> None:
    table = Table.of(NUMBERED, [("a", 1), ("long-key", 2048)])
    assert lines(table) == ["Key          Size", "a             1 B", "long-key  2.0 KiB"]


def test_wide_characters_keep_the_columns_aligned() -> None:
    table = Table.of([Column("Key"), Column("Class")], [("日本", "A"), ("abcd", "B"), ("e\u0301", "C")])
    assert lines(table) == ["Key   Class", "日本  A", "abcd  B", "e\u0301     C"]


def test_columns_grow_with_later_pages() -> None:
    def fetch(_request: PageRequest) -> Iterator[Page]:
        yield Page([("a", 1)], "next")
        yield Page([("longer", 1024), ("b", 2)], None)

    assert lines(Table(NUMBERED, fetch)) == ["Key  Size", "a     1 B", "longer  1.0 KiB", "b           2 B"]


def test_one_very_long_name_pushes_its_own_row_aside_and_no_other() -> None:
    table = Table.of(NUMBERED, [("k" * 1000, 1), ("b", 2)])
    header, long, short = lines(table)
    assert long == "k" * 1000 + "  " + "1 B".rjust(len(header) - header.index("Size"))
    assert len(short) == len(header) == 240
    assert on_terminal(table, columns=60).lines[-1] == "b" + "2 B".rjust(59)


def test_a_row_with_the_wrong_number_of_values_is_an_error_and_not_cut() -> None:
    with pytest.raises(ValueError, match="argument"):
        shown(Table.of(NUMBERED, [("a", 1, "more")]))


def test_a_narrow_terminal_leaves_wide_columns_out_and_says_so() -> None:
    assert on_terminal(NARROW, columns=30).lines == [
        "Key        Size",
        "photo.jpg   5 B",
        "Too narrow for ETag: a wider t",
        "erminal, a pipe and -o json ha",
        "ve it all.",
    ]


def test_a_terminal_with_room_and_a_pipe_have_every_column() -> None:
    assert on_terminal(NARROW, columns=80).lines == lines(NARROW)


def test_a_name_longer_than_the_terminal_is_not_cut() -> None:
    name = "k" * 100
    screen = on_terminal(Table.of([Column("Key")], [(name,)]), columns=30).lines
    assert "".join(screen[1:]) == name


def test_colour_is_for_terminals_that_want_it() -> None:
    table = Table.of([Column("State", "state"), Column("Name")], [("FAILED", "a"), ("UPDATING", "b"), ("ACTIVE", "c")])
    assert b"\x1b[31mFAILED  \x1b[0m" in on_terminal(table).raw
    assert b"\x1b[33mUPDATING\x1b[0m" in on_terminal(table).raw
    assert b"\r\nACTIVE    c\r\n" in on_terminal(table).raw
    assert b"\x1b" not in on_terminal(table, color=False).raw
    assert b"\x1b" not in shown(table).stdout
