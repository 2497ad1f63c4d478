"""``dynamodb edit`` changes what was meant and nothing else, never over somebody else's change, never twice."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stackpane import AwsError, InvalidInput, Job, Plan, Refused, is_lost
from stackpane_dynamodb.changes import changes
from stackpane_dynamodb.saving import Saving
from stackpane_dynamodb.tables import describe, model_of
from stackpane_dynamodb.values.plain import value_text
from stackpane_dynamodb.values.same import same, same_item
from tests.dynamodb.items import values
from tests.dynamodb.written import KEY, TABLE, TYPES, item_at, keys, make_table, runner, store
from tests.harness import faults as modes
from tests.harness import hostile
from tests.s3.writing import Runner, finish

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

MANY: Any = {f"a{number}": {"N": "1"} for number in range(400)}


@pytest.fixture
def dynamodb(aws: Emulator) -> Runner:
    make_table(aws)
    return runner(aws)


def loaded(dynamodb: Runner, *argv: str) -> Job:
    """An edit that has read its item and has not been sent yet."""
    view = dynamodb.view("edit", TABLE, "A", "1", *argv)
    assert isinstance(view, Job)
    return view


# What is changed


def test_only_what_is_named_changes(aws: Emulator, dynamodb: Runner) -> None:
    before = store(aws, a={"S": "x"}, m={"M": {"deep": {"N": "1"}, "other": {"N": "2"}}}, n={"N": "5"}, s={"SS": ["a"]})
    outcome = dynamodb(
        "edit", TABLE, "A", "1", "--set", "a=y", "--set", 'm.deep={"$NS": [1]}', "--remove", "n", "--add", "s=b"
    )  # fmt: skip
    after = item_at(aws)
    assert after is not None
    wanted = {name: value for name, value in before.items() if name != "n"} | {
        "a": {"S": "y"},
        "m": {"M": {"deep": {"NS": ["1"]}, "other": {"N": "2"}}},
        "s": {"SS": ["a", "b"]},
    }
    assert same_item(after, wanted)
    assert outcome.message == "Changed 4 attributes of shop A 1 (31 B of 400 KiB)."


def test_nothing_but_the_change_and_what_it_was_is_sent(aws: Emulator, dynamodb: Runner) -> None:
    old = store(aws, a={"S": "secret"}, b={"N": "1.0"}, c={"M": {"d": {"S": "x"}, "e": {"S": "secret"}}})
    new = {**old, "b": {"N": "1"}, "c": {"M": {"d": {"S": "y"}, "e": {"S": "secret"}}}, "f": {"S": "z"}}
    session = _session(dynamodb)
    request = Saving(session, model_of(describe(session, TABLE)), old, new).request()
    assert request["UpdateExpression"] == "SET #n0.#n1 = :v0, #n2 = :v1"
    assert request["ConditionExpression"] == "attribute_exists(#n3) AND #n0.#n1 = :v2 AND attribute_not_exists(#n2)"
    assert request["ExpressionAttributeNames"] == {"#n0": "c", "#n1": "d", "#n2": "f", "#n3": "pk"}
    assert request["ExpressionAttributeValues"] == {":v0": {"S": "y"}, ":v1": {"S": "z"}, ":v2": {"S": "x"}}


def _session(dynamodb: Runner) -> Any:
    from stackpane.session import Session
    from stackpane_dynamodb.commands.edit import edit

    return Session(dynamodb._opened, dynamodb.region, edit.calls)


# names for which an emulator takes an item for a value of its own
_members = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1), min_size=1, max_size=6).filter(
    lambda name: name not in ("M", "L", "pk", "sk", "kind")
)


def _storable(value: Any) -> bool:
    """What can be kept as it was given: neither empty names nor numbers that are written in an odd way."""
    from stackpane_dynamodb.values.check import value_faults

    return not list(value_faults(value, "v"))


_attributes = st.dictionaries(_members, values.filter(_storable), max_size=4)


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(old=_attributes, new=_attributes)
def test_any_edit_of_any_item_ends_in_just_what_was_meant(
    moto: Emulator, old: dict[str, Any], new: dict[str, Any]
) -> None:
    dynamodb = _at_moto(moto)
    before, after = store(moto, **old), {**KEY, **new}
    session = _session(dynamodb)
    saving = Saving(session, model_of(describe(session, TABLE)), before, after)
    saving.save()
    found = item_at(moto)
    assert found is not None
    assert same_item(found, after)
    untouched = {name: value for name, value in before.items() if same(value, after.get(name))}
    assert {name: found[name] for name in untouched} == untouched  # not even written otherwise


def _at_moto(moto: Emulator) -> Runner:
    if TABLE not in moto.client("dynamodb").list_tables()["TableNames"]:
        make_table(moto)
    return runner(moto)


@given(old=_attributes, new=_attributes)
def test_changes_are_the_differences_and_no_more(old: dict[str, Any], new: dict[str, Any]) -> None:
    from stackpane_dynamodb.changes import with_value

    assert not list(changes(old, old))
    made: Any = old
    for change in changes(old, new):
        assert not same(change.old, change.new)
        made = with_value(made, change.path, change.new)
    assert same_item(made, new)


# Somebody else


@pytest.mark.parametrize("kind", TYPES)
def test_a_change_between_reading_and_saving_is_kept_and_all_three_versions_are_shown(
    aws: Emulator, dynamodb: Runner, kind: str
) -> None:
    read, yours, there = TYPES[kind]
    store(aws, v=read, mine={"N": "1"})
    job = loaded(dynamodb, "--set", f"v={value_text(yours)}", "--set", "mine=2")
    now = store(aws, v=there, mine={"N": "1"})
    outcome = finish(job)
    assert same_item(item_at(aws) or {}, now)
    assert (outcome.done, [each.target for each in outcome.failed]) == (0, ["v", "mine"])
    told = outcome.failed[0].reason
    assert told == f"read {value_text(read)}, there now {value_text(there)}, yours {value_text(yours)}"


@pytest.mark.parametrize("kind", TYPES)
def test_an_item_that_is_as_it_was_read_is_saved_whatever_its_types(aws: Emulator, dynamodb: Runner, kind: str) -> None:
    read, yours, _ = TYPES[kind]
    store(aws, v=read)
    assert finish(loaded(dynamodb, "--set", f"v={value_text(yours)}")).done
    assert same((item_at(aws) or {})["v"], yours)


def test_an_attribute_that_came_or_went_meanwhile_is_a_conflict(aws: Emulator, dynamodb: Runner) -> None:
    store(aws, a={"S": "x"})
    adding, removing = loaded(dynamodb, "--set", "b=mine"), loaded(dynamodb, "--remove", "a")
    store(aws, b={"S": "theirs"})
    assert finish(adding).failed[0].reason == 'read (none), there now "theirs", yours "mine"'
    # what was to go is gone: others have done the same
    assert finish(removing).message.startswith("Changed 1 attribute of shop A 1")
    assert item_at(aws) == {**KEY, "b": {"S": "theirs"}}


def test_a_change_elsewhere_in_the_item_is_no_conflict(aws: Emulator, dynamodb: Runner) -> None:
    store(aws, a={"S": "x"}, m={"M": {"b": {"S": "x"}, "c": {"S": "x"}}})
    job = loaded(dynamodb, "--set", "m.b=mine")
    store(aws, a={"S": "theirs"}, m={"M": {"b": {"S": "x"}, "c": {"S": "theirs"}}})
    assert not finish(job).failed
    assert item_at(aws) == {**KEY, "a": {"S": "theirs"}, "m": {"M": {"b": {"S": "mine"}, "c": {"S": "theirs"}}}}


def test_an_item_that_was_deleted_meanwhile_does_not_come_back(aws: Emulator, dynamodb: Runner) -> None:
    store(aws, a={"S": "x"})
    job = loaded(dynamodb, "--set", "b=y")
    aws.client("dynamodb").delete_item(TableName=TABLE, Key=KEY)
    with pytest.raises(AwsError, match="shop A 1 is not there any more"):
        finish(job)
    assert keys(aws) == []


def test_a_condition_of_ones_own_that_does_not_hold_exits_with_1(
    aws: Emulator, dynamodb: Runner, invoke: Invoke
) -> None:
    before = store(aws, a={"S": "x"}, n={"N": "1"})
    ran = invoke("dynamodb", "edit", TABLE, "A", "1", "--set", "a=y", "--if", "n = 2", at=aws)
    assert ran.exit_code == 1
    assert "Nothing was changed: shop A 1 is not what --if says." in ran.errors
    assert item_at(aws) == before
    assert invoke("dynamodb", "edit", TABLE, "A", "1", "--set", "a=y", "--if", "n < 2", at=aws).exit_code == 0


def test_an_addition_is_reckoned_anew_where_somebody_was_faster(aws: Emulator, dynamodb: Runner) -> None:
    store(aws, n={"N": "0.1"}, s={"SS": ["a"]})
    job = loaded(dynamodb, "--add", "n=0.2", "--add", "s=b")
    store(aws, n={"N": "0.3"}, s={"SS": ["a", "c"]})  # also what ours would have made of it: still not ours
    finish(job)
    found = item_at(aws) or {}
    assert found["n"] == {"N": "0.5"}
    assert same(found["s"], {"SS": ["a", "b", "c"]})


# Lost answers


def test_an_edit_whose_answer_was_lost_is_done_when_its_repeat_finds_it_so(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float]
) -> None:
    store(aws, a={"S": "x"})
    faults.fault(modes.reset_after_body(), "UpdateItem", times=1)
    outcome = runner(faults)("edit", TABLE, "A", "1", "--set", "a=y")
    assert outcome.message.startswith("Changed 1 attribute")
    assert item_at(aws) == {**KEY, "a": {"S": "y"}}


def test_an_addition_whose_answer_was_lost_is_never_made_twice_and_never_said_to_be_done(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float]
) -> None:
    store(aws, n={"N": "1"})
    faults.fault(modes.reset_after_body(), "UpdateItem", times=1)
    with pytest.raises(Exception) as raised:  # noqa: PT011 - botocore's, which the core explains
        runner(faults)("edit", TABLE, "A", "1", "--add", "n=1")
    assert is_lost(raised.value)
    assert item_at(aws) == {**KEY, "n": {"N": "2"}}


def test_a_lost_edit_is_said_to_be_unknown(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, invoke: Invoke, no_pauses: list[float]
) -> None:
    store(aws, n={"N": "1"})
    faults.fault(modes.reset_after_body(), "UpdateItem")
    ran = invoke("dynamodb", "edit", TABLE, "A", "1", "--set", "n=2", at=faults)
    assert ran.exit_code == 253
    assert "A change may have been made all the same" in ran.errors


# Undo


@pytest.mark.parametrize("kind", TYPES)
def test_the_undo_sets_what_it_was_and_refuses_after_a_foreign_change(
    aws: Emulator, dynamodb: Runner, kind: str
) -> None:
    read, yours, _there = TYPES[kind]
    before = store(aws, v=read, keep={"SS": ["a"]}, odd={"S": 'a "b" \\ c'})
    options = ["--set", f"v={value_text(yours)}", "--set", "new=1", "--set", '`odd`="=`"']
    outcome = dynamodb("edit", TABLE, "A", "1", *options)
    assert dynamodb.follow(outcome.undo).done
    assert same_item(item_at(aws) or {}, before)
    outcome = dynamodb("edit", TABLE, "A", "1", *options)
    aws.client("dynamodb").update_item(
        TableName=TABLE, Key=KEY, UpdateExpression="SET #n = :n",
        ExpressionAttributeNames={"#n": "new"}, ExpressionAttributeValues={":n": {"N": "7"}},
    )  # fmt: skip
    foreign = item_at(aws)
    assert dynamodb.follow(outcome.undo).failed
    assert item_at(aws) == foreign


def test_what_fits_on_no_command_line_has_no_undo_and_a_dry_run_says_so(aws: Emulator, dynamodb: Runner) -> None:
    store(aws, a={"S": "x" * 3000})
    plan = runner(aws, dry_run=True).view("edit", TABLE, "A", "1", "--set", "a=y")
    assert isinstance(plan, Plan)
    assert plan.reversible == "Cannot be undone by a command."
    assert dynamodb("edit", TABLE, "A", "1", "--set", "a=y").undo is None


# Another key


def test_another_key_is_a_plan_that_moves_the_item(aws: Emulator, dynamodb: Runner) -> None:
    item = store(aws, a={"S": "x"}, b={"BS": ["AA=="]})
    plan = dynamodb.view("edit", TABLE, "A", "1", "--set", "sk=2", "--set", "a=y")
    assert isinstance(plan, Plan)
    assert list(plan.targets()) == ["put shop A 2 (11 B of 400 KiB)", "delete shop A 1"]
    assert keys(aws) == [("A", "1")]
    assert finish(plan).message == "Changed the key: shop A 1 is shop A 2 now."
    assert keys(aws) == [("A", "2")]
    assert item_at(aws, sk=2) == {**item, "sk": {"N": "2"}, "a": {"S": "y"}}


@pytest.mark.parametrize(
    ("meanwhile", "says"),
    [
        ("taken", "nothing was changed: there is an item shop A 2 already"),
        ("changed", "nothing was changed: shop A 1 is not as it was read"),
        ("gone", "nothing was changed: shop A 1 is not there any more"),
    ],
)
def test_another_key_is_refused_in_words_where_things_have_changed(
    aws: Emulator, dynamodb: Runner, meanwhile: str, says: str
) -> None:
    store(aws, a={"S": "x"})
    plan = dynamodb.view("edit", TABLE, "A", "1", "--set", "sk=2")
    if meanwhile == "gone":
        aws.client("dynamodb").delete_item(TableName=TABLE, Key=KEY)
    else:
        store(aws, sk=2 if meanwhile == "taken" else 1, a={"S": "theirs"})
    before = keys(aws)
    with pytest.raises(AwsError) as raised:
        finish(plan)
    assert raised.value.message == says
    assert keys(aws) == before


def test_another_key_whose_answer_was_lost_is_done(
    aws: Emulator, dynamodb: Runner, faults: FaultProxy, no_pauses: list[float]
) -> None:
    store(aws, a={"S": "x"})
    faults.fault(modes.reset_after_body(), "TransactWriteItems", times=1)
    assert finish(runner(faults).view("edit", TABLE, "A", "1", "--set", "sk=2")).done
    assert keys(aws) == [("A", "2")]


# What is refused before anything is sent


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--set", 'v={"$SS": []}'], "v: is an empty set"),
        (["--set", 'm.v={"$NS": [1, 1.0]}'], r"m\.v\[1\]: is in the set already"),
        (["--set", f"v={'1' * 39}"], "v: 1+ has 39 significant digits"),
        (["--add", f"n=1e-{'9' * 3}"], "out of range"),
        (["--add", "n=" + "0." + "0" * 40 + "1"], "significant digits"),
        (["--set", "sk=text"], "sk: is a string, but this key is a number"),
        (["--set", "kind=null", "--set", 'kind={"$SS":["a"]}'], "are changed by the same command"),
        (["--set", 'kind={"$SS":["a"]}'], "kind: is a SS, but this key is a string"),
        (["--remove", "pk"], "pk: the item has no such attribute, and it is the table's partition key"),
        (["--set", "v={broken"], "the value of v is no JSON"),
        (["--set", "v"], "'v' names no value"),
        (["--set", "nowhere.x=1"], "there is no place for nowhere.x"),
        (["--set", "m=1", "--remove", "m.x"], "are changed by the same command"),
        (["--add", "m=1"], "m: 1 cannot be added to"),
        (["--add", "v=text"], "v: only numbers and sets are added"),
        (["--set", "v=" + "x" * 410_000], r"the item has 41\d,\d{3} bytes"),
        (["--if", "n >"], "ends where a value is wanted"),
        (["--set", "v=1", "--dynamodb-json"], "--dynamodb-json is for the editor"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(
    aws: Emulator, dynamodb: Runner, argv: list[str], says: str
) -> None:
    before = store(aws, n={"N": "1"}, m={"M": {}})
    with pytest.raises(InvalidInput, match=says):
        dynamodb("edit", TABLE, "A", "1", *argv)
    assert item_at(aws) == before


def test_an_expression_beyond_4_kb_is_refused(aws: Emulator, dynamodb: Runner) -> None:
    before = store(aws, **MANY)
    with pytest.raises(InvalidInput, match="its expression would have"):
        dynamodb("edit", TABLE, "A", "1", *(f"--set=a{number}=2" for number in range(400)))
    assert item_at(aws) == before


def test_an_item_that_is_not_there_is_no_new_one(aws: Emulator, dynamodb: Runner) -> None:
    with pytest.raises(AwsError, match="there is no item shop A 1"):
        dynamodb("edit", TABLE, "A", "1", "--set", "a=1")
    assert keys(aws) == []


def test_read_only_and_dry_run_send_no_change(aws: Emulator, dynamodb: Runner, faults: FaultProxy) -> None:
    before = store(aws, a={"S": "x"})
    with pytest.raises(Refused, match="read-only"):
        runner(faults, facts={"read_only": True})("edit", TABLE, "A", "1", "--set", "a=y")
    plan = runner(faults, dry_run=True).view("edit", TABLE, "A", "1", "--set", "a=y")
    assert isinstance(plan, Plan)
    assert plan.notes[0] == 'a: "x" → "y"'
    assert set(faults.operations) == {"DescribeTable", "GetItem"}
    assert item_at(aws) == before


@pytest.mark.parametrize("name", sorted(hostile.VALUES))
def test_names_and_values_of_every_kind_come_back_as_they_were(aws: Emulator, dynamodb: Runner, name: str) -> None:
    text = hostile.VALUES[name]
    store(aws, m={"M": {}})
    if "`" in text:
        with pytest.raises(InvalidInput):
            dynamodb("edit", TABLE, "A", "1", "--set", f"m.`{text}`=1")
        return
    outcome = dynamodb("edit", TABLE, "A", "1", "--set", f"m.`{text}`={json.dumps(text)}")
    assert item_at(aws) == {**KEY, "m": {"M": {text: {"S": text}}}}
    assert dynamodb.follow(outcome.undo).done
    assert item_at(aws) == {**KEY, "m": {"M": {}}}
