"""``dynamodb edit`` of a table: each setting by a request of its own, and a line that takes it all back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import Link
from stackpane.testing import Kit
from tests.dynamodb.answers import words
from tests.harness import faults as modes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

ON_DEMAND = ("--key", "pk:S", "--index", "by-x:x:S:y:N:KEYS_ONLY")
PROVISIONED = (*ON_DEMAND, "--read-units", "5", "--write-units", "6")


def make(aws: Emulator, invoke: Invoke, *options: str) -> None:
    invoke("dynamodb", "create", "shop", *options, at=aws).ok()


def settings(aws: Emulator) -> dict[str, Any]:
    """What can be changed of the table, as far as it is set."""
    client = aws.client("dynamodb")
    found = client.describe_table(TableName="shop")["Table"]
    ttl = client.describe_time_to_live(TableName="shop")["TimeToLiveDescription"]
    backups = client.describe_continuous_backups(TableName="shop")["ContinuousBackupsDescription"]
    stream = found.get("StreamSpecification", {})
    mode = found.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    units = found["ProvisionedThroughput"]
    return {
        "mode": mode,
        "units": (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) if mode == "PROVISIONED" else None,
        "indexes": {
            index["IndexName"]: (
                [key["AttributeName"] for key in index["KeySchema"]],
                index["Projection"]["ProjectionType"],
                sorted(index["Projection"].get("NonKeyAttributes", ())),
            )
            for index in found.get("GlobalSecondaryIndexes", ())
        },
        "stream": stream.get("StreamViewType") if stream.get("StreamEnabled") else None,
        "ttl": ttl.get("AttributeName") if ttl["TimeToLiveStatus"] == "ENABLED" else None,
        "pitr": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
        "protected": bool(found.get("DeletionProtectionEnabled")),
    }


def undo(ran: Result) -> list[str]:
    """The words of the line that undoes what was done."""
    return Link.from_address(json.loads(ran.stdout)["Undo"]).to_argv()


BY_Z = {"by-z": (["z", "pk"], "INCLUDE", ["a", "b"])}
CHANGES: dict[str, tuple[tuple[str, ...], tuple[str, ...], dict[str, Any]]] = {
    "to provisioned": (
        ON_DEMAND,
        ("--billing-mode", "provisioned", "--read-units", "7", "--write-units", "8"),
        {"mode": "PROVISIONED", "units": (7, 8)},
    ),
    "to on demand": (PROVISIONED, ("--billing-mode", "PAY_PER_REQUEST"), {"mode": "PAY_PER_REQUEST", "units": None}),
    "one of the units": (PROVISIONED, ("--write-units", "9"), {"units": (5, 9)}),
    "protection": (ON_DEMAND, ("--deletion-protection",), {"protected": True}),
    "stream on": (ON_DEMAND, ("--stream", "NEW_IMAGE"), {"stream": "NEW_IMAGE"}),
    "another stream": ((*ON_DEMAND, "--stream", "KEYS_ONLY"), ("--stream", "OLD_IMAGE"), {"stream": "OLD_IMAGE"}),
    "stream off": ((*ON_DEMAND, "--stream", "OLD_IMAGE"), ("--stream", "off"), {"stream": None}),
    "ttl on": (ON_DEMAND, ("--ttl", "expires"), {"ttl": "expires"}),
    "ttl off": ((*ON_DEMAND, "--ttl", "expires"), ("--ttl", "off"), {"ttl": None}),
    "backups on": (ON_DEMAND, ("--pitr", "on"), {"pitr": "ENABLED"}),
    "index there": (("--key", "pk:S"), ("--add-index", "by-z:z:B:pk:S:a,b"), {"indexes": BY_Z}),
    "index gone": (("--key", "pk:S", "--index", "by-z:z:B:pk:S:a,b"), ("--remove-index", "by-z"), {"indexes": {}}),
    "all at once": (
        ("--key", "pk:S", "--index", "by-x:x:S"),
        (
            *(
                "--remove-index",
                "by-x",
                "--add-index",
                "by-z:z:B:pk:S:a,b",
                "--stream",
                "KEYS_ONLY",
                "--ttl",
                "expires",
            ),
            *("--deletion-protection", "--billing-mode", "PROVISIONED", "--read-units", "1", "--write-units", "2"),
        ),
        {
            "mode": "PROVISIONED",
            "units": (1, 2),
            "indexes": BY_Z,
            "stream": "KEYS_ONLY",
            "ttl": "expires",
            "protected": True,
        },
    ),
}


@pytest.mark.parametrize(("before", "options", "after"), CHANGES.values(), ids=CHANGES)
def test_a_setting_is_changed_and_the_line_that_is_printed_takes_it_back(
    aws: Emulator, invoke: Invoke, before: tuple[str, ...], options: tuple[str, ...], after: Mapping[str, Any]
) -> None:
    if aws.name == "moto" and "--stream" in before:
        pytest.skip("moto turns no stream on where there was one")
    make(aws, invoke, *before)
    first = settings(aws)
    ran = invoke("dynamodb", "edit", "shop", *options, "--yes", "-o", "json", at=aws).ok()
    assert settings(aws) == {**first, **after}
    again = tuple(word for word in options if word not in ("--remove-index", "--add-index"))
    if again == options:
        assert "shop is like that already." in invoke("dynamodb", "edit", "shop", *options, at=aws).ok().errors
    invoke(*undo(ran), "--yes", at=aws).ok()
    assert settings(aws) == first


def sent(faults: FaultProxy) -> list[dict[str, Any]]:
    """What was asked for by changes."""
    return [json.loads(each.body) for each in faults.requests if each.operation.startswith("Update")]


def test_only_what_changes_is_sent(aws: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    make(aws, invoke, *PROVISIONED)
    invoke("dynamodb", "edit", "shop", "--read-units", "7", "--write-units", "6", "--stream", "off", at=faults).ok()
    assert sent(faults) == [
        {"TableName": "shop", "ProvisionedThroughput": {"ReadCapacityUnits": 7, "WriteCapacityUnits": 6}}
    ]


def test_indexes_get_the_units_that_a_table_gets(aws: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    make(aws, invoke, *ON_DEMAND)
    options = ("--billing-mode", "PROVISIONED", "--read-units", "7", "--write-units", "8", "--add-index", "by-z:z:S")
    invoke("dynamodb", "edit", "shop", *options, at=faults).ok()
    units = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 8}
    first, second = [each["GlobalSecondaryIndexUpdates"] for each in sent(faults)]
    assert first == [{"Update": {"IndexName": "by-x", "ProvisionedThroughput": units}}]
    assert second[0]["Create"]["ProvisionedThroughput"] == units


def test_an_index_comes_with_the_keys_that_are_used_then_and_no_other(
    aws: Emulator, faults: FaultProxy, invoke: Invoke
) -> None:
    make(aws, invoke, *ON_DEMAND)
    options = ("--remove-index", "by-x", "--add-index", "by-z:z:S", "--add-index", "by-w:w:N")
    invoke("dynamodb", "edit", "shop", *options, "--yes", at=faults).ok()
    defined = [sorted(key["AttributeName"] for key in each.get("AttributeDefinitions", ())) for each in sent(faults)]
    assert defined == [[], ["pk", "z"], ["pk", "w", "z"]]


def test_a_line_that_could_not_take_all_back_is_not_offered(aws: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    make(aws, invoke, *PROVISIONED)
    aws.client("dynamodb").update_table(
        TableName="shop",
        GlobalSecondaryIndexUpdates=[
            {
                "Update": {
                    "IndexName": "by-x",
                    "ProvisionedThroughput": {"ReadCapacityUnits": 50, "WriteCapacityUnits": 60},
                }
            }
        ],
    )
    ran = invoke("dynamodb", "edit", "shop", "--billing-mode", "PAY_PER_REQUEST", "-o", "json", at=faults).ok()
    assert json.loads(ran.stdout)["Undo"] is None


def test_backups_are_kept_for_as_many_days_as_said_and_fewer_only_when_confirmed(
    aws: Emulator, faults: FaultProxy, invoke: Invoke
) -> None:
    make(aws, invoke, *ON_DEMAND)
    invoke("dynamodb", "edit", "shop", "--pitr", "20", at=faults).ok()
    on = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 20}
    assert sent(faults) == [{"TableName": "shop", "PointInTimeRecoverySpecification": on}]
    for fewer in ("5", "off"):
        assert invoke("dynamodb", "edit", "shop", "--pitr", fewer, at=faults).exit_code == 3
    assert len(sent(faults)) == 1
    invoke("dynamodb", "edit", "shop", "--pitr", "off", "--yes", at=faults).ok()
    assert settings(aws)["pitr"] == "DISABLED"


@pytest.mark.parametrize(
    ("before", "options", "said"),
    [
        (ON_DEMAND, (), "nothing is to be changed"),
        (ON_DEMAND, ("--read-units", "5"), "shop is on demand and has no units"),
        (ON_DEMAND, ("--billing-mode", "PROVISIONED"), "--read-units and --write-units"),
        (ON_DEMAND, ("--remove-index", "by-y"), "no global index 'by-y'"),
        (ON_DEMAND, ("--add-index", "by-x:z:S"), "has an index by-x already"),
        (ON_DEMAND, ("--add-index", "by-y:y:S"), "y is a key of shop already, as N"),
        (ON_DEMAND, ("--add-index", "by-y:y"), "names no index"),
        (ON_DEMAND, ("--pitr", "36"), "--pitr takes on, off or a number of days"),
        ((*ON_DEMAND, "--ttl", "expires"), ("--ttl", "ends"), "items of shop expire by expires already"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_changed(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, before: tuple[str, ...], options: tuple[str, ...], said: str
) -> None:
    make(aws, invoke, *before)
    sound = ("--deletion-protection",) if options else ()
    ran = invoke("dynamodb", "edit", "shop", *sound, *options, "--yes", at=faults)
    assert (ran.exit_code, sent(faults)) == (252, [])
    assert said in ran.errors


def test_an_index_goes_only_when_that_is_confirmed(aws: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    make(aws, invoke, *ON_DEMAND)
    for more, code in (((), 3), (("--dry-run",), 0), (("--read-only", "--yes"), 3)):
        ran = invoke("dynamodb", "edit", "shop", "--remove-index", "by-x", *more, at=faults)
        assert (ran.exit_code, sent(faults)) == (code, [])
    shown = invoke("dynamodb", "edit", "shop", "--ttl", "expires", "--dry-run", at=faults).ok()
    assert shown.lines[1:] == ["let items expire by expires"]
    assert sent(faults) == []


def test_each_change_waits_for_the_one_before(
    aws: Emulator, faults: FaultProxy, invoke: Invoke, ticks: list[float]
) -> None:
    make(aws, invoke, *ON_DEMAND)
    faults.fault(words({"ACTIVE": "UPDATING"}), "DescribeTable", after=2, times=2)
    invoke("dynamodb", "edit", "shop", "--deletion-protection", "--stream", "NEW_IMAGE", at=faults).ok()
    asked = [each.operation for each in faults.requests]
    look = "DescribeTable"
    assert asked == [look, look, "UpdateTable", look, look, look, "UpdateTable", look]
    assert sum(ticks) == pytest.approx(0.5 + 1)


def test_after_a_failure_the_rest_is_not_tried_and_what_was_done_is_said(
    aws: Emulator, faults: FaultProxy, invoke: Invoke
) -> None:
    make(aws, invoke, *ON_DEMAND)
    faults.fault(modes.access_denied("dynamodb:UpdateTable"), "UpdateTable", after=1)
    options = ("--deletion-protection", "--stream", "NEW_IMAGE", "--ttl", "expires")
    ran = invoke("dynamodb", "edit", "shop", *options, "-o", "json", at=faults)
    assert ran.exit_code == 1
    said = json.loads(ran.stdout)
    assert said["Message"] == "Changed shop: turn the protection against deletion on."
    assert [failure["Target"] for failure in said["Failed"]] == [
        "turn a stream on (NEW_IMAGE)",
        "let items expire by expires",
    ]
    assert said["Undo"] == "stackpane dynamodb edit --no-deletion-protection shop"
    assert faults.count("UpdateTimeToLive") == 0


def test_where_nothing_was_done_the_error_says_why(aws: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    make(aws, invoke, *ON_DEMAND)
    faults.fault(modes.access_denied("dynamodb:UpdateTable"), "UpdateTable")
    ran = invoke("dynamodb", "edit", "shop", "--deletion-protection", "--ttl", "expires", at=faults)
    assert ran.exit_code == 254
    assert "needs dynamodb:UpdateTable" in ran.errors


def test_a_cancel_says_how_far_it_came(aws: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    from stackpane import Job

    make(aws, invoke, *ON_DEMAND)
    kit = Kit(faults.url)
    job = kit.view("dynamodb", "edit", "shop", "--deletion-protection", "--stream", "NEW_IMAGE")
    assert isinstance(job, Job)
    running = job.run()
    assert [next(running).done for _ in range(2)] == [0, 1]
    running.close()
    assert kit.face.warnings == ["stopped: made 1 of 2 changes to shop; DynamoDB ends the last"]
