"""``stackpane connection test``: who the credentials are, where they come from, and what they may do too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane.commands import command
from stackpane.connections.completion import complete_connection
from stackpane.connections.identity import CALLS
from stackpane.links import Link
from stackpane.views import Field, Record, Section

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.connections.identity import Caller
    from stackpane.session import Session


@command("test", needs="runner", calls=CALLS)
@click.argument("name", required=False, shell_complete=complete_connection)
def test(run: Run, name: str | None) -> Record:
    """Ask AWS whose credentials they are.

    Without NAME those of the connection that commands use where they name none.
    """
    from stackpane.connections.identity import identify

    if name is not None:
        run.given["connections"] = (name,)
    sessions = run.open(CALLS)
    run.sessions = sessions[:1]
    session = sessions[0]
    caller = identify(session)
    if caller.privileges:
        run.app.face.warn(caller.privileges)
    return _record(session, caller)


def _record(session: Session, caller: Caller) -> Record:
    connection = session.connection
    fields = [
        Field("State", "ok", "state"),
        Field("Account", caller.account),
        Field("Arn", caller.arn, "arn"),
        Field("Source", caller.source),
        Field("Region", session.region),
        Field("Endpoint", connection.endpoint_for("sts") or "AWS"),
        Field("ReadOnly", connection.read_only, "bool"),
        Field("Privileges", "not told by IAM" if caller.privileges is None else caller.privileges or "nothing unusual"),
    ]
    return Record(
        connection.name,
        (Section("", tuple(fields)),),
        links=(Link.to("connection show", connection.name, label="What it is made of"),),
    )
