"""Exports, imports and copies: nobody is lost, nobody comes twice, whatever happens in between."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.cognito.stage import PASSWORD, Stage, denied, make_pool
from tests.harness import faults as modes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Request
    from tests.harness.faultproxy import FaultProxy


def users(count: int) -> list[dict[str, Any]]:
    """Users in groups, of whom some are disabled."""
    return [
        {
            "Username": f"user{number:03}",
            "Attributes": {"email": f"user{number:03}@example.com", "custom:note": "x" * (number % 3)},
            "Groups": ["staff", "even"] if number % 2 == 0 else [],
            "Enabled": number % 10 != 7,
        }
        for number in range(count)
    ]


def expected(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """What a pool then has, as ``Stage.contents`` says it."""
    return {
        each["Username"]: (
            {name: value for name, value in each["Attributes"].items() if value},
            sorted(each["Groups"]),
            each["Enabled"],
        )
        for each in entries
    }


def about(operation: str, name: str) -> Any:
    """Requests about one user."""

    def match(request: Request) -> bool:
        return request.operation == operation and f'"{name}"'.encode() in request.body

    return match


@pytest.mark.parametrize("kind", ["json", "jsonl", "csv"])
def test_what_was_exported_is_what_is_imported(kind: str, stage: Stage, invoke: Invoke, tmp_path: Path) -> None:
    for each in users(65):
        stage.user(each["Username"], each["Attributes"] | {"phone_number": "+15551234567", "custom:tenant": "=1+1"})
    stage.group("staff", *(f"user{number:03}" for number in range(62)), Description="who works here", Precedence=4)
    stage.group("empty")
    stage.client.admin_disable_user(UserPoolId=stage.pool, Username="user003")
    path = str(tmp_path / f"out.{kind}")
    done = invoke("cognito", "export", "shop", path, "-o", "json", at=stage.aws).ok().json()
    assert (done["Result"]["Users"], done["Result"]["Groups"]) == (65, 2)
    other = make_pool(stage.aws, "other")
    done = invoke("cognito", "import", "other", path, "-y", "-o", "json", at=stage.aws).ok().json()
    assert done["Result"]["Created"] == 65
    assert other.contents() == stage.contents()
    groups = {
        each["GroupName"]: each.get("Precedence") for each in other.client.list_groups(UserPoolId=other.pool)["Groups"]
    }
    if kind == "csv":
        assert set(groups) == {"staff"}
    else:
        assert groups == {"staff": 4, "empty": groups["empty"]}


def test_an_export_takes_one_request_for_sixty_members_and_leaves_no_half_file(
    stage: Stage, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    stage.users(f"user{number:03}" for number in range(70))
    stage.group("staff", *(f"user{number:03}" for number in range(61)))
    path = tmp_path / "out.json"
    invoke("cognito", "export", stage.pool, str(path), at=faults).ok()
    assert (faults.count("ListUsersInGroup"), faults.count("ListUsers")) == (2, 2)
    assert faults.count("AdminListGroupsForUser") == 0
    assert invoke("cognito", "export", stage.pool, str(path), at=faults).exit_code == 3
    path.unlink()
    faults.fault(denied("ListUsers"), "ListUsers", after=1)
    result = invoke("cognito", "export", stage.pool, str(path), at=faults)
    assert result.exit_code == 254
    assert list(tmp_path.iterdir()) == []


def test_an_export_without_the_right_to_groups_says_so_and_has_the_users(
    shop: Stage, faults: FaultProxy, invoke: Invoke
) -> None:
    faults.fault(denied("ListGroups"), "ListGroups")
    result = invoke("cognito", "export", shop.pool, "-", at=faults).ok()
    assert "cognito-idp:ListGroups is denied" in result.errors
    found = [json.loads(line) for line in result.lines]
    assert len(found) == 3
    assert not any("Groups" in each for each in found)


@pytest.mark.parametrize("form", ["json", "csv"])
def test_an_export_to_stdout_is_the_file_alone(shop: Stage, invoke: Invoke, form: str) -> None:
    result = invoke("cognito", "export", "shop", "-", "--format", form, at=shop.aws).ok()
    if form == "json":
        assert [each.get("Username") for each in json.loads(result.text)] == [None, "ann", "bob", "cat"]
    else:
        assert result.lines[0].startswith("Username,UserStatus,Enabled")


PREVIEW = [
    {"Username": "amy", "email": "amy@example.com", "Groups": "crew", "password": PASSWORD},
    {"Username": "weak", "email": "weak@example.com", "password": "Weakness1"[:5]},
    {"Username": "odd", "custom:nope": "x"},
    {"Username": "amy"},
    {"Username": "ann", "email": "ann@example.com", "Groups": ["crew"]},
    {"email": "nameless@example.com"},
    {"Username": "mute"},
]


def test_a_preview_says_what_would_be_done_and_what_not_and_why(
    shop: Stage, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in PREVIEW) + "nonsense\n")
    result = invoke("cognito", "import", shop.pool, str(path), "--dry-run", at=faults).ok()
    assert result.lines[1:] == [
        "amy: email=amy@example.com, groups: crew",
        "ann: email=ann@example.com, groups: crew",
        "mute",
    ]
    for said in (
        "weak (entry 2): the password is too weak for the pool: it wants 8 characters",
        "odd (entry 3): the pool has no attribute custom:nope",
        "amy (entry 4): stands in entry 1 already",
        "entry 6: has no Username",
        "entry 8: is no JSON",
        "There already: 1 user, left alone",
        "Without an email address: mute",
        "Groups: crew",
        "1 user with a password in the file: temporary",
        "in/to".replace("in/to", f"Import users of {path} into {shop.pool}: 2 users"),
    ):
        assert said in result.errors, said
    assert "AdminCreateUser" not in faults.operations
    refused = invoke("cognito", "import", shop.pool, str(path), at=faults)
    assert refused.exit_code == 3
    assert "AdminCreateUser" not in faults.operations


def test_who_is_refused_is_told_and_the_others_go_on(
    shop: Stage, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in PREVIEW))
    message = f"{PASSWORD} is a bad password"
    faults.fault(modes.error(400, "InvalidParameterException", "no such thing"), about("AdminCreateUser", "mute"))
    result = invoke("cognito", "import", shop.pool, str(path), "-y", "-o", "json", at=faults)
    assert result.exit_code == 1
    counts = result.json()["Result"]
    assert (counts["Read"], counts["Created"], counts["LeftAlone"], counts["Rejected"]) == (7, 1, 1, 5)
    assert "mute (entry 7): " in result.errors
    assert "no such thing" in result.errors
    rejects = [json.loads(line) for line in (tmp_path / "in.jsonl.rejects.jsonl").read_text().splitlines()]
    assert [each["Entry"] for each in rejects] == [2, 3, 4, 6, 7]
    assert shop.groups("amy") == ["crew"]
    assert shop.groups("ann") == ["staff"]  # who was there already is left alone
    path.write_text(json.dumps({"Username": "eve", "password": PASSWORD}))
    faults.fault(modes.error(400, "InvalidPasswordException", message), "AdminCreateUser")
    result = invoke("cognito", "import", shop.pool, str(path), "-y", "--debug", at=faults)
    everything = result.errors + result.text + "".join(each.read_text() for each in tmp_path.glob("*rejects*"))
    assert result.exit_code == 1
    assert "is a bad password" in everything
    assert PASSWORD not in everything


def test_passwords_in_a_file_are_temporary_or_permanent_and_nobody_shares_one(
    shop: Stage, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    path = tmp_path / "in.csv"
    path.write_text(f"Username,password\namy,{PASSWORD}\nben,\n")
    invoke("cognito", "import", shop.pool, str(path), "-y", at=faults).ok()
    sent = [json.loads(each.body) for each in faults.requests if each.operation == "AdminCreateUser"]
    assert {each["Username"]: each.get("TemporaryPassword") for each in sent} == {"amy": PASSWORD, "ben": None}
    assert all(each["MessageAction"] == "SUPPRESS" for each in sent)
    path.write_text(f"Username,password\ncora,{PASSWORD}\n")
    invoke("cognito", "import", shop.pool, str(path), "-y", "--permanent", "--invite", "email", at=faults).ok()
    assert shop.get("cora")["UserStatus"] == "CONFIRMED"
    last = json.loads([each for each in faults.requests if each.operation == "AdminCreateUser"][-1].body)
    assert last["DesiredDeliveryMediums"] == ["EMAIL"]


def test_an_import_is_the_same_a_second_time_and_brings_up_to_date_what_it_is_told_to(
    stage: Stage, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    path, entries = tmp_path / "in.json", users(20)
    path.write_text(json.dumps(entries))
    command = ("cognito", "import", stage.pool, str(path), "-y", "-o", "json")
    invoke(*command, at=faults).ok()
    again = invoke(*command, at=faults).ok()
    assert "There is nothing to do." in again.errors
    entries[3]["Attributes"]["custom:note"] = "changed"
    entries[4]["Groups"] = ["late"]
    entries[5]["Enabled"] = False
    entries[7]["Enabled"] = True
    path.write_text(json.dumps(entries))
    done = invoke(*command, "--update", at=faults).ok().json()["Result"]
    assert (done["Created"], done["Updated"], done["Unchanged"]) == (0, 4, 16)
    entries[4]["Groups"] = ["even", "late", "staff"]  # what the file does not have stays
    assert stage.contents() == expected(entries)


@pytest.mark.parametrize(
    ("operation", "after"),
    [("AdminCreateUser", 0), ("AdminCreateUser", 104), ("AdminAddUserToGroup", 40)],
)
def test_an_import_that_is_killed_goes_on_and_the_pool_is_the_file(
    operation: str, after: int, stage: Stage, faults: FaultProxy, cli: Cli, tmp_path: Path
) -> None:
    path, entries = tmp_path / "in.jsonl", users(112)
    path.write_text("".join(json.dumps(each) + "\n" for each in [*entries, {"Username": "x", "custom:nope": "y"}]))
    command = ("cognito", "import", stage.pool, str(path), "-y", "-o", "json")
    fault = faults.fault(modes.hang_after_body(), operation, after=after)
    process = cli.start(*command, at=faults)
    fault.wait()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    faults.clear()
    fault.release()
    done = cli(*command, at=faults)
    assert done.exit_code == 1
    assert done.json()["Result"]["Created"] == 112
    assert stage.contents() == expected(entries)
    assert len((tmp_path / "in.jsonl.rejects.jsonl").read_text().splitlines()) == 1
    if after > 100:
        assert "Going on behind 100 entries" in done.errors


def test_an_import_that_is_interrupted_says_how_far_it_came(
    stage: Stage, faults: FaultProxy, cli: Cli, tmp_path: Path
) -> None:
    path, entries = tmp_path / "in.jsonl", users(110)
    path.write_text("".join(json.dumps(each) + "\n" for each in entries))
    command = ("cognito", "import", stage.pool, str(path), "-y")
    fault = faults.fault(modes.hang_after_body(), "AdminCreateUser", after=102)
    process = cli.start(*command, at=faults)
    fault.wait()
    stopped = cli.interrupt(process)
    assert stopped.exit_code == 130
    assert "stopped behind 100 entries: 100 created" in stopped.errors
    assert "stackpane cognito import" in stopped.errors
    faults.clear()
    fault.release()
    cli(*command, at=faults).ok()
    assert stage.contents() == expected(entries)


@pytest.mark.usefixtures("no_pauses", "no_patience")
def test_throttles_and_lost_answers_lose_nobody(
    stage: Stage, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    path, entries = tmp_path / "in.json", users(60)
    path.write_text(json.dumps(entries))
    throttled = modes.error(400, "TooManyRequestsException", "Rate exceeded")
    for operation, after in (("AdminCreateUser", 3), ("AdminAddUserToGroup", 5), ("AdminDisableUser", 1)):
        faults.fault(throttled, operation, times=9, after=after)
        faults.fault(modes.reset_after_body(), operation, times=2, after=after + 20)
    invoke("cognito", "import", stage.pool, str(path), "-y", at=faults).ok()
    assert stage.contents() == expected(entries)


@pytest.mark.usefixtures("no_pauses", "no_patience")
def test_an_import_stops_where_the_right_is_missing_or_the_server_is_down(
    stage: Stage, faults: FaultProxy, invoke: Invoke, tmp_path: Path
) -> None:
    path, entries = tmp_path / "in.json", users(30)
    path.write_text(json.dumps(entries))
    command = ("cognito", "import", stage.pool, str(path), "-y")
    faults.fault(denied("AdminCreateUser"), "AdminCreateUser")
    result = invoke(*command, at=faults)
    assert result.exit_code == 254
    assert "cognito-idp:AdminCreateUser" in result.errors
    assert faults.count("AdminCreateUser") < 20
    faults.clear()
    faults.fault(modes.status(500), "AdminCreateUser")
    result = invoke(*command, at=faults)
    assert result.exit_code == 255
    assert "the server failed at 30 users in a row" in result.errors
    faults.clear()
    invoke(*command, at=faults).ok()
    assert stage.contents() == expected(entries)


def test_users_from_stdin_and_from_the_aws_cli_are_imported(stage: Stage, invoke: Invoke) -> None:
    listed = {"Users": [{"Username": "ann", "Attributes": [{"Name": "email", "Value": "a@example.com"}]}]}
    command = ("cognito", "import", "shop", "-", "--format", "json", "-y")
    invoke(*command, input=json.dumps(listed, indent=4).encode(), at=stage.aws).ok()
    assert stage.get("ann")["Attributes"]["email"] == "a@example.com"
    missing = invoke("cognito", "import", "shop", "no-such.json", "-y", at=stage.aws)
    assert missing.exit_code == 255
    assert "no-such.json" in missing.errors


def test_a_pool_is_copied_to_another_connection(shop: Stage, moto: Emulator, cli: Cli, invoke: Invoke) -> None:
    moto.reset()
    there = make_pool(moto, "target", UsernameAttributes=["email"])
    for name, url, options in (("here", shop.aws.url, ["--read-only"]), ("there", moto.url, [])):
        cli("connection", "add", name, "--endpoint-url", url, "--no-test", "--region", "us-east-1", *options).ok()
    command = ("-c", "here", "cognito", "copy", "shop", "target", "--to-connection", "there")
    plan = invoke(*command, "--dry-run").ok()
    assert len(plan.lines) == 4
    assert "Passwords cannot be copied" in plan.errors
    done = invoke(*command, "-y").ok()
    assert "Imported 3 users into" in done.errors
    found = {attributes["email"]: groups for attributes, groups, _ in there.contents().values()}
    assert found == {"ann@example.com": ["staff"], "bob@example.com": ["staff"], "cat@example.com": []}
    assert "There is nothing to do." in invoke(*command, "-y").ok().errors
    assert invoke("-c", "there", "cognito", "copy", "target", "target", "-y").exit_code == 252


def test_a_copy_that_is_killed_is_finished_by_the_same_command(stage: Stage, faults: FaultProxy, cli: Cli) -> None:
    for each in users(40):
        stage.user(each["Username"], each["Attributes"])
    stage.group("even", *(f"user{number:03}" for number in range(0, 40, 2)))
    target = make_pool(stage.aws, "target")
    command = ("cognito", "copy", stage.pool, target.pool, "-y")
    fault = faults.fault(modes.hang_after_body(), "AdminAddUserToGroup", after=5)
    process = cli.start(*command, at=faults)
    fault.wait()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    faults.clear()
    fault.release()
    cli(*command, at=faults).ok()
    assert target.contents() == stage.contents()
