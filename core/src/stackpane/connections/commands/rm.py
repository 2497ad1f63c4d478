"""``stackpane connection rm``: remove a saved connection and its keys."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

import click

from stackpane.commands import command
from stackpane.connections.completion import complete_connection
from stackpane.errors import ConnectionProblem, InvalidInput
from stackpane.views import Failure, Job, Outcome, Plan, Progress

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.connections.model import SecretRef
    from stackpane.connections.store import Saved


@command("rm", needs="runner")
@click.argument("name", shell_complete=complete_connection)
def rm(run: Run, name: str) -> Plan:
    """Remove a saved connection and its keys."""
    store = run.app.store
    saved = store.read()
    if name not in saved.connections and name not in saved.broken:
        raise InvalidInput(
            f"no connection {name!r} is saved in {store.path}",
            "AWS profiles and the environment are not Stackpane's to change.",
        )
    secret = _secret(saved, name)
    targets = [f"the connection {name} in {store.path}"]
    if secret is not None:
        targets.append(f"the keys {secret.hint} in the keyring ({secret.backend})")
    return Plan(
        title=f"Remove the connection {name}",
        count=len(targets),
        unit="entry",
        targets=lambda: iter(targets),
        phrase=name,
        reversible=(
            "The secret key cannot be had back: AWS shows it only once."
            if secret is not None
            else "It can be added again; nothing in AWS changes."
        ),
        notes=tuple(_notes(saved, name)),
        apply=lambda: Job(f"Removing {name}", partial(_remove, run, name, secret)),
    )


def _secret(saved: Saved, name: str) -> SecretRef | None:
    connection = saved.connections.get(name)
    return connection.secret if connection else None


def _notes(saved: Saved, name: str) -> list[str]:
    based = sorted(each.name for each in saved.connections.values() if each.base == name)
    notes = [f"{', '.join(based)} will no longer work: based on it"] if based else []
    return [*notes, "It is the one used where none is named"] if saved.default == name else notes


def _remove(run: Run, name: str, secret: SecretRef | None) -> Generator[Progress, None, Outcome]:
    from stackpane.connections.secrets import Secrets

    store, total = run.app.store, 1 if secret is None else 2
    yield Progress(0, total, "entries", name)
    if secret is not None:
        # Noted first: should this process end between the two steps, a later one removes the keys.
        store.note_secret(secret)
    store.remove(name)
    yield Progress(1, total, "entries", name)
    secrets = Secrets.of(store, run.app.face.note)
    try:
        if secret is not None:
            secrets.delete(secret)
        secrets.sweep()
    except ConnectionProblem as problem:
        left = Failure(f"the keys {secret.hint}" if secret else "keys of earlier connections", problem.message)
        return Outcome(f"Removed {name}, but not all keys.", done=1, failed=(left,))
    return Outcome(f"Removed {name}{' and its keys' if secret else ''}.", done=total)
