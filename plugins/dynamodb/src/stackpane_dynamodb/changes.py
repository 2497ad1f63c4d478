"""What differs between two versions of an item, attribute by attribute and inside maps member by member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.expressions.conditions import Path
from stackpane_dynamodb.values.same import same

if TYPE_CHECKING:
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["Change", "changes", "value_at", "with_value"]


@dataclass(frozen=True, slots=True)
class Change:
    """One place of an item: the value it had and the one it is to have, ``None`` for none."""

    path: Path
    old: Value | None
    new: Value | None


def changes(old: Item, new: Item, at: tuple[str | int, ...] = ()) -> Iterator[Change]:
    """The places that differ, in the order of ``old``; what is only in ``new`` comes last.

    A list counts as one value: that an element moved cannot be told from two that changed.
    """
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if same(before, after):
            continue
        if before is not None and after is not None and "M" in before and "M" in after:
            yield from changes(before["M"], after["M"], (*at, name))
        else:
            yield Change(Path((*at, name)), before, after)


def value_at(item: Item, path: Path) -> Value | None:
    """The value at a path; ``None`` where there is none."""
    found: Any = {"M": item}
    for step in path.steps:
        if isinstance(step, int):
            elements = found.get("L", ())
            found = elements[step] if step < len(elements) else None
        else:
            found = found.get("M", {}).get(step)
        if found is None:
            return None
    value: Value = found
    return value


def with_value(item: Item, path: Path, value: Value | None) -> dict[str, Value]:
    """The item with another value at a path (``None``: with none). Raises ``LookupError`` where the path leads nowhere.

    As in DynamoDB, what holds the value must be there: a path makes no maps and no lists on its way. An element beyond
    a list's end is appended.
    """
    changed: dict[str, Value] = _with({"M": dict(item)}, path.steps, value)["M"]
    return changed


def _with(holder: Value, steps: Sequence[str | int], value: Value | None) -> dict[str, Any]:
    step, *others = steps
    kind = "L" if isinstance(step, int) else "M"
    if kind not in holder:
        raise LookupError(str(step))
    held: Any = list(holder["L"]) if isinstance(step, int) else dict(holder["M"])
    inside = step < len(held) if isinstance(step, int) else step in held
    if others:
        if not inside:
            raise LookupError(str(step))
        held[step] = _with(held[step], others, value)
    elif value is None:
        if inside:
            del held[step]
    elif inside or kind == "M":
        held[step] = value
    else:
        held.append(value)
    return {kind: held}
