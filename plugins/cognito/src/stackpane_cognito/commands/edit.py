"""``cognito edit``: change a user's attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Outcome, Plan, command
from stackpane_cognito.calls import DELETE_ATTRIBUTES, GET_USER, LIST_POOLS, UPDATE_ATTRIBUTES
from stackpane_cognito.params import POOL, USER, assignments

if TYPE_CHECKING:
    from stackpane import Session


@command("edit", calls=(LIST_POOLS, GET_USER, UPDATE_ATTRIBUTES, DELETE_ATTRIBUTES))
@click.argument("pool", type=POOL)
@click.argument("name", type=USER)
@click.option("--set", "put", multiple=True, metavar="NAME=VALUE", callback=assignments("--set"), help="Set this.")
@click.option("--remove", multiple=True, metavar="NAME", help="Take this attribute away.")
def edit(session: Session, pool: str, name: str, put: Mapping[str, str], remove: tuple[str, ...]) -> Plan | Outcome:
    """Change the attributes of a user: edit shop ann --set given_name=Ann --set custom:tenant=blue --remove nickname.

    Only what becomes another is sent, and what it was is said, with the line that takes it back.
    """
    from stackpane_cognito.editing import Editing
    from stackpane_cognito.pools import find

    if not put and not remove:
        raise InvalidInput("nothing to change", "Give --set NAME=VALUE or --remove NAME.")
    return Editing(session, find(session, pool), name, put, remove).view()
