"""``cognito users``: the users of a pool, filtered by Cognito or searched here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from stackpane import Link, Page, Row, Table, command
from stackpane_cognito.calls import LIST_POOLS, LIST_USERS
from stackpane_cognito.params import POOL
from stackpane_cognito.places import console_url, groups_link, show_link, user_actions, user_link

if TYPE_CHECKING:
    from stackpane import PageRequest, Session


@command("users", calls=(LIST_POOLS, LIST_USERS))
@click.argument("pool", type=POOL)
@click.option("--filter", "filter_", metavar="FILTER", help='Cognito\'s own: email ^= "ann", status = "Disabled".')
@click.option("--search", metavar="TEXT", help="Only users whose name or any attribute contains this; reads all pages.")
@click.option("--attribute", "attributes", multiple=True, metavar="NAME", help="Show this attribute too.")
def users(session: Session, pool: str, filter_: str | None, search: str | None, attributes: tuple[str, ...]) -> Table:
    """List the users of a pool.

    --filter is done by Cognito, on one standard attribute, by = or ^= (begins with). --search is done here, on all of
    them, custom ones too.
    """
    from stackpane_cognito.pools import find
    from stackpane_cognito.users import columns_with, matcher, row_of, user_pages

    id_ = find(session, pool)
    columns = columns_with(attributes)
    row, wanted = row_of(columns), matcher(search) if search else None

    def fetch(request: PageRequest) -> Iterator[Page]:
        for found, token in user_pages(session, id_, request.cursor, filter_):
            yield Page([row(user) for user in found if wanted is None or wanted(user)], token)

    return Table(
        columns,
        fetch,
        title=f"Users of {id_}",
        link=lambda each: user_link(id_, each[0]),
        actions=lambda each: _actions(id_, each),
        links=(
            show_link(id_),
            groups_link(id_),
            Link.to("cognito create", id_, label="Create a user"),
            Link.to("cognito export", id_, f"{id_}.json", label="Export"),
        ),
        console_url=console_url(session, id_, "user-management", "users"),
    )


def _actions(pool: str, row: Row) -> Sequence[Link]:
    return user_actions(pool, row[0], enabled=row[3], status=row[2])
