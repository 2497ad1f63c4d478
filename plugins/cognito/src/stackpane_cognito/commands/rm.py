"""``cognito rm``: delete users that a plan has named one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Plan, command
from stackpane_cognito.calls import DELETE_USER, GET_USER, LIST_POOLS, LIST_USERS
from stackpane_cognito.params import POOL, USER

if TYPE_CHECKING:
    from stackpane import Session


@command("rm", calls=(LIST_POOLS, GET_USER, LIST_USERS, DELETE_USER))
@click.argument("pool", type=POOL)
@click.argument("names", type=USER, nargs=-1, metavar="[NAME]…")
@click.option("--filter", "filter_", metavar="FILTER", help="All users that Cognito's filter finds.")
@click.option("--search", metavar="TEXT", help="All users with this in the name or an attribute.")
def rm(session: Session, pool: str, names: tuple[str, ...], filter_: str | None, search: str | None) -> Plan:
    """Delete users: by their names, or all that --filter and --search find.

    The plan names every one of them, and only these are deleted.
    """
    from stackpane_cognito.pools import find
    from stackpane_cognito.removal import Removal

    if bool(names) == bool(filter_ or search):
        raise InvalidInput("which users?", "Name them, or find them with --filter or --search.")
    removal = Removal(session, find(session, pool))
    return removal.of_names(names) if names else removal.of_found(filter_, search)
