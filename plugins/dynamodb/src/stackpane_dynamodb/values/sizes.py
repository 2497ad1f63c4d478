"""How many bytes an item takes: what counts against 400 KB, and what capacity is reckoned from.

The rules are AWS's own; for numbers and documents they give an estimate, as AWS says itself:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["MOST", "item_size", "value_size"]

MOST = 400 * 1024
"""Bytes of the largest item, names included:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


def item_size(item: Item) -> int:
    """Bytes of an item: of its attributes' names and values."""
    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def value_size(value: Value) -> int:
    """Bytes of a value."""
    ((kind, held),) = value.items()
    return _SIZES[kind](held)


def _number(text: str) -> int:
    digits = text.lower().partition("e")[0].lstrip("+-").replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")


def _binary(text: str) -> int:
    return len(text) * 3 // 4 - text[-2:].count("=")


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": lambda held: len(held.encode()),
    "N": _number,
    "B": _binary,
    "BOOL": lambda _held: 1,
    "NULL": lambda _held: 1,
    "L": lambda held: 3 + sum(1 + value_size(each) for each in held),
    "M": lambda held: 3 + sum(1 + len(name.encode()) + value_size(each) for name, each in held.items()),
    "SS": lambda held: sum(len(each.encode()) for each in held),
    "NS": lambda held: sum(map(_number, held)),
    "BS": lambda held: sum(map(_binary, held)),
}
