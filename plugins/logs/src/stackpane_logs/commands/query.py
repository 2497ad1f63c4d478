"""``logs query``: CloudWatch Logs Insights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Job, command
from stackpane.times import MOMENT
from stackpane_logs.calls import (
    DESCRIBE_LOG_GROUPS,
    DESCRIBE_QUERY_DEFINITIONS,
    GET_QUERY_RESULTS,
    PUT_QUERY_DEFINITION,
    START_QUERY,
    STOP_QUERY,
)
from stackpane_logs.params import GROUPS

if TYPE_CHECKING:
    from stackpane import Session

_SINCE = timedelta(hours=1)


@command(
    "query",
    calls=(
        DESCRIBE_LOG_GROUPS,
        START_QUERY,
        GET_QUERY_RESULTS,
        STOP_QUERY,
        DESCRIBE_QUERY_DEFINITIONS,
        PUT_QUERY_DEFINITION,
    ),
)
@click.argument("words", nargs=-1, metavar="GROUP… QUERY", shell_complete=GROUPS.shell_complete)
@click.option("--since", type=MOMENT, metavar="TIME", help="From then on; an hour ago unless given.")
@click.option("--until", type=MOMENT, metavar="TIME", help="Before then.")
@click.option("--language", type=click.Choice(["CWLI", "SQL", "PPL"]), help="The language of QUERY; CWLI unless given.")
@click.option("--most", type=click.IntRange(1, 100_000), metavar="N", help="Rows of the result; 10,000 unless given.")
@click.option("--price", type=click.FloatRange(min=0), metavar="USD", help="What a GB costs here, instead of 0.005.")
@click.option("--save", metavar="NAME", help="Save the query under a name too.")
@click.option("--saved", metavar="NAME", help="Run the query saved under this name; QUERY is left out.")
@click.option("--id", "query_id", metavar="ID", help="The result of a query that was run before; kept for 7 days.")
def query(
    session: Session,
    words: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    language: str | None,
    most: int | None,
    price: float | None,
    save: str | None,
    saved: str | None,
    query_id: str | None,
) -> Job:
    """Ask CloudWatch Logs Insights: 'fields @timestamp, level | filter level = "ERROR"'.

    The last argument is the query; those before it are log groups, or patterns of their names. AWS bills a query by
    the bytes that it scans; Ctrl-C stops it. QUERY may be @file, and - is stdin.
    """
    from stackpane.inputs import given_text
    from stackpane_logs.groups import expanded
    from stackpane_logs.names import group_name
    from stackpane_logs.querying import MOST_GROUPS, Query
    from stackpane_logs.saved import definition

    end = until or datetime.now(UTC)
    begin = since or end - _SINCE
    if begin >= end:
        raise InvalidInput("--since is not before --until", "Nothing lies between them.")
    if query_id is not None:
        if words or saved or save:
            raise InvalidInput("--id is of a query that was run", "It goes with no log group and no query.")
        return Query(session, (), "", begin, end, language, most, price, query_id=query_id).job()
    if saved is not None:
        if save is not None:
            raise InvalidInput("--save and --saved exclude each other", "--save saves the query that is given.")
        found = definition(session, saved)
        names, text = words or tuple(found.get("logGroupNames", ())), found["queryString"]
        language = language or found.get("queryLanguage")
    else:
        if not words or (len(words) < 2 and language != "SQL"):
            raise InvalidInput("a query wants log groups and a text", "stackpane logs query GROUP… 'fields @message'")
        names, text = words[:-1], given_text(words[-1])
    groups = expanded(session, [group_name(name, globs=True) for name in names])
    if len(groups) > MOST_GROUPS:
        raise InvalidInput(f"a query is of {MOST_GROUPS} log groups at most, and these are {len(groups)}")
    return Query(session, groups, text, begin, end, language, most, price, save).job()
