"""Rows with names of their own: whole in formats of objects, in the columns of the first ones in the others."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from stackpane.cli.output.query import Query
from tests.core.output.samples import ESCAPE, ITEMS, items, sample
from tests.core.output.showing import shown

names = st.sampled_from("abcde")
rows_of = st.lists(
    st.dictionaries(names, st.none() | st.integers() | st.text("xyz", max_size=3) | st.just([1]), max_size=4),
    max_size=8,
)


@given(rows_of, st.integers(1, 4))
def test_formats_of_objects_have_every_row_as_it_is(rows: list[dict[str, Any]], size: int) -> None:
    assert json.loads(shown(items(rows, size), format="json").text) == rows
    assert [json.loads(line) for line in shown(items(rows, size), format="jsonl").text.splitlines()] == rows


@given(rows_of, st.integers(1, 4))
def test_what_has_no_column_is_named_and_nothing_else(rows: list[dict[str, Any]], size: int) -> None:
    result = shown(items(rows, size), format="csv")
    columns = {name for row in rows[:size] for name in row}
    missed = list(dict.fromkeys(name for row in rows[size:] for name in row if name not in columns))
    if missed:
        assert f"No column for {', '.join(missed)}, which only later rows have" in result.said
    else:
        assert "No column" not in result.said


def test_many_names_without_a_column_are_counted() -> None:
    later = [{f"n{number}": 1 for number in range(1200)}]
    assert "No column for n0, n1, n2, n3, n4 and 1,195 more" in shown(items([{"a": 1}, *later], 1), format="csv").said


def test_a_value_that_is_null_is_told_from_none() -> None:
    result = shown(items([{"a": None}, {"b": 1}]), format="csv")
    assert list(csv.reader(io.StringIO(result.text))) == [["a", "b"], ["null", ""], ["", "1"]]


def test_the_columns_come_from_the_first_rows_there_are() -> None:
    asked: list[int] = []

    def counting(rows: Any) -> Any:
        asked.append(len(rows))
        return sample(rows)

    shown(replace(items(), sample=counting), format="table")
    assert asked == [2]


def test_a_list_without_rows_is_empty_in_every_format() -> None:
    assert json.loads(shown(items([]), format="json").text) == []
    assert shown(items([]), format="jsonl").text == ""


@pytest.mark.parametrize("format_name", ["json", "jsonl", "yaml", "csv", "tsv", "table"])
def test_every_digit_of_a_number_is_there(format_name: str) -> None:
    assert str(ITEMS[0]["price"]) in shown(items(), format=format_name).text


def test_names_are_as_safe_as_values() -> None:
    for name in ("table", "yaml", "json", "jsonl"):  # csv and tsv are exact where nobody looks at them
        assert "\x1b" not in shown(items([{ESCAPE: ESCAPE}, {"a": 1, ESCAPE + "2": 2}], 1), format=name).text


# Queries


@pytest.mark.parametrize(
    ("given_number", "computed"),
    [
        (Decimal("5"), 5),
        (Decimal("1E+2"), 100),
        (Decimal("1.10"), 1.1),
        (Decimal("9" * 38), int("9" * 38)),
        (Decimal("0.1234567890123456789012345678"), Decimal("0.1234567890123456789012345678")),
        (Decimal("1E+125"), 1e125),
        (Decimal("1E-130"), 1e-130),
    ],
)
def test_a_query_reckons_with_numbers_and_loses_no_digit(given_number: Decimal, computed: Any) -> None:
    result = shown(items([{"n": given_number}]), format="jsonl", query="[].n").text
    assert Decimal(result.strip()) == given_number == Decimal(str(computed))
    if not isinstance(computed, Decimal):
        expected = Query("max([].n)")([{"n": computed}])
        assert json.loads(shown(items([{"n": given_number}]), format="json", query="max([].n)").text) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_of_yaml_is_read_back_as_a_number(number: Decimal) -> None:
    ((row,),) = [yaml.safe_load(shown(items([{"n": number}]), format="yaml").text)]
    assert isinstance(row["n"], (int, float))
    assert row["n"] == (int(number) if isinstance(row["n"], int) else float(number))
