"""``cognito groups``: the groups of a user pool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from stackpane import Column, Link, Page, Row, Table, command
from stackpane_cognito.calls import LIST_GROUPS, LIST_POOLS
from stackpane_cognito.params import POOL
from stackpane_cognito.places import console_url, group_link, members_link, show_link

if TYPE_CHECKING:
    from stackpane import PageRequest, Session

GROUPS = (
    Column("GroupName"),
    Column("Description"),
    Column("Precedence", "number"),
    Column("RoleArn", "arn"),
    Column("CreationDate", "time"),
    Column("LastModifiedDate", "time", wide=True),
)


def _row(group: Mapping[str, Any]) -> Row:
    return tuple(None if (value := group.get(column.name)) == "" else value for column in GROUPS)


@command("groups", calls=(LIST_POOLS, LIST_GROUPS))
@click.argument("pool", type=POOL)
def groups(session: Session, pool: str) -> Table:
    """List the groups of a user pool."""
    from stackpane_cognito.pools import find, pages

    id_ = find(session, pool)

    def fetch(request: PageRequest) -> Iterator[Page]:
        for found, token in pages(session, "list_groups", "Groups", {"UserPoolId": id_, "Limit": 60}, request.cursor):
            yield Page([_row(group) for group in found], token)

    def actions(row: Row) -> Sequence[Link]:
        return (group_link(id_, row[0]), Link.to("cognito group rm", id_, row[0], label="Delete"))

    return Table(
        GROUPS,
        fetch,
        title=f"Groups of {id_}",
        link=lambda row: members_link(id_, row[0]),
        actions=actions,
        links=(show_link(id_), Link.to("cognito group create", id_, label="Create a group")),
        console_url=console_url(session, id_, "user-management", "groups"),
    )
