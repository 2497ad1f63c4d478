"""Conditions on items, as the language and DynamoDB's expressions have them in common.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

from __future__ import annotations

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
    "conjuncts",
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
    """A literal in DynamoDB-JSON. One that was ``bare`` (``open``, ``42``) is of a key's type where it meets a key."""

    value: tuple[str, Any]
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment, compared as the attribute has it: ISO 8601 text, seconds or milliseconds since 1970."""

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
    return (condition,)
