"""``dynamodb show``: the record of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Record, command
from stackpane_dynamodb.calls import DESCRIBE_CONTINUOUS_BACKUPS, DESCRIBE_TABLE, DESCRIBE_TIME_TO_LIVE, LIST_TAGS
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command("show", calls=(DESCRIBE_TABLE, DESCRIBE_TIME_TO_LIVE, DESCRIBE_CONTINUOUS_BACKUPS, LIST_TAGS))
@click.argument("table", type=TABLE)
def show(session: Session, table: str) -> Record:
    """Show all there is to know of a table: keys, indexes, capacity, streams, TTL, backups, tags."""
    from stackpane_dynamodb.tablerecord import table_record

    return table_record(session, table)
