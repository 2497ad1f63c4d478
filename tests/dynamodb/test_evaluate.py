"""Conditions evaluated on our side mean what they mean to DynamoDB.

Held against ministack; moto fails on attributes of several types. Where ministack differs from the documentation, the
expected items are written out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackpane import InvalidInput
from stackpane_dynamodb.expressions.evaluate import predicate
from stackpane_dynamodb.expressions.language import parse
from stackpane_dynamodb.expressions.moments import resolved
from stackpane_dynamodb.expressions.render import Names
from tests.dynamodb.conditions import NOW
from tests.dynamodb.stage import make_table

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

VALUES: list[dict[str, Any]] = [
    {"S": "open"},
    {"S": "opened"},
    {"S": "Open"},
    {"S": "é"},
    {"S": "5"},
    {"S": "2026-11-21T00:00:00Z"},
    {"N": "5"},
    {"N": "5.0"},
    {"N": "-3"},
    {"N": "12345678901234567890123456789012345678"},
    {"N": "12345678901234567890123456789012345679"},
    {"N": str(int(NOW.timestamp()) - 3600)},
    {"N": str(int(NOW.timestamp()) * 1000 - 3_600_000)},
    {"N": "0"},
    {"B": "aGk="},
    {"B": "aGkh"},
    {"BOOL": True},
    {"BOOL": False},
    {"NULL": True},
    {"SS": ["open", "é"]},
    {"NS": ["5", "7"]},
    {"BS": ["aGk="]},
    {"L": [{"S": "open"}, {"N": "5"}, {"M": {"x": {"S": "in"}}}]},
    {"M": {"x": {"S": "in"}, "y z": {"N": "5"}}},
]
ITEMS: list[dict[str, Any]] = [
    *({"pk": {"S": f"{number:02}"}, "a": value, "b": {"N": "5"}} for number, value in enumerate(VALUES)),
    {"pk": {"S": "none"}, "b": {"N": "7"}},
    {"pk": {"S": "both"}, "a": {"N": "7"}, "b": {"N": "7"}},
]

CONDITIONS = [
    "a = open",
    "a <> open",
    "a = 5",
    "a != 5.00",
    "a = true",
    "a = null",
    'a = b"aGk="',
    "a < 5",
    "a <= 5",
    "a > 5",
    "a >= 12345678901234567890123456789012345679",
    "a > Open",
    "a < z",
    'a > b"aGk="',
    "a < true",
    "a = `b`",
    "a <= `b`",
    "b between 6 and 8",
    "a between open and opened",
    "a between 'a' and 9",
    "a not between -5 and 6",
    "a in (open, 5, true)",
    "a not in (open, 5)",
    "contains(a, open)",
    "contains(a, 5)",
    "contains(a, 'p')",
    "exists(a)",
    "missing(a)",
    "exists(a.x)",
    "exists(a[2].x)",
    "exists(a[3])",
    "a[0] = open",
    "a.x = 'in' and b = 5",
    "begins_with(pk, 1)",
    "a.`y z` >= 5",
    *(f"type(a, {kind})" for kind in ("S", "SS", "N", "NS", "B", "BS", "BOOL", "NULL", "L", "M")),
    "a > 2d",
    "a < 30m",
    "a between 3d and 30m",
    "not a > 2d",
    "pk < 05 or not (a = 5 or b = 7)",
    "pk = none or pk = both and a = 7",
]


TYPES = {"pk": "S"}


def met(text: str) -> set[str]:
    holds = predicate(resolved(parse(text, now=NOW), TYPES), TYPES)
    return {item["pk"]["S"] for item in ITEMS if holds(item)}


@pytest.fixture(scope="module")
def things(ministack: Emulator) -> Any:
    ministack.reset()
    make_table(ministack, "things", [("pk", "S")], ITEMS)
    return ministack.client("dynamodb")


@pytest.mark.parametrize("text", CONDITIONS)
def test_the_same_items_meet_a_condition_here_and_there(things: Any, text: str) -> None:
    names = Names(TYPES)
    expression = names.condition(resolved(parse(text, now=NOW), TYPES))
    found = things.scan(TableName="things", FilterExpression=expression, **names.members)
    assert {item["pk"]["S"] for item in found["Items"]} == met(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 2d", {"00", "01", "02", "03", "04", "05", "09", "10", "11", "12"}),
        ("a < 30m", {"05", "06", "07", "08", "11", "12", "13", "both"}),
        ("a between 2d and 30m", {"05", "11", "12"}),
        ("begins_with(a, ope)", {"00", "01"}),
        ('begins_with(a, b"aGk=")', {"14", "15"}),
        ("begins_with(a, 5)", {"04"}),
        ('contains(a, b"aGk=")', {"14", "15", "21"}),
        ("size(a) = 4", {"00", "02"}),
        ("size(a) < 2", {"03", "04", "21"}),
        ("size(`none`) < 2", set()),
        ("5 = `none`", set()),
        ("`none` = `none`", set()),
    ],
)
def test_what_is_meant_is_met(text: str, expected: set[str]) -> None:
    assert met(text) == expected


def test_what_cannot_be_a_keys_value_is_refused_before_any_item_is_looked_at() -> None:
    with pytest.raises(InvalidInput):
        predicate(parse("pk = 5 and a = 1"), {"pk": "B"})
