"""``dynamodb scan``: the items of a table or an index, all of them read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import Table, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, SCAN
from stackpane_dynamodb.finding import Find, reading_options
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command("scan", calls=(DESCRIBE_TABLE, SCAN))
@click.argument("table", type=TABLE)
@click.option("--index", metavar="NAME", help="Read this index instead of the table.")
@click.option("--filter", "text", default="", metavar="EXPRESSION", help="Only these items; the others cost as well.")
@click.option("--segments", type=click.IntRange(1, 1000), default=1, help="Read in so many parts at once, in no order.")
@reading_options
def scan(session: Session, table: str, **options: Any) -> Table:
    """List the items of a table, as they come.

    An expression reads like status = open and created > 2d and begins_with(sk, "ORDER#").
    """
    find = Find(session, table, **options)
    model = find.model()
    return find.view(model, find.everything(model), Find.everything)
