"""``dynamodb imports``: DynamoDB's own imports from S3, those under way and those of the last 90 days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Table, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, LIST_IMPORTS
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command("imports", calls=(DESCRIBE_TABLE, LIST_IMPORTS))
@click.argument("table", type=TABLE, required=False)
def imports(session: Session, table: str | None) -> Table:
    """List DynamoDB's own imports from S3, into TABLE or into all tables of the region, of the last 90 days."""
    from stackpane_dynamodb.native import listing

    return listing.imports(session, table)
