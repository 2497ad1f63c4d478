"""Undo links say in the condition language just what was written, whatever the names and values are."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stackpane_dynamodb.expressions.conditions import Compare, Function, Path, Value, conjuncts
from stackpane_dynamodb.expressions.language import parse, parse_path
from stackpane_dynamodb.undoing import condition_text, path_text
from stackpane_dynamodb.values.numbers import number_fault
from stackpane_dynamodb.values.same import same
from tests.dynamodb.items import names, values

_names = names
_paths = st.builds(
    lambda first, others: Path((first, *others)), _names, st.lists(st.one_of(_names, st.integers(0, 99)), max_size=3)
)


def _is_sound(value: dict[str, Any]) -> bool:
    """Whether DynamoDB would have all of its numbers."""
    ((kind, held),) = value.items()
    inner = held if kind == "L" else held.values() if kind == "M" else ()
    numbers = [held] if kind == "N" else held if kind == "NS" else []
    return all(map(_is_sound, inner)) and all(number_fault(digits) is None for digits in numbers)


_values = st.one_of(st.none(), values.filter(_is_sound))


@given(_paths)
def test_a_path_is_read_as_it_was_written(path: Path) -> None:
    text = path_text(path)
    assert text is not None
    assert parse_path(text) == path


@given(st.lists(st.tuples(_paths, _values), min_size=1, max_size=3))
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


def test_what_the_language_cannot_say_has_no_text() -> None:
    assert condition_text([(Path(("",)), {"S": "x"})]) is None
