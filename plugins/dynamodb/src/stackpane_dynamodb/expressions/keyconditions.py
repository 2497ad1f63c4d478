"""Of the conditions that must all hold, those that a query can go by: on the keys of one table or index.

A query takes ``=`` on the partition key and one condition on the sort key:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.expressions.conditions import Between, Compare, Condition, Function, In, Path, Value
from stackpane_dynamodb.expressions.evaluate import comparable
from stackpane_dynamodb.expressions.render import typed

if TYPE_CHECKING:
    from stackpane_dynamodb.tables import Index

__all__ = ["KeyParts", "key_parts"]

_LOW, _HIGH = (">", ">="), ("<", "<=")


@dataclass(frozen=True, slots=True)
class KeyParts:
    """Conditions to query by: one of ``partitions`` with one of ``sort`` (``None``: all of each partition) at a time.

    ``used`` are the given conditions that these say all of; what else was said of the keys is still to be looked at.
    """

    partitions: tuple[Compare, ...]
    sort: tuple[Condition, ...] | None
    used: tuple[Condition, ...]

    @property
    def exact(self) -> bool:
        """Whether the sort key is named with ``=``."""
        return self.sort is not None and all(isinstance(each, Compare) and each.operator == "=" for each in self.sort)


def key_parts(place: Index, parts: Sequence[Condition], types: Mapping[str, str]) -> KeyParts | None:
    """What a query by the keys of ``place`` can go by; ``None`` where its partition key is not named."""
    partitions, used = _equals(place.partition, parts, types)
    if used is None:
        return None
    if place.sort is None:
        return KeyParts(partitions, None, (used,))
    sorts, used_sort = _equals(place.sort, parts, types)
    if used_sort is not None:
        in_order = sorted(sorts, key=lambda each: _held(each.right, place.sort, types))
        return KeyParts(partitions, tuple(in_order), (used, used_sort))
    by, used_all = _one_condition(Path((place.sort,)), parts, types)
    return KeyParts(partitions, None if by is None else (by,), (used, *used_all))


def _equals(
    name: str, parts: Iterable[Condition], types: Mapping[str, str]
) -> tuple[tuple[Compare, ...], Condition | None]:
    """``=`` on a key, for every value it may have; each value once, however often and however it was written."""
    for part in parts:
        values: Sequence[Any] = ()
        if isinstance(part, Compare) and part.operator == "=" and _is_key(part.left, name):
            values = (part.right,)
        elif isinstance(part, In) and _is_key(part.operand, name):
            values = part.choices
        if values and all(isinstance(value, Value) for value in values):
            once: dict[Any, Any] = {}
            for value in values:
                once.setdefault(_held(value, name, types), value)
            return tuple(Compare(Path((name,)), "=", value) for value in once.values()), part
    return (), None


def _one_condition(
    key: Path, parts: Sequence[Condition], types: Mapping[str, str]
) -> tuple[Condition | None, tuple[Condition, ...]]:
    """One condition on a sort key that leaves out nothing of what all say together, and those it says all of."""
    name = str(key)
    for part in parts:
        match part:
            case Function("begins_with", path, Value()) if _is_key(path, name):
                return part, (part,)
    lows, highs = _bounds(name, parts, _LOW), _bounds(name, parts, _HIGH)
    low = max(lows, key=lambda each: _held(each[0], name, types), default=None)
    high = min(highs, key=lambda each: _held(each[0], name, types), default=None)
    if low is None or high is None or _held(low[0], name, types) > _held(high[0], name, types):
        one = low or high
        if one is None:
            return None, ()
        value, part, operator = one
        return Compare(key, operator, value), (part,) if isinstance(part, Compare) else ()
    # Of both bounds DynamoDB takes only those that are within: what is not is looked at again.
    within: list[Condition] = [
        part for _, part, operator in (low, high) if isinstance(part, Compare) and operator in ("<=", ">=")
    ]
    if low[1] is high[1]:
        within = [low[1]]  # it was a "between"
    return Between(key, low[0], high[0]), tuple(within)


def _bounds(name: str, parts: Iterable[Condition], operators: Sequence[str]) -> list[tuple[Value, Condition, Any]]:
    """The values that a key must be above, or below, with the condition that says so and its operator."""
    found: list[tuple[Value, Condition, Any]] = []
    for part in parts:
        if isinstance(part, Compare) and part.operator in operators and _is_key(part.left, name):
            found += [(part.right, part, part.operator)] if isinstance(part.right, Value) else []
        elif isinstance(part, Between) and _is_key(part.operand, name):
            end = part.low if operators is _LOW else part.high
            found += [(end, part, operators[1])] if isinstance(end, Value) else []
    return found


def _is_key(operand: Any, name: str) -> bool:
    return isinstance(operand, Path) and operand.attribute == name


def _held(value: Any, name: str | None, types: Mapping[str, str]) -> Any:
    """What is compared of a key's value: keys are of one type."""
    return comparable(typed(value, Path((name or "",)), types))[1]
