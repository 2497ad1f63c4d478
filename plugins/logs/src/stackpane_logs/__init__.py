"""Amazon CloudWatch Logs for Stackpane: log groups, their events, live tails, queries and exports.

This module holds the hooks and imports nothing else of the plugin before one of them needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stackpane import Link, Service, hookimpl

if TYPE_CHECKING:
    from stackpane import Record, Session


@hookimpl
def stackpane_service() -> Service:
    """CloudWatch Logs."""
    return Service(
        name="logs",
        title="Amazon CloudWatch Logs",
        help="Log groups and their events.",
        commands="stackpane_logs.commands:logs",
        home=Link.to("logs ls", label="Log groups"),
        probe=Link.to("logs ls", label="List the log groups", limit=1),
    )


@hookimpl
def stackpane_open(target: str) -> Link | None:
    """Lead to a log group or a log stream: from its ARN or its page of the AWS console."""
    from stackpane_logs.places import link_of

    return link_of(target)


@hookimpl
def stackpane_links(record: Record) -> Sequence[Link]:
    """Lead from a Lambda function to what it logs."""
    from stackpane_logs.places import links_for

    return links_for(record)


@hookimpl
def stackpane_demo(session: Session) -> Sequence[Link]:
    """Fill log groups with JSON and plain lines, a burst of errors, and lines in colour."""
    from stackpane_logs.demo import seed

    return seed(session)
