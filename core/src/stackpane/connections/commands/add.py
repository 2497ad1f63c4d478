"""``stackpane connection add``: save a new connection, once it works."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from stackpane.commands import command
from stackpane.connections.form import Given, connection_options
from stackpane.connections.identity import CALLS
from stackpane.connections.model import Connection
from stackpane.connections.sources import choose
from stackpane.errors import InvalidInput
from stackpane.links import Link
from stackpane.views import Outcome

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.connections.catalogue import Catalogue
    from stackpane.connections.model import SecretRef


@command("add", needs="runner", calls=CALLS)
@click.argument("name", required=False)
@connection_options
def add(run: Run, name: str | None, **options: Any) -> Outcome:
    """Save a connection, once it works.

    AWS is asked whose credentials they are before anything is saved. What is missing is asked for on a terminal. Secret
    keys go to the system's keyring, and nowhere else.
    """
    from stackpane.connections.catalogue import Catalogue
    from stackpane.connections.saving import facts_of, save, usual_kind

    given = Given(options)
    catalogue = Catalogue(run.app.store)
    called = name or run.app.face.ask("Name of the connection").strip()
    _check_is_new(catalogue, called)
    facts = given.facts()
    chosen = choose(given, catalogue, run.app.face.ask)
    fields = {**chosen.fields, **facts}

    def make(secret: SecretRef | None) -> Connection:
        made = Connection(name=called, secret=secret, **fields)
        return made if "kind" in facts else replace(made, kind=usual_kind(made))

    connection, caller = save(run, make, chosen.keys, replaces=None, test=not options["no_test"])
    for note in (*chosen.notes, catalogue.shadowed(connection)):
        if note:
            run.app.face.note(note)
    who = f": {caller.arn}, by {caller.source}" if caller else ", untested"
    return Outcome(
        f"Saved the connection {called}{who}.",
        result=facts_of(connection, caller),
        undo=Link.to("connection rm", called),
        links=(Link.to("connection use", called, label="Use where none is named"),),
    )


def _check_is_new(catalogue: Catalogue, name: str) -> None:
    """Refuse a name that is taken, before anything is asked or tested."""
    if name in catalogue.saved.connections or name in catalogue.saved.broken:
        raise InvalidInput(
            f"a connection {name!r} exists already",
            f"Change it with `stackpane connection edit {name}`, or choose another name.",
        )
