"""What a refresh of a table has changed: rows that came, rows that went, and the cells that are not as they were."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["EVERY", "MOST_WATCHED", "Difference", "compare"]

EVERY = (2, 5, 10, 30)
"""Seconds between two refreshes that can be chosen."""
MOST_WATCHED = 5000
"""Rows that are read again every few seconds."""


@dataclass(slots=True)
class Difference:
    """The rows of now, with those that went where they stood before.

    ``changes`` says of rows by their number here what changed: ``+`` it came, ``-`` it went, ``~`` these of its values
    did. ``moved`` gives the number here of every row of before that still has one.
    """

    rows: list[Any] = field(default_factory=list)
    changes: dict[int, tuple[str, frozenset[int]]] = field(default_factory=dict)
    moved: dict[int, int] = field(default_factory=dict)


def compare(
    before: Sequence[Any],
    now: Sequence[Any],
    key: Callable[[Any], Hashable],
    values: Callable[[Any], Sequence[Any]],
    *,
    more_before: bool = False,
    more_now: bool = False,
) -> Difference:
    """What became of ``before``. Rows that share a key are told apart by their order.

    Where more follow than was read, nobody knows what became of the last rows: only between rows that both have can
    one have come or gone.
    """
    old, new = _keyed(before, key), _keyed(now, key)
    gone: dict[Hashable, list[Hashable]] = {}  # by the row of now behind which they stood (None: in front of all)
    last: Hashable = None
    for each in old:
        if each in new:
            last = each
        else:
            gone.setdefault(last, []).append(each)
    if more_now:
        gone.pop(last, None)
    sure = max((number for number, each in enumerate(new) if each in old), default=-1) if more_before else len(new)
    found = Difference()

    def add(row: Any, change: str, cells: frozenset[int] = frozenset()) -> int:
        if change:
            found.changes[len(found.rows)] = (change, cells)
        found.rows.append(row)
        return len(found.rows) - 1

    def add_gone(behind: Hashable) -> None:
        for each in gone.get(behind, ()):
            number, row = old[each]
            found.moved[number] = add(row, "-")

    add_gone(None)
    for place, (each, (_, row)) in enumerate(new.items()):
        if each in old:
            number, former = old[each]
            cells = _changed(values(former), values(row))
            found.moved[number] = add(row, "~" if cells else "", cells)
        else:
            add(row, "+" if place < sure else "")
        add_gone(each)
    return found


def _keyed(rows: Sequence[Any], key: Callable[[Any], Hashable]) -> dict[Hashable, tuple[int, Any]]:
    found: dict[Hashable, tuple[int, Any]] = {}
    counts: dict[Hashable, int] = {}
    for number, row in enumerate(rows):
        name = key(row)
        counts[name] = counts.get(name, 0) + 1
        found[name, counts[name]] = number, row
    return found


def _changed(before: Sequence[Any], now: Sequence[Any]) -> frozenset[int]:
    return frozenset(at for at, value in enumerate(now) if at >= len(before) or before[at] != value)
