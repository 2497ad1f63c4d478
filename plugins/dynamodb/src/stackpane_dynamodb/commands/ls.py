"""``dynamodb ls``: the tables, by name at once, or with what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from stackpane import Column, Link, Page, PageRequest, Row, Table, command
from stackpane.paging import Tokens
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.calls import DESCRIBE_TABLE, LIST_TABLES
from stackpane_dynamodb.names import place_of
from stackpane_dynamodb.places import scan_link, table_actions

if TYPE_CHECKING:
    from stackpane import Session

NAMES = (Column("TableName"),)
LONG = (
    Column("TableName"),
    Column("TableStatus", "state"),
    Column("ItemCount", "number"),
    Column("TableSizeBytes", "size"),
    Column("BillingMode"),
    Column("Keys", wide=True),
    Column("CreationDateTime", "time", wide=True),
)
_WORKERS = 10
"""Tables that are described at a time; DynamoDB allows 2,500 such requests a second, and repeats cost nothing."""
_PAGE = 100
"""The most that ``ListTables`` gives at a time."""


@command("ls", calls=(LIST_TABLES, DESCRIBE_TABLE))
@click.argument("prefix", default="", metavar="[PREFIX]")
@click.option("-l", "--long", is_flag=True, help="Status, items, size and billing mode too: one request per table.")
def ls(session: Session, prefix: str, long: bool) -> Table:
    """List the tables whose names begin with PREFIX.

    ItemCount and TableSizeBytes are AWS's own counts, up to six hours old.
    """
    return Table(
        LONG if long else NAMES,
        partial(_pages, session, prefix, long),
        title="Tables",
        link=_link,
        actions=_actions,
        console_url=session.console_url(f"dynamodbv2/home?region={session.region}#tables"),
    )


def _pages(session: Session, prefix: str, long: bool, request: PageRequest) -> Iterator[Page]:
    pinned = sorted({place.table for place in map(place_of, session.connection.pins) if place is not None})
    if not pinned:
        yield from _listed_pages(session, prefix, long, request.cursor)
        return
    with session.part("every table but the pinned ones"):
        yield from _listed_pages(session, prefix, long, request.cursor)
        return
    yield Page(_rows(session, [name for name in pinned if name.startswith(prefix)], long))


def _listed_pages(session: Session, prefix: str, long: bool, after: str | None) -> Iterator[Page]:
    for names, following in _listed(session, prefix, after):
        yield Page(_rows(session, names, long), following)


def _listed(session: Session, prefix: str, after: str | None) -> Iterator[tuple[list[str], str | None]]:
    """Names by the page, with the name that the next page begins behind; ``ListTables`` itself knows no prefix."""
    tokens = Tokens()
    while True:
        start = {} if after is None else {"ExclusiveStartTableName": after}
        reply = session.client("dynamodb").list_tables(Limit=_PAGE, **start)
        found: list[str] = needed(reply, "TableNames")
        after = reply.get("LastEvaluatedTableName")
        names = [name for name in found if name.startswith(prefix)]
        if after is not None:
            tokens.check(after, empty=not found)
        yield names, after
        if after is None:
            return


def _rows(session: Session, names: Sequence[str], long: bool) -> list[Row]:
    if not long:
        return [(name,) for name in names]
    from stackpane.fanout import in_order

    with closing(in_order([partial(_look, session, name) for name in names], _WORKERS)) as rows:
        return list(rows)


def _look(session: Session, name: str) -> Iterator[Row]:
    from stackpane_dynamodb.tables import billing_mode, describe

    row: Row = (name, *[None] * (len(LONG) - 1))
    with session.part(f"what {name} is"):
        found = describe(session, name)
        row = (
            name,
            found.get("TableStatus"),
            found.get("ItemCount"),
            found.get("TableSizeBytes"),
            billing_mode(found),
            _keys(found),
            found.get("CreationDateTime"),
        )
    yield row


def _keys(description: Mapping[str, Any]) -> str:
    return ", ".join(each["AttributeName"] for each in description.get("KeySchema", ()))


def _link(row: Row) -> Link:
    return scan_link(row[0])


def _actions(row: Row) -> Sequence[Link]:
    return table_actions(row[0])
