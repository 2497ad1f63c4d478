"""``cognito client``: the record of an app client, with its secret masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Field, Record, Section, command
from stackpane_cognito.calls import DESCRIBE_CLIENT, LIST_POOLS
from stackpane_cognito.params import POOL
from stackpane_cognito.places import clients_link, console_url, show_link

if TYPE_CHECKING:
    from stackpane import Session


@command("client", calls=(LIST_POOLS, DESCRIBE_CLIENT))
@click.argument("pool", type=POOL)
@click.argument("client_id", metavar="CLIENT-ID")
def client(session: Session, pool: str, client_id: str) -> Record:
    """Show an app client: its flows, token lifetimes, OAuth settings, and whether it has a secret.

    The secret is masked until --reveal.
    """
    from stackpane_cognito.poolrecord import value_field
    from stackpane_cognito.pools import SERVICE, find

    id_ = find(session, pool)
    found = session.client(SERVICE).describe_user_pool_client(UserPoolId=id_, ClientId=client_id)["UserPoolClient"]
    fields = [
        Field(name, value, secret=True) if name == "ClientSecret" else value_field(name, value)
        for name, value in found.items()
        if value not in (None, "", [], {})
    ]
    return Record(
        title=found.get("ClientName") or client_id,
        sections=(Section("", tuple(fields)),),
        console_url=console_url(session, id_, "applications", "app-clients", client_id, "overview"),
        links=(clients_link(id_), show_link(id_)),
    )
