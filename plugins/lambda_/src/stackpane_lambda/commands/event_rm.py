"""``lambda event rm``: delete a saved event."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import click

from stackpane import Job, Outcome, Plan, Progress, command
from stackpane_lambda.params import FUNCTION, complete_event

if TYPE_CHECKING:
    from stackpane_lambda.events.store import Saved
    from stackpane_lambda.names import FunctionName


@command("rm", needs="runner")
@click.argument("function", type=FUNCTION)
@click.argument("name", shell_complete=complete_event)
def rm(_run: object, function: FunctionName, name: str) -> Plan:
    """Delete a saved event: the project's where there is one of this name, else the user's."""
    from stackpane_lambda.events.store import Store

    event = Store.here().find(function, name)
    return Plan(
        title=f"Delete the saved event {name} of {function}",
        count=1,
        targets=lambda: iter([str(event.path)]),
        phrase=name,
        apply=lambda: Job(f"Deleting {name}", lambda: _delete(event)),
        bytes=event.size,
        unit="file",
        reversible="Cannot be undone.",
    )


def _delete(event: Saved) -> Generator[Progress, None, Outcome]:
    yield Progress(0, 1, "files", event.name)
    event.path.unlink()
    return Outcome(f"Deleted {event.path}.")
