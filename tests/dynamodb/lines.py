"""A command line for every command of DynamoDB, and the small table that they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

__all__ = ["FAILING", "READING", "WRITING", "set_up"]

READING = (
    "dynamodb ls --long",
    "dynamodb show shop",
    "dynamodb scan shop --segments 2",
    "dynamodb query shop 'pk = ann and sk > 1'",
    "dynamodb find shop 'pk = ann and sk = 1' --explain",
    "dynamodb find shop 'pk = ann and sk = 1'",
    "dynamodb get shop ann 1",
    "dynamodb sql 'SELECT * FROM shop'",
    "dynamodb export shop shop.jsonl --overwrite",
    "dynamodb diff shop ann 1 --with ann --with 2",
    "dynamodb exports shop",
)
WRITING = (
    """dynamodb put shop '{"pk": "bob", "sk": 1}'""",
    "dynamodb edit shop ann 1 --set name=Anna --yes",
    "dynamodb duplicate shop ann 2 --to cid --to 1",
    "dynamodb export shop shop.jsonl --overwrite",
    "dynamodb import shop shop.jsonl --yes",
    "dynamodb copy shop other --create --yes",
    "dynamodb rm shop ann 3 --yes",
    "dynamodb create third --key id:S",
    "dynamodb edit third --deletion-protection",
    "dynamodb rm other --table --yes",
)
FAILING = (
    "dynamodb imports",
    "dynamodb follow arn:aws:dynamodb:us-east-1:123456789012:table/shop/export/01700000000000-abcdef01",
)
"""What moto has not, or not whole."""


def set_up(emulator: Emulator) -> None:
    """Make the table ``shop`` with three items, in an emulator that has none."""
    client = emulator.client("dynamodb")
    client.create_table(
        TableName="shop",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in (1, 2, 3):
        client.put_item(TableName="shop", Item={"pk": {"S": "ann"}, "sk": {"N": str(number)}, "b": {"B": b"\0"}})
