"""Amazon DynamoDB for Stackpane: tables, queries with a plan, lossless edits, exports and imports.

This module holds the hooks and imports nothing else of the plugin before one of them needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stackpane import Link, Service, hookimpl

if TYPE_CHECKING:
    from stackpane import Session


@hookimpl
def stackpane_service() -> Service:
    """DynamoDB."""
    return Service(
        name="dynamodb",
        title="Amazon DynamoDB",
        help="Tables and items.",
        commands="stackpane_dynamodb.commands:dynamodb",
        home=Link.to("dynamodb ls", label="Tables"),
        probe=Link.to("dynamodb ls", label="List the tables", limit=1),
    )


@hookimpl
def stackpane_open(target: str) -> Link | None:
    """Lead to a table, an index or a stream: from its ARN or its page of the AWS console."""
    from stackpane_dynamodb.places import link_of

    return link_of(target)


@hookimpl
def stackpane_demo(session: Session) -> Sequence[Link]:
    """Fill a shop in one table, a table with every type of value, and one with a stream."""
    from stackpane_dynamodb.demo import seed

    return seed(session)
