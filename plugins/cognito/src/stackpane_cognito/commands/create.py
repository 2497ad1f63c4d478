"""``cognito create``: a new user."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from stackpane import Link, Outcome, Plan, command
from stackpane_cognito.calls import CREATE_USER, GET_USER, LIST_POOLS
from stackpane_cognito.params import POOL, USER, assignments

if TYPE_CHECKING:
    from stackpane import Session

_ATTRIBUTE = "An attribute: email=ann@example.com, custom:tenant=blue."


@command("create", calls=(LIST_POOLS, CREATE_USER, GET_USER))
@click.argument("pool", type=POOL)
@click.argument("name", type=USER)
@click.option(
    "--attribute",
    "attributes",
    multiple=True,
    metavar="NAME=VALUE",
    callback=assignments("--attribute"),
    help=_ATTRIBUTE,
)
@click.option(
    "--message",
    type=click.Choice(("suppress", "email", "sms")),
    default="suppress",
    show_default=True,
    help="Have Cognito invite the user, with the temporary password.",
)
@click.option("--temporary-password", "asked", is_flag=True, help="Ask for it; else Cognito makes one.")
@click.option("--stdin", is_flag=True, help="Read the temporary password from the first line of stdin.")
def create(
    session: Session, pool: str, name: str, attributes: Mapping[str, str], message: str, asked: bool, stdin: bool
) -> Plan | Outcome:
    """Create a user, who chooses a password at the first sign-in: create shop ann --attribute email=ann@example.com.

    Nobody is told unless --message says how.
    """
    from stackpane_cognito.changing import Change
    from stackpane_cognito.creation import NewUser
    from stackpane_cognito.passwords import new_password
    from stackpane_cognito.places import user_link
    from stackpane_cognito.pools import find

    id_ = find(session, pool)
    password = new_password(session, f"The temporary password of {name}", stdin=stdin) if asked or stdin else None
    new = NewUser(name, dict(attributes), message, password)

    def do() -> Outcome:
        made = new.create(session, id_)
        username = made.get("Username") or name
        if password is None and message == "suppress":
            set_one = Link.to("cognito set-password", id_, username)
            session.note(f"Nobody knows the password that Cognito has made. Set one: {set_one.command_line}")
        return Outcome(
            f"Created {name}.",
            result={
                "Username": username,
                "UserStatus": made.get("UserStatus"),
                "Attributes": {each["Name"]: each.get("Value") for each in made.get("Attributes", ())},
            },
            undo=Link.to("cognito rm", id_, username, label="Undo"),
            links=(user_link(id_, username),),
        )

    notes = (f"Cognito invites the user by {message}.",) if message != "suppress" else ()
    return Change(session, f"Create {name}", name, do, "Can be undone by deleting the user.", notes).view()
