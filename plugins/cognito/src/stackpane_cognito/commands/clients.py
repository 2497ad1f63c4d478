"""``cognito clients``: the app clients of a user pool, without their secrets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from stackpane import Column, Link, Page, Row, Table, command
from stackpane_cognito.calls import LIST_CLIENTS, LIST_POOLS
from stackpane_cognito.params import POOL
from stackpane_cognito.places import client_link, console_url, show_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackpane import PageRequest, Session

CLIENTS = (Column("ClientId"), Column("ClientName"))


@command("clients", calls=(LIST_POOLS, LIST_CLIENTS))
@click.argument("pool", type=POOL)
def clients(session: Session, pool: str) -> Table:
    """List the app clients of a user pool."""
    from stackpane_cognito.pools import find, pages

    id_ = find(session, pool)

    def fetch(request: PageRequest) -> Iterator[Page]:
        params = {"UserPoolId": id_, "MaxResults": 60}
        for found, token in pages(session, "list_user_pool_clients", "UserPoolClients", params, request.cursor):
            yield Page([(each.get("ClientId"), each.get("ClientName")) for each in found], token)

    def link(row: Row) -> Link:
        return client_link(id_, row[0])

    links: Sequence[Link] = (show_link(id_),)
    url = console_url(session, id_, "applications", "app-clients")
    return Table(CLIENTS, fetch, title=f"App clients of {id_}", link=link, links=tuple(links), console_url=url)
