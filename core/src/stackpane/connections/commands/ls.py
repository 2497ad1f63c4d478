"""``stackpane connection ls``: all connections there are, and whether they work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from stackpane.commands import command
from stackpane.links import Link
from stackpane.views import Column, Page, PageRequest, Row, Table

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.connections.catalogue import Catalogue
    from stackpane.connections.model import Connection
    from stackpane.connections.probe import Status

_COLUMNS = (
    Column("Name"),
    Column("State", "state"),
    Column("Account"),
    Column("Kind"),
    Column("Guard"),
    Column("Region"),
    Column("Endpoint"),
    Column("Source"),
    Column("Detail"),
    Column("Arn", "arn", wide=True),
    Column("DefinedIn", wide=True),
    Column("Default", "bool", wide=True),
    Column("Labels", wide=True),
)


@command("ls", needs="runner")
@click.option("--no-test", is_flag=True, help="Do not ask AWS whether they work.")
def ls(run: Run, *, no_test: bool) -> Table:
    """List all connections and how they are.

    They are the saved ones, the AWS profiles, the environment, LocalStack and a running demo. Each is asked who it is,
    all at the same time, for at most three seconds. None asks for a code or runs a program.
    """
    from stackpane.connections.catalogue import Catalogue

    catalogue = Catalogue(run.app.store)
    for notice in catalogue.notices():
        run.app.face.warn(notice)
    connections = list(catalogue.all())
    broken = [_broken_row(name, reason) for name, reason in catalogue.saved.broken.items()]

    def fetch(request: PageRequest) -> Iterator[Page]:
        start = int(request.cursor or 0)
        rows = _rows(run, catalogue, connections[start:], no_test=no_test)
        last = len(connections) - 1
        for number, row in enumerate(rows, start):
            yield Page((row,), next=str(number + 1) if number < last or broken else None)
        yield Page(broken)

    return Table(
        _COLUMNS, fetch, title="connections", link=lambda row: Link.to("connection show", row[0]), links=(_ADD,)
    )


_ADD = Link.to("connection add", label="Add a connection")


def _rows(run: Run, catalogue: Catalogue, connections: list[Connection], *, no_test: bool) -> Iterator[Row]:
    from stackpane.connections.probe import probe_all, untested

    statuses: Iterable[Status] = (
        map(partial(untested, catalogue), connections) if no_test else probe_all(run.app, catalogue, connections)
    )
    default = catalogue.saved.default
    for connection, status in zip(connections, statuses, strict=True):
        yield _row(connection, status, is_default=connection.name == default)


def _row(connection: Connection, status: Status, *, is_default: bool) -> Row:
    from stackpane.connections.describe import describe_source

    place = status.place
    guard = [word for word, holds in (("read-only", place.read_only), ("account", place.account_id)) if holds]
    endpoints = dict.fromkeys(url for url in (place.endpoint_url, *place.endpoints.values()) if url)
    return (
        connection.name,
        status.state,
        status.account or place.account_id,
        place.kind,
        ", ".join(guard) or None,
        ", ".join(place.regions) or status.region or None,
        ", ".join(endpoints) or "AWS",
        describe_source(place),
        status.detail or None,
        status.arn,
        str(connection.origin),
        is_default,
        ", ".join(connection.labels) or None,
    )


def _broken_row(name: str, reason: str) -> Row:
    return (name, "broken", *[None] * 6, reason, None, "connections.toml", False, None)
