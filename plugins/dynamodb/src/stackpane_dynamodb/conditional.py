"""Writes on the condition that things are as they were seen, and what DynamoDB's refusals mean.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput
from stackpane_dynamodb.expressions.conditions import Path
from stackpane_dynamodb.values.wire import received

if TYPE_CHECKING:
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.expressions.render import Names
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["MetOtherwiseError", "absent", "as_seen", "checked", "conditional", "fits", "is_value"]

_EXPRESSION = 4096
"""Bytes of an expression: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""
_ABSENT = len(" AND attribute_not_exists(#n1000)")
_FAILED = "ConditionalCheckFailedException"


class MetOtherwiseError(Exception):
    """The condition of a write did not hold, so nothing was written. Never leaves this plugin.

    ``item`` is what is there now (``None``: nothing). ``lost``: an earlier try of the same write was sent and never
    answered, so it may be what this one was refused for. ``answer`` is botocore's own error.
    """

    def __init__(self, item: Item | None, answer: Exception) -> None:
        from stackpane import is_lost

        super().__init__(str(answer))
        self.item, self.lost, self.answer = item, is_lost(answer), answer


def conditional(write: Callable[..., Mapping[str, Any]], **request: Any) -> Mapping[str, Any]:
    """The reply to a write with a condition. Raises ``MetOtherwiseError`` where it does not hold."""
    from botocore.exceptions import ClientError

    try:
        return write(**request, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    except ClientError as error:
        if error.response["Error"]["Code"] != _FAILED:
            raise
        found: Any = error.response.get("Item")
        raise MetOtherwiseError(received(found) if found else None, error) from error


def is_value(names: Names, path: Path, value: Value | None) -> str:
    """The condition that there is just this value at a path; ``None``: that there is none."""
    place = names.path(path)
    return f"attribute_not_exists({place})" if value is None else f"{place} = {names.value(value)}"


def absent(names: Names, model: Model) -> str:
    """The condition that there is no item of the key."""
    return f"attribute_not_exists({names.name(model.table.partition)})"


def as_seen(names: Names, model: Model, item: Item, others: Iterable[str] = ()) -> str:
    """The condition that the item has all the attributes it was seen with, unchanged, and none of ``others``.

    DynamoDB has no condition that there is no further attribute at all, only that there is none of a name: that is
    asked of the keys of indexes as well, as far as there is room. See docs/decisions/0010-attributes-added-unseen.md.
    """
    own = set(model.table.keys)
    seen = [is_value(names, Path((name,)), value) for name, value in item.items() if name not in own]
    said = " AND ".join([f"attribute_exists({names.name(model.table.partition)})", *seen])
    room = max(0, (_EXPRESSION // 2 - len(said)) // _ABSENT)
    absent_ones = [name for name in dict.fromkeys((*model.indexed, *others)) if name not in item][:room]
    return " AND ".join([said, *(is_value(names, Path((name,)), None) for name in absent_ones)])


def fits(expression: str) -> bool:
    """Whether DynamoDB takes an expression of this length."""
    return len(expression) <= _EXPRESSION


def checked(conditions: Sequence[str], names: Names, extra: Condition | None, update: str = "") -> dict[str, Any]:
    """The members of a request with these conditions, all of which must hold, and the user's own behind them.

    Raises ``InvalidInput`` where an expression is longer than DynamoDB takes.
    """
    every = [*conditions, *([f"({names.condition(extra)})"] if extra is not None else [])]
    condition = " AND ".join(every)
    for expression in (condition, update):
        if not fits(expression):
            raise InvalidInput(
                f"too much for one request: its expression would have {len(expression):,} bytes, and DynamoDB takes "
                f"{_EXPRESSION:,}",
                "Nothing was sent. Change fewer attributes at a time.",
            )
    request: dict[str, Any] = {"ConditionExpression": condition, **names.members}
    return {**request, "UpdateExpression": update} if update else request
