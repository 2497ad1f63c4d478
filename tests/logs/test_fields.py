"""JSON lines as columns, and the level of a line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from stackpane import InvalidInput
from stackpane_logs.fields import json_of, level_of, mapping_row, names_of, picked, sampled
from stackpane_logs.lean import Event


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('  {"a": 1}\n', {"a": 1}),
        ('2026-11-22T09:30:00.123Z\tid\tINFO\t{"a": 1}', {"a": 1}),
        ('{"a": 61.90}', {"a": Decimal("61.90")}),
        ('{"a": NaN}', None),
        ('["a"]', None),
        ("{not json}", None),
        ("", None),
        (None, None),
    ],
)
def test_a_line_is_json_or_ends_with_it(message: str | None, found: Any) -> None:
    if message is not None and "NaN" in message:
        assert str(json_of(message)) == "{'a': nan}"
    else:
        assert json_of(message) == found


@pytest.mark.parametrize(
    ("name", "value"),
    [("a", {"b": [5, {"c": 7}]}), ("a.b.0", 5), ("a.b.1.c", 7), ("a.x", None), ("d.e", 9), ("x", None)],
)
def test_a_path_leads_to_a_member(name: str, value: Any) -> None:
    assert picked({"a": {"b": [5, {"c": 7}]}, "d.e": 9}, name) == value


def test_columns_are_the_members_that_most_lines_have() -> None:
    rows = [mapping_row(Event(1, '{"level": "INFO", "@timestamp": 5}', 1, "a")), mapping_row(Event(2, "plain", 2, "a"))]
    assert [column.name for column in sampled(rows)] == ["@timestamp", "@logStream", "level", "@message"]
    many = [mapping_row(Event(1, "{" + ",".join(f'"k{at}": 1' for at in range(50)) + "}", 1, "a"))]
    assert len(sampled(many)) == 14


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ('{"level": "error"}', "ERROR"),
        ('{"severity": "Warning"}', "WARNING"),
        ('{"n": "ERROR"}', None),
        ("[ERROR] no", "ERROR"),
        ("2026-11-22 09:30:00 WARN x", "WARN"),
        ("\x1b[33mWARN\x1b[0m x", "WARN"),
        ("Traceback (most recent call last):", "ERROR"),
        ("an ERRORS page", None),
        ("", None),
        (None, None),
    ],
)
def test_the_level_of_a_line(message: str | None, level: str | None) -> None:
    assert level_of(message) == level


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(InvalidInput):
        names_of("a,,b")
