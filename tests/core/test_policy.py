"""``stackpane policy``: what is printed is what the commands declare."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.calls import Call, Effect
from stackpane.commands import load_reference
from stackpane.policy import usage
from stackpane.policy.statements import Need, declared_calls, document, policy_size

if TYPE_CHECKING:
    from tests.harness.cli import Cli
    from tests.harness.emulators import Emulator

PAGE = (Path(__file__).parents[2] / "docs" / "policy.md").read_text()
LIST = Call("x:ListThings", ("x:ListThings",), note="shows all things")
READ = Call(
    "x:GetThing", ("x:GetThing",), ("arn:{partition}:x:{region}:{account}:thing/{thing}",), optional=("x:GetOld",)
)
WRITE = Call("x:PutThing", ("x:PutThing",), ("arn:{partition}:x:{region}:{account}:thing/{thing}",), Effect.WRITE)


def statements(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["Sid"]: each for each in policy["Statement"]}


def test_what_can_be_scoped_and_what_cannot_stand_apart() -> None:
    found = statements(document([Need("x", (LIST, READ, WRITE), {"partition": "aws", "thing": "app-*"})]))
    assert found["X"]["Action"] == ["x:GetOld", "x:GetThing", "x:PutThing"]
    assert found["X"]["Resource"] == ["arn:aws:x:*:*:thing/app-*"]
    assert found["XAll"] == {"Sid": "XAll", "Effect": "Allow", "Action": ["x:ListThings"], "Resource": ["*"]}


def test_read_only_leaves_out_a_reading_form_whose_right_lets_one_change_as_well() -> None:
    proof = "stackpane.policy.statements:policy_size"
    same = Call("x:Run", ("x:Run",), effect=Effect.ONCE, reading=Call("x:Run", ("x:Run",)), only_reads=proof)
    other = Call("x:Ask", ("x:Set",), effect=Effect.ONCE, reading=Call("x:Ask", ("x:Ask",)), only_reads=proof)
    (found,) = document([Need("x", (same, other))], read_only=True)["Statement"]
    assert found["Action"] == ["x:Ask"]


def test_read_only_leaves_out_what_changes_something() -> None:
    found = statements(document([Need("x", (READ, WRITE))], read_only=True))
    assert "x:PutThing" not in found["X"]["Action"]


def test_a_call_that_reads_or_changes_is_granted_in_the_form_that_is_wanted() -> None:
    looks = Call("x:PutThing", ("x:LookAtThing",), READ.arns)
    call = dataclasses.replace(WRITE, reading=looks, only_reads="x:y")
    assert statements(document([Need("x", (call,))]))["X"]["Action"] == ["x:LookAtThing", "x:PutThing"]
    assert statements(document([Need("x", (call,))], read_only=True))["X"]["Action"] == ["x:LookAtThing"]


def test_both_forms_of_a_call_are_recorded() -> None:
    looks = Call("x:PutThing", ("x:LookAtThing",), READ.arns)
    for form in (looks, WRITE):
        usage.record(form, {"thing": "a"})
    assert {need.calls[0].actions for need in usage.recorded()} == {("x:LookAtThing",), ("x:PutThing",)}
    usage.reset()


@given(st.dictionaries(st.sampled_from(["region", "account", "thing"]), st.text("abc*-", min_size=1)))
def test_every_placeholder_is_filled(names: dict[str, str]) -> None:
    (statement,) = document([Need("x", (READ,), names)])["Statement"]
    assert not any("{" in arn or "**" in arn for arn in statement["Resource"])


def test_the_policy_has_the_actions_of_every_command_and_no_star(cli: Cli) -> None:
    policy = cli("policy").ok().json()
    granted = {action for statement in policy["Statement"] for action in statement["Action"]}
    declared = {
        action for call in declared_calls(load_reference("stackpane_s3.commands:s3")) for action in call.granted
    }
    assert declared <= granted
    assert not [action for action in granted if "*" in action]
    resources = statements(policy)["S3"]["Resource"]
    assert resources == ["arn:aws:s3:::*", "arn:aws:s3:::*/*"]


def test_options_narrow_the_arns(cli: Cli) -> None:
    ran = cli("policy", "--service", "s3", "--read-only", "--region", "cn-north-1", "--scope", "bucket=app-*").ok()
    found = statements(ran.json())
    assert found["S3"]["Resource"] == ["arn:aws-cn:s3:::app-*", "arn:aws-cn:s3:::app-*/*"]
    assert not [action for action in found["S3"]["Action"] if re.match(r"s3:(Put|Delete|Create|Abort)", action)]
    assert "s3:ListAllMyBuckets works with Resource * only" in ran.errors


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--service", "nope"], "there is no service 'nope'"),
        (["--scope", "bucket"], "wants NAME=PATTERN"),
        (["--scope", "table=x", "--service", "s3"], "no ARN has a 'table'"),
        (["--account", "12"], "not a valid account id"),
        (["--region", "a-1,b-1"], "one region or all"),
    ],
)
def test_what_cannot_be_meant_is_refused(cli: Cli, argv: list[str], said: str) -> None:
    ran = cli("policy", *argv)
    assert ran.exit_code == 252
    assert said in ran.errors
    assert ran.stdout == b""


def test_from_use_has_only_what_was_used_where(cli: Cli, moto: Emulator) -> None:
    moto.reset()
    moto.client("s3").create_bucket(Bucket="photos")
    moto.client("s3").put_object(Bucket="photos", Key="secret-key-name", Body=b"x")
    assert cli("policy", "--from-use").ok().json()["Statement"] == []
    cli("s3", "cat", "s3://photos/secret-key-name", at=moto).ok()
    ran = cli("policy", "--from-use").ok()
    (statement,) = ran.json()["Statement"]
    assert "s3:GetObject" in statement["Action"]
    assert "arn:aws:s3:::photos/*" in statement["Resource"]
    assert not any("secret-key-name" in path.read_text() for path in usage.folder().rglob("*.json"))
    assert "Forgot" in cli("policy", "--reset").ok().errors
    assert cli("policy", "--from-use").ok().json()["Statement"] == []


def test_a_record_that_cannot_be_read_costs_only_itself(tmp_path: Path) -> None:
    usage.record(READ, {"thing": "a", "region": "r"})
    (usage.folder() / "broken.json").write_text("{")
    (need,) = usage.recorded()
    assert (need.calls[0].name, dict(need.names)) == ("x:GetThing", {"thing": "a"})
    assert usage.reset() == 2


def test_the_size_is_counted_as_iam_counts_it() -> None:
    assert policy_size({"a b": 1}) == len('{"ab":1}')
    assert f"{6144:,} characters" in PAGE


def test_the_page_names_every_option() -> None:
    from stackpane.policy.command import policy

    options = {name for parameter in policy.params for name in parameter.opts if name.startswith("--")}
    assert options <= set(re.findall(r"--[a-z-]+", PAGE))


def test_the_policy_is_json_that_iam_reads(cli: Cli) -> None:
    policy = json.loads(cli("policy").ok().stdout)
    assert policy["Version"] == "2012-10-17"
    assert all(re.fullmatch(r"[A-Za-z0-9]+", statement["Sid"]) for statement in policy["Statement"])
