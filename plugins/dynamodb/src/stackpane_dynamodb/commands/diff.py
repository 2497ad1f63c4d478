"""``dynamodb diff``: what two tables, or two items, differ in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Table, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, GET_ITEM, SCAN
from stackpane_dynamodb.finding import Find
from stackpane_dynamodb.names import table_name
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command("diff", calls=(DESCRIBE_TABLE, SCAN, GET_ITEM))
@click.argument("table", type=TABLE)
@click.argument("other", nargs=-1, required=True, metavar="OTHER|KEY [SORT-KEY]")
@click.option("--with", "with_", multiple=True, metavar="KEY", help="The other item's key; twice where it has two.")
@click.option("--to-connection", metavar="NAME", help="The connection that OTHER belongs to; this one unless given.")
@click.option("--to-region", metavar="REGION", help="The region that OTHER is in.")
@click.option("--filter", "text", default="", metavar="EXPRESSION", help="Only these items of both tables.")
@click.option("--project", metavar="PATHS", help="Only these attributes: a,b.c[0].")
@click.option("--segments", type=click.IntRange(1, 64), default=8, show_default=True, help="Parts at a time.")
@click.option("--consistent", is_flag=True, help="Strongly consistent reads, at twice the capacity.")
@click.option("--max-rcu", type=click.FloatRange(min=0.5), metavar="N", help="Read N units of each table at most.")
def diff(
    session: Session,
    table: str,
    other: tuple[str, ...],
    with_: tuple[str, ...],
    to_connection: str | None,
    to_region: str | None,
    text: str,
    project: str | None,
    segments: int,
    consistent: bool,
    max_rcu: float | None,
) -> Table:
    """Compare two tables with the same keys, or two items of one: diff TABLE KEY --with KEY.

    A row is an attribute that differs, with both values; of an item that only one table has, there is one row.
    """
    from stackpane_dynamodb.moving.comparing import TableDiff, item_diff

    find = Find(session, table, text, project=project, consistent=consistent, max_rcu=max_rcu, segments=segments)
    if with_:
        return item_diff(find, other, with_)
    if len(other) != 1:
        raise InvalidInput("two tables are compared, or two items", "The other item's key stands behind --with.")
    there = session.at(to_connection, to_region)
    right = Find(
        there,
        table_name(other[0]),
        text,
        project=project,
        consistent=consistent,
        max_rcu=max_rcu,
        segments=segments,
        now=find.now,
    )
    return TableDiff(find, right).view()
