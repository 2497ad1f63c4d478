"""Changes as options say them: ``--set path=value``, ``--remove path``, ``--add path=n``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Inexact, InvalidOperation, Overflow
from typing import TYPE_CHECKING

from stackpane import InvalidInput
from stackpane_dynamodb.changes import value_at, with_value
from stackpane_dynamodb.expressions.language import parse_path
from stackpane_dynamodb.values.numbers import normal, number_fault
from stackpane_dynamodb.values.plain import PlainError, from_plain, read_json, value_text
from stackpane_dynamodb.values.same import same

if TYPE_CHECKING:
    from stackpane_dynamodb.expressions.conditions import Path
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["Assignments"]

_SETS = {"SS": "S", "NS": "N", "BS": "B"}
_SUM = Context(prec=300, Emax=999_999, Emin=-999_999, traps=[InvalidOperation, Overflow, Inexact])
"""Holds the sum of any two of DynamoDB's numbers exactly, from 1E-130 to 9.99E+125."""


@dataclass(frozen=True, slots=True)
class Assignments:
    """What to set, to remove and to add, each at a path of an item."""

    set: tuple[tuple[Path, Value], ...] = ()
    remove: tuple[Path, ...] = ()
    add: tuple[tuple[Path, Value], ...] = ()

    @classmethod
    def of(cls, model: Model, put: Sequence[str], remove: Sequence[str], add: Sequence[str]) -> Assignments:
        """The changes that options ask for. Raises ``InvalidInput`` where one cannot be read, or two meet."""
        found = cls(
            tuple(_assigned(text, model, "set") for text in put),
            tuple(map(parse_path, remove)),
            tuple(_assigned(text, model, "add") for text in add),
        )
        found._check()
        return found

    def __bool__(self) -> bool:
        return bool(self.set or self.remove or self.add)

    def _check(self) -> None:
        paths = [*(path for path, _ in (*self.set, *self.add)), *self.remove]
        for number, path in enumerate(paths):
            for other in paths[:number]:
                shorter = min(len(path.steps), len(other.steps))
                if path.steps[:shorter] == other.steps[:shorter]:
                    raise InvalidInput(f"{path} and {other} are changed by the same command", "Change one of them.")

    def applied(self, item: Item) -> Item:
        """The item with the changes. Raises ``InvalidInput`` where it has no place for one of them."""
        changed = item
        for path, value in self.set:
            changed = _placed(changed, path, value)
        for path, value in self.add:
            changed = _placed(changed, path, _sum(value_at(changed, path), value, path))
        # Elements are counted as they were read, so the last one of a list goes first.
        for path in sorted(self.remove, key=lambda each: _order(each.steps), reverse=True):
            if value_at(changed, path) is not None:
                changed = with_value(changed, path, None)
        return changed

    def counts(self, item: Item) -> bool:
        """Whether making the changes twice is not the same as once: a number is added."""
        return any("N" in value and "NS" not in (value_at(item, path) or {}) for path, value in self.add)


def _order(steps: Sequence[str | int]) -> list[tuple[int, str]]:
    return [(step, "") if isinstance(step, int) else (-1, step) for step in steps]


def _placed(item: Item, path: Path, value: Value) -> Item:
    try:
        return with_value(item, path, value)
    except LookupError as error:
        raise InvalidInput(
            f"there is no place for {path}: nothing holds {error.args[0]!r}", "Set the map or the list around it first."
        ) from None


# Reading


def _assigned(text: str, model: Model, option: str) -> tuple[Path, Value]:
    """``path=value``: a name in backticks may have a ``=`` of its own."""
    place, given, value = _split(text)
    if not given:
        raise InvalidInput(
            f"{text!r} names no value", f"Write --{option} PATH=VALUE, such as status=open or price=9.50."
        )
    path = parse_path(place)
    return path, _value(value, path, model.types.get(path.attribute or ""))


def _split(text: str) -> tuple[str, str, str]:
    quoted = False
    for position, character in enumerate(text):
        quoted ^= character == "`"
        if character == "=" and not quoted:
            return text[:position], "=", text[position + 1 :]
    return text, "", ""


def _value(text: str, path: Path, kind: str | None) -> Value:
    """Plain JSON, any other text as itself. What meets a text key is text, however it looks."""
    try:
        value = from_plain(read_json(text), str(path))
    except PlainError as error:
        if text[:1] in ("{", "[", '"'):  # a slip of the pen, which must not be saved as a text
            raise InvalidInput(
                f"the value of {path} is no JSON: {error.reason}", "Put a text in double quotes."
            ) from None
        return {"S": text}
    return {"S": text} if kind == "S" and value.keys() <= {"N", "BOOL", "NULL"} else value


# Adding


def _sum(present: Value | None, more: Value, path: Path) -> Value:
    """What is there with ``more`` added: numbers exactly, sets as their union."""
    if present is None:
        if more.keys() <= {"N", *_SETS}:
            return more
        raise InvalidInput(
            f"{path}: only numbers and sets are added", f'A set is {{"$SS": ["a"]}}, not {value_text(more)}.'
        )
    ((kind, held),) = present.items()
    if kind == "N" and "N" in more:
        return {"N": _exact_sum(held, more["N"], path)}
    if kind in _SETS:
        members = _as_set(kind, more, path)
        known = [{_SETS[kind]: each} for each in held]
        fresh = [each for each in members if not any(same(each, one) for one in known)]
        return {kind: [*held, *(each[_SETS[kind]] for each in fresh)]}
    raise InvalidInput(f"{path}: {value_text(more)} cannot be added to {value_text(present)[:80]}")


def _exact_sum(one: str, other: str, path: Path) -> str:
    for digits in (one, other):
        if fault := number_fault(digits):
            raise InvalidInput(f"{path}: {fault}")
    return str(_SUM.add(normal(one), normal(other)))


def _as_set(kind: str, more: Value, path: Path) -> list[Value]:
    ((given, held),) = more.items()
    member = _SETS[kind]
    if given == kind:
        return [{member: each} for each in held]
    if given == member:
        return [{member: held}]
    raise InvalidInput(f"{path} is a set ({kind}), and {value_text(more)[:80]} is no member of one")
