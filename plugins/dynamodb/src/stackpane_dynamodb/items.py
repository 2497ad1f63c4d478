"""Single items: read, written, deleted by their key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackpane import AwsError
from stackpane_dynamodb.capacity import Meter
from stackpane_dynamodb.keys import said
from stackpane_dynamodb.places import scan_link
from stackpane_dynamodb.values.wire import received, sent

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["need_item", "read_item"]


def need_item(session: Session, model: Model, key: Mapping[str, Value]) -> Item:
    """The item of that key as it is now, to be changed. Raises ``AwsError`` where there is none."""
    item = read_item(session, model, key, consistent=True)
    if item is None:
        raise AwsError(
            f"there is no item {said(model, key)}",
            f"See what there is with: {session.line(scan_link(model.name))}. Make a new one with: dynamodb put",
        )
    return item


def read_item(
    session: Session, model: Model, key: Mapping[str, Value], *, consistent: bool = False, tell: bool = True
) -> Item | None:
    """The item of that key in DynamoDB-JSON; ``None`` where there is none. May ``tell`` what it consumed."""
    meter = Meter()
    reply: Mapping[str, Any] = session.client("dynamodb").get_item(
        TableName=model.name, Key=sent(key), ConsistentRead=consistent, ReturnConsumedCapacity="TOTAL"
    )
    meter.add(reply)
    if tell:
        meter.tell(session)
    return received(reply["Item"]) if "Item" in reply else None
