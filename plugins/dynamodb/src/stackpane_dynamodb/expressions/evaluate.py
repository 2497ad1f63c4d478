"""Conditions evaluated on our side, as DynamoDB evaluates them: for what a query's own filter may not look at.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

import operator
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.changes import value_at
from stackpane_dynamodb.expressions.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Function,
    In,
    Moment,
    Not,
    Operand,
    Or,
    Path,
    Size,
    Value,
)
from stackpane_dynamodb.expressions.render import met_by, typed
from stackpane_dynamodb.values.numbers import normal

if TYPE_CHECKING:
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Comparable", "comparable", "predicate"]

Comparable = tuple[str, Any]
"""A value's type and what it holds, in a form in which two values that DynamoDB takes for the same are equal."""
Predicate = Callable[["Item"], bool]
Getter = Callable[["Item"], Comparable | None]

_ORDERED = ("S", "N", "B")
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def predicate(condition: Condition, types: Mapping[str, str]) -> Predicate:
    """What tells whether an item (in DynamoDB-JSON) meets a condition without moments.

    ``types`` are the types of key attributes, which words are of where they meet one. Raises ``InvalidInput``.
    """
    match condition:
        case And(parts):
            every = [predicate(part, types) for part in parts]
            return lambda item: all(holds(item) for holds in every)
        case Or(parts):
            some = [predicate(part, types) for part in parts]
            return lambda item: any(holds(item) for holds in some)
        case Not(inner):
            holds = predicate(inner, types)
            return lambda item: not holds(item)
        case Compare(left, sign, right):
            return _compared(_getter(left, right, types), sign, _getter(right, left, types))
        case Between(operand, low, high):
            middle = _getter(operand, None, types)
            from_low = _compared(middle, ">=", _getter(low, operand, types))
            to_high = _compared(middle, "<=", _getter(high, operand, types))
            return lambda item: from_low(item) and to_high(item)
        case In(operand, choices):
            same = [_compared(_getter(operand, None, types), "=", _getter(each, operand, types)) for each in choices]
            return lambda item: any(holds(item) for holds in same)
        case Function():
            return _function(condition, types)


def comparable(value: Mapping[str, Any]) -> Comparable:
    """A value in DynamoDB-JSON in the form that is compared."""
    ((kind, held),) = value.items()
    return kind, _COMPARABLE[kind](held)


_COMPARABLE: dict[str, Callable[[Any], Any]] = {
    "S": str.encode,  # ordered by the bytes of UTF-8
    "N": normal,
    "B": b64decode,
    "BOOL": bool,
    "NULL": bool,
    "SS": lambda held: frozenset(map(str.encode, held)),
    "NS": lambda held: frozenset(map(normal, held)),
    "BS": lambda held: frozenset(map(b64decode, held)),
    "L": lambda held: tuple(map(comparable, held)),
    "M": lambda held: frozenset((name, comparable(each)) for name, each in held.items()),
}


def _getter(operand: Operand, other: Operand | None, types: Mapping[str, str]) -> Getter:
    match operand:
        case Value():
            value = comparable(typed(operand, other, types))
            return lambda _item: value
        case Path():
            return lambda item: None if (found := value_at(item, operand)) is None else comparable(found)
        case Size(path):
            return lambda item: None if (found := value_at(item, path)) is None else _size(comparable(found))
        case Moment():
            raise TypeError("moments are resolved before a condition is evaluated")


def _size(value: Comparable) -> Comparable | None:
    kind, held = value
    if kind in ("N", "BOOL", "NULL"):
        return None
    return "N", normal(str(len(held.decode() if kind == "S" else held)))


def _compared(left: Getter, sign: str, right: Getter) -> Predicate:
    if sign in ("=", "<>"):

        def equal(item: Item) -> bool:
            one = left(item)
            return one is not None and one == right(item)

        return equal if sign == "=" else lambda item: not equal(item)
    order = _ORDERS[sign]

    def ordered(item: Item) -> bool:
        one, other = left(item), right(item)
        if one is None or other is None or one[0] != other[0] or one[0] not in _ORDERED:
            return False
        return order(one[1], other[1])

    return ordered


def _function(function: Function, types: Mapping[str, str]) -> Predicate:
    path, name = function.path, function.name
    if name == "attribute_exists":
        return lambda item: value_at(item, path) is not None
    if name == "attribute_not_exists":
        return lambda item: value_at(item, path) is None
    if name == "attribute_type":
        kind = function.argument.value[1] if isinstance(function.argument, Value) else ""
        return lambda item: kind in (value_at(item, path) or ())
    test = {"begins_with": _begins, "contains": _contains}[name]
    held, wanted = _getter(path, None, types), _getter(function.argument or path, met_by(function, types), types)

    def holds(item: Item) -> bool:
        one, other = held(item), wanted(item)
        return one is not None and other is not None and test(one, other)

    return holds


def _begins(held: Comparable, start: Comparable) -> bool:
    return held[0] == start[0] and held[0] in ("S", "B") and bool(held[1].startswith(start[1]))


def _contains(held: Comparable, wanted: Comparable) -> bool:
    kind, inside = held
    if kind == "L":
        return wanted in inside
    if kind in ("SS", "NS", "BS"):
        return kind[0] == wanted[0] and wanted[1] in inside
    return kind in ("S", "B") and kind == wanted[0] and wanted[1] in inside
