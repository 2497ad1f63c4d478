"""``logs queries``: the saved queries, or those that were run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from stackpane import Column, Link, Page, PageRequest, Row, Table, command, paged
from stackpane_logs.calls import DESCRIBE_QUERIES, DESCRIBE_QUERY_DEFINITIONS
from stackpane_logs.params import GROUP

if TYPE_CHECKING:
    from stackpane import Session

SAVED = (
    Column("name"),
    Column("queryString"),
    Column("logGroupNames", "json"),
    Column("lastModified", "time", wide=True),
    Column("queryLanguage", wide=True),
    Column("queryDefinitionId", wide=True),
)
HISTORY = (
    Column("createTime", "time"),
    Column("status", "state"),
    Column("bytesScanned", "size"),
    Column("logGroupName"),
    Column("queryString"),
    Column("queryLanguage", wide=True),
    Column("queryId", wide=True),
)


@command("queries", calls=(DESCRIBE_QUERY_DEFINITIONS, DESCRIBE_QUERIES))
@click.argument("prefix", default="", metavar="[PREFIX]")
@click.option("--history", is_flag=True, help="The queries that were run lately instead of those that were saved.")
@click.option("--group", type=GROUP, help="With --history: those of this log group.")
def queries(session: Session, prefix: str, history: bool, group: str | None) -> Table:
    """List the saved queries whose names begin with PREFIX, or the history of queries."""
    if not history:
        return Table(SAVED, partial(_saved, session, prefix), title="Saved queries", link=_run)
    more: dict[str, Any] = {"logGroupName": str(group)} if group else {}

    def read(token: str | None, _size: int | None) -> tuple[Sequence[Row], str | None]:
        from stackpane_logs.groups import moment

        reply = session.client("logs").describe_queries(**more, **({"nextToken": token} if token else {}))
        rows = [
            (
                moment(each.get("createTime")),
                each.get("status"),
                each.get("bytesScanned"),
                each.get("logGroupName"),
                each.get("queryString"),
                each.get("queryLanguage"),
                each.get("queryId"),
            )
            for each in reply.get("queries", ())
        ]
        return rows, reply.get("nextToken")

    return Table(HISTORY, paged(read), title="Queries that were run", link=_again)


def _saved(session: Session, prefix: str, request: PageRequest) -> Iterator[Page]:
    from stackpane_logs.groups import moment
    from stackpane_logs.saved import definitions

    for found, token in definitions(session, prefix, request.cursor):
        rows = [
            (
                each["name"],
                each.get("queryString"),
                each.get("logGroupNames", []),
                moment(each.get("lastModified")),
                each.get("queryLanguage"),
                each.get("queryDefinitionId"),
            )
            for each in found
        ]
        yield Page(rows, token)


def _run(row: Row) -> Link:
    return Link.to("logs query", saved=row[0])


def _again(row: Row) -> Link | None:
    return Link.to("logs query", row[3], row[4]) if row[3] and row[4] else None
