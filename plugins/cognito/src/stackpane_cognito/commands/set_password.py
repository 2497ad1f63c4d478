"""``cognito set-password``: a password for a user, typed or from stdin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Outcome, Plan, command
from stackpane_cognito.calls import LIST_POOLS, SET_PASSWORD
from stackpane_cognito.params import POOL, USER
from stackpane_cognito.places import user_link

if TYPE_CHECKING:
    from stackpane import Session


@command("set-password", calls=(LIST_POOLS, SET_PASSWORD))
@click.argument("pool", type=POOL)
@click.argument("name", type=USER)
@click.option("--permanent", is_flag=True, help="The user need not choose another one at the next sign-in.")
@click.option("--stdin", is_flag=True, help="Read the password from the first line of stdin instead of asking.")
def set_password(session: Session, pool: str, name: str, permanent: bool, stdin: bool) -> Plan | Outcome:
    """Set a user's password, which is asked for twice and never shown.

    Without --permanent the user has to choose another one at the next sign-in.
    """
    from stackpane_cognito.changing import Change
    from stackpane_cognito.passwords import new_password
    from stackpane_cognito.pools import SERVICE, find

    id_ = find(session, pool)
    kind = "permanent" if permanent else "temporary"
    password = new_password(session, f"The new {kind} password of {name}", stdin=stdin)

    def do() -> Outcome:
        client = session.client(SERVICE)
        client.admin_set_user_password(UserPoolId=id_, Username=name, Password=password, Permanent=permanent)
        return Outcome(
            f"Set a {kind} password for {name}.",
            result={"Username": name, "Permanent": permanent},
            links=(user_link(id_, name),),
        )

    return Change(session, f"Set a {kind} password for {name}", name, do, "Cannot be undone.").view()
