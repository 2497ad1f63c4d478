"""``logs streams``: the streams of a log group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from stackpane import Column, Link, Row, Table, command, paged
from stackpane_logs.calls import DESCRIBE_LOG_STREAMS
from stackpane_logs.params import GROUP
from stackpane_logs.places import console_url, events_link, group_actions

if TYPE_CHECKING:
    from stackpane import Session

COLUMNS = (
    Column("logStreamName"),
    Column("lastEventTimestamp", "time"),
    Column("firstEventTimestamp", "time"),
    Column("lastIngestionTime", "time", wide=True),
    Column("creationTime", "time", wide=True),
    Column("arn", "arn", wide=True),
)


@command("streams", calls=(DESCRIBE_LOG_STREAMS,))
@click.argument("group", type=GROUP)
@click.option("--prefix", default="", metavar="TEXT", help="Only streams whose names begin so, ordered by name.")
@click.option("--by-name", is_flag=True, help="Order by name instead of by last event.")
def streams(session: Session, group: str, prefix: str, by_name: bool) -> Table:
    """List the streams of a log group, those with the latest events first.

    lastEventTimestamp may lag behind by an hour. AWS orders by it or looks for a prefix, not both.
    """
    from stackpane_logs.groups import PAGE, at_home

    name = at_home(session, group)
    order: dict[str, Any] = {"orderBy": "LastEventTime", "descending": True}
    if prefix or by_name:
        order = {"orderBy": "LogStreamName"} | ({"logStreamNamePrefix": prefix} if prefix else {})

    def read(token: str | None, size: int | None) -> tuple[Sequence[Row], str | None]:
        more = {"nextToken": token} if token else {}
        limit = PAGE if size is None else max(1, min(size, PAGE))
        reply = session.client("logs").describe_log_streams(logGroupName=name, limit=limit, **order, **more)
        return [_row(stream) for stream in reply.get("logStreams", ())], reply.get("nextToken")

    return Table(
        COLUMNS,
        paged(read),
        title=f"Streams of {name}",
        link=lambda row: events_link(name, row[0]),
        actions=lambda row: (
            events_link(name, row[0], "Last events", last=100),
            Link.to("logs rm", name, label="Delete", stream=row[0]),
        ),
        links=group_actions(name),
        console_url=console_url(session, name),
    )


def _row(stream: Mapping[str, Any]) -> Row:
    from stackpane_logs.groups import moment

    times = [moment(stream.get(column.name)) for column in COLUMNS[1:5]]
    return (stream["logStreamName"], *times, stream.get("arn"))
