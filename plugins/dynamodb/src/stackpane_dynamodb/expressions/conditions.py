"""Conditions on items, as the language and DynamoDB's expressions have them in common.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

__all__ = [
    "And",
    "Between",
    "Compare",
    "Condition",
    "Function",
    "In",
    "Moment",
    "Not",
    "Operand",
    "Or",
    "Path",
    "Size",
    "Value",
    "attribute_names",
    "conjuncts",
    "without_inner",
]

Comparator = Literal["=", "<>", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Path:
    """An attribute, or what is inside it: names of maps' members and numbers of lists' elements."""

    steps: tuple[str | int, ...]

    @property
    def attribute(self) -> str | None:
        """The attribute's name, where the path is just that."""
        return str(self.steps[0]) if len(self.steps) == 1 else None

    def __str__(self) -> str:
        first, *others = self.steps
        return str(first) + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in others)


@dataclass(frozen=True, slots=True)
class Value:
    """A literal in DynamoDB-JSON. ``word`` is what stood there without quotes (``open``, ``42``, ``TRUE``).

    Where a word meets a key that is a text, it is that text.
    """

    value: tuple[str, Any]
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that something is before or after, as the attribute has it: text, seconds or milliseconds since 1970."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Size:
    """The size of what is at a path: characters, bytes or elements."""

    path: Path


Operand = Path | Value | Moment | Size


@dataclass(frozen=True, slots=True)
class Compare:
    """``left`` compared with ``right``."""

    left: Operand
    operator: Comparator
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """``low <= operand <= high``."""

    operand: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class In:
    """The operand is one of ``choices``."""

    operand: Operand
    choices: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """``begins_with``, ``contains``, ``attribute_exists``, ``attribute_not_exists``, ``attribute_type``."""

    name: str
    path: Path
    argument: Operand | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    inner: Condition


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Condition, ...]


Condition = Compare | Between | In | Function | Not | And | Or


def conjuncts(condition: Condition | None) -> tuple[Condition, ...]:
    """The conditions that must all hold, as far as they are told apart at the top."""
    if condition is None:
        return ()
    if isinstance(condition, And):
        return tuple(part for each in condition.parts for part in conjuncts(each))
    return (_as_choice(condition),)


def _as_choice(condition: Condition) -> Condition:
    """``a = 1 or a = 2`` as ``a in (1, 2)``, which can be looked up; all else as it is."""
    if not isinstance(condition, Or):
        return condition
    equals = [part for part in condition.parts if isinstance(part, Compare) and part.operator == "="]
    if len(equals) < len(condition.parts) or len({part.left for part in equals}) > 1:
        return condition
    return In(equals[0].left, tuple(part.right for part in equals))


def attribute_names(condition: Condition) -> set[str]:
    """The top-level attributes that a condition looks at."""
    match condition:
        case And(parts) | Or(parts):
            return set().union(*map(attribute_names, parts))
        case Not(inner):
            return attribute_names(inner)
        case Compare(left, _, right):
            return _names_in(left, right)
        case Between(operand, low, high):
            return _names_in(operand, low, high)
        case In(operand, choices):
            return _names_in(operand, *choices)
        case Function(_, path, argument):
            return _names_in(path, *([argument] if argument else []))


def without_inner(paths: Sequence[Path]) -> list[Path]:
    """The paths without those that are within another: DynamoDB refuses projections that overlap."""
    found: dict[tuple[str | int, ...], Path] = {}
    for path in sorted(dict.fromkeys(paths), key=lambda each: len(each.steps)):
        if not any(path.steps[:count] in found for count in range(1, len(path.steps))):
            found[path.steps] = path
    return [path for path in dict.fromkeys(paths) if path.steps in found]


def _names_in(*operands: Operand) -> set[str]:
    paths = [each.path if isinstance(each, Size) else each for each in operands]
    return {str(path.steps[0]) for path in paths if isinstance(path, Path)}
