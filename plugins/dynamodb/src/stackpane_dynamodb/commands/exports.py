"""``dynamodb exports``: DynamoDB's own exports to S3, those under way and those of the last 90 days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Table, command
from stackpane_dynamodb.calls import DESCRIBE_EXPORT, DESCRIBE_TABLE, LIST_EXPORTS
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command("exports", calls=(DESCRIBE_TABLE, LIST_EXPORTS, DESCRIBE_EXPORT))
@click.argument("table", type=TABLE, required=False)
@click.option("-l", "--long", is_flag=True, help="Times, counts and places too: one request per export.")
def exports(session: Session, table: str | None, long: bool) -> Table:
    """List DynamoDB's own exports to S3, of TABLE or of all tables of the region, of the last 90 days."""
    from stackpane_dynamodb.native import listing

    return listing.exports(session, table, long=long)
