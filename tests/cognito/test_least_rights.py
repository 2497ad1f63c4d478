"""Whoever may do no more than nine operations on one pool can do all of the basic work; the rest says what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane.connections import ConnectionStore
from stackpane.connections.model import Connection, Source
from tests.cognito.stage import PASSWORD, make_pool
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator

NINE = (
    "ListUsers", "AdminGetUser", "AdminCreateUser", "AdminUpdateUserAttributes", "AdminDeleteUser", "AdminDisableUser",
    "AdminEnableUser", "AdminResetUserPassword", "AdminUserGlobalSignOut",
)  # fmt: skip


@pytest.fixture
def proven(ministack_auth: Emulator) -> Iterator[FaultProxy]:
    """A proxy that gives the emulator's refusals a request id, as all of AWS's answers have."""
    with FaultProxy(ministack_auth.url) as proxy:
        proxy.fault(modes.rewrite(lambda body: body, x_amzn_requestid="made-up"))
        yield proxy


@pytest.mark.usefixtures("no_pauses")
def test_nine_operations_are_all_that_the_basic_work_needs(
    ministack_auth: Emulator, proven: FaultProxy, invoke: Invoke
) -> None:
    stage = make_pool(ministack_auth)
    stage.user("ann", {"email": "ann@example.com", "email_verified": "true"})
    stage.password("ann")
    arn = stage.client.describe_user_pool(UserPoolId=stage.pool)["UserPool"]["Arn"]
    actions = [f"cognito-idp:{name}" for name in NINE]
    keys = ministack_auth.user("clerk", {"Effect": "Allow", "Action": actions, "Resource": arn})
    made = Connection(
        name="clerk",
        source=Source.ENVIRONMENT,
        endpoint_url=proven.url,
        regions=("us-east-1",),
        pins=(arn,),
    )
    ConnectionStore().save(made, replace=False)

    def run(*words: str, given: bytes = b"") -> Result:
        return invoke("-c", "clerk", "cognito", *words, env=keys.env, input=given)

    listed = run("ls", "-o", "json").ok()
    assert [row["Id"] for row in listed.json()] == [stage.pool]
    assert "cognito-idp:ListUserPools is denied" in listed.errors
    assert "ann@example.com" in run("users", stage.pool).ok().text
    assert "ann@example.com" in run("users", stage.pool, "--search", "ANN", "--filter", 'username ^= "a"').ok().text
    shown = run("user", stage.pool, "ann").ok()
    assert "cognito-idp:AdminListGroupsForUser is denied" in shown.errors
    run("create", stage.pool, "bob", "--attribute", "email=bob@example.com").ok()
    run("edit", stage.pool, "bob", "--set", "custom:note=new").ok()
    run("disable", stage.pool, "bob").ok()
    run("enable", stage.pool, "bob").ok()
    run("reset-password", stage.pool, "ann").ok()
    run("sign-out", stage.pool, "ann").ok()
    exported = run("export", stage.pool, "-").ok()
    assert len(exported.lines) == 2
    assert "cognito-idp:ListGroups is denied" in exported.errors
    run("rm", stage.pool, "bob", "-y").ok()
    assert set(stage.contents()) == {"ann"}
    for words, action in (
        (["show", stage.pool], "DescribeUserPool"),
        (["clients", stage.pool], "ListUserPoolClients"),
        (["groups", stage.pool], "ListGroups"),
        (["set-password", stage.pool, "ann", "--stdin"], "AdminSetUserPassword"),
        (["confirm", stage.pool, "ann"], "AdminConfirmSignUp"),
        (["users", "shop"], "ListUserPools"),
    ):
        refused = run(*words, given=PASSWORD.encode())
        assert refused.exit_code == 254, words
        assert f"cognito-idp:{action}" in refused.errors, words
