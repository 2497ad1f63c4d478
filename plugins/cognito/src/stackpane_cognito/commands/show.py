"""``cognito show``: the record of a user pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Record, command
from stackpane_cognito.calls import DESCRIBE_POOL, GET_MFA_CONFIG, LIST_POOLS
from stackpane_cognito.params import POOL

if TYPE_CHECKING:
    from stackpane import Session


@command("show", calls=(LIST_POOLS, DESCRIBE_POOL, GET_MFA_CONFIG))
@click.argument("pool", type=POOL)
def show(session: Session, pool: str) -> Record:
    """Show a user pool: policies, sign-in, attributes, MFA, messages, Lambda triggers, tags.

    POOL is an id, an ARN, or a name that no other pool has.
    """
    from stackpane_cognito.poolrecord import pool_record
    from stackpane_cognito.pools import find

    return pool_record(session, find(session, pool))
