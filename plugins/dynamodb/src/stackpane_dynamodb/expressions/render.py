"""Conditions and projections as DynamoDB's expressions, every name and value behind a placeholder.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stackpane import InvalidInput
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
from stackpane_dynamodb.values.wire import sent_value

__all__ = ["Names", "met_by", "typed"]


@dataclass(slots=True)
class Names:
    """The placeholders of one request, shared by all of its expressions.

    ``types`` are the types of key attributes: a bare word or number that meets one of them is of that type.
    """

    types: Mapping[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _values: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def members(self) -> dict[str, Any]:
        """The request's members that say what the placeholders stand for."""
        found: dict[str, Any] = {}
        if self._names:
            found["ExpressionAttributeNames"] = {mark: name for name, mark in self._names.items()}
        if self._values:
            found["ExpressionAttributeValues"] = dict(self._values)
        return found

    def name(self, attribute: str) -> str:
        """The placeholder of a name."""
        return self._names.setdefault(attribute, f"#n{len(self._names)}")

    def value(self, value: Mapping[str, Any]) -> str:
        """The placeholder of a value in DynamoDB-JSON."""
        mark = f":v{len(self._values)}"
        self._values[mark] = sent_value(value)
        return mark

    def path(self, path: Path) -> str:
        """A path with a placeholder for each name in it."""
        text = ""
        for step in path.steps:
            text += f"[{step}]" if isinstance(step, int) else f"{'.' if text else ''}{self.name(step)}"
        return text

    def projection(self, paths: Iterable[Path]) -> str:
        """A ``ProjectionExpression``."""
        return ", ".join(map(self.path, paths))

    def condition(self, condition: Condition) -> str:
        """A condition's text, as in ``FilterExpression`` and ``KeyConditionExpression``."""
        match condition:
            case And(parts) | Or(parts):
                word = " AND " if isinstance(condition, And) else " OR "
                return word.join(f"({self.condition(part)})" for part in parts)
            case Not(inner):
                return f"NOT ({self.condition(inner)})"
            case Compare(left, operator, right):
                return f"{self._operand(left, right)} {operator} {self._operand(right, left)}"
            case Between(operand, low, high):
                bounds = f"{self._operand(low, operand)} AND {self._operand(high, operand)}"
                return f"{self._operand(operand)} BETWEEN {bounds}"
            case In(operand, choices):
                marks = ", ".join(self._operand(choice, operand) for choice in choices)
                return f"{self._operand(operand)} IN ({marks})"
            case Function(name, path, argument):
                more = "" if argument is None else f", {self._operand(argument, met_by(condition, self.types))}"
                return f"{name}({self.path(path)}{more})"

    def _operand(self, operand: Operand, other: Operand | None = None) -> str:
        match operand:
            case Path():
                return self.path(operand)
            case Size(path):
                return f"size({self.path(path)})"
            case Value():
                return self.value(typed(operand, other, self.types))
            case Moment():
                raise TypeError("moments are resolved before a condition is written")


def met_by(function: Function, types: Mapping[str, str]) -> Path | None:
    """The path whose own type a function's argument is of. Raises ``InvalidInput`` where the function is not for it."""
    if function.name == "begins_with" and types.get(function.path.attribute or "") == "N":
        raise InvalidInput(f"{function.path} is a number, and begins_with is for texts and binaries")
    return None if function.name == "attribute_type" else function.path


def typed(value: Value, other: Operand | None, types: Mapping[str, str]) -> dict[str, Any]:
    """A literal in DynamoDB-JSON, of the type of the key that it meets in ``other``. Raises ``InvalidInput``."""
    kind = types.get(other.attribute or "") if isinstance(other, Path) else None
    found, held = value.value
    if kind is None or found == kind:
        return {found: held}
    if value.word is not None and kind == "S":
        return {"S": value.word}
    if found == "S" and kind == "N":
        raise InvalidInput(f"{other} is a number, and {held!r} is none")
    if found == "S" and kind == "B":
        raise InvalidInput(f"{other} is binary", f'Write base64 as b"…": {other} = b"aGk="')
    raise InvalidInput(f"{other} is of type {kind}, and cannot be compared with one of type {found}")
