"""Saving a connection: its keys first, then a test, then the connection itself; or nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from stackpane.connections.model import Connection, Kind, SecretRef, Source, masked_key
from stackpane.connections.secrets import Keys, Secrets
from stackpane.connections.urls import is_private_url
from stackpane.errors import ConnectionProblem, StackpaneError

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.connections.identity import Caller

__all__ = ["facts_of", "save", "usual_kind"]


def save(
    run: Run,
    make: Callable[[SecretRef | None], Connection],
    keys: Keys | None,
    *,
    replaces: Connection | None,
    test: bool,
) -> tuple[Connection, Caller | None]:
    """Save the connection that ``make`` makes of the place where its ``keys`` lie, and return it with who it is.

    With ``test`` AWS is asked first; what that raises is raised, and nothing is saved. ``replaces`` is the connection
    it takes the place of: keys of that one which are no longer used are removed.
    """
    store, old = run.app.store, replaces.secret if replaces else None
    secrets = Secrets.of(store, run.app.face.note)
    # Everything that can be wrong with the connection itself is said before a secret is written anywhere.
    make(SecretRef("to-be", "to-be", masked_key(keys.access_key_id)) if keys else old)
    ref = secrets.save(keys) if keys else old
    try:
        connection = make(ref)
        caller = _tested(run, connection) if test else None
        if old is not None and connection.secret != old:
            store.note_secret(old)
        store.save(connection, replace=replaces is not None)
    except BaseException:
        if keys and ref:
            # A keyring that fails here as well is tried again by a later command: the keys are noted as unsettled.
            with suppress(ConnectionProblem):
                secrets.delete(ref)
        raise
    if old is not None and connection.secret != old:
        secrets.delete(old)
    _sweep(run, secrets)
    return connection, caller


def _tested(run: Run, connection: Connection) -> Caller:
    from stackpane.connections.catalogue import Catalogue
    from stackpane.connections.identity import identify, session_for
    from stackpane.connections.resolve import place_of

    place, region = place_of(connection, Catalogue(run.app.store))
    session = session_for(run, place, region)
    try:
        caller = identify(session)
    except Exception as error:
        explained = session.explain(error)
        if not isinstance(explained, StackpaneError):
            raise
        hint = f"{explained.hint} Nothing was saved; --no-test saves it as it is.".strip()
        problem = ConnectionProblem(explained.message, hint)
        problem.exit_code = explained.exit_code
        raise problem from error
    if caller.privileges:
        run.app.face.warn(caller.privileges)
    return caller


def _sweep(run: Run, secrets: Secrets) -> None:
    """Remove what earlier commands left in the keyring; that it cannot be done now is no fault of this one."""
    if not run.app.store.read().unsettled:
        return
    try:
        secrets.sweep()
    except ConnectionProblem as problem:
        run.app.face.warn(f"keys of an interrupted command are still in the keyring: {problem.message}")


def facts_of(connection: Connection, caller: Caller | None) -> dict[str, Any]:
    """What a command that saved the connection reports."""
    from stackpane.connections.describe import describe_source

    endpoints = [url for url in (connection.endpoint_url, *connection.endpoints.values()) if url]
    return {
        "Name": connection.name,
        "Account": caller.account if caller else connection.account_id,
        "Arn": caller.arn if caller else None,
        "Source": caller.source if caller else describe_source(connection),
        "Region": caller.region if caller else next(iter(connection.regions), None),
        "Endpoint": ", ".join(dict.fromkeys(endpoints)) or "AWS",
        "Kind": connection.kind,
        "ReadOnly": connection.read_only,
        "Privileges": caller.privileges if caller else None,
    }


def usual_kind(connection: Connection) -> Kind:
    """What a connection is where nobody says: ``local`` where all it names is on this machine or around it."""
    urls = [url for url in (connection.endpoint_url, *connection.endpoints.values()) if url]
    is_local = connection.source is Source.DUMMY or (urls and all(map(is_private_url, urls)))
    return "local" if is_local else "development"
