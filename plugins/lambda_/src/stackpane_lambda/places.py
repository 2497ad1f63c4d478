"""Links to places in Lambda, what a text from elsewhere leads to, and what other services' records lead to here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from stackpane import Link
from stackpane_lambda.names import is_layer, place_of

if TYPE_CHECKING:
    from stackpane import Record, Session

__all__ = [
    "console_url",
    "function_actions",
    "function_links",
    "link_of",
    "links_of_record",
    "show_link",
    "source_link",
]

_SOURCES = re.compile(r"arn:[\w-]+:(?:sqs|kinesis|kafka|mq|rds):[^:]*:[^:]*:.+")
"""What Lambda can poll, by the ARN that its mapping names; a table of DynamoDB feeds by its stream."""
_LOG_GROUP = re.compile(r"arn:[\w-]+:logs:[^:]*:[^:]*:log-group:/aws/lambda/(?P<function>[a-zA-Z0-9_-]+)(?::\*)?")


def show_link(function: str, label: str = "Show", qualifier: str | None = None) -> Link:
    """To the record of a function, or of a version or alias of it."""
    return Link.to("lambda show", function, label=label, qualifier=qualifier)


def source_link(arn: str) -> Link:
    """To the functions that a queue or a stream feeds."""
    return Link.to("lambda ls", label="Functions fed by this", event_source=arn)


def function_links(function: str, qualifier: str | None = None) -> tuple[Link, ...]:
    """What can be done with a function, and what belongs to it."""
    return (
        Link.to("lambda invoke", function, label="Invoke", qualifier=qualifier),
        Link.to("lambda history", function, label="Recent invocations"),
        Link.to("lambda code", function, label="Code", qualifier=qualifier),
        Link.to("lambda env", function, label="Environment"),
        Link.to("lambda config", function, label="Change the configuration"),
        Link.to("lambda versions", function, label="Versions"),
        Link.to("lambda aliases", function, label="Aliases"),
        Link.to("lambda event ls", function, label="Saved events"),
    )


def function_actions(function: str) -> tuple[Link, ...]:
    """What can be done with a function in a list."""
    return (show_link(function), *function_links(function)[:2])


def link_of(target: str) -> Link | None:
    """The link that an ARN (of a function, a version, an alias, a layer's version) or a console address leads to."""
    if is_layer(target):
        return Link.to("lambda layer", target, label="Show")
    place = place_of(target)
    return None if place is None else show_link(place.function, qualifier=place.qualifier)


def links_of_record(record: Record) -> Sequence[Link]:
    """What leads from another service's record to the functions that it feeds, or whose log it is."""
    arn = record.arn or ""
    if match := _LOG_GROUP.fullmatch(arn):
        return (show_link(match["function"], "Function"),)
    if ":dynamodb:" in arn:
        fields = (field for section in record.sections for field in section.fields)
        stream = next((field.value for field in fields if field.name == "LatestStreamArn" and field.value), None)
        return () if stream is None else (source_link(str(stream)),)
    return (source_link(arn),) if _SOURCES.fullmatch(arn) else ()


def console_url(session: Session, function: str, qualifier: str | None = None) -> str:
    """The function's page of the AWS console."""
    kind = "versions" if qualifier and (qualifier.isdecimal() or qualifier.startswith("$")) else "aliases"
    within = f"/{kind}/{quote(qualifier, safe='$')}" if qualifier else ""
    return session.console_url(f"lambda/home?region={session.region}#/functions/{quote(function, safe='')}{within}")
