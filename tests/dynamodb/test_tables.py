"""``dynamodb ls`` and ``show``: the tables, and all that is to be known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackpane_dynamodb.places import link_of
from tests.dynamodb.stage import make_table
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy


def denied(action: str) -> Any:
    message = (
        f"User: arn:aws:iam::123456789012:user/u is not authorized to perform: dynamodb:{action} on resource: "
        "arn:aws:dynamodb:us-east-1:123456789012:table/b-table"
    )
    return modes.error(400, "AccessDeniedException", message)


@pytest.fixture
def tables(aws: Emulator) -> Emulator:
    """Three tables, one of them with all there is."""
    make_table(aws, "a-table", [("id", "S")], [{"id": {"S": "1"}}])
    make_table(aws, "b-table", [("pk", "B"), ("sk", "N")])
    client = aws.client("dynamodb")
    client.create_table(
        TableName="other.table-1",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "kind")],
        ProvisionedThroughput={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4},
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-kind",
                "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["price"]},
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            }
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "local",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "kind", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        Tags=[{"Key": "team", "Value": "\x1b[31mred"}],
    )
    client.update_time_to_live(
        TableName="other.table-1", TimeToLiveSpecification={"Enabled": True, "AttributeName": "ends"}
    )
    client.update_continuous_backups(
        TableName="other.table-1", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return aws


def names(result: Any) -> list[str]:
    return sorted(row["TableName"] for row in result.ok().json())


def test_tables_are_listed_by_name_at_once(tables: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    assert names(invoke("dynamodb", "ls", "-o", "json", at=faults)) == ["a-table", "b-table", "other.table-1"]
    assert faults.operations == ["ListTables"]
    assert names(invoke("dynamodb", "ls", "b-", "-o", "json", at=faults)) == ["b-table"]


def test_long_says_what_tables_hold(tables: Emulator, invoke: Invoke) -> None:
    rows = invoke("dynamodb", "ls", "--long", "-o", "json", at=tables).ok().json()
    found = {row["TableName"]: (row["TableStatus"], row["ItemCount"], row["BillingMode"], row["Keys"]) for row in rows}
    assert found == {
        "a-table": ("ACTIVE", 1, "PAY_PER_REQUEST", "id"),
        "b-table": ("ACTIVE", 0, "PAY_PER_REQUEST", "pk, sk"),
        "other.table-1": ("ACTIVE", 0, "PROVISIONED", "pk, sk"),
    }


def test_a_table_that_may_not_be_described_keeps_its_name(tables: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    faults.fault(denied("DescribeTable"), lambda request: b"b-table" in request.body)
    result = invoke("dynamodb", "ls", "--long", "-o", "json", at=faults).ok()
    found = {row["TableName"]: row["TableStatus"] for row in result.json()}
    assert found == {"a-table": "ACTIVE", "b-table": None, "other.table-1": "ACTIVE"}
    assert "what b-table is" in result.errors
    assert "dynamodb:DescribeTable" in result.errors


def test_pinned_tables_are_listed_where_the_others_may_not_be(tables: Emulator, faults: FaultProxy, cli: Cli) -> None:
    faults.fault(denied("ListTables"), "ListTables")
    pins = [f"arn:aws:dynamodb:us-east-1:123456789012:table/{name}" for name in ("other.table-1", "a-table")]
    add = [
        "connection",
        "add",
        "pinned",
        "--endpoint-url",
        faults.url,
        "--no-test",
        *(word for pin in pins for word in ("--pin", pin)),
    ]
    made = cli(*add)
    assert made.exit_code == 0, made.errors
    result = cli("-c", "pinned", "dynamodb", "ls", "-o", "json")
    assert [row["TableName"] for row in result.json()] == ["a-table", "other.table-1"]
    assert "every table but the pinned ones" in result.errors


def test_hundreds_of_tables_are_listed_by_the_page(moto: Emulator, invoke: Invoke) -> None:
    moto.reset()
    made = [f"table-{number:03}" for number in range(205)]
    for name in made:
        make_table(moto, name, [("id", "S")])
    assert names(invoke("dynamodb", "ls", "--all", "-o", "json", at=moto)) == made
    assert names(invoke("dynamodb", "ls", "table-20", "-o", "json", at=moto)) == made[200:]
    first = invoke("dynamodb", "ls", "--limit", "130", "-o", "json", at=moto)
    cursor = first.errors.partition("--cursor=")[2].split()[0]
    rest = invoke("dynamodb", "ls", "--all", "-o", "json", "--cursor", cursor, at=moto)
    assert names(first) + names(rest) == made


def test_a_list_of_tables_that_goes_round_in_circles_ends(tables: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    page = b'{"TableNames": ["a-table"], "LastEvaluatedTableName": "a-table"}'
    faults.fault(modes.rewrite(lambda _: page), "ListTables")
    result = invoke("dynamodb", "ls", "--all", at=faults)
    assert result.exit_code == 254
    assert "a page token came twice" in result.errors


def test_a_record_has_all_there_is_to_know(tables: Emulator, invoke: Invoke) -> None:
    found = invoke("dynamodb", "show", "other.table-1", "-o", "json", at=tables).ok().json()
    text = str(found)
    for each in ("pk (S)", "sk (S)", "kind (S)", "PROVISIONED", "NEW_IMAGE", "ENABLED", "ends", "by-kind", "local"):
        assert each in text, each
    assert "global on kind; has price" in text
    assert "local on pk, kind; has KEYS_ONLY" in text
    assert found["Tags"] == {"team": "\x1b[31mred"}
    for name in ("table", "yaml", "csv"):
        shown = invoke("dynamodb", "show", "other.table-1", "-o", name, at=tables)
        assert "\x1b" not in shown.text


@pytest.mark.parametrize(
    ("operation", "missing", "said"),
    [
        ("DescribeTimeToLive", "TimeToLiveStatus", "the time to live of b-table"),
        ("DescribeContinuousBackups", "PointInTimeRecoveryStatus", "the backups of b-table"),
        ("ListTagsOfResource", "Tags", "the tags of b-table"),
    ],
)
def test_what_is_denied_is_left_out_of_a_record_and_said(
    tables: Emulator, faults: FaultProxy, invoke: Invoke, operation: str, missing: str, said: str
) -> None:
    faults.fault(denied(operation), operation)
    result = invoke("dynamodb", "show", "b-table", "-o", "json", at=faults).ok()
    assert said in result.errors
    assert f"dynamodb:{operation}" in result.errors
    assert missing not in result.text
    assert "pk (B)" in result.text


SHOW = ["dynamodb", "show", "orders"]


@pytest.mark.parametrize(
    ("target", "argv"),
    [
        ("arn:aws:dynamodb:us-east-1:123456789012:table/orders", SHOW),
        (
            "arn:aws:dynamodb:us-east-1:123456789012:table/orders/index/by-kind",
            ["dynamodb", "scan", "--index=by-kind", "orders"],
        ),
        ("arn:aws:dynamodb:us-east-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000", SHOW),
        ("https://us-east-1.console.aws.amazon.com/dynamodbv2/home?region=us-east-1#table?name=orders", SHOW),
        ("https://console.aws.amazon.com/dynamodb/home#tables:selected=orders;tab=items", SHOW),
        ("https://evil.example/dynamodbv2/home#table?name=orders", None),
        ("arn:aws:s3:::orders", None),
    ],
)
def test_arns_and_console_addresses_lead_to_tables(target: str, argv: list[str] | None) -> None:
    link = link_of(target)
    assert (None if link is None else link.to_argv()) == argv


@pytest.mark.parametrize("name", ["ab", "a b", "x" * 256, "tab/le", ""])
def test_what_is_no_tables_name_is_refused(invoke: Invoke, name: str) -> None:
    result = invoke("dynamodb", "show", name)
    assert result.exit_code == 252
    assert "is no table's name" in result.errors


def test_a_table_that_is_not_there_is_an_error(aws: Emulator, invoke: Invoke) -> None:
    for command in (["show", "nothing"], ["scan", "nothing"], ["get", "nothing", "1"], ["find", "nothing", "a = 1"]):
        result = invoke("dynamodb", *command, at=aws)
        assert result.exit_code == 254, command
        assert "nothing" in result.errors


def test_names_of_tables_complete(tables: Emulator, invoke: Invoke) -> None:
    def proposed(words: str) -> list[str]:
        env = {"_STACKPANE_COMPLETE": "bash_complete", "COMP_WORDS": f"stackpane {words}", "COMP_WORDBREAKS": "=:"}
        result = invoke(at=tables, env=env)
        assert (result.exit_code, result.errors) == (0, "")
        return sorted(line.removeprefix("plain,") for line in result.text.splitlines())

    for command in ("show", "scan", "query", "find", "get"):
        assert proposed(f"dynamodb {command} ") == ["a-table", "b-table", "other.table-1"]
    assert proposed("dynamodb scan b") == ["b-table"]
