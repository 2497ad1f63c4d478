"""``stackpane connection use``: the connection that is meant where a command names none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane.commands import command
from stackpane.connections.completion import complete_connection
from stackpane.errors import InvalidInput
from stackpane.links import Link
from stackpane.views import Outcome

if TYPE_CHECKING:
    from stackpane.app import Run


@command("use", needs="runner")
@click.argument("name", required=False, shell_complete=complete_connection)
@click.option("--none", "nothing", is_flag=True, help="Go back to the rules of the AWS CLI.")
def use(run: Run, name: str | None, *, nothing: bool) -> Outcome:
    """Use a connection where none is named.

    -c, --profile and STACKPANE_CONNECTION still go before it.
    """
    from stackpane.connections.catalogue import Catalogue

    if nothing == (name is not None):
        raise InvalidInput("give the name of a connection, or --none")
    store = run.app.store
    before = store.read().default
    if name is not None:
        Catalogue(store).find(name)
    store.set_default(name)
    undo = Link.to("connection use", before) if before else Link.to("connection use", none=True)
    message = f"{name!r} is used where no connection is named." if name else "No connection is preset any more."
    return Outcome(message, result={"Default": name}, undo=undo if before != name else None)
