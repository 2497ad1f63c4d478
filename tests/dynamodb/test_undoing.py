"""Undo links say in the condition language just what was written, whatever the names and values are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane_dynamodb.expressions.conditions import Compare, Function, Path, Value, conjuncts
from stackpane_dynamodb.expressions.language import parse, parse_path
from stackpane_dynamodb.undoing import condition_text, path_text
from stackpane_dynamodb.values.numbers import number_fault
from stackpane_dynamodb.values.same import same
from tests.dynamodb.items import binaries, names, numbers, strings

_names = names.filter(lambda name: "`" not in name)
_paths = st.builds(
    lambda first, others: Path((first, *others)), _names, st.lists(st.one_of(_names, st.integers(0, 99)), max_size=3)
)
_scalars: st.SearchStrategy[dict[str, Any] | None] = st.one_of(
    st.none(),
    st.fixed_dictionaries({"S": strings}),
    st.fixed_dictionaries({"N": numbers().filter(lambda digits: number_fault(digits) is None)}),
    st.fixed_dictionaries({"B": binaries}),
    st.fixed_dictionaries({"BOOL": st.booleans()}),
    st.just({"NULL": True}),
)


@given(_paths)
def test_a_path_is_read_as_it_was_written(path: Path) -> None:
    text = path_text(path)
    assert text is not None
    assert parse_path(text) == path


@given(st.lists(st.tuples(_paths, _scalars), min_size=1, max_size=3))
def test_a_condition_is_read_as_it_was_written(expected: list[tuple[Path, Any]]) -> None:
    text = condition_text(expected)
    assert text is not None
    for (path, value), part in zip(expected, conjuncts(parse(text)), strict=True):
        if value is None:
            assert part == Function("attribute_not_exists", path)
            continue
        assert isinstance(part, Compare)
        assert isinstance(part.right, Value)
        assert (part.left, part.operator) == (path, "=")
        assert same(dict([part.right.value]), value)


@pytest.mark.parametrize("value", [{"SS": ["a"]}, {"L": []}, {"M": {}}, {"BS": ["AA=="]}])
def test_what_the_language_cannot_say_has_no_text(value: dict[str, Any]) -> None:
    assert condition_text([(Path(("a",)), value)]) is None
    assert condition_text([(Path(("a`b",)), {"S": "x"})]) is None
