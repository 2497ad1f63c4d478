"""Links to places in DynamoDB, and what a text from elsewhere leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from stackpane import Link
from stackpane_dynamodb.names import place_of

if TYPE_CHECKING:
    from stackpane import Session

__all__ = [
    "console_url",
    "index_links",
    "item_actions",
    "item_link",
    "link_of",
    "scan_link",
    "show_link",
    "table_actions",
]


def show_link(table: str, label: str = "Show") -> Link:
    """To the record of a table."""
    return Link.to("dynamodb show", table, label=label)


def scan_link(table: str, label: str = "Items", index: str | None = None) -> Link:
    """To the items of a table, or of an index of it."""
    return Link.to("dynamodb scan", table, label=label, index=index)


def item_link(table: str, words: Sequence[str], label: str = "Item") -> Link:
    """To an item, by the words of its key."""
    return Link.to("dynamodb get", table, *words, label=label)


def item_actions(table: str, words: Sequence[str]) -> tuple[Link, ...]:
    """What can be done with an item."""
    return (
        Link.to("dynamodb edit", table, *words, label="Edit"),
        Link.to("dynamodb duplicate", table, *words, label="Duplicate"),
        Link.to("dynamodb rm", table, *words, label="Delete"),
    )


def table_actions(table: str) -> tuple[Link, ...]:
    """What can be done with a table."""
    return (show_link(table), scan_link(table))


def index_links(table: str, description: Mapping[str, Any]) -> tuple[Link, ...]:
    """To the items of every index."""
    indexes = [
        *description.get("GlobalSecondaryIndexes", ()),
        *description.get("LocalSecondaryIndexes", ()),
    ]
    return tuple(scan_link(table, f"Items by {index['IndexName']}", index["IndexName"]) for index in indexes)


def link_of(target: str) -> Link | None:
    """The link that an ARN (of a table, an index, a stream, an export …) or a console address leads to."""
    from stackpane_dynamodb.native.transfers import transfer_of

    if transfer_of(target) is not None:
        return show_link(target)
    place = place_of(target)
    if place is None:
        return None
    return show_link(place.table) if place.index is None else scan_link(place.table, index=place.index)


def console_url(session: Session, table: str) -> str:
    """The table's page of the AWS console."""
    return session.console_url(f"dynamodbv2/home?region={session.region}#table?name={quote(table, safe='')}")
