"""Many items at once in the plain form: byte for byte what one by one gives, or left to that."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane_dynamodb.values.bulk import plain_text
from stackpane_dynamodb.values.lines import plain_line, plain_lines, plain_value
from tests.dynamodb.items import items
from tests.dynamodb.test_values import ALL_TYPES

MARKS = [
    "{",
    "}",
    "[",
    "]",
    '"',
    "\\",
    ":",
    ",",
    " ",
    "\n",
    "\0",
    "\x01",
    "\x02",
    "M",
    "S",
    "$B",
    "$M",
    '{"S":"',
    '"}',
    "]}",
]
"""What a text is made of that wants to be taken for something else."""
nasty = st.lists(st.sampled_from(MARKS), min_size=1, max_size=5).map("".join)
values = st.recursive(
    st.builds(lambda text: {"S": text}, nasty)
    | st.builds(lambda texts: {"SS": texts}, st.lists(nasty, min_size=1, max_size=3))
    | st.builds(lambda texts: {"NS": texts}, st.lists(st.sampled_from(["1", "-2.50", "+3", "007"]), max_size=3))
    | st.sampled_from(
        [{"N": "5"}, {"N": "1E+2"}, {"N": "+5"}, {"N": ""}, {"B": "AA=="}, {"NULL": True}, {"BOOL": False}]
    ),
    lambda inner: (
        st.builds(lambda held: {"L": held}, st.lists(inner, max_size=3))
        | st.builds(lambda held: {"M": held}, st.dictionaries(nasty, inner, max_size=3))
    ),
    max_leaves=6,
)
nasty_items = st.dictionaries(nasty, values, max_size=4)


def texts(found: list[dict[str, Any]], *, spaced: bool = False, ascii_only: bool = False) -> list[bytes]:
    """The items as a reply has them."""
    separators = None if spaced else (",", ":")
    return [json.dumps(item, separators=separators, ensure_ascii=ascii_only).encode() for item in found]


ODD = [
    {"M": {"M": {"M": {"M": {}}}}},
    {"a": {"M": {"$B": {"S": "x"}}}},
    {"a": {"M": {"b": {"M": {"c": {"M": {}}}}}}},
    {"d": {"L": [{"L": [{"L": []}]}]}},
]


@given(st.lists(items | nasty_items | st.sampled_from(ODD), max_size=5), st.booleans(), st.booleans())
def test_many_at_once_are_what_one_by_one_gives(found: list[dict[str, Any]], spaced: bool, ascii_only: bool) -> None:
    given_texts = texts(found, spaced=spaced, ascii_only=ascii_only)
    one_by_one = b"".join(map(plain_line, given_texts))
    assert plain_lines(given_texts) == one_by_one
    assert plain_text(given_texts) in (None, one_by_one) or not found


@given(st.lists(values, min_size=1, max_size=5))
def test_values_are_as_in_items(found: list[dict[str, Any]]) -> None:
    given_texts = texts(found)
    decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])
    one_by_one = b"".join([plain_value(decoder.decode(text)) + b"\n" for text in given_texts])
    assert plain_text(given_texts, values=True) in (None, one_by_one)


def test_what_dynamodb_usually_sends_is_done_at_once() -> None:
    odd = {
        "text": {"S": 'a "quoted" {brace} ]} }} \\ back\nslash'},
        "ü name, with: marks": {"L": [{"L": []}, {"M": {}}]},
    }
    assert plain_text(texts([ALL_TYPES, odd, {}])) is not None


def test_one_item_that_is_odd_does_not_hold_up_the_others() -> None:
    found = texts([{"id": {"N": str(number)}} for number in range(200)] + [{"M": {"M": {}}}])
    assert plain_text(found) is None
    assert plain_lines(found) == b"".join(map(plain_line, found))


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":5}', b'{"a":"b"}', b'{"a":null}', b'{"a":[]}', b'{"a":{}}', b'{"a":{"S":5}}', b'{"a":{"S":"b","N":"5"}}',
        b'{"a":{"N":"5","S":"b"}}', b'{"a":{"L":["b"]}}', b'{"a":{"L":[5]}}', b'{"a":{"L":{}}}', b'{"a":{"M":[]}}',
        b'{"a":{"M":{"b":5}}}', b'{"a":{"X":"b"}}', b'{"L":[{"S":"b"}]}', b'{"a":{"S":null}}', b'{"a":{"M":{"L":[]}}}',
        b'{"a":{"BOOL":true,"S":"x"}}', b"[]", b"5", b'"a"', b'{"a":{"L":[],"M":{}}}',
    ],
)  # fmt: skip
def test_what_is_no_item_is_never_taken_for_one(text: bytes) -> None:
    assert plain_text([text]) is None
