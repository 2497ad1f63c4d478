"""``stackpane connection edit``: change a saved connection."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from stackpane.commands import command
from stackpane.connections.completion import complete_connection
from stackpane.connections.form import Given, connection_options
from stackpane.connections.identity import CALLS
from stackpane.connections.model import DUMMY_KEY, Origin
from stackpane.connections.sources import Chosen, choose
from stackpane.connections.tables import to_table
from stackpane.errors import InvalidInput
from stackpane.links import Link
from stackpane.views import Outcome

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.connections.catalogue import Catalogue
    from stackpane.connections.model import Connection, SecretRef

_UNTESTED = {"labels", "pins", "kind", "read_only", "rate_limit", "services"}
"""What can change without making a difference to whether the connection works."""


@command("edit", needs="runner", calls=CALLS)
@click.argument("name", shell_complete=complete_connection)
@connection_options
def edit(run: Run, name: str, **options: Any) -> Outcome:
    """Change a saved connection.

    What is not given stays. An empty value takes a setting back (--proxy "", --endpoint s3=). A repeatable option
    replaces all its values.
    """
    from stackpane.connections.catalogue import Catalogue
    from stackpane.connections.saving import facts_of, save

    given = Given(options)
    catalogue = Catalogue(run.app.store)
    before = _saved(catalogue, name)
    if given.is_empty:
        raise InvalidInput("nothing is given to change", "See `stackpane connection edit --help`.")
    chosen = _credentials(run, given, catalogue, before)
    fields = {**(chosen.fields if chosen else {}), **given.facts(before)}

    def make(secret: SecretRef | None) -> Connection:
        stays = chosen is None or chosen.keys is not None
        return replace(before, **fields, secret=secret if stays else None)

    changes = {field for field, value in fields.items() if value != getattr(before, field)}
    test = not options["no_test"] and (chosen is not None or bool(changes - _UNTESTED))
    connection, caller = save(run, make, chosen.keys if chosen else None, replaces=before, test=test)
    for note in chosen.notes if chosen else ():
        run.app.face.note(note)
    old, new = to_table(before), to_table(connection)
    changed = [key for key in new if new[key] != old[key]]
    message = f"Changed {name}: {', '.join(changed)}." if changed else f"{name} is as it was."
    return Outcome(message, result=facts_of(connection, caller), links=(Link.to("connection show", name),))


def _saved(catalogue: Catalogue, name: str) -> Connection:
    connection = catalogue.find(name)
    if connection.origin is Origin.SAVED:
        return connection
    profile = f" --profile {shlex.quote(name)}" if connection.profile else ""
    raise InvalidInput(
        f"{name!r} is not a saved connection ({connection.origin})",
        f"Save one first: stackpane connection add {shlex.quote(name)}{profile}",
    )


def _credentials(run: Run, given: Given, catalogue: Catalogue, before: Connection) -> Chosen | None:
    """The new source of credentials; the connection's endpoint stays, whatever the profile says of one."""
    if given.credential_option is None:
        return None
    chosen = choose(given, catalogue, run.app.face.ask)
    none = {"profile": None, "base": None, "access_key": DUMMY_KEY}
    kept = {"endpoint_url", "endpoints"} if before.endpoint_url or before.endpoints else set()
    fields = {name: value for name, value in chosen.fields.items() if name not in kept}
    return replace(chosen, fields={**none, **fields})
