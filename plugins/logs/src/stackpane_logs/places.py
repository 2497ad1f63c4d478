"""Links to places in CloudWatch Logs, what a text from elsewhere leads to, and what others' records lead to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from stackpane import Link
from stackpane_logs.names import Place, console_fragment, place_of

if TYPE_CHECKING:
    from stackpane import Record, Session

__all__ = [
    "console_url",
    "events_link",
    "group_actions",
    "link_of",
    "links_for",
    "show_link",
    "streams_link",
    "tail_link",
]

LAMBDA = "/aws/lambda/"
"""What the log group of a function is called, unless its ``LoggingConfig`` names another one:
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html"""
_FUNCTION = re.compile(r"arn:[\w-]+:lambda:[\w-]*:\d*:function:(?P<name>[\w-]+)(?::[\w$-]+)?")


def show_link(group: str, label: str = "Show") -> Link:
    """To the record of a log group."""
    return Link.to("logs show", group, label=label)


def streams_link(group: str, label: str = "Streams") -> Link:
    """To the streams of a log group."""
    return Link.to("logs streams", group, label=label)


def events_link(group: str, stream: str | None = None, label: str = "Events", **options: object) -> Link:
    """To the events of a log group, or of one stream."""
    return Link.to("logs events", group, *([stream] if stream else []), label=label, **options)


def tail_link(group: str, label: str = "Tail") -> Link:
    """To the events as they come."""
    return Link.to("logs tail", group, label=label, follow=True)


def group_actions(group: str) -> tuple[Link, ...]:
    """What else can be done with a log group."""
    return (
        show_link(group),
        streams_link(group),
        events_link(group),
        tail_link(group),
        Link.to("logs query", group, label="Query"),
        Link.to("logs export", group, label="Export"),
        Link.to("logs retention", group, label="Retention"),
        Link.to("logs rm", group, label="Delete"),
    )


def function_of(group: str) -> str | None:
    """The Lambda function that a log group is named after."""
    name = group.removeprefix(LAMBDA)
    return name if name != group and re.fullmatch(r"[\w-]+", name) else None


def links_for(record: Record) -> Sequence[Link]:
    """From a Lambda function to what it logs; nothing from any other record."""
    match = _FUNCTION.fullmatch(record.arn or "")
    if match is None:
        return ()
    named = [each.value for section in record.sections for each in section.fields if each.name == "LogGroup"]
    group = next((value for value in named if isinstance(value, str) and value), LAMBDA + match["name"])
    return (tail_link(group, "Tail logs"), events_link(group, label="Log events"), show_link(group, "Log group"))


def link_of(target: str) -> Link | None:
    """The link that an ARN or a console address leads to."""
    place = place_of(target)
    if place is None:
        return None
    return show_link(place.group) if place.stream is None else events_link(place.group, place.stream)


def console_url(session: Session, group: str, stream: str | None = None) -> str:
    """The page of a log group, or of a stream, in the AWS console."""
    fragment = console_fragment(Place(group, stream))
    return session.console_url(f"cloudwatch/home?region={session.region}#{fragment}")
