"""``cognito user``: the record of a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Record, command
from stackpane_cognito.calls import GET_USER, LIST_DEVICES, LIST_GROUPS_FOR_USER, LIST_POOLS
from stackpane_cognito.params import POOL, USER

if TYPE_CHECKING:
    from stackpane import Session


@command("user", calls=(LIST_POOLS, GET_USER, LIST_GROUPS_FOR_USER, LIST_DEVICES))
@click.argument("pool", type=POOL)
@click.argument("name", type=USER)
def user(session: Session, pool: str, name: str) -> Record:
    """Show a user: all attributes, groups, second factors and remembered devices.

    NAME is the username, or an email address or phone number where the pool lets these sign in. Groups and devices are
    left out, with a word on the right they need, where that is missing.
    """
    from stackpane_cognito.pools import find
    from stackpane_cognito.userrecord import user_record

    return user_record(session, find(session, pool), name)
