"""``cognito copy``: the users and groups of a pool into another one, here or elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackpane import Plan, command
from stackpane_cognito.calls import LIST_USERS_IN_GROUP, SET_PASSWORD
from stackpane_cognito.commands.import_ import CALLS, invite_option, rejects_option, restart_option, update_option
from stackpane_cognito.params import POOL

if TYPE_CHECKING:
    from stackpane import Session


@command("copy", calls=(*(call for call in CALLS if call is not SET_PASSWORD), LIST_USERS_IN_GROUP))
@click.argument("pool", type=POOL)
@click.argument("other", type=POOL)
@click.option("--to-connection", metavar="NAME", help="The connection that OTHER belongs to; this one unless given.")
@click.option("--to-region", metavar="REGION", help="The region that OTHER is in.")
@click.option("--filter", "filter_", metavar="FILTER", help="Only the users that Cognito's filter finds.")
@update_option
@invite_option
@rejects_option
@restart_option
def copy(
    session: Session,
    pool: str,
    other: str,
    to_connection: str | None,
    to_region: str | None,
    filter_: str | None,
    update: bool,
    invite: str | None,
    rejects: str | None,
    restart: bool,
) -> Plan:
    """Copy the users and groups of POOL into OTHER, also of another connection or region.

    Passwords, second factors and the sub cannot be copied. A plan shows first who would be created. Users that are
    there already are left alone without --update. The same command again goes on after an interruption.
    """
    from stackpane_cognito.moving.copying import copy_plan
    from stackpane_cognito.moving.importing import Options
    from stackpane_cognito.pools import find

    target = session.at(to_connection, to_region)
    id_, to = find(session, pool), find(target, other)
    where = Path(rejects or f"{to}.rejects.jsonl").expanduser()
    options = Options(update, invite or "suppress", restart=restart)
    return copy_plan(session, id_, target, to, options, where, filter_)
