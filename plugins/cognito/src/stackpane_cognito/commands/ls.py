"""``cognito ls``: the user pools."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from stackpane import Column, Link, Page, PageRequest, Row, Table, command
from stackpane_cognito.calls import DESCRIBE_POOL, LIST_POOLS
from stackpane_cognito.names import place_of
from stackpane_cognito.places import console_url, pool_actions, users_link

if TYPE_CHECKING:
    from stackpane import Session

POOLS = (
    Column("Id"),
    Column("Name"),
    Column("CreationDate", "time"),
    Column("LastModifiedDate", "time"),
)


@command("ls", calls=(LIST_POOLS, DESCRIBE_POOL))
def ls(session: Session) -> Table:
    """List the user pools.

    Where that is denied, the pools that the connection pins are listed.
    """
    return Table(
        POOLS,
        partial(_pages, session),
        title="User pools",
        link=_link,
        actions=_actions,
        console_url=console_url(session),
    )


def _pages(session: Session, request: PageRequest) -> Iterator[Page]:
    pinned = _pinned(session)
    if not pinned:
        yield from _listed(session, request.cursor)
        return
    with session.part("every user pool but the pinned ones"):
        yield from _listed(session, request.cursor)
        return
    yield Page(_looked_at(session, pinned))


def _listed(session: Session, cursor: str | None) -> Iterator[Page]:
    from stackpane_cognito.pools import listed

    for pools, token in listed(session, cursor):
        yield Page([tuple(pool.get(column.name) for column in POOLS) for pool in pools], token)


def _pinned(session: Session) -> list[str]:
    """The ids of the pinned pools of this region."""
    places = (place_of(pin) for pin in session.connection.pins)
    return sorted({place.pool for place in places if place is not None and place.region in (None, session.region)})


def _looked_at(session: Session, pinned: Sequence[str]) -> list[Row]:
    """The pinned pools, with what may be known of them; who is denied one is not asked for the next."""
    from stackpane_cognito.pools import describe

    rows: list[Row] = [(pool, None, None, None) for pool in pinned]
    with session.part("names and dates of the pinned user pools"):
        for place, pool in enumerate(pinned):
            found = describe(session, pool)
            rows[place] = (pool, *(found.get(column.name) for column in POOLS[1:]))
    return rows


def _link(row: Row) -> Link:
    return users_link(row[0])


def _actions(row: Row) -> Sequence[Link]:
    return pool_actions(row[0])
