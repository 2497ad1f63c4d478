"""``dynamodb rm`` of items deletes what its plan has frozen and nothing else, and knows what became of each."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import AwsError, InvalidInput, Plan, Refused
from stackpane.links import Link
from stackpane.testing import Kit
from stackpane_dynamodb import deletion
from stackpane_dynamodb.values.same import same_item
from tests.dynamodb import stage
from tests.dynamodb.test_values import ALL_TYPES
from tests.dynamodb.written import TABLE, TYPES, item_at, keys, make_table, runner, store
from tests.harness import faults as modes
from tests.harness import hostile
from tests.s3.writing import Runner, finish

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Request
    from tests.harness.faultproxy import FaultProxy

EVERYTHING: Any = ALL_TYPES
MANY: Any = {f"a{number}": {"N": "1"} for number in range(400)}


@pytest.fixture
def dynamodb(aws: Emulator) -> Runner:
    make_table(aws)
    return runner(aws)


def planned(dynamodb: Runner, *argv: str) -> Plan:
    view = dynamodb.view("rm", TABLE, *argv)
    assert isinstance(view, Plan)
    return view


def fill(aws: Emulator, count: int, pk: str = "A") -> None:
    """Items of one partition, 25 a request."""
    items = [{"PutRequest": {"Item": {"pk": {"S": pk}, "sk": {"N": str(each)}}}} for each in range(count)]
    for start in range(0, count, 25):
        aws.client("dynamodb").batch_write_item(RequestItems={TABLE: items[start : start + 25]})


def test_one_item_is_deleted_after_a_plan_and_its_link_brings_it_back(aws: Emulator, dynamodb: Runner) -> None:
    item = store(aws, **EVERYTHING)
    store(aws, sk=2)
    plan = planned(dynamodb, "A", "1")
    assert (list(plan.targets()), plan.count, plan.unit, plan.phrase) == (["shop A 1"], 1, "item", "y")
    assert plan.notes[0].startswith('It is {"pk": "A", "sk": 1, ')
    assert plan.reversible.startswith("Can be undone with: stackpane dynamodb put shop ")
    assert len(keys(aws)) == 2
    outcome = finish(plan)
    assert outcome.message == "Deleted shop A 1."
    assert keys(aws) == [("A", "2")]
    assert dynamodb.follow(outcome.undo).done
    assert same_item(item_at(aws) or {}, item)


def test_the_undo_of_a_deletion_replaces_nothing(aws: Emulator, dynamodb: Runner) -> None:
    store(aws, a={"S": "x"})
    outcome = dynamodb("rm", TABLE, "A", "1")
    there = store(aws, a={"S": "theirs"})
    with pytest.raises(AwsError, match="exists already"):
        dynamodb.follow(outcome.undo)
    assert item_at(aws) == there


def test_a_large_item_cannot_be_brought_back_and_the_plan_says_so(aws: Emulator, dynamodb: Runner) -> None:
    store(aws, a={"S": "x" * 3000})
    plan = planned(dynamodb, "A", "1")
    assert plan.reversible == "Cannot be undone."
    assert finish(plan).undo is None


def test_all_that_an_expression_finds_asks_for_the_tables_name(aws: Emulator, dynamodb: Runner) -> None:
    fill(aws, 30)
    fill(aws, 3, "B")
    plan = planned(dynamodb, "--find", "pk = A and sk >= 5")
    assert (plan.count, plan.phrase, plan.bytes) == (25, TABLE, 25 * 7)
    assert list(plan.targets())[:2] == ["shop A 5", "shop A 6"]
    assert finish(plan).message == "Deleted 25 items (175 B) from shop."
    assert len(keys(aws)) == 5 + 3


def test_what_comes_or_changes_after_the_plan_stays(aws: Emulator, dynamodb: Runner) -> None:
    for number in range(4):
        store(aws, sk=number, a={"S": "x"})
    plan = planned(dynamodb, "--find", "pk = A")
    store(aws, sk=1, a={"S": "theirs"})
    aws.client("dynamodb").delete_item(TableName=TABLE, Key={"pk": {"S": "A"}, "sk": {"N": "2"}})
    store(aws, sk=9)
    outcome = finish(plan)
    assert (outcome.done, outcome.failed) == (2, ())
    assert [(each.target, each.reason) for each in outcome.skipped] == [
        ("shop A 1", "was changed since the plan, so it stays"),
        ("shop A 2", "is not there any more"),
    ]
    assert keys(aws) == [("A", "1"), ("A", "9")]


@pytest.mark.parametrize("kind", TYPES)
def test_an_item_stays_that_was_changed_whatever_its_type(aws: Emulator, dynamodb: Runner, kind: str) -> None:
    read, _, there = TYPES[kind]
    store(aws, v=read)
    plan, forced = planned(dynamodb, "A", "1"), planned(dynamodb, "A", "1", "--unconditional")
    store(aws, v=there)
    with pytest.raises(AwsError, match="was changed since the plan"):
        finish(plan)
    assert len(keys(aws)) == 1
    assert finish(forced).done
    assert keys(aws) == []


def test_what_others_have_added_unseen_is_told_and_can_be_brought_back(aws: Emulator, dynamodb: Runner) -> None:
    store(aws, a={"S": "x"})
    plan = planned(dynamodb, "A", "1")
    now = store(aws, a={"S": "x"}, note={"S": "theirs"})
    outcome = finish(plan)
    (warning,) = dynamodb.warnings
    assert warning.startswith("shop A 1 was deleted with what others had added since the plan: note; put it back with:")
    dynamodb.follow(outcome.undo)
    assert item_at(aws) == now


def test_a_list_of_keys_or_items_is_deleted(aws: Emulator, dynamodb: Runner, cli: Cli, tmp_path: Path) -> None:
    for number in range(4):
        store(aws, sk=number, a={"S": "x"})
    file = tmp_path / "keys.jsonl"
    file.write_text('{"pk": "A", "sk": 0}\n{"pk": "A", "sk": 1, "a": "other"}\n{"pk": "A", "sk": 8}\n')
    plan = planned(dynamodb, "--keys", str(file))
    assert list(plan.targets()) == ["shop A 0", "shop A 1"]
    assert plan.notes[0] == "Without an item: 1 of these keys."
    outcome = finish(plan)
    assert (outcome.done, [each.target for each in outcome.skipped]) == (1, ["shop A 1"])
    cli("-y", "dynamodb", "rm", TABLE, "--keys", "-", input=b'{"pk": "A", "sk": 2}\n', at=aws).ok()
    assert keys(aws) == [("A", "1"), ("A", "3")]


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ([], "which items"),
        (["A", "1", "--find", "pk = A"], "which items"),
        (["--find", " "], "would mean every item"),
        (["A"], "goes by its key"),
        (["A", "x"], "sk is a number"),
        (["--keys", "/nowhere/at/all"], "cannot be read"),
        (["--find", "pk = "], "ends where a value is wanted"),
    ],
)
def test_what_names_no_items_is_refused(dynamodb: Runner, argv: list[str], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        dynamodb.view("rm", TABLE, *argv)


def test_where_there_is_nothing_to_delete_it_says_so(dynamodb: Runner) -> None:
    with pytest.raises(AwsError, match="there is no item shop A 1"):
        dynamodb.view("rm", TABLE, "A", "1")
    with pytest.raises(AwsError, match="nothing to delete"):
        dynamodb.view("rm", TABLE, "--find", "pk = A")


def test_without_a_confirmation_nothing_is_sent(aws: Emulator, dynamodb: Runner, cli: Cli) -> None:
    store(aws)
    assert cli("dynamodb", "rm", TABLE, "A", "1", at=aws).exit_code == 3
    assert cli("--dry-run", "dynamodb", "rm", TABLE, "A", "1", at=aws).ok().lines[-1] == "shop A 1"
    assert len(keys(aws)) == 1
    with pytest.raises(Refused, match="read-only"):
        runner(aws, facts={"read_only": True})("rm", TABLE, "A", "1")
    assert len(keys(aws)) == 1


# Faults


def test_a_deletion_whose_answer_was_lost_is_done_when_its_repeat_finds_nothing(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float]
) -> None:
    store(aws, a={"S": "x"})
    faults.fault(modes.reset_after_body(), "DeleteItem", times=1)
    assert runner(faults)("rm", TABLE, "A", "1").message == "Deleted shop A 1."
    assert keys(aws) == []


def test_each_entry_is_accounted_for_and_the_link_goes_on_with_the_rest(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float]
) -> None:
    fill(aws, 12)
    faults.fault(modes.reset_after_body(), lambda request: _deletes(request, "3"))
    faults.fault(modes.error(400, "AccessDeniedException", "no"), lambda request: _deletes(request, "5"))
    outcome = runner(faults)("rm", TABLE, "--find", "pk = A", "--unconditional")
    assert outcome.done == 10
    assert [(each.target, each.unknown) for each in outcome.failed] == [("shop A 3", True), ("shop A 5", False)]
    assert outcome.resume == Link.to("dynamodb rm", TABLE, find="pk = A", unconditional=True)
    assert dynamodb.follow(outcome.resume).done == 1
    assert keys(aws) == []


def _deletes(request: Request, sk: str) -> bool:
    return request.operation == "DeleteItem" and bool(json.loads(request.body)["Key"]["sk"] == {"N": sk})


def test_a_throttled_table_is_waited_for(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float], no_patience: list[float]
) -> None:
    fill(aws, 40)
    throttled = modes.error(400, "ProvisionedThroughputExceededException", "The level of configured throughput …")
    faults.fault(throttled, "DeleteItem", times=130)  # more than botocore's own quick tries of 40 requests

    outcome = runner(faults)("rm", TABLE, "--find", "pk = A")
    assert (outcome.done, outcome.failed) == (40, ())
    assert no_patience
    assert keys(aws) == []


def test_a_table_that_stays_throttled_ends_in_failures_that_name_the_reason(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float], no_patience: list[float]
) -> None:
    fill(aws, 3)
    faults.fault(modes.error(400, "ThrottlingException", "Rate exceeded"), "DeleteItem")
    with pytest.raises(Exception, match="Rate exceeded"):
        runner(faults)("rm", TABLE, "A", "1")
    outcome = runner(faults).view("rm", TABLE, "--find", "pk = A")
    ended = finish(outcome)
    assert (ended.done, len(ended.failed), any(each.unknown for each in ended.failed)) == (0, 3, False)
    assert "was throttled (ThrottlingException)" in ended.failed[0].reason


def test_an_item_of_more_attributes_than_a_condition_compares_stays_unless_told(
    aws: Emulator, dynamodb: Runner
) -> None:
    store(aws, **MANY)
    with pytest.raises(AwsError, match="has 402 attributes, more than a condition can compare"):
        dynamodb("rm", TABLE, "A", "1")
    assert dynamodb("rm", TABLE, "A", "1", "--unconditional").done


def test_keys_of_every_kind_are_deleted_and_brought_back(ministack: Emulator) -> None:
    ministack.reset()
    make_table(ministack)
    dynamodb = runner(ministack)
    for name, text in hostile.VALUES.items():
        if not text or len(text.encode()) > 1000:
            continue
        store(ministack, text, a={"S": text})
        outcome = dynamodb("rm", TABLE, "--", text, "1")
        assert item_at(ministack, text) is None, name
        assert dynamodb.follow(outcome.undo).done, name
        assert item_at(ministack, text) == {"pk": {"S": text}, "sk": {"N": "1"}, "a": {"S": text}}, name


def test_an_index_that_has_only_keys_still_leads_to_whole_items(aws: Emulator, dynamodb: Runner) -> None:
    keys_only = {"IndexName": "narrow", "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}]}
    aws.client("dynamodb").update_table(
        TableName=TABLE,
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind} for name, kind in (("pk", "S"), ("sk", "N"), ("kind", "S"))
        ],
        GlobalSecondaryIndexUpdates=[{"Create": {**keys_only, "Projection": {"ProjectionType": "KEYS_ONLY"}}}],
    )
    item = store(aws, kind={"S": "x"}, a={"S": "y"})
    outcome = dynamodb("rm", TABLE, "--find", "kind = x", "--index", "narrow")
    assert dynamodb.warnings == []
    assert dynamodb.follow(outcome.undo).done
    assert item_at(aws) == item


def test_a_cancel_keeps_what_was_done_and_says_how_much(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "WORKERS", 1)
    fill(aws, 6)
    held_up = runner(faults)
    job = planned(held_up, "--find", "pk = A").apply()
    held = faults.fault(modes.hold_before(), "DeleteItem", after=3)
    with closing(job.run()) as running:
        while next(running).done < 2:
            pass
        held.wait()
        held.release()
    assert held_up.warnings[-1] == "stopped: deleted 4 of 6 items, 2 not tried"
    assert dynamodb.follow(job.resume).done == 2


def test_an_item_that_gains_what_others_of_the_plan_have_stays(aws: Emulator, faults: FaultProxy) -> None:
    items: list[Any] = [{"pk": {"S": "a"}, "locked": {"BOOL": True}}, {"pk": {"S": "b"}}]
    stage.make_table(aws, "locks", [("pk", "S")], items, indexes={"by-x": [("x", "S")]})
    for added in ("locked", "x"):
        kit = Kit(faults.url)
        plan = kit.view("dynamodb", "rm", "locks", "--find", "pk in (a, b)")
        assert isinstance(plan, Plan)
        stage.put(aws, "locks", [{"pk": {"S": "b"}, added: {"S": "new"}}])
        outcome = finish(plan.apply())
        assert [each.reason for each in outcome.skipped] == ["was changed since the plan, so it stays"]
        assert outcome.done == 1
        assert kit.face.warnings == []
        stage.put(aws, "locks", items)


def test_lines_within_messages_are_those_of_the_same_place(ministack: Emulator, invoke: Invoke) -> None:
    ministack.reset()
    stage.make_table(ministack, "locks", [("pk", "S")], [{"pk": {"S": "a"}}])
    where = ("--region", "us-east-1", "--endpoint-url", ministack.url)
    ran = invoke("dynamodb", "rm", "locks", "a", "--dry-run", *where, at=ministack).ok()
    line = f'stackpane --region us-east-1 --endpoint-url {ministack.url} dynamodb put locks \'{{"pk": "a"}}\''
    assert f"Can be undone with: {line}" in ran.errors
