"""The plain form of items: every value comes back as it was, whatever it is."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from stackpane_dynamodb.values.check import faults, value_faults
from stackpane_dynamodb.values.numbers import number_fault, same_number
from stackpane_dynamodb.values.plain import PlainError, item_from_text, item_text, value_text
from stackpane_dynamodb.values.sizes import MOST, item_size
from tests.dynamodb.items import items

ALL_TYPES: dict[str, dict[str, Any]] = {
    "string": {"S": "é ☃"},
    "empty": {"S": ""},
    "number": {"N": "12345678901234567890123456789012345678"},
    "price": {"N": "9.50"},
    "binary": {"B": "AAEC/w=="},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}]},
    "map": {"M": {"inner": {"M": {}}}},
    "strings": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2.5"]},
    "binaries": {"BS": ["AA==", "AQ=="]},
}


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "deep"}
    for level in range(levels):
        value = {"L": [value]} if level % 2 else {"M": {"in": value}}
    return value


@given(items)
def test_every_item_comes_back_bit_for_bit(item: dict[str, Any]) -> None:
    assert item_from_text(item_text(item)) == item
    assert item_from_text(item_text(item, indent=2)) == item


@given(items)
def test_the_plain_form_is_json(item: dict[str, Any]) -> None:
    assert list(json.loads(item_text(item))) == list(item)


def test_what_json_can_say_carries_no_tag() -> None:
    assert item_text(ALL_TYPES) == (
        '{"string": "é ☃", "empty": "", "number": 12345678901234567890123456789012345678, "price": 9.50, '
        '"binary": {"$B": "AAEC/w=="}, "yes": true, "nothing": null, "list": ["a", 1, []], "map": {"inner": {}}, '
        '"strings": {"$SS": ["a", "b"]}, "numbers": {"$NS": [1, 2.5]}, "binaries": {"$BS": ["AA==", "AQ=="]}}'
    )


def test_a_map_that_looks_like_a_tag_is_told_from_one() -> None:
    item: dict[str, Any] = {"odd": {"M": {"$SS": {"L": [{"S": "a"}]}}}, "outer": {"M": {"$M": {"M": {}}}}}
    assert item_text(item) == '{"odd": {"$M": {"$SS": ["a"]}}, "outer": {"$M": {"$M": {}}}}'
    assert item_from_text(item_text(item)) == item


def test_lines_are_indented_as_the_library_does_it() -> None:
    plain = {"a": [1, {"b": "c"}], "d": {}, "e": []}
    item = item_from_text(json.dumps(plain))
    assert item_text(item, indent=2) == json.dumps(plain, indent=2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1, column 2"),
        ("[]", "an item is a JSON object"),
        ('{"a": NaN}', "NaN is no JSON"),
        ('{"a": 1, "a": 2}', "has 'a' twice"),
        ('{"a": {"b": {"$SS": "x"}}}', 'a.b: "$SS" holds a list'),
        ('{"a": [1, {"$NS": ["1"]}]}', "a[1][0]: a set of numbers holds numbers only"),
        ('{"a": {"$SS": [1]}}', "a[0]: a set of strings holds texts only"),
        ('{"a": {"$B": 1}}', 'a: "$B" holds a text of base64'),
        ('{"a": {"$M": []}}', 'a: "$M" holds an object'),
        (b'{"a": "\xff"}', "is not UTF-8"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_no_item_is_refused_with_the_place(text: str | bytes, says: str) -> None:
    with pytest.raises(PlainError) as raised:
        item_from_text(text)
    assert says in str(raised.value)


def test_a_value_alone_is_written_as_in_an_item() -> None:
    assert value_text({"NS": ["1", "+2"]}) == '{"$NS": [1, {"$N": "+2"}]}'


# What DynamoDB would refuse


def test_what_dynamodb_takes_has_no_faults() -> None:
    assert list(faults({"id": {"S": "1"}, **ALL_TYPES, "deep": nested(32)}, [("id", "S")])) == []


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"SS": []}, "v: is an empty set, which DynamoDB cannot keep"),
        ({"SS": ["a", "b", "a"]}, "v[2]: is in the set already, at [0]"),
        ({"NS": ["1", "1.0"]}, "v[1]: is in the set already, at [0]"),
        ({"BS": ["AA==", "AA=="]}, "v[1]: is in the set already, at [0]"),
        ({"M": {"a": {"L": [{"S": ""}, {"SS": []}]}}}, "v.a[1]: is an empty set, which DynamoDB cannot keep"),
        ({"N": "1" * 39}, f"v: {'1' * 39} has 39 significant digits; DynamoDB keeps 38"),
        ({"N": "1E126"}, "v: 1E126 is out of range: DynamoDB's numbers go from 1E-130 to 9.99E+125"),
        ({"N": "1E-131"}, "v: 1E-131 is out of range: DynamoDB's numbers go from 1E-130 to 9.99E+125"),
        ({"N": "1E9999999"}, "v: 1E9999999 is out of range: DynamoDB's numbers go from 1E-130 to 9.99E+125"),
        ({"N": "one"}, "v: 'one' is no number"),
        ({"N": ""}, "v: '' is no number"),
        ({"B": "?"}, "v: is no base64"),
        ({"NULL": False}, "v: NULL holds true and nothing else"),
        ({"S": 5}, "v: S holds str, not int"),
        ({"X": "a"}, 'v: is no value of DynamoDB\'s, such as {"S": "text"}'),
    ],
)
def test_what_dynamodb_refuses_is_found_with_its_path(value: dict[str, Any], says: str) -> None:
    assert list(value_faults(value, "v")) == [says]


def test_deeper_than_32_levels_is_refused() -> None:
    assert list(value_faults(nested(32), "v")) == []
    (fault,) = value_faults(nested(33), "v")
    assert fault.endswith("is nested deeper than 32 levels")


@pytest.mark.parametrize(
    ("item", "says"),
    [
        ({}, ["id: the item has no such attribute, and it is the table's partition key"]),
        ({"id": {"N": "1"}, "at": {"N": "1"}}, ["id: is a number, but this key is a string"]),
        ({"id": {"S": ""}, "at": {"N": "1"}}, ["id: is empty, and this is a key"]),
        ({"id": {"S": "x" * 2049}, "at": {"N": "1"}}, ["id: has 2,049 bytes; a key of this kind has 2,048 at most"]),
        ({"id": {"S": "1"}, "at": {"N": "1"}, "kind": {"BOOL": True}}, ["kind: is a BOOL, but this key is a string"]),
    ],
)
def test_keys_must_be_there_and_of_their_type(item: dict[str, Any], says: list[str]) -> None:
    found = [
        fault for fault in faults(item, [("id", "S"), ("at", "N")], {"kind": "S", "id": "S"}) if "at:" not in fault
    ]
    assert found == says


def test_an_item_above_400_kb_is_refused() -> None:
    item = {"id": {"S": "x" * (MOST - 2)}}
    assert item_size(item) == MOST
    assert not list(faults(item))
    assert list(faults({"id": {"S": "x" * (MOST - 1)}})) == [
        "the item has 409,601 bytes; DynamoDB takes 409,600 (400 KB)"
    ]


def test_sizes_are_those_of_the_developer_guide() -> None:
    assert item_size({"name": {"S": "é"}}) == 4 + 2
    assert item_size({"n": {"N": "-1.50"}}) == 1 + 3
    assert item_size({"n": {"N": "27"}}) == 1 + 2
    assert item_size({"b": {"B": "AAEC/w=="}}) == 1 + 4
    assert item_size({"l": {"L": [{"BOOL": True}, {"NULL": True}]}}) == 1 + 3 + 2 * 2
    assert item_size({"m": {"M": {"ab": {"S": "c"}}}}) == 1 + 3 + 1 + 2 + 1


@pytest.mark.parametrize(
    ("one", "other", "same"), [("1", "1.0", True), ("1E2", "100", True), ("1", "2", False), ("x", "1", False)]
)
def test_numbers_are_the_same_by_value(one: str, other: str, same: bool) -> None:
    assert same_number(one, other) is same


@pytest.mark.parametrize(
    "text", ["0", "-0", "1" + "0" * 125, "9." + "9" * 37 + "E125", "1E-130", "0" * 50 + "1", "1." + "0" * 60]
)
def test_legal_numbers_are_taken_however_they_are_written(text: str) -> None:
    assert number_fault(text) is None
    assert Decimal(text).is_finite()
