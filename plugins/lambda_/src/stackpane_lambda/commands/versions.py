"""``lambda versions``: what was published of a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Column, Link, Row, Table, command, paged
from stackpane_lambda.calls import LIST_VERSIONS
from stackpane_lambda.functions import check_place, moment
from stackpane_lambda.params import FUNCTION
from stackpane_lambda.places import show_link

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

COLUMNS = (
    Column("Version"),
    Column("LastModified", "time"),
    Column("Runtime"),
    Column("MemorySize", "number"),
    Column("Timeout", "duration"),
    Column("CodeSize", "size"),
    Column("Description"),
    Column("CodeSha256", wide=True),
    Column("FunctionArn", "arn", wide=True),
)


@command("versions", calls=(LIST_VERSIONS,))
@click.argument("function", type=FUNCTION)
def versions(session: Session, function: FunctionName) -> Table:
    """List the versions of a function; $LATEST is the one that can be changed."""
    name = check_place(session, function)

    def read(marker: str | None, _size: int | None) -> tuple[list[Row], str | None]:
        start = {"Marker": marker} if marker else {}
        reply = session.client("lambda").list_versions_by_function(FunctionName=name, **start)
        rows = [
            tuple(
                moment(found.get(column.name)) if column.kind == "time" else found.get(column.name)
                for column in COLUMNS
            )
            for found in reply.get("Versions", ())
        ]
        return rows, reply.get("NextMarker")

    def link(row: Row) -> Link:
        return show_link(name, qualifier=row[0])

    return Table(COLUMNS, paged(read), title=f"Versions of {function}", link=link)
