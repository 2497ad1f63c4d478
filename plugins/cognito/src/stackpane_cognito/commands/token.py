"""``cognito token``: sign in as a test user, and look at the tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import Outcome, Record, Refused, command
from stackpane_cognito.calls import (
    ADMIN_INITIATE_AUTH,
    ADMIN_RESPOND,
    DESCRIBE_CLIENT,
    INITIATE_AUTH,
    LIST_CLIENTS,
    LIST_POOLS,
    RESPOND,
)
from stackpane_cognito.params import POOL, USER

if TYPE_CHECKING:
    from stackpane import Session


@command(
    "token",
    calls=(LIST_POOLS, LIST_CLIENTS, DESCRIBE_CLIENT, ADMIN_INITIATE_AUTH, ADMIN_RESPOND, INITIATE_AUTH, RESPOND),
)
@click.argument("pool", type=POOL)
@click.argument("name", type=USER)
@click.option("--client", metavar="ID", help="The app client to sign in by; the pool's only one unless given.")
@click.option(
    "--flow",
    type=click.Choice(("admin", "srp", "password")),
    help="How to sign in; what the client allows, in this order, unless given.",
)
@click.option("--stdin", is_flag=True, help="Read the password from the first line of stdin instead of asking.")
@click.option("--production", is_flag=True, help="Do so on a connection that is marked production, too.")
def token(
    session: Session, pool: str, name: str, client: str | None, flow: Any, stdin: bool, production: bool
) -> Record | Outcome:
    """Sign in as a user of whom you know the password, and show what the tokens say.

    Their signatures are checked against the pool's public keys. The tokens themselves are masked until --reveal:
    whoever has them is the user. A temporary password has to be changed on the way, as in the application.
    """
    connection = session.connection
    if connection.kind == "production" and not production:
        raise Refused(
            f"{connection.name} is a production connection, where nobody signs in as a user by accident",
            "Where that is what you want, add --production.",
        )
    if connection.read_only:
        raise Refused("a sign-in issues credentials, which is more than reading", "Use a connection that may change.")
    from stackpane_cognito.passwords import known_password
    from stackpane_cognito.pools import find
    from stackpane_cognito.signin import SignIn, flow_of
    from stackpane_cognito.tokenrecord import client_of, token_record

    id_ = find(session, pool)
    app = client_of(session, id_, client)
    way = flow_of(app, flow)
    if session.dry_run:
        return Outcome(f"{name} would sign in by {app.id}, flow {way}.", done=0)
    password = known_password(session, f"The password of {name}", stdin=stdin)
    return token_record(session, SignIn(session, id_, name, app, way, password))
