"""Items as rows of a table: Python values for cells and JSON, and the columns that a page of them suggests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stackpane import Column
from stackpane_dynamodb.values.numbers import normal
from stackpane_dynamodb.values.plain import reader

if TYPE_CHECKING:
    from stackpane.views import Kind
    from stackpane_dynamodb.values.plain import Item

__all__ = ["columns_of", "row_of", "row_value", "unfolded", "unfolded_row"]


def _number(digits: str) -> Any:
    try:
        return normal(digits)
    except ArithmeticError:  # far beyond DynamoDB's range: no AWS reply, and shown as what it is
        return {"$N": digits}


row_value = reader(_number)
"""A value as plain Python, its numbers as ``Decimal``: exact, and written digit by digit."""


def row_of(item: Item) -> dict[str, Any]:
    """An item's attributes as the raw values of a row."""
    return {name: row_value(value) for name, value in item.items()}


def unfolded_row(row: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """A row in which texts that are JSON have become what they say, but for its keys: they are what it is found by."""
    kept = frozenset(keys)
    return {name: value if name in kept else unfolded(value) for name, value in row.items()}


def unfolded(value: Any) -> Any:
    """A value in which every text that is a JSON object or array has become that."""
    if isinstance(value, dict):
        return {name: unfolded(each) for name, each in value.items()}
    if isinstance(value, list):
        return list(map(unfolded, value))
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return value
    try:
        return unfolded(json.loads(value, parse_float=Decimal, parse_constant=_no_constant))
    except (ValueError, RecursionError):  # it only looked like JSON
        return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def columns_of(rows: Sequence[Mapping[str, Any]], keys: Iterable[str]) -> tuple[Column, ...]:
    """The columns for these rows: the keys first, then the attributes that most of them have, each with its kind."""
    counts: dict[str, int] = {}
    for row in rows:
        for name in row:
            counts[name] = counts.get(name, 0) + 1
    first = list(dict.fromkeys(keys))
    # Stable: attributes that are equally frequent stay as the items have them.
    others = sorted((name for name in counts if name not in first), key=lambda name: -counts[name])
    names = [*first, *others]
    # A terminal that is too narrow leaves out what is wide, the last one first; never the keys.
    return tuple(Column(name, _kind(rows, name), wide=name not in first) for name in names)


def _kind(rows: Iterable[Mapping[str, Any]], name: str) -> Kind:
    kinds: set[Kind] = {_kind_of(row[name]) for row in rows if row.get(name) is not None}
    return kinds.pop() if len(kinds) == 1 else "text"


def _kind_of(value: Any) -> Kind:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "text"
    return "json" if isinstance(value, (dict, list)) else "number"
