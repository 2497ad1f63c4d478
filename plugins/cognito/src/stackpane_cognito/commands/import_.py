"""``cognito import``: users from a file into a pool."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stackpane import Link, Plan, command
from stackpane_cognito.calls import (
    ADD_TO_GROUP,
    CREATE_GROUP,
    CREATE_USER,
    DESCRIBE_POOL,
    DISABLE_USER,
    ENABLE_USER,
    GET_USER,
    LIST_GROUPS,
    LIST_GROUPS_FOR_USER,
    LIST_POOLS,
    LIST_USERS,
    SET_PASSWORD,
    UPDATE_ATTRIBUTES,
)
from stackpane_cognito.params import POOL

if TYPE_CHECKING:
    from stackpane import Session

CALLS = (
    LIST_POOLS,
    DESCRIBE_POOL,
    GET_USER,
    LIST_USERS,
    LIST_GROUPS,
    CREATE_GROUP,
    CREATE_USER,
    SET_PASSWORD,
    DISABLE_USER,
    ADD_TO_GROUP,
    UPDATE_ATTRIBUTES,
    LIST_GROUPS_FOR_USER,
    ENABLE_USER,
)
"""What importing takes; the last three with --update alone."""

update_option = click.option("--update", is_flag=True, help="Bring users up to date that are there already.")
invite_option = click.option(
    "--invite",
    type=click.Choice(("email", "sms")),
    default=None,
    help="Have Cognito invite new users; nobody is told unless given.",
)
rejects_option = click.option("--rejects", metavar="FILE", help="Where users go that are refused, with the reasons.")
restart_option = click.option("--restart", is_flag=True, help="Begin anew what was interrupted.")


@command("import", calls=CALLS)
@click.argument("pool", type=POOL)
@click.argument("file")
@click.option("--format", "kind", type=click.Choice(("json", "jsonl", "csv")), help="The form, unless FILE says it.")
@update_option
@invite_option
@click.option("--permanent", is_flag=True, help="Passwords in the file are permanent; else they are temporary ones.")
@rejects_option
@restart_option
def import_(
    session: Session,
    pool: str,
    file: str,
    kind: Any,
    update: bool,
    invite: str | None,
    permanent: bool,
    rejects: str | None,
    restart: bool,
) -> Plan:
    """Create the users of FILE, or of stdin (-), in a pool, as a plan shows them first.

    Reads what export writes, what the AWS CLI's list-users prints, and sheets with a Username column and one for each
    attribute. Users that are there already are left alone without --update. The file may have a password for each
    (temporary unless --permanent); it is shown nowhere. Who is refused goes to FILE.rejects.jsonl; the others go
    on. The same command again goes on after an interruption.
    """
    from stackpane_cognito.moving.files import kind_of
    from stackpane_cognito.moving.importing import Import, Options
    from stackpane_cognito.moving.sources import Source
    from stackpane_cognito.pools import find

    id_, form = find(session, pool), kind_of(file, kind)
    source = Source(file, form, sys.stdin.buffer if file == "-" else None)
    where = Path(rejects or f"{id_ if file == '-' else file}.rejects.jsonl").expanduser()
    header = {
        "file": source.identity,
        "form": form,
        "connection": session.connection.name,
        "pool": id_,
        "update": update,
        "rejects": str(where),
    }
    again = Link.to(
        "cognito import",
        id_,
        file,
        format=kind,
        update=update,
        invite=invite,
        permanent=permanent,
        rejects=rejects,
        label="Go on",
    )
    options = Options(update, invite or "suppress", permanent, restart)
    of = None if file == "-" else ("cognito-imports", header)
    return Import(session, id_, source, file, options, where, again, of).plan()
