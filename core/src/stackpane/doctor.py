"""``stackpane doctor``: the set-up and a connection, step by step, each failure with its remedy.

Every step is a row that shows as soon as it is known, so a step that hangs is the one after the last row.
"""

from __future__ import annotations

import importlib.metadata
import platform
import socket
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stackpane.app import Run
from stackpane.commands import command
from stackpane.errors import StackpaneError
from stackpane.text import human_duration
from stackpane.views import Column, Page, PageRequest, Row, Table

if TYPE_CHECKING:
    from stackpane.calls import Call
    from stackpane.plugins import Plugin
    from stackpane.session import Session

__all__ = ["doctor"]

OK, WARN, FAIL = "ok", "warning", "failed"
_COLUMNS = (Column("Check"), Column("State", "state"), Column("Detail"), Column("Remedy"))
_REACH_SECONDS = 5
_SKEW_SECONDS = 60
"""Signatures are refused from 5 minutes on: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html"""
_LIBRARIES = ("boto3", "botocore", "click", "pluggy", "keyring")


@dataclass(frozen=True, slots=True)
class Check:
    """What one step found, and what to do about it."""

    name: str
    state: str
    detail: str
    remedy: str = ""

    @property
    def row(self) -> Row:
        """The row of the table."""
        return (self.name, self.state, self.detail, self.remedy or None)


@command("doctor", needs="runner")
def doctor(run: Run) -> Table:
    """Check the set-up and the connection step by step; every failure comes with its remedy."""

    def fetch(_request: PageRequest) -> Iterator[Page]:
        # What needs no network is known at once; from there on every step may take its time, or hang.
        local = list(_local(run))
        run.failed += sum(check.state == FAIL for check in local)
        yield Page([check.row for check in local])
        for check in _connections(run):
            run.failed += check.state == FAIL
            yield Page((check.row,))

    return Table(_COLUMNS, fetch, title="doctor")


def _local(run: Run) -> Iterator[Check]:
    yield from _versions()
    yield from _files(run)
    yield _keyring(run)
    yield from _plugins(run)


def _versions() -> Iterator[Check]:
    from stackpane import __version__

    yield Check("stackpane", OK, f"{__version__}, Python {platform.python_version()} on {platform.platform()}")
    found = [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]
    yield Check("libraries", OK, ", ".join(found))


def _files(run: Run) -> Iterator[Check]:
    from stackpane.paths import cache_folder, state_folder

    store = run.app.store
    kept = f"{store.path} ({'there' if store.path.exists() else 'not made yet'})"
    notices = store.notices()
    yield Check("configuration", WARN if notices else OK, "; ".join([kept, *notices]), "chmod 600" if notices else "")
    yield Check("state", OK, str(state_folder()))
    yield Check("cache", OK, str(cache_folder()))


def _keyring(run: Run) -> Check:
    from stackpane.connections.secrets import Secrets

    try:
        return Check("keyring", OK, Secrets.of(run.app.store).describe())
    except StackpaneError as error:
        # Only connections with keys of their own need one.
        return Check("keyring", WARN, error.message, error.hint)


def _plugins(run: Run) -> Iterator[Check]:
    run.app.plugins.load_all()
    for plugin in run.app.plugins.plugins.values():
        name = f"plugin {plugin.name}"
        if plugin.state == "loaded":
            yield Check(name, OK, f"{plugin.found.distribution} {plugin.found.version}")
        elif plugin.state == "off":
            yield Check(name, OK, "left out by STACKPANE_PLUGINS")
        else:
            remedy = f"pip install --upgrade {plugin.found.distribution}, or pip uninstall {plugin.found.distribution}"
            yield Check(name, FAIL, plugin.error, remedy)


def _connections(run: Run) -> Iterator[Check]:
    from stackpane.calls import GET_CALLER_IDENTITY

    try:
        sessions = run.open((GET_CALLER_IDENTITY,))
    except StackpaneError as error:
        yield Check("connection", FAIL, error.message, error.hint)
        return
    run.sessions = sessions
    for session in sessions:
        yield from _connection(run, session)


def _connection(run: Run, session: Session) -> Iterator[Check]:
    connection = session.connection
    facts = [f"{connection.name} ({connection.origin})", session.region, connection.kind]
    facts += ["read-only"] if connection.read_only else []
    yield Check("connection", OK, ", ".join(facts))
    reach = _endpoint(session)
    yield reach
    yield _credentials(session)
    if reach.state == FAIL:
        return
    identity = yield from _identity(session)
    if identity:
        for plugin in run.app.services():
            yield _probe(run, session, plugin)


def _endpoint(session: Session) -> Check:
    """Whether something listens where requests would go; a proxy is asked instead of the host behind it."""
    url = session.client("sts").meta.endpoint_url
    proxy = session.connection.proxy
    parts = urlsplit(proxy or url)
    port = parts.port or (80 if parts.scheme == "http" else 443)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=_REACH_SECONDS).close()
    except OSError as error:
        where = f"the proxy {proxy}" if proxy else url
        remedy = (
            "Start the emulator, or correct the endpoint with `stackpane connection edit`."
            if session.is_emulator
            else "Check the network, VPN and firewall."
        )
        return Check("endpoint", FAIL, f"{where} cannot be reached: {error}", remedy)
    return Check("endpoint", OK, f"{url}{f' through {proxy}' if proxy else ''}")


def _credentials(session: Session) -> Check:
    from stackpane.aws.credentials import describe_source

    return _attempt("credentials", session, lambda: (OK, describe_source(session.connection, session.opened.session)))


def _identity(session: Session) -> Generator[Check, None, bool]:
    """Who the credentials are, and how far the clock is off; returns whether AWS knows them."""
    reply: dict[str, Any] = {}

    def ask() -> tuple[str, str]:
        reply.update(session.client("sts").get_caller_identity())
        return OK, f"{reply['Arn']}, account {reply['Account']}"

    check = _attempt("identity", session, ask)
    yield check
    if check.state == FAIL:
        return False
    yield _clock(reply["ResponseMetadata"]["HTTPHeaders"].get("date"))
    wanted = session.connection.account_id
    if wanted and wanted != reply["Account"]:
        yield Check(
            "account",
            FAIL,
            f"the connection is for {wanted}, the credentials are of {reply['Account']}",
            "Use the right credentials, or correct it with `stackpane connection edit --account-id`.",
        )
        return False
    return True


def _clock(date: str | None) -> Check:
    if not date:
        return Check("clock", WARN, "the endpoint does not tell the time")
    off = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    if abs(off) <= _SKEW_SECONDS:
        return Check("clock", OK, "agrees with the endpoint's")
    detail = f"{human_duration(abs(off))} {'ahead of' if off > 0 else 'behind'} the endpoint's"
    return Check("clock", FAIL, detail, "Set the clock; AWS refuses signatures that are 5 minutes off.")


def _probe(run: Run, session: Session, plugin: Plugin) -> Check:
    """The service's cheapest command, as far as its first page."""
    service = plugin.service
    assert service is not None  # noqa: S101 - only services are probed

    def ask() -> tuple[str, str]:
        view = run.app.run_in(_Within(run.app, session=session), service.probe)
        if isinstance(view, Table):
            next(iter(view.fetch(PageRequest(size=1))), None)
        return OK, f"answers ({service.probe.command_line})"

    return _attempt(service.name, session, ask)


@dataclass(slots=True, kw_only=True)
class _Within(Run):
    """A run whose commands run where ``session`` is, however one has come there."""

    session: Session

    def open(self, calls: Iterable[Call]) -> tuple[Session, ...]:
        """The session, for these calls."""
        return (replace(self.session, calls=tuple(calls)),)


def _attempt(name: str, session: Session, ask: Callable[[], tuple[str, str]]) -> Check:
    try:
        state, detail = ask()
    # Whatever goes wrong is what the step found.
    except Exception as error:
        explained = session.explain(error)
        if isinstance(explained, StackpaneError):
            return Check(name, FAIL, explained.message, explained.hint)
        return Check(name, FAIL, f"{type(error).__name__}: {error}", f"See: {sys.argv[0]} doctor --debug")
    return Check(name, state, detail)
