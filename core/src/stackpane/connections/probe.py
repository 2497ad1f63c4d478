"""Whether connections work, asked of all of them at once, and of none for longer than a moment."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from stackpane.connections.model import Connection, Source
from stackpane.connections.resolve import place_of
from stackpane.errors import ConnectionProblem, Refused, StackpaneError, UnprovenResponse

if TYPE_CHECKING:
    from stackpane.app import App
    from stackpane.connections.catalogue import Catalogue
    from stackpane.session import Session

__all__ = ["Status", "probe_all", "untested"]

DEADLINE = 3.0
"""Seconds that one connection has to answer."""

_WORKERS = 8


@dataclass(frozen=True, slots=True)
class Status:
    """How a connection is: ``state`` in a word or two, ``detail`` why; account and ARN where AWS told them.

    ``place`` is the connection with this moment's overrides, as a command would open it.
    """

    place: Connection
    region: str
    state: str = "not tested"
    detail: str = ""
    account: str | None = None
    arn: str | None = None


def probe_all(app: App, catalogue: Catalogue, connections: Iterable[Connection]) -> Iterator[Status]:
    """The status of each connection, in their order, as soon as it and those before it are known.

    A probe that does not answer within ``DEADLINE`` is left behind in its thread: a hanging endpoint, keyring or
    ``/etc/hosts`` entry cannot be interrupted, and must not keep the others waiting.
    """
    import stackpane.aws.credentials  # noqa: F401 - a first import takes longer than most answers

    waiting = deque(_Probe(app, catalogue, connection) for connection in connections)
    running: deque[_Probe] = deque()
    while waiting or running:
        while waiting and sum(not probe.is_over for probe in running) < _WORKERS:
            running.append(waiting.popleft().begin())
        if running:
            yield running.popleft().result()


def untested(catalogue: Catalogue, connection: Connection) -> Status:
    """Where the connection leads at this moment, without asking anyone."""
    try:
        return Status(*place_of(connection, catalogue))
    except StackpaneError as error:
        return Status(connection, "", state="broken", detail=error.message)


class _Probe:
    """One connection's probe in a thread of its own."""

    def __init__(self, app: App, catalogue: Catalogue, connection: Connection) -> None:
        self._app, self._catalogue, self._connection = app, catalogue, connection
        self._answer: queue.SimpleQueue[Status] = queue.SimpleQueue()
        self._until = 0.0
        self._place = Status(connection, connection.regions[0] if connection.regions else "")

    @property
    def is_over(self) -> bool:
        """Whether it has answered or its time is up."""
        return not self._answer.empty() or time.monotonic() >= self._until

    def begin(self) -> _Probe:
        """Start it."""
        self._until = time.monotonic() + DEADLINE
        threading.Thread(target=self._run, name=f"probe {self._connection.name}", daemon=True).start()
        return self

    def result(self) -> Status:
        """Its answer, waited for until its time is up."""
        try:
            return self._answer.get(timeout=max(0.0, self._until - time.monotonic()))
        except queue.Empty:
            return replace(self._place, state="no answer", detail=f"no answer within {DEADLINE:g} seconds")

    def _run(self) -> None:
        self._place = untested(self._catalogue, self._connection)
        known = self._place.state == "broken"
        self._answer.put(self._place if known else _ask(self._app, self._catalogue, self._place))


def _ask(app: App, catalogue: Catalogue, unknown: Status) -> Status:
    session = _session(app, unknown)
    try:
        if reason := _not_to_be_tested(unknown.place, catalogue):
            return replace(unknown, detail=reason)
        found = session.opened.identity(unknown.region)
    except Exception as error:  # whatever is wrong with one connection is a line about it, not the end of the list
        explained = session.explain(error)
        message = explained.message if isinstance(explained, StackpaneError) else f"{type(error).__name__}: {error}"
        return replace(unknown, state=_state(error), detail=message)
    wanted = unknown.place.account_id
    if wanted not in (None, found.account):
        detail = f"the connection is for account {wanted}"
        return replace(unknown, state="wrong account", detail=detail, account=found.account, arn=found.arn)
    return replace(unknown, state="ok", account=found.account, arn=found.arn)


def _session(app: App, status: Status) -> Session:
    """A session of the probe's own: it asks nobody anything, and is not the one that commands go on with."""
    from stackpane.aws.clients import Opened
    from stackpane.aws.credentials import botocore_session
    from stackpane.calls import GET_CALLER_IDENTITY
    from stackpane.session import Session

    make = partial(botocore_session, status.place, store=app.store, prompt=_ask_nobody, note=lambda _message: None)
    return Session(Opened(status.place, make), status.region, (GET_CALLER_IDENTITY,))


def _ask_nobody(question: str) -> str:
    raise Refused(f"it asks for an {question}")


def _state(error: Exception) -> str:
    """What an error says about the connection, in a word or two."""
    from botocore import exceptions as botocore

    match error:
        case Refused():
            return "needs a code"
        case ConnectionProblem():
            return "no credentials"
        case botocore.ClientError():
            return "expired" if "Expired" in error.response["Error"]["Code"] else "refused"
        case botocore.SSOError() | botocore.TokenRetrievalError() | botocore.UnauthorizedSSOTokenError():
            return "login needed"
        case botocore.SSLError():
            return "untrusted"
        case botocore.ConnectionError() | botocore.HTTPClientError() | UnprovenResponse():
            return "unreachable"
    return "failed"


def _not_to_be_tested(connection: Connection, catalogue: Catalogue) -> str:
    """The reason where a test would do more than ask AWS: run a program of the user's, which a list must not do."""
    seen: set[str] = set()
    while connection.source is Source.CONNECTION and connection.name not in seen:
        seen.add(connection.name)
        connection = catalogue.find(str(connection.base))
    name = connection.profile
    while name and name not in seen:
        seen.add(name)
        settings = catalogue.aws.profiles.get(name, {})
        if "credential_process" in settings:
            return f"the profile {name} runs a program for its credentials; `connection test` does"
        name = settings.get("source_profile")
    return ""
