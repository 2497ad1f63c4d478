"""Home: the services there are, the user's bookmarks, and what the connection has pinned, as a table of links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stackpane import Column, Link, Page, PageRequest, Row, StackpaneError, Table

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane_tui.bookmarks import Bookmarks

__all__ = ["home_view"]

_COLUMNS = (Column("Name"), Column("What"), Column("About"), Column("Address", wide=True))


def home_view(run: Run, bookmarks: Bookmarks) -> Table:
    """The table of home. Its rows lead to the places that their addresses name.

    The services are there at once, without a look at the connection; what it pins comes as the second page. The run's
    sessions are opened on the way, which asks AWS nothing.
    """

    def fetch(_request: PageRequest) -> Iterator[Page]:
        yield Page([*_services(run), *_bookmarks(run, bookmarks)], next="pins")
        yield Page(_pins(run))

    return Table(_COLUMNS, fetch, title="Services", link=_target)


def _target(row: Row) -> Link | None:
    return Link.from_address(row[3]) if row[3] else None


def _services(run: Run) -> Iterator[Row]:
    for plugin in run.app.services():
        service = plugin.service
        if service is not None:
            yield service.name, service.title, service.help, service.home.address


def _bookmarks(run: Run, bookmarks: Bookmarks) -> list[Row]:
    try:
        return [(link.label or link.address, "bookmark", link.address, link.address) for link in bookmarks.links]
    except StackpaneError as error:
        run.app.face.warn(f"{error.message}. {error.hint}")
        return []


def _pins(run: Run) -> list[Row]:
    try:
        run.sessions = run.sessions or run.open(())
    except StackpaneError as error:
        run.app.face.warn(f"{error.message}. {error.hint}".strip())
        return []
    rows: list[Row] = []
    for session in run.sessions:
        several = len(run.sessions) > 1
        for pin in session.connection.pins:
            link = run.app.target(pin)
            if link is not None and several:
                link = link.at(session.connection.name, session.region)
            rows.append((pin, "pinned", session.connection.name, link.address if link else ""))
    return rows
