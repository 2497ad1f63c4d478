"""DynamoDB keeps the contract of plugins, on both emulators; every command declares exactly the calls it makes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from stackpane.testing import HOSTILE_TEXTS, Kit, PluginContract

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator

TABLE = "hostile"


@pytest.fixture
def aws_endpoint(aws: Emulator) -> str:
    """Both emulators in turn."""
    return aws.url


@pytest.fixture
def kit(aws_endpoint: str) -> Kit:
    return Kit(aws_endpoint)


class TestDynamoDB(PluginContract):
    plugin = "dynamodb"
    runs: ClassVar[tuple[str, ...]] = (
        "dynamodb ls",
        "dynamodb ls --long",
        "dynamodb show hostile",
        "dynamodb scan hostile",
        "dynamodb scan hostile --index by-kind",
        "dynamodb scan hostile --segments 3 --unfold",
        "dynamodb query hostile 'pk = text'",
        "dynamodb query hostile 'pk = text and sk = 1'",
        "dynamodb find hostile 'kind = item'",
        "dynamodb find hostile 'pk = text and sk = 1'",
        "dynamodb find hostile 'sk = 1' --scan",
        "dynamodb find hostile 'kind = item and sk > 1' --explain",
        "dynamodb get hostile text 1",
        "dynamodb sql 'SELECT * FROM hostile'",
        "dynamodb create shop --key pk:S --tag team=shop --ttl expires",
        "dynamodb edit shop --deletion-protection --ttl off",
        "dynamodb edit shop --no-deletion-protection",
        "dynamodb rm shop --table",
        """dynamodb put hostile '{"pk": "new", "sk": 1}'""",
        """dynamodb put hostile '{"pk": "new", "sk": 1, "more": [1]}' --overwrite""",
        "dynamodb edit hostile text 1 --set note=x --remove value",
        "dynamodb edit hostile text 2 --set sk=1002",
        "dynamodb duplicate hostile text 3 --to copy --to 1",
        "dynamodb export hostile out.jsonl --overwrite",
        "dynamodb import hostile out.jsonl",
        "dynamodb import hostile out.jsonl --if-absent",
        "dynamodb copy hostile other --create",
        "dynamodb diff hostile other",
        "dynamodb diff hostile text 1 --with text --with 3",
        "dynamodb rm hostile text 4",
        "dynamodb rm hostile --find 'pk = text and sk > 1000'",
        "dynamodb rm hostile --find 'sk = 6' --scan",
    )

    @pytest.fixture(autouse=True)
    def _emulator(self, aws: Emulator) -> None:
        self.client = aws.client("dynamodb")

    def prepare(self, aws_endpoint: str) -> None:
        """A table whose keys, names and values are hostile texts."""
        for table in ("shop", "other", TABLE):
            if table in self.client.list_tables()["TableNames"]:
                self.client.delete_table(TableName=table)
        self.client.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in (("pk", "S"), ("sk", "N"), ("kind", "S"))
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-kind",
                    "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": "team", "Value": "shop"}],
        )
        for number, text in enumerate(HOSTILE_TEXTS, 1):
            value: dict[str, Any] = {"M": {"a": {"S": text}, "b": {"SS": ["x", text or "empty"]}, "c": {"B": b"\0"}}}
            item = {"kind": {"S": "item"}, "value": value, text or "empty": {"S": json.dumps({"deep": [text]})}}
            self.client.put_item(TableName=TABLE, Item={**item, "pk": {"S": "text"}, "sk": {"N": str(number)}})
            self.client.put_item(TableName=TABLE, Item={**item, "pk": {"S": text or "empty"}, "sk": {"N": "0"}})


def statements(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in policy["Statement"]}


def test_a_policy_that_is_scoped_to_tables_has_the_arns_of_tables_and_of_their_indexes(cli: Cli) -> None:
    asked = cli("policy", "--service", "dynamodb", "--scope", "table=app-*", "--region", "eu-west-1").ok()
    found = statements(asked.json())
    assert found["Dynamodb"]["Resource"] == [
        "arn:aws:dynamodb:eu-west-1:*:table/app-*",
        "arn:aws:dynamodb:eu-west-1:*:table/app-*/index/*",
    ]
    assert {"dynamodb:PartiQLSelect", "dynamodb:PartiQLDelete"} <= set(found["Dynamodb"]["Action"])
    assert found["DynamodbAll"]["Action"] == ["dynamodb:ListTables"]
    assert "shows the names of all tables of the region" in asked.errors


def test_a_policy_for_reading_grants_select_and_no_change(cli: Cli) -> None:
    asked = cli("policy", "--service", "dynamodb", "--read-only").ok()
    granted = {action for each in asked.json()["Statement"] for action in each["Action"]}
    reading = ("dynamodb:Describe", "dynamodb:List", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan")
    assert [action for action in granted if not action.startswith(reading)] == ["dynamodb:PartiQLSelect"]
