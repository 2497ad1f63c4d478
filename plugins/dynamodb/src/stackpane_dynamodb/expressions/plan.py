"""Which way to the items a condition means: keys, queries on the table or an index, or a scan as the last resort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import ceil
from typing import TYPE_CHECKING, Literal

from stackpane import InvalidInput
from stackpane_dynamodb.expressions.conditions import (
    And,
    Between,
    Compare,
    Condition,
    Function,
    In,
    Path,
    attribute_names,
    conjuncts,
)
from stackpane_dynamodb.expressions.keyconditions import KeyParts, key_parts
from stackpane_dynamodb.expressions.moments import resolved

if TYPE_CHECKING:
    from stackpane_dynamodb.tables import Index, Model

__all__ = ["Access", "Estimate", "everything", "plan"]

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

    ``chains`` has the key conditions of each chain of requests, the partition key's first: one chain for every
    partition that is asked for, one without any for a scan. DynamoDB filters by ``rest``, which saves no capacity;
    ``local`` is what its filter may not look at (the keys that a query goes by) and is looked at on our side.
    """

    kind: Literal["get", "query", "scan"]
    index: Index
    chains: tuple[tuple[Condition, ...], ...] = ((),)
    rest: Condition | None = None
    local: Condition | None = None
    consistent: bool = False
    passed_over: tuple[tuple[str, str], ...] = ()
    """Indexes that have the keys, and why they do not do."""
    lacking: str | None = None
    """The key attribute that an item may lack: then the index does not have it, and nothing of this way finds it."""

    def estimate(self) -> Estimate:
        """What reading all of it may cost."""
        share = 1.0 if self.consistent else 0.5
        if self.kind == "get":
            average = ceil(self.index.size / self.index.items) if self.index.items else READ_UNIT
            count = len(self.chains)
            return Estimate(count, count * share * max(1, ceil(average / READ_UNIT)))
        # However many partitions are read, all together they are no more than the whole; each takes a page at least.
        pages = max(1, ceil(self.index.size / PAGE_BYTES)) + len(self.chains) - 1
        units = max(share, share * ceil(self.index.size / READ_UNIT)) + share * (len(self.chains) - 1)
        return Estimate(pages, units, at_most=self.kind == "query" or not self.index.counted)


def plan(
    model: Model,
    condition: Condition | None,
    *,
    index: str | None = None,
    wanted: Sequence[Path] = (),
    consistent: bool = False,
    backwards: bool = False,
) -> Access:
    """The best way to all items that meet ``condition``.

    With ``index`` only that index is looked at. ``wanted`` are the paths that shall be shown (none: all attributes): an
    index that has not all that is wanted or filtered by is passed over. Raises ``InvalidInput``.
    """
    scan = everything(model, condition, index=index, wanted=wanted, consistent=consistent)
    condition = scan.rest
    parts = conjuncts(condition)
    candidates: list[tuple[tuple[int, ...], Access]] = []
    passed_over: list[tuple[str, str]] = []
    for order, place in enumerate([scan.index] if index is not None else (model.table, *model.indexes)):
        found = key_parts(place, parts, model.types)
        if found is None:
            continue
        if index is None and (reason := _unfit(place, condition, wanted, consistent, model)):
            passed_over.append((str(place), reason))
            continue
        access = _access(place, found, parts, consistent=consistent, backwards=backwards)
        sorts = found.sort is not None
        complete = access.lacking is None
        rank = (access.kind == "get", sorts + found.exact, complete, place.name is None, -place.items, -order)
        candidates.append((rank, access))
    best = max(candidates, key=lambda each: each[0])[1] if candidates else scan
    return replace(best, passed_over=tuple(passed_over))


def everything(
    model: Model,
    condition: Condition | None,
    *,
    index: str | None = None,
    wanted: Sequence[Path] = (),
    consistent: bool = False,
) -> Access:
    """The way of a scan, whatever the condition would allow. Raises ``InvalidInput`` where the index cannot do it."""
    place = model.index(index)
    if place.is_global and consistent:
        raise InvalidInput(f"{place} is global, and such indexes have no consistent reads", "Leave out --consistent.")
    condition = None if condition is None else resolved(condition, model.types)
    if missing := _missing(place, condition, wanted, model):
        raise InvalidInput(f"{place} does not have {missing}", "Leave out --index, or name another.")
    return Access("scan", place, rest=condition, consistent=consistent)


def _access(place: Index, found: KeyParts, parts: Sequence[Condition], *, consistent: bool, backwards: bool) -> Access:
    rest = [part for part in parts if not any(part is used for used in found.used)]
    # A query's filter may not look at the keys it goes by.
    local = [part for part in rest if attribute_names(part) & set(place.keys)]
    sorts = () if found.sort is None else tuple(reversed(found.sort)) if backwards else found.sort
    chains = tuple(product(found.partitions, sorts)) if sorts else tuple((each,) for each in found.partitions)
    others = [part for part in rest if part not in local]
    whole = len(chains[0]) == len(place.keys) and all(map(_is_equal, chains[0]))
    is_get = place.name is None and whole and not others
    present = set().union(*(attribute_names(part) for part in parts if _wants_presence(part)))
    return Access(
        "get" if is_get else "query",
        place,
        chains,
        _joined(others),
        _joined(local),
        consistent,
        lacking=place.sort if place.name is not None and place.sort not in present else None,
    )


def _joined(parts: Sequence[Condition]) -> Condition | None:
    return None if not parts else parts[0] if len(parts) == 1 else And(tuple(parts))


def _is_equal(part: Condition) -> bool:
    return isinstance(part, Compare) and part.operator == "="


def _wants_presence(part: Condition) -> bool:
    """Whether only items that have the attributes it looks at can meet a condition."""
    if isinstance(part, Compare):
        return part.operator != "<>"
    return isinstance(part, (Between, In)) or (isinstance(part, Function) and part.name != "attribute_not_exists")


def _unfit(place: Index, condition: Condition | None, wanted: Sequence[Path], consistent: bool, model: Model) -> str:
    """Why an index that has the keys does not do; empty where it does."""
    if place.status != "ACTIVE":
        return f"it is {place.status}"
    if place.is_global and consistent:
        return "a global index has no consistent reads"
    if place.is_global and place.attributes is not None and not wanted:
        return "it does not have all attributes; --project names those that are wanted"
    missing = _missing(place, condition, wanted, model)
    return f"it does not have {missing}" if missing else ""


def _missing(place: Index, condition: Condition | None, wanted: Sequence[Path], model: Model) -> str:
    """The attributes that are asked for and not in a global index; a local one takes them from the table."""
    if place.attributes is None or not place.is_global:
        return ""
    needed = {str(path.steps[0]) for path in wanted} | (set() if condition is None else attribute_names(condition))
    return ", ".join(sorted(needed - {*place.attributes, *place.keys, *model.table.keys}))
