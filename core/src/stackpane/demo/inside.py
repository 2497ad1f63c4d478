"""Running commands inside a demo: on its emulator and nowhere else, whatever the options and the settings say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackpane.app import Run
from stackpane.connections.model import Connection, Origin, Source
from stackpane.errors import InvalidInput

if TYPE_CHECKING:
    from stackpane.app import Face
    from stackpane.calls import Call
    from stackpane.session import Session

__all__ = ["ELSEWHERE", "NAME", "REGION", "InDemo", "connection_to"]

NAME = "demo"
"""The name of the connection to the demo, also from another terminal: ``-c demo``."""
REGION = "us-east-1"
ELSEWHERE = {"connections": "-c", "profile": "--profile", "endpoint_url": "--endpoint-url"}
"""The global options that name another place than the demo, by their names."""


def connection_to(url: str) -> Connection:
    """The connection to the emulator at ``url``."""
    return Connection(
        name=NAME, source=Source.DUMMY, origin=Origin.DEMO, regions=(REGION,), endpoint_url=url, kind="local"
    )


@dataclass(slots=True, kw_only=True)
class InDemo(Run):
    """A run whose sessions are all in the demo. It does not go by the name: a profile of the user's may have it too.

    ``face`` hears what the sessions have to say; the app's own unless given.
    """

    connection: Connection
    face: Face | None = None

    def open(self, calls: Iterable[Call]) -> tuple[Session, ...]:
        """The demo's sessions, one per region. Raises ``InvalidInput`` where another place is asked for."""
        from stackpane.aws.endpoints import partition_of
        from stackpane.session import Session

        for option in (ELSEWHERE[name] for name in ELSEWHERE if self.given.get(name)):
            raise InvalidInput(f"{option} names another place than the demo")
        settings, declared = self.settings, tuple(calls)
        regions = partition_of(REGION).regions if settings.all_regions else settings.regions or (REGION,)
        opened = self.app.open(self.connection)
        face = self.face or self.app.face
        return tuple(
            Session(opened, region, declared, settings.dry_run, notify=face.warn, remark=face.note, prompt=face.ask)
            for region in regions
        )
