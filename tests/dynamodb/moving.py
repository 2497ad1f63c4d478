"""Tables to move from and to."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.values.wire import received, sent

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

__all__ = ["contents", "fill", "key_items", "new_table", "same"]

Item = Mapping[str, Any]


def new_table(aws: Emulator, name: str, *keys: str) -> None:
    """An empty table with these keys, each as ``name:type``."""
    pairs = [key.split(":") for key in keys or ("id:S",)]
    aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": key, "KeyType": kind} for (key, _), kind in zip(pairs, ("HASH", "RANGE"), strict=False)
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind} for key, kind in pairs],
        BillingMode="PAY_PER_REQUEST",
    )


def fill(aws: Emulator, name: str, items: Sequence[Item]) -> None:
    """Put the items, which are in DynamoDB-JSON."""
    client = aws.client("dynamodb")
    for start in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": sent(item)}} for item in items[start : start + 25]]
        assert not client.batch_write_item(RequestItems={name: puts}).get("UnprocessedItems")


def contents(aws: Emulator, name: str) -> dict[str, Any]:
    """All items by their key, as ``same`` compares them."""
    pages = aws.client("dynamodb").get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
    return same(received(item) for page in pages for item in page["Items"])


def same(items: Iterable[Item], key: str = "id") -> dict[str, Any]:
    """Items by their key; equal where DynamoDB has no difference between them (1 and 1.0, the order of a set)."""
    return {json.dumps(item[key]): {name: _same(value) for name, value in item.items()} for item in items}


def key_items(count: int, size: int = 10) -> list[dict[str, Any]]:
    """So many items with a text of ``size``."""
    return [{"id": {"S": f"k{number:05}"}, "text": {"S": "x" * size}} for number in range(count)]


def _same(value: Mapping[str, Any]) -> Any:
    ((kind, held),) = value.items()
    match kind:
        case "N":
            return kind, Decimal(held)
        case "NS":
            return kind, {Decimal(each) for each in held}
        case "SS":
            return kind, set(held)
        case "BS":
            return kind, {base64.b64decode(each) for each in held}
        case "L":
            return kind, [_same(each) for each in held]
        case "M":
            return kind, {name: _same(each) for name, each in held.items()}
        case _:
            return kind, held
