"""``lambda event ls``: the saved events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Column, Link, Row, Table, command
from stackpane_lambda.params import FUNCTION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stackpane_lambda.names import FunctionName

COLUMNS = (
    Column("FunctionName"),
    Column("Name"),
    Column("Size", "size"),
    Column("LastModified", "time"),
    Column("Where"),
    Column("Path", wide=True),
)


@command("ls", needs="runner")
@click.argument("function", type=FUNCTION, required=False)
def ls(_run: object, function: FunctionName | None) -> Table:
    """List the saved events of a function, or of all.

    Those of the project (.stackpane/events in this folder or the nearest above it) go before the user's own.
    """
    return Table.of(COLUMNS, _rows(function), title="Saved events", link=_link, actions=_actions)


def _rows(function: FunctionName | None) -> Iterator[Row]:
    from stackpane_lambda.events.store import Store

    for event in Store.here().events(function):
        yield event.function, event.name, event.size, event.modified, event.where, str(event.path)


def _link(row: Row) -> Link:
    return Link.to("lambda event show", row[0], row[1], label="Show")


def _actions(row: Row) -> Sequence[Link]:
    return (
        _link(row),
        Link.to("lambda invoke", row[0], label="Invoke with it", event=row[1]),
        Link.to("lambda event rm", row[0], row[1], label="Delete"),
    )
