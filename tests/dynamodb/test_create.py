"""``dynamodb create`` makes the table that was asked for, and returns when it can be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import Link
from tests.dynamodb.answers import changed, words
from tests.harness import faults as modes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

KEYS = ("--key", "pk:S", "--key", "sk:N")


def described(aws: Emulator, table: str = "shop") -> dict[str, Any]:
    found: dict[str, Any] = aws.client("dynamodb").describe_table(TableName=table)["Table"]
    return found


def names(aws: Emulator) -> list[str]:
    found: list[str] = aws.client("dynamodb").list_tables()["TableNames"]
    return found


def schema(keyed: Mapping[str, Any]) -> dict[str, str]:
    return {each["KeyType"]: each["AttributeName"] for each in keyed["KeySchema"]}


def test_options_say_all_that_a_table_is(aws: Emulator, invoke: Invoke) -> None:
    ran = invoke(
        *("dynamodb", "create", "shop", *KEYS, "--stream", "new_image", "--tag", "team=a=b", "--ttl", "expires"),
        *("--index", "by-mail:mail:S:at:N:KEYS_ONLY", "--index", "by-a.b:a.b:B", "--local-index", "by-at:at:N:x,y"),
        at=aws,
    ).ok()
    assert "Created shop in us-east-1." in ran.errors
    found = described(aws)
    kinds = {each["AttributeName"]: each["AttributeType"] for each in found["AttributeDefinitions"]}
    assert kinds == {"pk": "S", "sk": "N", "mail": "S", "at": "N", "a.b": "B"}
    assert schema(found) == {"HASH": "pk", "RANGE": "sk"}
    first, second = sorted(found["GlobalSecondaryIndexes"], key=lambda index: str(index["IndexName"]), reverse=True)
    assert (schema(first), first["Projection"]["ProjectionType"]) == ({"HASH": "mail", "RANGE": "at"}, "KEYS_ONLY")
    assert (schema(second), second["Projection"]["ProjectionType"]) == ({"HASH": "a.b"}, "ALL")
    [local] = found["LocalSecondaryIndexes"]
    assert schema(local) == {"HASH": "pk", "RANGE": "at"}
    assert sorted(local["Projection"]["NonKeyAttributes"]) == ["x", "y"]
    assert found["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    client = aws.client("dynamodb")
    assert client.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"] == [{"Key": "team", "Value": "a=b"}]
    ttl = client.describe_time_to_live(TableName="shop")["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expires")


def test_units_make_it_provisioned_and_its_indexes_too(aws: Emulator, invoke: Invoke) -> None:
    units = ("--read-units", "5", "--write-units", "6")
    invoke("dynamodb", "create", "shop", "--key", "id:B", *units, "--index", "by-x:x:S", at=aws).ok()
    found = described(aws)
    for provisioned in (found, found["GlobalSecondaryIndexes"][0]):
        throughput = provisioned["ProvisionedThroughput"]
        assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (5, 6)


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "a table has a key"),
        (("--key", "pk"), "names no key"),
        (("--key", "pk:X"), "S (string), N (number), B (binary)"),
        (("--key", "a:S", "--key", "b:S", "--key", "c:S"), "one or two keys, not 3"),
        (("--key", "pk:S", "--index", "by-x"), "names no index"),
        (("--key", "pk:S", "--index", ":x:S"), "names no index"),
        (("--key", "pk:S", "--index", "by-x:x:S:y:S:z:S"), "names no index"),
        (("--key", "pk:S", "--index", "by-x:x:S:"), "names no index"),
        (("--key", "pk:S", "--index", "by-pk:pk:N"), "pk is given as S and as N"),
        (("--key", "pk:S", "--local-index", "by-x:x:S"), "has a sort key"),
        (("--key", "pk:S", "--read-units", "5"), "--read-units and --write-units"),
        (("--key", "pk:S", "--billing-mode", "PROVISIONED"), "--read-units and --write-units"),
        (("--key", "pk:S", "--billing-mode", "pay_per_request", "--read-units", "5"), "on demand has no units"),
        (("--key", "pk:S", "--tag", "team"), "--tag wants KEY=VALUE"),
        (("--from", "x.json", "--key", "pk:S"), "--from says what the table is like"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, argv: tuple[str, ...], said: str
) -> None:
    ran = invoke("dynamodb", "create", "shop", *argv, at=faults)
    assert (ran.exit_code, faults.requests) == (252, [])
    assert said in ran.errors


def test_a_table_that_exists_is_not_made_again(aws: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    invoke("dynamodb", "create", "shop", *KEYS, at=aws).ok()
    ran = invoke("dynamodb", "create", "shop", "--key", "id:S", at=faults)
    assert (ran.exit_code, faults.operations) == (3, ["DescribeTable"])
    assert "the table shop exists already in us-east-1" in ran.errors


def test_a_dry_run_and_a_read_only_connection_make_nothing(aws: Emulator, invoke: Invoke) -> None:
    shown = invoke("dynamodb", "create", "shop", *KEYS, "--index", "by-x:x:S", "--dry-run", at=aws).ok()
    assert shown.lines[1:] == ["shop"]
    assert "Global index by-x on x." in shown.errors
    assert invoke("dynamodb", "create", "shop", *KEYS, "--read-only", at=aws).exit_code == 3
    assert names(aws) == []


def test_the_line_that_undoes_it_deletes_the_table(aws: Emulator, invoke: Invoke) -> None:
    ran = invoke("dynamodb", "create", "shop", *KEYS, "-o", "json", at=aws).ok()
    undo = Link.from_address(ran.json()["Undo"])
    invoke(*undo.to_argv(), "--yes", at=aws).ok()
    assert names(aws) == []


# Waiting


def test_it_waits_until_the_table_and_its_indexes_are_active(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, ticks: list[float]
) -> None:
    faults.fault(words({"ACTIVE": "CREATING"}), "DescribeTable", after=1, times=2)
    faults.fault(changed(_index_is_made), "DescribeTable", after=1, times=1)
    invoke("dynamodb", "create", "shop", *KEYS, "--index", "by-x:x:S", at=faults).ok()
    assert faults.count("DescribeTable") == 5
    assert max(ticks) <= 0.25
    assert sum(ticks) == pytest.approx(0.5 + 1 + 2)


def _index_is_made(body: bytes) -> bytes:
    answer = json.loads(body)
    answer["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] = "CREATING"
    return json.dumps(answer).encode()


def test_a_cancel_leaves_it_creating_and_says_so(aws: Emulator, faults: FaultProxy) -> None:
    from stackpane import Job
    from stackpane.testing import Kit

    kit = Kit(faults.url)
    job = kit.view("dynamodb", "create", "shop", *KEYS)
    assert isinstance(job, Job)
    faults.fault(words({"ACTIVE": "CREATING"}), "DescribeTable")
    running = job.run()
    assert [next(running).current for _ in range(2)] == ["shop", "shop: CREATING"]
    running.close()
    (warning,) = kit.face.warnings
    assert warning.startswith("shop is being created all the same: stackpane ")
    assert warning.endswith(" dynamodb show shop")
    assert names(aws) == ["shop"]


def test_a_creation_whose_answer_was_lost_is_no_other_table(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, no_pauses: list[float]
) -> None:
    faults.fault(modes.reset_after_body(), "CreateTable", times=1)
    invoke("dynamodb", "create", "shop", *KEYS, at=faults).ok()
    assert faults.count("CreateTable") == 2
    assert names(aws) == ["shop"]


def test_a_table_that_somebody_else_makes_meanwhile_is_not_taken_for_ours(
    aws: Emulator, faults: FaultProxy, invoke: Invoke
) -> None:
    faults.fault(modes.error(400, "ResourceInUseException", "Table already exists: shop"), "CreateTable")
    ran = invoke("dynamodb", "create", "shop", *KEYS, at=faults)
    assert ran.exit_code == 254
    assert "ResourceInUseException" in ran.errors


def test_a_time_to_live_that_fails_does_not_hide_that_the_table_was_made(
    aws: Emulator, faults: FaultProxy, invoke: Invoke
) -> None:
    faults.fault(modes.access_denied("dynamodb:UpdateTimeToLive"), "UpdateTimeToLive")
    ran = invoke("dynamodb", "create", "shop", *KEYS, "--ttl", "expires", at=faults)
    assert (ran.exit_code, names(aws)) == (1, ["shop"])
    assert "the time to live of shop" in ran.errors


# From files


def test_a_table_is_made_like_another_by_its_description(aws: Emulator, invoke: Invoke) -> None:
    more = ("--index", "by-mail:mail:S:at:N:a,b", "--local-index", "by-at:at:N", "--stream", "OLD_IMAGE")
    invoke("dynamodb", "create", "shop", *KEYS, *more, at=aws).ok()
    answer = aws.client("dynamodb").describe_table(TableName="shop")
    for name, content in (("whole", {"Table": answer["Table"]}), ("table", answer["Table"])):
        Path(f"{name}.json").write_text(json.dumps(content, default=str))
        invoke("dynamodb", "create", name, "--from", f"{name}.json", "--tag", "a=1", at=aws).ok()
        one, other = described(aws), described(aws, name)
        assert schema(one) == schema(other)
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            assert [(schema(each), each["Projection"]) for each in one[kind]] == [
                (schema(each), each["Projection"]) for each in other[kind]
            ]
        assert other["StreamSpecification"] == one["StreamSpecification"]
        assert other["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


def test_a_file_as_create_table_takes_it_is_sent_as_it_is(aws: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    request = {
        "TableName": "another",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
        "DeletionProtectionEnabled": True,
    }
    source = json.dumps(request).encode()
    invoke("dynamodb", "create", "shop", "--from", "-", "--tag", "b=3", input=source, at=faults).ok()
    [sent] = [json.loads(each.body) for each in faults.requests if each.operation == "CreateTable"]
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "3"}]
    assert sent == {**request, "TableName": "shop", "Tags": tags}


def test_what_only_tells_of_a_table_is_not_asked_for_again() -> None:
    import botocore.session

    from stackpane_dynamodb.tablespec import request_of

    shape: Any = botocore.session.get_session().get_service_model("dynamodb").operation_model("CreateTable").input_shape
    units = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0, "NumberOfDecreasesToday": 1}
    key = {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "WarmThroughput": {"ReadUnitsPerSecond": 12000}}
    description = {
        "TableName": "old",
        "TableStatus": "ACTIVE",
        "TableArn": "arn",
        "ItemCount": 7,
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "TableClassSummary": {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
        "SSEDescription": {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": "arn:key"},
        "StreamSpecification": {"StreamEnabled": False},
        "LocalSecondaryIndexes": [],
        "Replicas": [{"RegionName": "eu-west-1"}],
        "ProvisionedThroughput": units,
        **key,
        "GlobalSecondaryIndexes": [
            {"IndexName": "i", "IndexStatus": "ACTIVE", "Projection": {"ProjectionType": "ALL"}, **key}
        ],
    }
    assert request_of(description, shape, "new") == {
        "TableName": "new",
        "AttributeDefinitions": description["AttributeDefinitions"],
        "KeySchema": key["KeySchema"],
        "BillingMode": "PAY_PER_REQUEST",
        "TableClass": "STANDARD_INFREQUENT_ACCESS",
        "SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "arn:key"},
        "GlobalSecondaryIndexes": [
            {"IndexName": "i", "KeySchema": key["KeySchema"], "Projection": {"ProjectionType": "ALL"}}
        ],
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "the file is no JSON"),
        ("[]", "the file describes no table"),
        ('{"Table": {"TableName": "x"}}', "the file describes no table"),
        ('{"KeySchema": [], "Keys": 1, "Else": 2}', "CreateTable takes no Else, Keys"),
        ('{"KeySchema": 1}', "AWS would not accept the request"),
    ],
)
def test_a_file_that_describes_no_table_is_refused(aws: Emulator, invoke: Invoke, content: str, said: str) -> None:
    Path("table.json").write_text(content)
    ran = invoke("dynamodb", "create", "shop", "--from", "table.json", at=aws)
    assert ran.exit_code == 252
    assert said in ran.errors
    assert names(aws) == []
