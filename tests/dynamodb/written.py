"""What the tests of the commands that write items share: a table, its items, and commands run to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.values.wire import received, sent
from tests.s3.writing import Runner

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

__all__ = ["KEY", "TABLE", "TYPES", "item_at", "keys", "make_table", "runner", "store"]

TABLE = "shop"
KEY = {"pk": {"S": "A"}, "sk": {"N": "1"}}
"""The key that items have unless told otherwise."""

TYPES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "text": ({"S": "é"}, {"S": ""}, {"S": "other"}),
    "empty text": ({"S": ""}, {"S": "x"}, {"S": " "}),
    "number": ({"N": "1"}, {"N": "2.5"}, {"N": "3"}),
    "38 digits": ({"N": "1" * 38}, {"N": "1" * 37 + "2"}, {"N": "1" * 37 + "3"}),
    "binary": ({"B": "AAEC"}, {"B": "AAED"}, {"B": "/w=="}),
    "boolean": ({"BOOL": True}, {"BOOL": False}, {"S": "true"}),
    "null": ({"NULL": True}, {"BOOL": False}, {"S": "null"}),
    "list": ({"L": [{"N": "1"}, {"B": "AA=="}]}, {"L": [{"N": "1"}]}, {"L": []}),
    "map": ({"M": {"x": {"L": []}}}, {"S": "was a map"}, {"L": [{"M": {}}]}),
    "strings": ({"SS": ["a", "b"]}, {"SS": ["a"]}, {"SS": ["a", "b", "c"]}),
    "numbers": ({"NS": ["1", "2.5"]}, {"NS": ["1"]}, {"NS": ["2.5"]}),
    "binaries": ({"BS": ["AA==", "AQ=="]}, {"BS": ["AA=="]}, {"BS": ["AQ==", "/w=="]}),
}
"""A value of every type, what it is changed to, and what somebody else makes of it meanwhile."""


def runner(emulator_or_proxy: Any, **more: Any) -> Runner:
    """Runs commands of ``dynamodb``."""
    return Runner(emulator_or_proxy.url, service="dynamodb", **more)


def make_table(emulator: Emulator, name: str = TABLE, index: str | None = "kind") -> None:
    """A table with a partition key ``pk`` (S), a sort key ``sk`` (N) and an index by ``kind`` (S)."""
    attributes = [("pk", "S"), ("sk", "N"), *([(index, "S")] if index else [])]
    indexes: dict[str, Any] = {}
    if index:
        keys = [{"AttributeName": index, "KeyType": "HASH"}]
        indexes["GlobalSecondaryIndexes"] = [
            {"IndexName": f"by-{index}", "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}
        ]
    emulator.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": kind} for each, kind in attributes],
        BillingMode="PAY_PER_REQUEST",
        **indexes,
    )


def store(emulator: Emulator, pk: str = "A", sk: int = 1, **attributes: Any) -> dict[str, Any]:
    """Put an item of these attributes past everything that is tested; returns it."""
    item = {"pk": {"S": pk}, "sk": {"N": str(sk)}, **attributes}
    emulator.client("dynamodb").put_item(TableName=TABLE, Item=sent(item))
    return item


def item_at(emulator: Emulator, pk: str = "A", sk: int | str = 1) -> dict[str, Any] | None:
    """The item of a key in DynamoDB-JSON."""
    key = {"pk": {"S": pk}, "sk": {"N": str(sk)}}
    reply = emulator.client("dynamodb").get_item(TableName=TABLE, Key=key, ConsistentRead=True)
    return received(reply["Item"]) if "Item" in reply else None


def keys(emulator: Emulator) -> list[tuple[str, str]]:
    """The keys of all items, in their order."""
    found = emulator.client("dynamodb").scan(TableName=TABLE)["Items"]
    return sorted((item["pk"]["S"], item["sk"]["N"]) for item in found)
