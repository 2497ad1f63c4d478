"""``logs ls``: the log groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from stackpane import Column, Link, Page, PageRequest, Row, Table, command
from stackpane_logs.calls import DESCRIBE_LOG_GROUPS
from stackpane_logs.names import place_of
from stackpane_logs.places import events_link, group_actions

if TYPE_CHECKING:
    from stackpane import Session

COLUMNS = (
    Column("logGroupName"),
    Column("storedBytes", "size"),
    Column("retentionInDays", "number"),
    Column("creationTime", "time"),
    Column("logGroupClass", wide=True),
    Column("arn", "arn", wide=True),
)


@command("ls", calls=(DESCRIBE_LOG_GROUPS,))
@click.argument("prefix", default="", metavar="[PREFIX]")
@click.option("--contains", default="", metavar="TEXT", help="Only groups with this text anywhere in their names.")
def ls(session: Session, prefix: str, contains: str) -> Table:
    """List the log groups whose names begin with PREFIX.

    storedBytes is AWS's own count, which lags behind by hours; no retention means that events never expire.
    """
    return Table(
        COLUMNS,
        partial(_pages, session, prefix, contains),
        title="Log groups",
        link=lambda row: events_link(row[0]),
        actions=_actions,
        console_url=session.console_url(f"cloudwatch/home?region={session.region}#logsV2:log-groups"),
    )


def _pages(session: Session, prefix: str, contains: str, request: PageRequest) -> Iterator[Page]:
    from stackpane_logs.groups import group_pages

    pinned = sorted({place.group for place in map(place_of, session.connection.pins) if place is not None})
    listed = group_pages(session, request.cursor, prefix, contains, request.size)
    if not pinned:
        yield from (Page([_row(group) for group in groups], token) for groups, token in listed)
        return
    with session.part("every log group but the pinned ones"):
        yield from (Page([_row(group) for group in groups], token) for groups, token in listed)
        return
    names = [name for name in pinned if name.startswith(prefix) and contains in name]
    yield Page([(name, *[None] * (len(COLUMNS) - 1)) for name in names])


def _row(group: Mapping[str, Any]) -> Row:
    from stackpane_logs.groups import moment

    return (
        group["logGroupName"],
        group.get("storedBytes"),
        group.get("retentionInDays"),
        moment(group.get("creationTime")),
        group.get("logGroupClass"),
        group.get("arn"),
    )


def _actions(row: Row) -> Sequence[Link]:
    return group_actions(row[0])
