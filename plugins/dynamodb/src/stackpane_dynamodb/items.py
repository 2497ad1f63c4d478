"""Single items: read, written, deleted by their key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.capacity import Meter
from stackpane_dynamodb.values.wire import received, sent

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["read_item"]


def read_item(session: Session, model: Model, key: Mapping[str, Value], *, consistent: bool = False) -> Item | None:
    """The item of that key in DynamoDB-JSON; ``None`` where there is none. Tells what it consumed."""
    meter = Meter()
    reply: Mapping[str, Any] = session.client("dynamodb").get_item(
        TableName=model.name, Key=sent(key), ConsistentRead=consistent, ReturnConsumedCapacity="TOTAL"
    )
    meter.add(reply)
    meter.tell(session)
    return received(reply["Item"]) if "Item" in reply else None
