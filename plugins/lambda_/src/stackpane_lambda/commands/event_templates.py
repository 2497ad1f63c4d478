"""``lambda event templates``: samples of what the services of AWS send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Column, Document, Link, Row, Table, View, command
from stackpane_lambda.params import complete_template

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (Column("Name"), Column("Service"), Column("About"), Column("Documentation", "uri", wide=True))


@command("templates", needs="runner")
@click.argument("name", required=False, shell_complete=complete_template)
def templates(_run: object, name: str | None) -> View:
    """List samples of the events that services send, or write the one of that NAME."""
    from stackpane_lambda.events.templates import template

    if name is not None:
        return Document(template(name).text.encode(), "application/json", f"{name}.json")
    return Table.of(COLUMNS, _rows(), title="Templates", link=_link)


def _rows() -> Iterator[Row]:
    from stackpane_lambda.events.templates import templates as all_of_them

    for each in all_of_them():
        yield each.name, each.service, each.about, each.documentation


def _link(row: Row) -> Link:
    return Link.to("lambda event templates", row[0], label="Show")
