"""Whether values are the same to DynamoDB: numbers by value, sets whatever their order, maps by their members."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.values.numbers import normal, number_fault, same_number

if TYPE_CHECKING:
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["same", "same_item"]


def same_item(one: Item, other: Item) -> bool:
    """Whether two items have the same attributes with the same values."""
    return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())


def same(one: Value | None, other: Value | None) -> bool:
    """Whether a comparison with ``=`` would hold; ``None`` is no value, which is the same as ``None`` only."""
    if one is None or other is None:
        return one is other
    ((kind, held),), ((other_kind, other_held),) = one.items(), other.items()
    if kind != other_kind:
        return False
    match kind:
        case "N":
            return same_number(held, other_held)
        case "L":
            return len(held) == len(other_held) and all(map(same, held, other_held))
        case "M":
            return same_item(held, other_held)
        case "B" | "BS" | "SS" | "NS":
            return _members(kind, held) == _members(kind, other_held)
    return bool(held == other_held)


def _members(kind: str, held: Any) -> frozenset[Any]:
    members = [held] if kind == "B" else held
    if kind in ("B", "BS"):
        return frozenset(map(base64.b64decode, members))
    return frozenset(normal(each) if kind == "NS" and number_fault(each) is None else each for each in members)
