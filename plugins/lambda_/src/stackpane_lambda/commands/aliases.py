"""``lambda aliases``: the names that versions of a function have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Column, Link, Row, Table, command, paged
from stackpane_lambda.calls import LIST_ALIASES
from stackpane_lambda.functions import check_place
from stackpane_lambda.params import FUNCTION
from stackpane_lambda.places import show_link

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

COLUMNS = (
    Column("Name"),
    Column("FunctionVersion"),
    Column("AdditionalVersionWeights", "json"),
    Column("Description"),
    Column("AliasArn", "arn", wide=True),
)


@command("aliases", calls=(LIST_ALIASES,))
@click.argument("function", type=FUNCTION)
def aliases(session: Session, function: FunctionName) -> Table:
    """List the aliases of a function: the version of each, and what else gets a share of its invocations."""
    name = check_place(session, function)

    def read(marker: str | None, _size: int | None) -> tuple[list[Row], str | None]:
        reply = session.client("lambda").list_aliases(FunctionName=name, **({"Marker": marker} if marker else {}))
        rows = [
            (
                found.get("Name"),
                found.get("FunctionVersion"),
                found.get("RoutingConfig", {}).get("AdditionalVersionWeights") or None,
                found.get("Description"),
                found.get("AliasArn"),
            )
            for found in reply.get("Aliases", ())
        ]
        return rows, reply.get("NextMarker")

    def link(row: Row) -> Link:
        return show_link(name, qualifier=row[0])

    return Table(COLUMNS, paged(read), title=f"Aliases of {function}", link=link)
