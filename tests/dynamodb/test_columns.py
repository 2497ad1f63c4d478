"""Items column by column: what is made of a column's text at once is what is made of each value."""

from __future__ import annotations

import base64
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane_dynamodb.moving.columns import KINDS, Reader
from stackpane_dynamodb.values.lines import MEMBERS, plain_value
from tests.dynamodb.items import binaries, numbers, strings
from tests.dynamodb.test_bulk import nasty, values

texts = strings | nasty
of_kind: dict[str, st.SearchStrategy[Any]] = {
    "S": texts,
    "N": numbers(),
    "B": binaries,
    "BOOL": st.booleans(),
    "NULL": st.sampled_from([True]),
    "SS": st.lists(texts, min_size=1, max_size=3),
    "NS": st.lists(numbers(), min_size=1, max_size=3),
    "BS": st.lists(binaries, min_size=1, max_size=3),
    "L": st.lists(values, max_size=3),
    "M": st.dictionaries(nasty, values, max_size=3),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")], ids=["compact", "with blanks"])
def test_a_column_of_one_type_is_read_as_its_values_are(kind: str, separators: tuple[str, str]) -> None:
    @given(
        st.lists(st.none() | of_kind[kind], min_size=1, max_size=6).filter(lambda found: found != [None] * len(found))
    )
    def check(found: list[Any]) -> None:
        items = [{"id": {"N": "1"}} | ({} if held is None else {"a": {kind: held}}) for held in found]
        lines = [json.dumps(item, separators=separators).encode() for item in items]
        column = Reader(["id"]).read(lines)["a"]
        held = [each for each in found if each is not None]
        slices = [json.dumps({kind: each}, separators=separators).encode() for each in held]
        assert column.kinds() == {kind}
        assert column.rows == (
            None if len(held) == len(found) else [row for row, each in enumerate(found) if each is not None]
        )
        assert [msgspec.json.decode(text) for text in column.plain()] == [
            msgspec.json.decode(plain_value(MEMBERS.decode(text))) for text in slices
        ]
        if kind == "S":
            assert [text if isinstance(text, str) else text.decode() for text in column.strings()] == held
        elif kind == "N":
            assert [digits.decode() for digits in column.digits()] == held
        elif kind == "B":
            assert column.binaries() == list(map(base64.b64decode, held))
        elif kind == "BOOL":
            assert column.booleans() == held

    check()
