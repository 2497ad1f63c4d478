"""Conditions and projections as DynamoDB's expressions, every name and value behind a placeholder.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
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

__all__ = ["Names", "attribute_names", "typed"]

_SECONDS_END = 10**11
"""Seconds since 1970 are below this until the year 5138, milliseconds above it since 1973."""


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
            case Compare(left, operator, Moment() as moment):
                return self._any_time(left, operator, moment)
            case Compare(left, operator, right):
                return f"{self._operand(left, right)} {operator} {self._operand(right, left)}"
            case Between(operand, low, high):
                return self._between(operand, low, high)
            case In(operand, choices):
                marks = ", ".join(self._operand(choice, operand) for choice in choices)
                return f"{self._operand(operand)} IN ({marks})"
            case Function(name, path, argument):
                more = "" if argument is None else f", {self._operand(argument, path)}"
                return f"{name}({self.path(path)}{more})"

    def _operand(self, operand: Operand, other: Operand | None = None) -> str:
        match operand:
            case Path():
                return self.path(operand)
            case Size(path):
                return f"size({self.path(path)})"
            case Value():
                return self.value(self._typed(operand, other))
            case Moment():
                raise InvalidInput(
                    "a time ago stands where none can be compared", "Write it behind =, <, >, or in between … and …."
                )

    def _typed(self, value: Value, other: Operand | None) -> dict[str, Any]:
        kind = self.types.get(other.attribute or "") if isinstance(other, Path) else None
        return typed(value, kind, str(other))

    # Times, whose form in the table is not known

    def _between(self, operand: Operand, low: Operand, high: Operand) -> str:
        if isinstance(low, Moment) or isinstance(high, Moment):
            both = And((Compare(operand, ">=", low), Compare(operand, "<=", high)))
            return self.condition(both)
        return f"{self._operand(operand)} BETWEEN {self._operand(low, operand)} AND {self._operand(high, operand)}"

    def _any_time(self, left: Operand, operator: str, moment: Moment) -> str:
        kind = self.types.get(left.attribute or "") if isinstance(left, Path) else None
        place, forms = self._operand(left), _forms(moment)

        def compared(form: str) -> str:
            return f"{place} {operator} {self.value(forms[form])}"

        if kind == "S":
            return compared("text")
        end = self.value({"N": str(_SECONDS_END)})
        seconds = f"({compared('seconds')} AND {place} < {end})"
        milliseconds = f"({compared('milliseconds')} AND {place} >= {end})"
        text = [] if kind == "N" else [compared("text")]
        return f"({' OR '.join([*text, seconds, milliseconds])})"


def _forms(moment: Moment) -> dict[str, dict[str, str]]:
    at = moment.at.astimezone(UTC)
    seconds = at.timestamp()
    return {
        "text": {"S": at.isoformat(timespec="seconds").replace("+00:00", "Z")},
        "seconds": {"N": str(int(seconds))},
        "milliseconds": {"N": str(int(seconds * 1000))},
    }


def typed(value: Value, kind: str | None, where: str) -> dict[str, Any]:
    """A literal in DynamoDB-JSON, of the type of the key it meets. Raises ``InvalidInput`` where it cannot be."""
    found, held = value.value
    if kind is None or found == kind:
        return {found: held}
    if value.bare and kind == "S":
        return {"S": str(held).lower() if found in ("BOOL", "NULL") else str(held)}
    if found == "S" and kind == "N":
        raise InvalidInput(f"{where} is a number, and {held!r} is none")
    if found == "S" and kind == "B":
        raise InvalidInput(f"{where} is binary", f'Write base64 as b"…": {where} = b"aGk="')
    raise InvalidInput(f"{where} is of type {kind}, and cannot be compared with one of type {found}")


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


def _names_in(*operands: Operand) -> set[str]:
    paths = [each.path if isinstance(each, Size) else each for each in operands]
    return {str(path.steps[0]) for path in paths if isinstance(path, Path)}
