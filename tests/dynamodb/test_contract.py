"""DynamoDB keeps the contract of plugins, on both emulators; every command declares exactly the calls it makes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from stackpane import Refused
from stackpane.testing import HOSTILE_TEXTS, Kit, PluginContract

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator

TABLE = "hostile"
OWN = {
    "to": "export hostile --to s3://lake/daily",
    "from": "import imported --from s3://lake/in/ --key pk:S",
    "exports": "exports hostile --long",
    "imports": "imports imported",
    "follow-export": "follow {export}",
    "follow-import": "follow {import}",
    "show-export": "show {export}",
    "show-import": "show {import}",
}
"""DynamoDB's own exports and imports, which moto ends with an error 500, or with ARNs that are none."""


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
        "dynamodb edit hostile --pitr on",
        *(f"dynamodb {{{name}}}" for name in OWN),
    )

    @pytest.fixture(autouse=True)
    def _emulator(self, aws: Emulator) -> None:
        self.aws, self.client = aws, aws.client("dynamodb")

    def provoke(self, kit: Kit, aws_endpoint: str) -> None:
        """What moto fails at is asked for all the same."""
        if self.aws.name == "moto":
            with pytest.raises(Refused):
                kit.run("dynamodb export hostile --to s3://lake/daily --dry-run")
            kit.run("dynamodb exports hostile")
            with pytest.raises(ClientError):
                kit.run("dynamodb imports hostile")

    @pytest.fixture(autouse=True)
    def _hasty(self, ticks: list[float]) -> None:
        """What is waited for takes no time."""

    @property
    def unmade(self) -> dict[str, str]:
        """What moto lacks."""
        names = ("ExportTableToPointInTime", "ImportTable", "DescribeExport", "DescribeImport")
        return {f"dynamodb:{name}": "moto fails" for name in names} if self.aws.name == "moto" else {}

    def prepare(self, aws_endpoint: str) -> dict[str, str]:
        """A table whose keys, names and values are hostile texts; an export and an import that are over."""
        for table in ("shop", "other", "imported", "first", TABLE):
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
        return dict.fromkeys(OWN, "ls") if self.aws.name == "moto" else {**OWN, **self._transfers()}

    def _transfers(self) -> dict[str, str]:
        """The ARNs of an export and an import."""
        s3 = self.aws.client("s3")
        s3.create_bucket(Bucket="lake")
        s3.put_object(Bucket="lake", Key="in/a.json", Body=b'{"Item":{"pk":{"S":"a"}}}')
        table = self.client.describe_table(TableName=TABLE)["Table"]["TableArn"]
        exported = self.client.export_table_to_point_in_time(TableArn=table, S3Bucket="lake")["ExportDescription"]
        imported = self.client.import_table(
            S3BucketSource={"S3Bucket": "lake", "S3KeyPrefix": "in/"},
            InputFormat="DYNAMODB_JSON",
            TableCreationParameters={
                "TableName": "first",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        )["ImportTableDescription"]
        return {"export": exported["ExportArn"], "import": imported["ImportArn"]}


def statements(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in policy["Statement"]}


def test_a_policy_that_is_scoped_to_tables_has_the_arns_of_tables_and_of_their_indexes(cli: Cli) -> None:
    options = ("policy", "--service", "dynamodb", "--scope", "table=app-*", "--region", "eu-west-1")
    unscoped = "dynamodb:ExportTableToPointInTime writes into buckets, by the caller's own right to: --scope bucket=…\n"
    assert unscoped in cli(*options).ok().errors
    asked = cli(*options, "--scope", "bucket=lake-*").ok()
    assert "buckets" not in asked.errors
    found = statements(asked.json())
    assert found["Dynamodb"]["Resource"] == [
        "arn:aws:dynamodb:eu-west-1:*:table/app-*",
        "arn:aws:dynamodb:eu-west-1:*:table/app-*/export/*",
        "arn:aws:dynamodb:eu-west-1:*:table/app-*/import/*",
        "arn:aws:dynamodb:eu-west-1:*:table/app-*/index/*",
        "arn:aws:logs:eu-west-1:*:log-group:/aws-dynamodb/*",
        "arn:aws:s3:::lake-*",
        "arn:aws:s3:::lake-*/*",
    ]
    assert {"dynamodb:PartiQLSelect", "dynamodb:PartiQLDelete"} <= set(found["Dynamodb"]["Action"])
    assert found["DynamodbAll"]["Action"] == ["dynamodb:ListTables"]
    assert "shows the names of all tables of the region" in asked.errors


def test_a_policy_for_reading_grants_select_and_no_change(cli: Cli) -> None:
    asked = cli("policy", "--service", "dynamodb", "--read-only").ok()
    granted = {action for each in asked.json()["Statement"] for action in each["Action"]}
    reading = ("dynamodb:Describe", "dynamodb:List", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan")
    assert [action for action in granted if not action.startswith(reading)] == ["dynamodb:PartiQLSelect"]
