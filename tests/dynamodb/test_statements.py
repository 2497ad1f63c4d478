"""A statement counts as one that reads only where that is proven; whatever is in doubt changes something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane_dynamodb.statements import Statement, only_reads

READS = (
    "SELECT * FROM shop",
    'select * from "shop"."by-status" where status = \'open\'',
    "  \n\tSELECT a, b.c[0] FROM shop WHERE pk IN ['a','b'] AND begins_with(sk, ?) ORDER BY sk DESC",
    "SELECT * FROM shop WHERE note = 'delete it; insert -- update'",
    "SELECT * FROM shop WHERE \"set\" = 'it''s'",
    "-- what is open\nSELECT * FROM shop -- and not to delete\n",
    "/* update */ SELECT * FROM shop /* ; delete */",
    "(SELECT * FROM shop)",
    "SELECT * FROM shop WHERE n >= 1.5e3 AND m <> -2 AND x IS NOT MISSING;",
    "SELECT * FROM Größe WHERE s = << 1, 2 >>",
)
CHANGES = (
    "",
    "-- SELECT",
    "INSERT INTO shop VALUE {'pk': 'a'}",
    "UPDATE shop SET a = 1 WHERE pk = 'a'",
    "DELETE FROM shop WHERE pk = 'a'",
    "(DELETE FROM shop WHERE pk = 'a')",
    "EXISTS(SELECT * FROM shop WHERE pk = 'a')",
    "SELECTED * FROM shop",
    '"SELECT" * FROM shop',
    "'SELECT'",
    "SELECT * FROM shop; DELETE FROM shop WHERE pk = 'a'",
    "; SELECT * FROM shop",
    "SELECT * FROM shop;;",
    "SELECT * INTO other FROM shop",
    "/* SELECT * FROM shop */ DELETE FROM shop WHERE pk = 'a'",
    "/* /* */ SELECT * FROM shop -- */ DELETE FROM shop WHERE pk = 'a'\n DELETE FROM shop",
    "-- x\rDELETE FROM shop WHERE pk = 'a' --\nSELECT * FROM shop",
    "-- x\x0bDELETE FROM shop WHERE pk = 'a' --\nSELECT * FROM shop",
    "-- x\u2028DELETE FROM shop WHERE pk = 'a' --\nSELECT * FROM shop",
    "SELECT * FROM shop WHERE a = 'open",
    'SELECT * FROM "shop',
    "SELECT * FROM shop /* never closed",
    "SELECT * FROM shop WHERE a = `x`",
    "\ufeffSELECT * FROM shop",
    "SELECT\u00a0* FROM shop",
    "SELECT * FROM shop\0",
)
CHANGING = st.sampled_from(["INSERT INTO", "update", "Delete From", "SET", "REMOVE", "RETURNING"])
NOISE = st.text(" \t\r\n()-/*'\";.,?ab\x0b\u2028", max_size=12)


@pytest.mark.parametrize("text", READS)
def test_a_plain_select_is_proven(text: str) -> None:
    assert only_reads({"Statement": text})


@pytest.mark.parametrize("text", CHANGES)
def test_what_is_in_doubt_is_a_change(text: str) -> None:
    assert not only_reads({"Statement": text})


@given(NOISE, CHANGING, NOISE, st.sampled_from(["", "SELECT * FROM shop "]))
def test_no_disguise_makes_a_read_of_a_statement_that_begins_as_another(
    before: str, change: str, after: str, behind: str
) -> None:
    text = f"{before} {change} {after} {behind}"
    statement = Statement.of(text)
    seen = [word.lower() for kind, word in statement.parts if kind == "word"]
    assert not statement.reads or change.lower().split()[0] not in seen


@given(st.text())
def test_any_text_is_cut_without_an_error_and_nothing_of_it_is_lost(text: str) -> None:
    statement = Statement.of(text)
    left = text
    for _, part in statement.parts:
        place = left.index(part)
        left = left[place + len(part) :]
    assert statement.text == text


def test_a_request_without_a_text_is_no_read() -> None:
    assert not only_reads({})
    assert not only_reads({"Statement": None})


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("SELECT * FROM shop", "shop"),
        ('SELECT * FROM "my-shop"."by-status"', "my-shop"),
        ("INSERT INTO shop VALUE {}", "shop"),
        ('UPDATE "shop" SET a = 1', "shop"),
        ("DELETE FROM shop WHERE pk = 'FROM other'", "shop"),
        ("SELECT 1", None),
        ("SELECT * FROM ?", None),
    ],
)
def test_the_table_is_the_name_behind_its_word(text: str, table: str | None) -> None:
    assert Statement.of(text).table == table
