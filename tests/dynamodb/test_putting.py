"""``dynamodb put`` and ``duplicate``: onto nothing, or in place of just the version that was looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import AwsError, InvalidInput, Plan, Refused
from stackpane_dynamodb.values.plain import item_text
from stackpane_dynamodb.values.same import same_item
from tests.dynamodb.test_values import ALL_TYPES
from tests.dynamodb.written import KEY, TABLE, TYPES, item_at, keys, make_table, runner, store
from tests.harness import faults as modes
from tests.harness.faultproxy import forward

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Exchange
    from tests.harness.faultproxy import FaultProxy, Mode
    from tests.s3.writing import Runner

EVERYTHING: Any = ALL_TYPES


@pytest.fixture
def dynamodb(aws: Emulator) -> Runner:
    make_table(aws)
    return runner(aws)


def test_every_type_is_put_as_it_was_given(aws: Emulator, dynamodb: Runner) -> None:
    item = {**KEY, **ALL_TYPES}
    dynamodb("put", TABLE, item_text(item))
    assert same_item(item_at(aws) or {}, item)
    typed = {**item, "sk": {"N": "2"}}
    dynamodb("put", TABLE, json.dumps(typed), "--dynamodb-json")
    assert same_item(item_at(aws, sk=2) or {}, typed)


def test_items_come_from_files_stdin_arrays_and_lines(
    aws: Emulator, dynamodb: Runner, cli: Cli, tmp_path: Path
) -> None:
    lines = tmp_path / "odd name.jsonl"
    lines.write_text('\ufeff{"pk": "A", "sk": 1}\n\n{"pk": "A", "sk": 2}\n')
    assert dynamodb("put", TABLE, f"@{lines}").done == 2
    (tmp_path / "array.json").write_text('[\n {"pk": "A",\n "sk": 3}\n]')
    assert dynamodb("put", TABLE, (tmp_path / "array.json").as_uri()).done == 1
    cli("dynamodb", "put", TABLE, "-", input=b'{\n  "pk": "A",\n  "sk": 4\n}\n', at=aws).ok()
    assert [sk for _, sk in keys(aws)] == ["1", "2", "3", "4"]


def test_what_is_there_is_not_replaced(aws: Emulator, dynamodb: Runner) -> None:
    before = store(aws, a={"S": "x"})
    with pytest.raises(AwsError, match="shop A 1 exists already"):
        dynamodb("put", TABLE, '{"pk": "A", "sk": 1, "a": "y"}')
    outcome = dynamodb("put", TABLE, '[{"pk": "A", "sk": 1, "a": "y"}, {"pk": "A", "sk": 2}]')
    assert (outcome.done, [(each.target, each.reason) for each in outcome.failed]) == (
        1,
        [("shop A 1", "exists already")],
    )
    assert item_at(aws) == before


def test_the_same_put_again_is_no_fault(dynamodb: Runner) -> None:
    assert dynamodb("put", TABLE, '{"pk": "A", "sk": 1, "n": 1.0}').done == 1
    outcome = dynamodb("put", TABLE, '{"pk": "A", "sk": 1, "n": 1}')
    assert (outcome.message, outcome.done) == ("shop A 1 is there already, just like that.", 0)


def test_overwriting_replaces_the_version_that_was_read_and_the_link_brings_it_back(
    aws: Emulator, dynamodb: Runner
) -> None:
    before = store(aws, a={"S": "x"}, s={"SS": ["a"]})
    outcome = dynamodb("put", TABLE, '{"pk": "A", "sk": 1, "b": 1}', "--overwrite")
    assert outcome.message == "Replaced shop A 1 (10 B of 400 KiB)."
    assert item_at(aws) == {**KEY, "b": {"N": "1"}}
    assert dynamodb.follow(outcome.undo).done
    assert item_at(aws) == before


def test_the_undo_of_a_put_deletes_the_item_unless_it_has_changed(aws: Emulator, dynamodb: Runner) -> None:
    outcome = dynamodb("put", TABLE, '{"pk": "A", "sk": 1, "a": "x"}')
    changed = store(aws, a={"S": "theirs"})
    with pytest.raises(AwsError, match="is not what --if says"):
        dynamodb.follow(outcome.undo)
    assert item_at(aws) == changed
    store(aws, a={"S": "x"})
    assert dynamodb.follow(outcome.undo).done
    assert keys(aws) == []


@pytest.mark.parametrize("kind", TYPES)
def test_a_change_between_reading_and_replacing_is_kept(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, kind: str
) -> None:
    read, _, there = TYPES[kind]
    store(aws, v=read)
    item = item_at(aws)
    faults.fault(_with_a_change_before(aws, there), "PutItem", times=1)
    with pytest.raises(AwsError, match="was changed by somebody else in between"):
        runner(faults)("put", TABLE, '{"pk": "A", "sk": 1, "mine": 1}', "--overwrite")
    assert same_item(item_at(aws) or {}, {**(item or {}), "v": there})


def _with_a_change_before(aws: Emulator, value: dict[str, Any]) -> Mode:
    """Somebody else's change arrives just before the request."""

    async def mode(exchange: Exchange) -> None:
        store(aws, v=value)
        await forward(exchange)

    return mode


def test_a_put_whose_answer_was_lost_is_done_when_its_repeat_finds_it_so(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float]
) -> None:
    faults.fault(modes.reset_after_body(), "PutItem", times=1)
    assert runner(faults)("put", TABLE, '{"pk": "A", "sk": 1, "a": "x"}').message.startswith("Put shop A 1")
    faults.fault(modes.reset_after_body(), "PutItem", times=1)
    outcome = runner(faults)("put", TABLE, '{"pk": "A", "sk": 1, "b": "x"}', "--overwrite")
    assert outcome.message.startswith("Replaced shop A 1")
    assert faults.count("PutItem") == 4


def test_lost_puts_among_many_are_unknown(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float]
) -> None:
    faults.fault(modes.reset_after_body(), lambda request: b'"7"' in request.body)
    items = [{"pk": "A", "sk": number} for number in range(10)]
    outcome = runner(faults)("put", TABLE, json.dumps(items))
    assert outcome.done == 9
    assert [(each.target, each.unknown) for each in outcome.failed] == [("shop A 7", True)]


def test_a_put_that_failed_as_it_was_looked_what_is_there_is_known_not_to_be_done(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float]
) -> None:
    faults.fault(modes.status(500), "GetItem")
    outcome = runner(faults)("put", TABLE, '[{"pk": "A", "sk": 1}, {"pk": "A", "sk": 2}]', "--overwrite")
    assert [each.unknown for each in outcome.failed] == [False, False]
    assert "PutItem" not in faults.operations


def test_throttled_puts_are_waited_for(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float], no_patience: list[float]
) -> None:
    throttled = modes.error(400, "ProvisionedThroughputExceededException", "The level of configured throughput …")
    faults.fault(throttled, "PutItem", times=60)
    items = [{"pk": "A", "sk": number} for number in range(20)]
    outcome = runner(faults)("put", TABLE, json.dumps(items))
    assert (outcome.done, outcome.failed) == (20, ())
    assert no_patience


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no item"),
        ("{", "line 1, column 2"),
        ('{"pk": "A"}', "sk: the item has no such attribute"),
        ('{"pk": 1, "sk": 1}', "pk: is a number, but this key is a string"),
        ('{"pk": "", "sk": 1}', "pk: is empty"),
        ('{"pk": "A", "sk": 1, "kind": 5}', "kind: is a number, but this key is a string"),
        ('{"pk": "A", "sk": 1, "a": {"b": [{"$SS": []}]}}', r"a\.b\[0\]: is an empty set"),
        ('{"pk": "A", "sk": 1, "a": "\\ud800"}', "a: has half of a surrogate pair"),
        ('{"pk": "A", "sk": 1, "": 1}', "there is a name without characters"),
        ('{"pk": "A", "sk": 1}\n{"pk": "A", "sk": 2, "a": {"$NS": ["1"]}}', r"line 2: a\[0\]: a set of numbers"),
        ('[{"pk": "A", "sk": 1}, 5]', "item 2: an item is a JSON object"),
        ('[{"pk": "A", "sk": 1}, {"pk": "A", "sk": "b"}]', "item 2: sk: is a string"),
        ("@/nowhere/at/all", "/nowhere/at/all cannot be read"),
    ],
)
def test_what_dynamodb_would_refuse_is_refused_before_anything_is_sent(
    aws: Emulator, dynamodb: Runner, text: str, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        dynamodb("put", TABLE, text)
    assert keys(aws) == []


@pytest.mark.parametrize("value", ['"x"', '{"S": 5}', '{"N": 5}', '{"S": "a", "N": "1"}', '{"NULL": false}'])
def test_dynamodb_json_that_is_none_is_refused(aws: Emulator, dynamodb: Runner, value: str) -> None:
    for text in (f'{{"pk": {value}, "sk": {{"N": "1"}}}}', f'{{"pk": {{"S": "A"}}, "sk": {{"N": "1"}}, "a": {value}}}'):
        with pytest.raises(InvalidInput):
            dynamodb("put", TABLE, text, "--dynamodb-json")
    assert keys(aws) == []


def test_a_dry_run_and_a_read_only_connection_send_no_item(aws: Emulator, dynamodb: Runner, faults: FaultProxy) -> None:
    plan = runner(faults, dry_run=True).view("put", TABLE, '[{"pk": "A", "sk": 1}, {"pk": "A", "sk": 2}]')
    assert isinstance(plan, Plan)
    assert (list(plan.targets()), plan.bytes) == (["shop A 1", "shop A 2"], 14)
    with pytest.raises(Refused, match="read-only"):
        runner(faults, facts={"read_only": True})("put", TABLE, '{"pk": "A", "sk": 1}')
    assert set(faults.operations) == {"DescribeTable"}


# duplicate


def test_a_copy_gets_its_new_key_and_all_the_rest(aws: Emulator, dynamodb: Runner) -> None:
    item = store(aws, **EVERYTHING)
    outcome = dynamodb("duplicate", TABLE, "A", "1", "--to", "B", "--to", "-2.5")
    assert outcome.message.startswith("Put shop B -2.5")
    assert same_item(item_at(aws, "B", "-2.5") or {}, {**item, "pk": {"S": "B"}, "sk": {"N": "-2.5"}})
    assert same_item(item_at(aws) or {}, item)


def test_a_copy_is_made_over_nothing(aws: Emulator, dynamodb: Runner) -> None:
    store(aws, a={"S": "x"})
    there = store(aws, sk=2, a={"S": "y"})
    with pytest.raises(AwsError, match="shop A 2 exists already"):
        dynamodb("duplicate", TABLE, "A", "1", "--to", "A", "--to", "2")
    assert item_at(aws, sk=2) == there
    with pytest.raises(InvalidInput, match="goes by its key"):
        dynamodb("duplicate", TABLE, "A", "1", "--to", "B")
    with pytest.raises(AwsError, match="there is no item shop Z 1"):
        dynamodb("duplicate", TABLE, "Z", "1", "--to", "B", "--to", "1")
