"""``dynamodb rm`` of a table: a plan that says what goes with it, and a job that ends when it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane import Job, Plan
from stackpane.testing import Kit
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy
    from tests.harness.terminal import TerminalFactory


@pytest.fixture
def shop(aws: Emulator, invoke: Invoke) -> Emulator:
    """A table with three items, an index and a stream."""
    options = ("--key", "pk:S", "--index", "by-x:x:S", "--stream", "NEW_IMAGE")
    invoke("dynamodb", "create", "shop", *options, at=aws).ok()
    for number in range(3):
        aws.client("dynamodb").put_item(TableName="shop", Item={"pk": {"S": str(number)}})
    return aws


def names(aws: Emulator) -> list[str]:
    found: list[str] = aws.client("dynamodb").list_tables()["TableNames"]
    return found


def test_the_plan_says_what_goes_and_nothing_is_sent_before_it_is_confirmed(shop: Emulator, invoke: Invoke) -> None:
    ran = invoke("dynamodb", "rm", "shop", "--table", at=shop)
    assert ran.exit_code == 3
    for said in ("Delete the table shop: 1 table", "3 items", "by-x", "Its stream ends", "Cannot be undone."):
        assert said in ran.errors
    assert invoke("dynamodb", "rm", "shop", "--table", "--dry-run", at=shop).ok().lines[1].endswith(":table/shop")
    assert invoke("dynamodb", "rm", "shop", "--table", "--yes", "--read-only", at=shop).exit_code == 3
    assert names(shop) == ["shop"]


def test_its_name_is_typed_to_go_on(shop: Emulator, terminal: TerminalFactory) -> None:
    asked = terminal("dynamodb", "rm", "shop", "--table", at=shop)
    asked.wait_for("Type shop to go on")
    asked.send("shop\r")
    assert asked.wait() == 0
    assert "Deleted shop." in asked.text
    assert names(shop) == []


def test_an_arn_names_the_table_too(shop: Emulator, invoke: Invoke) -> None:
    arn = shop.client("dynamodb").describe_table(TableName="shop")["Table"]["TableArn"]
    invoke("dynamodb", "rm", arn, "--table", "--yes", at=shop).ok()
    assert names(shop) == []


def test_a_protected_table_is_refused_with_the_line_that_takes_it_off(
    shop: Emulator, faults: FaultProxy, invoke: Invoke
) -> None:
    invoke("dynamodb", "edit", "shop", "--deletion-protection", at=shop).ok()
    ran = invoke("dynamodb", "rm", "shop", "--table", "--yes", at=faults)
    assert (ran.exit_code, faults.count("DeleteTable")) == (3, 0)
    line = next(line for line in ran.errors.splitlines() if "stackpane dynamodb edit" in line)
    invoke(*line.partition("stackpane ")[2].split(), at=shop).ok()
    invoke("dynamodb", "rm", "shop", "--table", "--yes", at=shop).ok()
    assert names(shop) == []


def test_with_point_in_time_recovery_a_last_backup_is_kept(shop: Emulator, invoke: Invoke) -> None:
    shop.client("dynamodb").update_continuous_backups(
        TableName="shop", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    assert (
        "keeps a last backup of it for 35 days"
        in invoke("dynamodb", "rm", "shop", "--table", "--dry-run", at=shop).errors
    )


def test_backups_that_may_not_be_seen_are_not_denied(shop: Emulator, faults: FaultProxy, invoke: Invoke) -> None:
    faults.fault(modes.access_denied("dynamodb:DescribeContinuousBackups"), "DescribeContinuousBackups")
    ran = invoke("dynamodb", "rm", "shop", "--table", "--dry-run", at=faults).ok()
    assert "Cannot be undone, unless there is a backup." in ran.errors


def test_a_table_that_is_not_there_is_an_error_before_the_question(aws: Emulator, invoke: Invoke) -> None:
    ran = invoke("dynamodb", "rm", "nowhere", "--table", "--yes", at=aws)
    assert ran.exit_code == 254
    assert "does not exist" in ran.errors


def test_it_waits_until_the_table_is_gone(
    shop: Emulator, faults: FaultProxy, invoke: Invoke, ticks: list[float]
) -> None:
    description = b'{"Table":{"TableName":"shop","TableStatus":"DELETING"}}'
    still = modes.answer(200, description, {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "1"})
    faults.fault(still, "DescribeTable", after=1, times=3)
    invoke("dynamodb", "rm", "shop", "--table", "--yes", at=faults).ok()
    assert faults.count("DescribeTable") == 5
    assert sum(ticks) == pytest.approx(0.5 + 1 + 2)


def test_a_deletion_whose_answer_was_lost_is_done(
    shop: Emulator, faults: FaultProxy, invoke: Invoke, no_pauses: list[float]
) -> None:
    faults.fault(modes.reset_after_body(), "DeleteTable", times=1)
    invoke("dynamodb", "rm", "shop", "--table", "--yes", at=faults).ok()
    assert faults.count("DeleteTable") == 2
    assert names(shop) == []


def test_a_table_that_somebody_else_deletes_meanwhile_is_not_claimed(
    shop: Emulator, faults: FaultProxy, invoke: Invoke
) -> None:
    faults.fault(modes.error(400, "ResourceNotFoundException", "Table: shop not found"), "DeleteTable")
    ran = invoke("dynamodb", "rm", "shop", "--table", "--yes", at=faults)
    assert ran.exit_code == 254
    assert "Deleted" not in ran.errors.replace("Deleting", "")


def test_a_cancel_says_that_it_goes_on(shop: Emulator, faults: FaultProxy) -> None:
    kit = Kit(faults.url)
    plan = kit.view("dynamodb", "rm", "shop", "--table")
    assert isinstance(plan, Plan)
    job = plan.apply()
    assert isinstance(job, Job)
    description = b'{"Table":{"TableName":"shop","TableStatus":"DELETING"}}'
    still = modes.answer(200, description, {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "1"})
    faults.fault(still, "DescribeTable")
    running = job.run()
    assert [next(running).current for _ in range(2)] == ["shop", "shop: DELETING"]
    running.close()
    assert kit.face.warnings == ["shop is being deleted all the same"]
    assert names(shop) == []
