"""``cognito enable``, ``disable``, ``confirm``, ``sign-out`` and ``reset-password``: the state of one account."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from stackpane import Link, Outcome, Plan, command
from stackpane_cognito.calls import (
    CONFIRM_SIGN_UP,
    DISABLE_USER,
    ENABLE_USER,
    GET_USER,
    LIST_POOLS,
    RESET_PASSWORD,
    SIGN_OUT,
)
from stackpane_cognito.params import POOL, USER
from stackpane_cognito.places import user_link

if TYPE_CHECKING:
    from stackpane import Session


def _account(function: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments that all of these take."""
    return click.argument("pool", type=POOL)(click.argument("name", type=USER)(function))


@command("enable", calls=(LIST_POOLS, GET_USER, ENABLE_USER))
@_account
def enable(session: Session, pool: str, name: str) -> Plan | Outcome:
    """Let a user sign in again."""
    return _switched(session, pool, name, enabled=True)


@command("disable", calls=(LIST_POOLS, GET_USER, DISABLE_USER))
@_account
def disable(session: Session, pool: str, name: str) -> Plan | Outcome:
    """Keep a user from signing in, and revoke the access tokens that are out."""
    return _switched(session, pool, name, enabled=False)


def _switched(session: Session, pool: str, name: str, *, enabled: bool) -> Plan | Outcome:
    from stackpane_cognito.changing import Change
    from stackpane_cognito.pools import SERVICE, find
    from stackpane_cognito.users import get_user

    id_ = find(session, pool)
    word, back = ("enable", "disable") if enabled else ("disable", "enable")
    if get_user(session, id_, name).get("Enabled") is enabled:
        return Outcome(f"{name} is {word}d already.", done=0, links=(user_link(id_, name),))
    undo = Link.to(f"cognito {back}", id_, name, label="Undo")

    def do() -> Outcome:
        call = getattr(session.client(SERVICE), f"admin_{word}_user")
        call(UserPoolId=id_, Username=name)
        return Outcome(
            f"{word.capitalize()}d {name}.",
            result={"Username": name, "Enabled": enabled},
            undo=undo,
            links=(user_link(id_, name),),
        )

    how = f"Can be undone with: {undo.command_line}"
    return Change(session, f"{word.capitalize()} {name}", name, do, how).view()


@command("confirm", calls=(LIST_POOLS, CONFIRM_SIGN_UP))
@_account
def confirm(session: Session, pool: str, name: str) -> Plan | Outcome:
    """Confirm the sign-up of a user who has not answered the code. Verifies no address."""
    from stackpane_cognito.changing import Change, unless_done
    from stackpane_cognito.pools import SERVICE, find

    id_ = find(session, pool)

    def do() -> Outcome:
        client = session.client(SERVICE)
        unless_done(lambda: client.admin_confirm_sign_up(UserPoolId=id_, Username=name), "NotAuthorizedException")
        return Outcome(f"Confirmed the sign-up of {name}.", result={"Username": name}, links=(user_link(id_, name),))

    return Change(session, f"Confirm the sign-up of {name}", name, do, "Cannot be undone.").view()


@command("sign-out", calls=(LIST_POOLS, SIGN_OUT))
@_account
def sign_out(session: Session, pool: str, name: str) -> Plan | Outcome:
    """Sign a user out everywhere. Who checks tokens without asking Cognito takes them until they expire."""
    from stackpane_cognito.changing import Change
    from stackpane_cognito.pools import SERVICE, find

    id_ = find(session, pool)

    def do() -> Outcome:
        session.client(SERVICE).admin_user_global_sign_out(UserPoolId=id_, Username=name)
        return Outcome(f"Signed {name} out everywhere.", result={"Username": name}, links=(user_link(id_, name),))

    return Change(session, f"Sign {name} out everywhere", name, do, "Cannot be undone: the user signs in again.").view()


@command("reset-password", calls=(LIST_POOLS, RESET_PASSWORD))
@_account
def reset_password(session: Session, pool: str, name: str) -> Plan | Outcome:
    """Take a user's password away; Cognito sends a code to choose another one with."""
    from stackpane_cognito.changing import Change
    from stackpane_cognito.pools import SERVICE, find

    id_ = find(session, pool)

    def do() -> Outcome:
        session.client(SERVICE).admin_reset_user_password(UserPoolId=id_, Username=name)
        return Outcome(
            f"Reset the password of {name}: Cognito sends a code to the verified address.",
            result={"Username": name},
            links=(user_link(id_, name), Link.to("cognito set-password", id_, name, label="Set a password")),
        )

    return Change(session, f"Reset the password of {name}", name, do, "Cannot be undone: the password is gone.").view()
