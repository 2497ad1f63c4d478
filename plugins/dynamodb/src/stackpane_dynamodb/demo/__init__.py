"""The DynamoDB plugin's share of the demo: three tables with items. Imported by nothing but the demo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from stackpane.fanout import as_they_come
from stackpane.links import Link
from stackpane_dynamodb.demo.samples import TABLES, Table
from stackpane_dynamodb.values.wire import sent

if TYPE_CHECKING:
    from stackpane.session import Session
    from stackpane_dynamodb.values.plain import Item

__all__ = ["TOUR", "seed"]

# The emulator is one process on this machine: a few requests on the way keep it busy.
_WORKERS = 4
_BATCH = 25
"""The most that ``BatchWriteItem`` takes."""

TOUR = (
    Link.to("dynamodb ls", long=True, label="All tables, with what they hold"),
    Link.to("dynamodb show", "shop", label="All there is to know of a table"),
    Link.to("dynamodb query", "shop", 'pk = "CUSTOMER#1007"', label="A customer and the orders, by one key"),
    Link.to(
        "dynamodb find",
        "shop",
        'status = open and placed > "2026-11-20"',
        limit=5,
        label="An expression finds the index that answers it",
    ),
    Link.to(
        "dynamodb find",
        "shop",
        'status = open and placed > "2026-11-20" and total > 100',
        explain=True,
        label="How it would be found, and at what cost",
    ),
    Link.to("dynamodb get", "types", "all", label="Every type, with a tag only on what JSON cannot say"),
    Link.to(
        "dynamodb sql",
        "SELECT sku, price, quantity FROM shop WHERE pk = 'ORDER#5003'",
        label="PartiQL; what changes something is a plan first",
    ),
    Link.to(
        "dynamodb rm", "sessions", table=True, dry_run=True, label="Nothing is deleted before you saw what goes with it"
    ),
)
"""What is worth a first look."""


def seed(session: Session) -> tuple[Link, ...]:
    """Fill the fresh demo that ``session`` reaches, and return what is worth a first look there."""
    client = session.client("dynamodb")
    for table in TABLES:
        client.create_table(**table.request)
        if table.ttl:
            setting = {"Enabled": True, "AttributeName": table.ttl}
            client.update_time_to_live(TableName=table.name, TimeToLiveSpecification=setting)
    puts = (partial(_put, client, table.name, items) for table, items in _batches(TABLES))
    list(as_they_come(puts, _WORKERS))  # nothing comes of a put but errors, which are raised here
    return TOUR


def _batches(tables: Iterable[Table]) -> Iterator[tuple[Table, Sequence[Item]]]:
    for table in tables:
        items = table.items()
        while batch := list(islice(items, _BATCH)):
            yield table, batch


def _put(client: Any, table: str, items: Sequence[Item]) -> tuple[()]:
    requests = {table: [{"PutRequest": {"Item": sent(item)}} for item in items]}
    while requests:
        requests = client.batch_write_item(RequestItems=requests).get("UnprocessedItems")
    return ()
