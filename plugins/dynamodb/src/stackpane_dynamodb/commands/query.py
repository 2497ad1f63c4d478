"""``dynamodb query``: the items of one partition, by the table's keys or an index's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, Table, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, GET_ITEM, QUERY
from stackpane_dynamodb.finding import Find, reading_options
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command("query", calls=(DESCRIBE_TABLE, QUERY, GET_ITEM))
@click.argument("table", type=TABLE)
@click.argument("text", metavar="EXPRESSION")
@click.option("--index", metavar="NAME", help="By the keys of this index; the best one unless given.")
@click.option("--reverse", "backwards", is_flag=True, help="From the highest sort key to the lowest.")
@reading_options
def query(session: Session, table: str, **options: Any) -> Table:
    """List the items of one partition key, in the order of the sort key.

    The expression names the partition key with = and may go on with the sort key (=, <, <=, >, >=, between,
    begins_with) and with filters: pk = "ORDER#1" and begins_with(sk, "LINE#") and price > 5.
    """
    find = Find(session, table, **options)
    model = find.model()
    access = find.access(model)
    if access.kind == "scan":
        places = [model.index(find.index)] if find.index else model.places
        keys = ", ".join(f"{place.partition} ({place})" for place in places)
        reasons = " ".join(f"{name}: {reason}." for name, reason in access.passed_over)
        raise InvalidInput("a query wants one partition key with =", f"There is {keys}. {reasons}".strip())
    return find.view(model, access)
