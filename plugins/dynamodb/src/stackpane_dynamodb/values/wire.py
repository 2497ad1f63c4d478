"""Items on their way to and from botocore's clients, which have ``bytes`` where DynamoDB-JSON has base64 text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stackpane_dynamodb.values.plain import Item

__all__ = ["decoded", "is_base64", "received", "received_value", "sent", "sent_value"]


def decoded(slice_or_item: Any) -> Item:
    """An item of a page: a raw slice of the reply, or what botocore made of it where the reply did not fit."""
    import msgspec

    if isinstance(slice_or_item, msgspec.Raw):
        item: Item = msgspec.json.decode(slice_or_item)
        return item
    return received(slice_or_item)


def received(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item as a client returns it, in DynamoDB-JSON."""
    return {name: received_value(value) for name, value in item.items()}


def sent(item: Item) -> dict[str, Any]:
    """An item in DynamoDB-JSON, as a client wants it."""
    return {name: sent_value(value) for name, value in item.items()}


def received_value(value: Mapping[str, Any]) -> dict[str, Any]:
    """A value as a client returns it, in DynamoDB-JSON."""
    return _changed(value, lambda data: base64.b64encode(data).decode("ascii"))


def sent_value(value: Mapping[str, Any]) -> dict[str, Any]:
    """A value in DynamoDB-JSON, as a client wants it."""
    return _changed(value, base64.b64decode)


def is_base64(text: str) -> bool:
    """Whether the text is base64 to its last character, as a binary value is in DynamoDB-JSON."""
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):  # the second where there are characters beyond ASCII
        return False
    return True


def _changed(value: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    ((kind, held),) = value.items()
    match kind:
        case "B":
            return {"B": change(held)}
        case "BS":
            return {"BS": [change(each) for each in held]}
        case "L":
            return {"L": [_changed(each, change) for each in held]}
        case "M":
            return {"M": {name: _changed(each, change) for name, each in held.items()}}
        case _:
            return dict(value)
