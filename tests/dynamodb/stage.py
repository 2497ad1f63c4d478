"""Tables with items in an emulator, and a session to read them in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.calls import DESCRIBE_TABLE, GET_ITEM, QUERY, SCAN
from stackpane_dynamodb.values.wire import sent

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

Keys = Sequence[tuple[str, str]]
"""Names and types (``S``, ``N``, ``B``) of key attributes, the partition key first."""

READS = (DESCRIBE_TABLE, GET_ITEM, QUERY, SCAN)


def make_table(
    aws: Emulator,
    name: str,
    keys: Keys,
    items: Iterable[Mapping[str, Any]] = (),
    *,
    indexes: Mapping[str, Keys] | None = None,
    local: Mapping[str, Keys] | None = None,
    has: Iterable[str] | None = None,
) -> None:
    """Make a table and put ``items`` (in DynamoDB-JSON) into it.

    ``indexes`` are global, ``local`` the others; ``has`` are the attributes they have besides keys
    (all unless given).
    """
    keys = list(keys)
    projection: dict[str, Any] = {"ProjectionType": "ALL"}
    if has is not None:
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(has)}
    types = dict(keys)
    more: dict[str, Any] = {}
    for member, given in (("GlobalSecondaryIndexes", indexes), ("LocalSecondaryIndexes", local)):
        for index, attributes in (given or {}).items():
            types |= dict(attributes)
            schema = {"IndexName": index, "KeySchema": _schema(attributes), "Projection": projection}
            more.setdefault(member, []).append(schema)
    client = aws.client("dynamodb")
    client.create_table(
        TableName=name,
        KeySchema=_schema(keys),
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": kind} for each, kind in types.items()],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    put(aws, name, items)


def put(aws: Emulator, table: str, items: Iterable[Mapping[str, Any]]) -> None:
    """Put items into a table."""
    requests = [{"PutRequest": {"Item": sent(item)}} for item in items]
    for start in range(0, len(requests), 25):
        aws.client("dynamodb").batch_write_item(RequestItems={table: requests[start : start + 25]})


def _schema(keys: Keys) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for (name, _), kind in zip(keys, ("HASH", "RANGE"), strict=False)]
