"""Changes of users: only what is meant, said with what it was, and never more than AWS has confirmed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from stackpane_cognito.calls import CREATE_USER, DELETE_USER
from tests.cognito.stage import PASSWORD, denied, make_pool
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.cognito.stage import Stage
    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy
    from tests.harness.terminal import TerminalFactory

CHANGES = {
    "AdminCreateUser", "AdminUpdateUserAttributes", "AdminDeleteUserAttributes", "AdminDeleteUser", "AdminDisableUser",
    "AdminEnableUser", "AdminConfirmSignUp", "AdminSetUserPassword", "AdminResetUserPassword",
    "AdminUserGlobalSignOut", "CreateGroup", "DeleteGroup", "AdminAddUserToGroup", "AdminRemoveUserFromGroup",
}  # fmt: skip
LINES = [
    "create shop new --attribute email=new@example.com",
    "edit shop ann --set custom:note=x --remove custom:tenant",
    "disable shop ann",
    "enable shop bob",
    "confirm shop ann",
    "sign-out shop ann",
    "reset-password shop ann",
    "set-password shop ann --stdin",
    "rm shop ann bob",
    "rm shop --search example",
    "group create shop new",
    "group add shop staff cat",
    "group remove shop staff ann",
    "group rm shop staff",
]


def undo_of(result: Result) -> list[str]:
    """The words of the line that takes it back."""
    line = next(line for line in result.errors.splitlines() if line.startswith("Undo: "))
    return shlex.split(line)[2:]


@pytest.fixture
def disabled(shop: Stage) -> Stage:
    """As ``shop``, where bob may not sign in."""
    shop.client.admin_disable_user(UserPoolId=shop.pool, Username="bob")
    return shop


def test_dry_runs_and_read_only_connections_change_nothing(disabled: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    for line in LINES:
        words = ["cognito", *shlex.split(line)]
        dry = invoke(*words, "--dry-run", input=PASSWORD.encode(), at=faults).ok()
        assert dry.text.startswith("Target\n"), line
        refused = invoke(*words, "--read-only", "-y", input=PASSWORD.encode(), at=faults)
        assert refused.exit_code in (1, 3), refused.errors
        assert "read-only" in refused.errors, line
    assert not CHANGES & set(faults.operations)


def test_in_production_every_change_is_a_plan_first(disabled: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    invoke("connection", "add", "prod", "--endpoint-url", faults.url, "--production", "--no-test").ok()
    for line in LINES:
        words = ["-c", "prod", "--region", "us-east-1", "cognito", *shlex.split(line)]
        result = invoke(*words, input=PASSWORD.encode())
        assert result.exit_code == 3, line
        assert "has to be confirmed" in result.errors, line
    assert not CHANGES & set(faults.operations)


def test_a_user_is_created_as_it_was_meant(shop: Stage, invoke: Invoke) -> None:
    words = ["create", "shop", "--attribute", "email=x@example.com", "--attribute", "custom:note=a=b\n"]
    result = invoke("cognito", *words, "-o", "json", "--", "-x", at=shop.aws).ok()
    assert shop.get("-x")["Attributes"]["custom:note"] == "a=b\n"
    assert "Nobody knows the password" in result.errors
    invoke("-y", *undo_of(result), at=shop.aws).ok()
    assert "-x" not in shop.contents()


@pytest.mark.usefixtures("no_pauses")
def test_a_user_whose_answer_was_lost_is_created_once(shop: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    faults.fault(modes.reset_after_body(), "AdminCreateUser", times=1)
    result = invoke("cognito", "create", shop.pool, "new", "--attribute", "email=n@example.com", at=faults).ok()
    assert "Created new." in result.errors
    assert faults.count("AdminCreateUser") == 2


@pytest.mark.usefixtures("no_pauses")
def test_a_user_that_was_there_before_is_none_of_a_lost_answer(shop: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    faults.fault(modes.reset_before(), "AdminCreateUser", times=1)
    result = invoke("cognito", "create", shop.pool, "ann", "--attribute", "email=other@example.com", at=faults)
    assert result.exit_code == 254
    assert "UsernameExistsException" in result.errors


def test_an_edit_says_old_and_new_sends_what_changes_and_is_taken_back(moto: Emulator, invoke: Invoke) -> None:
    moto.reset()
    shop = make_pool(moto)
    shop.user("ann", {"email": "a@example.com", "email_verified": "true", "custom:tenant": "blue"})
    before = shop.get("ann")["Attributes"]
    words = ["--set", "email=b@example.com", "--set", "custom:note=new", "--remove", "custom:tenant"]
    result = invoke("cognito", "edit", shop.pool, "ann", *words, at=moto).ok()
    for said in (
        'email "a@example.com" → "b@example.com"',
        'custom:note not set → "new"',
        'custom:tenant "blue" → removed',
        "email_verified was true",
    ):
        assert said in result.errors
    after = shop.get("ann")["Attributes"]
    assert (after["email"], after["custom:note"]) == ("b@example.com", "new")
    assert "custom:tenant" not in after
    invoke(*undo_of(result), at=moto).ok()
    assert shop.get("ann")["Attributes"] == before


def test_an_address_that_has_to_be_verified_first_is_said_to_be_the_old_one(
    shop: Stage, faults: FaultProxy, invoke: Invoke
) -> None:
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-requestid": "made-up"}
    faults.fault(modes.answer(200, b"{}", headers), "AdminUpdateUserAttributes")
    result = invoke("cognito", "edit", shop.pool, "ann", "--set", "email=new@example.com", at=faults).ok()
    assert "email stays as it was until ann has answered the code" in result.errors


def test_what_is_like_that_already_is_not_sent(shop: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    for words in (
        ["edit", shop.pool, "ann", "--set", "email=ann@example.com", "--remove", "nickname"],
        ["enable", shop.pool, "ann"],
    ):
        assert "already" in invoke("cognito", *words, at=faults).ok().errors
    assert not CHANGES & set(faults.operations)


def test_attributes_that_may_not_be_removed_are_emptied(shop: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    faults.fault(denied("AdminDeleteUserAttributes"), "AdminDeleteUserAttributes")
    result = invoke("cognito", "edit", shop.pool, "ann", "--remove", "custom:tenant", at=faults).ok()
    assert "cognito-idp:AdminDeleteUserAttributes is denied" in result.errors
    assert shop.get("ann")["Attributes"].get("custom:tenant", "") == ""


def test_what_could_not_be_removed_is_told_beside_what_was_set(shop: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    faults.fault(modes.error(400, "InvalidParameterException", "cannot be modified"), "AdminDeleteUserAttributes")
    words = ["--set", "custom:note=x", "--remove", "custom:tenant"]
    result = invoke("cognito", "edit", shop.pool, "ann", *words, at=faults)
    assert result.exit_code == 1
    assert 'custom:note not set → "x".' in result.errors
    assert "removing custom:tenant" in result.errors
    assert shop.get("ann")["Attributes"]["custom:note"] == "x"


def test_a_user_is_disabled_and_enabled_again(shop: Stage, invoke: Invoke) -> None:
    result = invoke("cognito", "disable", "shop", "ann", at=shop.aws).ok()
    assert shop.get("ann")["Enabled"] is False
    invoke(*undo_of(result), at=shop.aws).ok()
    assert shop.get("ann")["Enabled"] is True


@pytest.mark.usefixtures("no_pauses")
def test_a_code_is_sent_once_whatever_the_network_does(shop: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    faults.fault(modes.reset_after_body(), "AdminResetUserPassword")
    result = invoke("cognito", "reset-password", shop.pool, "ann", at=faults)
    assert result.exit_code == 253
    assert "A change may have been made all the same" in result.errors
    assert faults.count("AdminResetUserPassword") == 1


def test_a_password_is_asked_for_twice_and_shown_nowhere(shop: Stage, terminal: TerminalFactory) -> None:
    shop.app()
    screen = terminal("cognito", "set-password", "shop", "ann", "--permanent", at=shop.aws)
    screen.wait_for("The new permanent password of ann")
    screen.send(PASSWORD + "\r")
    screen.wait_for("once more")
    screen.send(PASSWORD + "\r")
    assert screen.wait() == 0
    assert "Set a permanent password for ann." in screen.text
    assert PASSWORD not in screen.raw.decode(errors="replace")
    assert shop.get("ann")["UserStatus"] == "CONFIRMED"
    screen = terminal("cognito", "set-password", "shop", "ann", at=shop.aws)
    screen.wait_for("The new temporary password of ann")
    screen.send(PASSWORD + "\r")
    screen.wait_for("once more")
    screen.send("another\r")
    assert screen.wait() == 252
    assert "not the same" in screen.text
    assert shop.get("ann")["UserStatus"] == "CONFIRMED"


def test_a_password_comes_by_stdin_and_is_taken_out_of_what_the_server_says(
    shop: Stage, faults: FaultProxy, invoke: Invoke
) -> None:
    words = ["cognito", "set-password", shop.pool, "ann", "--permanent", "--debug"]
    invoke(*words, "--stdin", input=PASSWORD.encode() + b"\r\n", at=shop.aws).ok()
    assert shop.get("ann")["UserStatus"] == "CONFIRMED"
    faults.fault(modes.error(400, "InvalidPasswordException", f"{PASSWORD} is weak"), "AdminSetUserPassword")
    result = invoke(*words, "--stdin", input=PASSWORD.encode(), at=faults)
    assert result.exit_code == 254
    assert PASSWORD not in result.errors + result.text
    for bad in (b"", b"two words", b"x" * 300):
        assert invoke(*words, "--stdin", input=bad, at=shop.aws).exit_code == 252
    assert invoke(*words, at=shop.aws).exit_code == 3  # nobody to ask


def test_a_deletion_names_everybody_and_deletes_these_alone(shop: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    plan = invoke("cognito", "rm", shop.pool, "--search", "EXAMPLE", "--dry-run", at=faults).ok()
    assert sorted(plan.lines[1:]) == [f"{name} ({name}@example.com)" for name in ("ann", "bob", "cat")]
    assert "Cannot be undone" in plan.errors
    unknown = invoke("cognito", "rm", shop.pool, "ann", "nobody", "-y", at=faults)
    assert unknown.exit_code == 254
    assert "no such user in" in unknown.errors
    assert "nobody" in unknown.errors
    assert not CHANGES & set(faults.operations)
    invoke("cognito", "rm", shop.pool, "ann", "cat", "-y", at=faults).ok()
    assert list(shop.contents()) == ["bob"]
    assert invoke("cognito", "rm", shop.pool, "-y", at=faults).exit_code == 252
    assert invoke("cognito", "rm", shop.pool, "--search", "nobody", "-y", at=faults).exit_code == 254


@pytest.mark.usefixtures("no_pauses", "no_patience")
def test_a_deletion_that_is_throttled_denied_or_not_answered_says_what_became_of_whom(
    shop: Stage, faults: FaultProxy, invoke: Invoke
) -> None:
    faults.fault(modes.error(400, "TooManyRequestsException", "slow down"), "AdminDeleteUser", times=7)
    faults.fault(modes.reset_after_body(), "AdminDeleteUser", times=1, after=7)
    result = invoke("cognito", "rm", shop.pool, "ann", "bob", "-y", at=faults).ok()
    assert "Deleted 2 users" in result.errors
    faults.clear()
    shop.users(["dan"])
    faults.fault(denied("AdminDeleteUser"), lambda request: b'"dan"' in request.body and "Delete" in request.operation)
    result = invoke("cognito", "rm", shop.pool, "cat", "dan", "-y", at=faults)
    assert result.exit_code == 1
    assert "Deleted 1 of 2 users" in result.errors
    assert "dan: " in result.errors
    assert list(shop.contents()) == ["dan"]


def test_groups_are_made_filled_emptied_and_deleted(shop: Stage, invoke: Invoke) -> None:
    made = invoke("cognito", "group", "create", "shop", "crew", "--precedence", "3", at=shop.aws).ok()
    added = invoke("cognito", "group", "add", "shop", "crew", "ann", "bob", "nobody", "-o", "json", at=shop.aws)
    assert added.exit_code == 1
    assert "nobody: " in added.errors
    assert added.json()["Result"]["Users"] == ["ann", "bob"]
    again = invoke("cognito", "group", "add", "shop", "crew", "bob", "cat", at=shop.aws).ok()
    assert "Added 1 user to crew; 1 user was in it already." in again.errors
    invoke(*undo_of(again), at=shop.aws).ok()
    assert [shop.groups(name) for name in ("ann", "bob", "cat")] == [["crew", "staff"], ["crew", "staff"], []]
    removed = invoke("cognito", "group", "remove", "shop", "crew", "ann", "cat", at=shop.aws).ok()
    assert "Removed 1 user from crew; 1 user was not in it already." in removed.errors
    plan = invoke("cognito", "group", "rm", "shop", "crew", "--dry-run", at=shop.aws).ok()
    assert "1 user in it; users stay, without the group." in plan.errors
    invoke(*undo_of(made), "-y", at=shop.aws).ok()
    assert shop.groups("bob") == ["staff"]


def test_repeats_of_changes_are_what_their_declarations_say() -> None:
    assert (CREATE_USER.effect, DELETE_USER.effect) == ("write", "write")
