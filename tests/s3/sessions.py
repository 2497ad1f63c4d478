"""Running a reading command in a session of one's own: with other keys, or to look at its view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackpane.aws.clients import Opened
from stackpane.session import Session
from tests.core.support import REGION, connection

if TYPE_CHECKING:
    from stackpane.commands import Command
    from stackpane.views import Row, Table, View
    from tests.harness.emulators import Keys


def session_at(
    url: str, command: Command, *, keys: Keys | None = None, warnings: list[str] | None = None, **facts: Any
) -> Session:
    """A session for a command; ``facts`` are the connection's, ``warnings`` gets what is left out."""
    made = Opened(connection(url, **facts), lambda: _botocore_session(keys))
    return Session(made, REGION, command.calls, notify=(lambda _line: None) if warnings is None else warnings.append)


def view(command: Command, session: Session, *argv: str) -> Any:
    """The view of a command."""
    assert command.callback is not None
    with command.make_context(command.name, list(argv), obj=_Given()) as context:
        found: View = command.callback(session, **context.params)
    return found


def rows(table: Table) -> list[Row]:
    """All rows of a table."""
    from stackpane.views import PageRequest

    return [row for page in table.fetch(PageRequest()) for row in page.rows]


class _Given:
    """What the global options write to."""

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}


def _botocore_session(keys: Keys | None) -> Any:
    import botocore.session

    made = botocore.session.Session()
    made.set_credentials(keys.access_key if keys else "test", keys.secret_key if keys else "test")
    return made
