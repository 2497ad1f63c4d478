"""Moments in conditions as comparisons of values: DynamoDB has no type for times, so tables have them as they like."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from math import floor

from stackpane_dynamodb.expressions.conditions import (
    And,
    Between,
    Comparator,
    Compare,
    Condition,
    Moment,
    Not,
    Operand,
    Or,
    Path,
    Value,
)

__all__ = ["resolved"]

_SECONDS_END = Value(("N", str(10**11)))
"""Seconds since 1970 are below this until the year 5138, milliseconds above it since 1973."""


def resolved(condition: Condition, types: Mapping[str, str]) -> Condition:
    """The condition with every moment compared as text (ISO 8601 in UTC), seconds or milliseconds since 1970.

    ``types`` are the types of key attributes; of all others every form is looked for.
    """
    match condition:
        case And(parts):
            return And(tuple(resolved(part, types) for part in parts))
        case Or(parts):
            return Or(tuple(resolved(part, types) for part in parts))
        case Not(inner):
            return Not(resolved(inner, types))
        case Compare(left, operator, Moment() as moment):
            return _compared(left, operator, moment, types)
        case Between(operand, low, high) if isinstance(low, Moment) or isinstance(high, Moment):
            return resolved(And((Compare(operand, ">=", low), Compare(operand, "<=", high))), types)
        case _:
            return condition


def _compared(left: Operand, operator: Comparator, moment: Moment, types: Mapping[str, str]) -> Condition:
    kind = types.get(left.attribute or "") if isinstance(left, Path) else None
    at = moment.at.astimezone(UTC)
    text = Compare(left, operator, Value(("S", at.isoformat(timespec="seconds").replace("+00:00", "Z"))))
    if kind == "S":
        return text
    number = _number(left, operator, at.timestamp())
    return number if kind == "N" else Or((text, number))


def _number(left: Operand, operator: Comparator, seconds: float) -> Condition:
    """A number compared in seconds below ``_SECONDS_END`` and in milliseconds above it.

    Written so that the first part alone is a bound: one that a query by this attribute can go by.
    """
    in_seconds = Compare(left, operator, Value(("N", str(floor(seconds)))))
    in_milliseconds = Compare(left, operator, Value(("N", str(floor(seconds * 1000)))))
    if operator in (">", ">="):
        return And((in_seconds, Or((Compare(left, "<", _SECONDS_END), in_milliseconds))))
    return And((in_milliseconds, Or((in_seconds, Compare(left, ">=", _SECONDS_END)))))
