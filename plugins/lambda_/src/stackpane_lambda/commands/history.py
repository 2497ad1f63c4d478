"""``lambda history``: the recent invocations of a function."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from stackpane import Column, InvalidInput, Table, command
from stackpane.times import MOMENT
from stackpane_lambda.calls import FILTER_LOG_EVENTS, GET_CONFIGURATION
from stackpane_lambda.params import FUNCTION

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

COLUMNS = (
    Column("Started", "time"),
    Column("RequestId"),
    Column("Status", "state"),
    Column("DurationMs", "number"),
    Column("BilledDurationMs", "number", wide=True),
    Column("InitDurationMs", "number"),
    Column("MaxMemoryUsedMB", "number", wide=True),
    Column("MemorySizeMB", "number", wide=True),
    Column("Error"),
    Column("Version", wide=True),
    Column("LogStreamName", wide=True),
)


@command("history", calls=(FILTER_LOG_EVENTS, GET_CONFIGURATION))
@click.argument("function", type=FUNCTION)
@click.option("--since", type=MOMENT, metavar="TIME", help="From then on (15m, 2h, 3d, ISO); a day ago unless given.")
@click.option("--until", type=MOMENT, metavar="TIME", help="Before then.")
@click.option("--failed", is_flag=True, help="Only those that failed or timed out.")
@click.option("--log-group", metavar="GROUP", help="Where its log is; what its configuration says unless given.")
def history(
    session: Session,
    function: FunctionName,
    since: datetime | None,
    until: datetime | None,
    failed: bool,
    log_group: str | None,
) -> Table:
    """List the recent invocations of a function, newest first, as its log tells of them.

    InitDurationMs is the cold start, where there was one. Each row leads to the lines of that one invocation.
    """
    from stackpane_lambda.history import History

    now = datetime.now(UTC)
    end = until or now + timedelta(seconds=1)
    begin = since or min(end, now) - timedelta(days=1)
    if begin >= end:
        raise InvalidInput("--since is not before --until")
    found = History(session, str(function), log_group or _group(session, function), begin, end, only_failed=failed)
    return Table(
        COLUMNS,
        found.pages,
        title=f"Invocations of {function}",
        link=found.link,
        actions=lambda row: (found.link(row), found.marked(row)),
    )


def _group(session: Session, function: FunctionName) -> str:
    """The log group that the configuration names; the usual one where that may not be read."""
    from stackpane_lambda.functionrecord import log_group
    from stackpane_lambda.functions import configuration

    with session.part(f"the configuration of {function}"):
        return log_group(configuration(session, function))
    return log_group({"FunctionName": str(function)})
