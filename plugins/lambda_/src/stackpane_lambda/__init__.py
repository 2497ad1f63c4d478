"""AWS Lambda for the Stackpane AWS browser: functions, invocations, events, configuration.

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
    """Lambda."""
    return Service(
        name="lambda",
        title="AWS Lambda",
        help="Functions and their invocations.",
        commands="stackpane_lambda.commands:lambda_",
        home=Link.to("lambda ls", label="Functions"),
        probe=Link.to("lambda ls", label="List the functions", limit=1),
    )


@hookimpl
def stackpane_open(target: str) -> Link | None:
    """Lead to a function, a version or an alias of it, or a layer: from its ARN or its page of the AWS console."""
    from stackpane_lambda.places import link_of

    return link_of(target)


@hookimpl
def stackpane_links(record: Record) -> Sequence[Link]:
    """Lead from a queue, a stream or a table to the functions it feeds, and from a log group to its function."""
    from stackpane_lambda.places import links_of_record

    return links_of_record(record)


@hookimpl
def stackpane_demo(session: Session) -> Sequence[Link]:
    """Make functions that log, fail, time out and succeed, and run them."""
    from stackpane_lambda.demo import seed

    return seed(session)
