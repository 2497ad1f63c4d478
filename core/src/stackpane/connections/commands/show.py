"""``stackpane connection show``: one connection, without asking anyone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from stackpane.commands import command
from stackpane.connections.completion import complete_connection
from stackpane.links import Link
from stackpane.views import Field, Record, Section

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.connections.model import Connection


@command("show", needs="runner")
@click.argument("name", shell_complete=complete_connection)
def show(run: Run, name: str) -> Record:
    """Show what a connection is made of.

    Its secrets stay in the keyring.
    """
    from stackpane.connections.catalogue import Catalogue

    catalogue = Catalogue(run.app.store)
    connection = catalogue.find(name)
    sections = (
        Section("", tuple(_facts(connection, is_default=catalogue.saved.default == name))),
        Section("Credentials", tuple(_credentials(connection))),
        Section("Endpoint", tuple(_endpoints(connection))),
        Section("Limits", tuple(_limits(connection))),
    )
    return Record(name, tuple(section for section in sections if section.fields), links=_links(connection))


def _facts(connection: Connection, *, is_default: bool) -> Iterator[Field]:
    yield Field("Name", connection.name)
    yield Field("DefinedIn", str(connection.origin))
    yield Field("Kind", connection.kind)
    yield Field("Default", is_default, "bool")
    if connection.regions:
        yield Field("Regions", list(connection.regions), "json")
    if connection.labels:
        yield Field("Labels", list(connection.labels), "json")
    if connection.pins:
        yield Field("Pins", list(connection.pins), "json")


def _credentials(connection: Connection) -> Iterator[Field]:
    from stackpane.connections.describe import describe_source

    yield Field("Source", describe_source(connection))
    if connection.profile:
        yield Field("Profile", connection.profile)
    if connection.base:
        yield Field("BasedOn", connection.base, link=Link.to("connection show", connection.base))
    if connection.secret:
        yield Field("AccessKeyId", connection.secret.hint)
        yield Field("Keyring", connection.secret.backend)
    if role := connection.role:
        yield Field("RoleArn", role.arn, "arn")
        if role.external_id:
            yield Field("ExternalId", role.external_id, secret=True)
        if role.mfa_serial:
            yield Field("SerialNumber", role.mfa_serial)
        if role.session_name:
            yield Field("RoleSessionName", role.session_name)
        if role.duration_seconds:
            yield Field("DurationSeconds", role.duration_seconds, "duration")
    if connection.account_id:
        yield Field("AccountId", connection.account_id)


def _endpoints(connection: Connection) -> Iterator[Field]:
    if connection.endpoint_url:
        yield Field("EndpointUrl", connection.endpoint_url, "uri")
    if connection.endpoints:
        yield Field("Endpoints", dict(connection.endpoints), "json")
    if connection.ca_bundle:
        yield Field("CaBundle", connection.ca_bundle)
    if connection.proxy:
        yield Field("Proxy", connection.proxy)


def _limits(connection: Connection) -> Iterator[Field]:
    yield Field("ReadOnly", connection.read_only, "bool")
    if connection.services:
        yield Field("Services", list(connection.services), "json")
    if connection.rate_limit:
        yield Field("RateLimit", connection.rate_limit, "number")


def _links(connection: Connection) -> tuple[Link, ...]:
    from stackpane.connections.model import Origin

    every = (
        Link.to("connection test", connection.name, label="Test"),
        Link.to("connection use", connection.name, label="Use where none is named"),
    )
    if connection.origin is not Origin.SAVED:
        return every
    edit = Link.to("connection edit", connection.name, label="Edit")
    return (*every, edit, Link.to("connection rm", connection.name, label="Remove"))
