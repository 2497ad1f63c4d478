"""Which way to the items a condition means: a key, a query on the table or an index, or a scan as the last resort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

from stackpane_dynamodb.expressions.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Function,
    Moment,
    Path,
    Value,
    conjuncts,
)
from stackpane_dynamodb.expressions.render import attribute_names

if TYPE_CHECKING:
    from stackpane_dynamodb.tables import Index, Model

__all__ = ["Access", "Estimate", "plan"]

PAGE_BYTES = 1 << 20
"""What one Scan or Query reads at most: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html"""
READ_UNIT = 4096
"""Bytes of a strongly consistent read of one unit; an eventually consistent one costs half:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html"""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Pages and read units, from AWS's counts; ``at_most`` where only an upper bound is known."""

    pages: int
    units: float
    at_most: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """The way to the items: by ``index`` (the table itself, or one of its indexes).

    ``keys`` are the conditions on its keys, the partition key's first; ``rest`` is what is filtered afterwards, which
    saves no capacity.
    """

    kind: Literal["get", "query", "scan"]
    index: Index
    keys: tuple[Condition, ...] = ()
    rest: Condition | None = None
    consistent: bool = False
    passed_over: tuple[tuple[str, str], ...] = ()
    """Indexes that have the keys, and why they do not do."""

    def estimate(self) -> Estimate:
        """What reading all of it may cost."""
        share = 1.0 if self.consistent else 0.5
        if self.kind == "get":
            average = ceil(self.index.size / self.index.items) if self.index.items else READ_UNIT
            return Estimate(1, share * max(1, ceil(average / READ_UNIT)))
        pages = max(1, ceil(self.index.size / PAGE_BYTES))
        units = max(share, share * ceil(self.index.size / READ_UNIT))
        return Estimate(pages, units, at_most=self.kind == "query")


def plan(
    model: Model,
    condition: Condition | None,
    *,
    index: str | None = None,
    wanted: Sequence[Path] = (),
    consistent: bool = False,
) -> Access:
    """The best way to all items that meet ``condition``.

    With ``index`` only that index is looked at. ``wanted`` are the paths that shall be shown (none: all attributes): an
    index that has not all that is wanted or filtered by is passed over.
    """
    parts = conjuncts(condition)
    candidates: list[tuple[tuple[int, ...], Access]] = []
    passed_over: list[tuple[str, str]] = []
    places = [model.index(index)] if index is not None else list(model.places)
    for order, place in enumerate(places):
        keys = _key_conditions(place, parts, model)
        if not keys:
            continue
        rest = tuple(part for part in parts if not any(part is key for key in keys))
        if reason := _unfilterable(place, rest) or ("" if index else _unfit(place, rest, wanted, consistent, model)):
            passed_over.append((str(place), reason))
            continue
        is_get = place.name is None and len(keys) == len(place.keys) and all(map(_is_equal, keys)) and not rest
        access = Access("get" if is_get else "query", place, keys, _joined(rest), consistent)
        exact = all(map(_is_equal, keys))
        candidates.append(((is_get, len(keys), exact, place.name is None, -place.items, -order), access))
    if candidates:
        best = max(candidates, key=lambda each: each[0])[1]
        return Access(best.kind, best.index, best.keys, best.rest, consistent, tuple(passed_over))
    return Access("scan", places[0], (), condition, consistent, tuple(passed_over))


def _joined(parts: Sequence[Condition]) -> Condition | None:
    return None if not parts else parts[0] if len(parts) == 1 else And(tuple(parts))


def _key_conditions(place: Index, parts: Sequence[Condition], model: Model) -> tuple[Condition, ...]:
    """The conditions that a query by this place can use: ``=`` on the partition key, one on the sort key."""
    partition = next((part for part in parts if _attribute(part) == place.partition and _is_equal(part)), None)
    if partition is None:
        return ()
    if place.sort is None:
        return (partition,)
    usable = [part for part in parts if _attribute(part) == place.sort and _is_key_condition(part, model)]
    return (partition, *sorted(usable, key=_is_equal, reverse=True)[:1])


def _attribute(part: Condition) -> str | None:
    operand: Any = getattr(part, "left", None) or getattr(part, "operand", None) or getattr(part, "path", None)
    return operand.attribute if isinstance(operand, Path) else None


def _is_equal(part: Condition) -> bool:
    return isinstance(part, Compare) and part.operator == "=" and isinstance(part.right, Value)


def _is_key_condition(part: Condition, model: Model) -> bool:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.KeyConditionExpressions.html"""
    if isinstance(part, Compare):
        # A moment becomes one condition only where it has one form: as text.
        text = isinstance(part.right, Moment) and model.types.get(_attribute(part) or "") == "S"
        return part.operator != "<>" and (isinstance(part.right, Value) or text)
    if isinstance(part, Between):
        return isinstance(part.low, Value) and isinstance(part.high, Value)
    return isinstance(part, Function) and part.name == "begins_with" and isinstance(part.argument, Value)


def _unfilterable(place: Index, rest: Sequence[Condition]) -> str:
    """A query's filter may not look at the keys it goes by."""
    twice = sorted(set().union(*map(attribute_names, rest)) & set(place.keys))
    return f"a query takes one condition on {' and '.join(twice)}; between joins two" if twice else ""


def _unfit(place: Index, rest: Sequence[Condition], wanted: Sequence[Path], consistent: bool, model: Model) -> str:
    """Why an index that has the keys does not do; empty where it does."""
    if place.is_global and consistent:
        return "a global index has no consistent reads"
    if place.attributes is None or not place.is_global:  # DynamoDB fetches from the table what a local index lacks
        return ""
    if not wanted:
        return "it does not have all attributes; --project names those that are wanted"
    needed = {str(path.steps[0]) for path in wanted}.union(*map(attribute_names, rest))
    missing = needed - {*place.attributes, *place.keys, *model.table.keys}
    return f"it does not have {', '.join(sorted(missing))}" if missing else ""
