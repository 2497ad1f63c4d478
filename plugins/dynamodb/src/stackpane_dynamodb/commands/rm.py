"""``dynamodb rm``: delete a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Plan, command
from stackpane_dynamodb.calls import DELETE_TABLE, DESCRIBE_CONTINUOUS_BACKUPS, DESCRIBE_TABLE
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command("rm", calls=(DESCRIBE_TABLE, DESCRIBE_CONTINUOUS_BACKUPS, DELETE_TABLE))
@click.argument("table", type=TABLE)
def rm(session: Session, table: str) -> Plan:
    """Delete a table, after a look at what goes with it. Returns when it is gone."""
    from stackpane_dynamodb.tabledeletion import delete_table

    return delete_table(session, table)
