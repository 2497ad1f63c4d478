"""``lambda event show``: a saved event as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Document, Link, command
from stackpane_lambda.params import FUNCTION, complete_event

if TYPE_CHECKING:
    from stackpane_lambda.names import FunctionName


@command("show", needs="runner")
@click.argument("function", type=FUNCTION)
@click.argument("name", shell_complete=complete_event)
def show(_run: object, function: FunctionName, name: str) -> Document:
    """Write a saved event."""
    from stackpane_lambda.events.store import Store

    event = Store.here().find(function, name)
    links = (
        Link.to("lambda invoke", function.target, label="Invoke with it", event=name),
        Link.to("lambda event rm", str(function), name, label="Delete"),
    )
    return Document(event.read().encode(), "application/json", event.path.name, links=links)
