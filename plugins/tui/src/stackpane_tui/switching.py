"""Connections: which one is in force, how it is, and how to change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane import Link
from stackpane.connections.catalogue import Catalogue
from stackpane_tui.choosing import Choosing
from stackpane_tui.dialogs.picker import Choice, Picker
from stackpane_tui.places import HOME, Place, lasting
from stackpane_tui.work import start

if TYPE_CHECKING:
    from stackpane.connections import Connection
    from stackpane.connections.probe import Status
    from stackpane_tui.widgets.bars import Where

__all__ = ["Switching"]

Names = tuple[str, ...]

_REGION: Names = ("\0region",)
_ADD: Names = ("\0add",)
_ALL: Names = ("\0all",)
_NAMING = ("connections", "profile", "endpoint_url", "ca_bundle", "regions", "all_regions")


class Switching(Choosing):
    """A browser that moves between connections and regions."""

    look_at_connections = True
    """Whether AWS is asked, unasked, if the connection of a place works."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.states: dict[Connection, Status | None] = {}
        """How connections were when they were last looked at; ``None`` as long as the answer is awaited."""

    # How the connection is

    def where(self, place: Place) -> Where:
        """The connection and region in force at a place, with what is known of how it is."""
        where = super().where(place)
        connections = list(dict.fromkeys(session.connection for session in place.run.sessions)) if place.run else []
        states = [self.states[connection] for connection in connections if connection in self.states]
        known = [status for status in states if status is not None]
        if not known:
            return where
        bad = [status.state for status in known if status.state not in ("ok", "not tested")]
        account = ", ".join(dict.fromkeys(status.account for status in known if status.account))
        return replace(where, account=account, state=", ".join(dict.fromkeys(bad)) or "ok")

    def tell(self) -> None:
        """Bring the lines around the pane up to date; a connection that was not looked at yet is looked at."""
        super().tell()
        place = self.place
        for session in place.run.sessions if place is not None and place.run is not None else ():
            if self.look_at_connections and session.connection not in self.states:
                self._look_at(session.connection)

    def _look_at(self, connection: Connection) -> None:
        self.states[connection] = None

        def look() -> Status:
            from stackpane.connections.probe import probe_all

            return next(iter(probe_all(self.core, Catalogue(self.core.store), [connection])))

        start(self, f"probe {connection.name}", look, partial(self._seen, connection), self._unseen)

    def _seen(self, connection: Connection, status: Status) -> None:
        self.states[connection] = status
        if status.state not in ("ok", "not tested") and status.detail:
            self.speech.warn(f"{connection.name}: {status.detail}")
        self.tell()

    def _unseen(self, error: Exception) -> None:
        self.speech.warn(f"the connection could not be looked at: {error}")

    # Another one

    def action_connection(self) -> None:
        """Let the user change the connection, or the region."""
        start(self, "connections", self._connections, self._choose_connection, self._no_connections)

    def _connections(self) -> list[Connection]:
        return list(Catalogue(self.core.store).all())

    def _no_connections(self, error: Exception) -> None:
        self.fail(Place(HOME, self.given), error, instead=True)

    def _choose_connection(self, connections: Sequence[Connection]) -> None:
        here = self.place.connections if self.place else frozenset()
        choices: list[Choice[Names]] = [
            Choice(_REGION, "Another region …", "of the same connection", "r"),
            Choice(_ADD, "Add a connection …", "it is tested before it is saved", "n"),
        ]
        choices += [_named(each, here) for each in connections]
        picker = Picker("Connection (Space marks several, which merge into one table)", choices, gather=_gathered)
        self.push_screen(picker, self._chosen_connection)

    def _chosen_connection(self, names: Names | None) -> None:
        if not names:
            return
        if names == _ADD:
            self.act(Link(("connection", "add")), fill=True)
        elif names == _REGION:
            start(self, "regions", self._regions, self._choose_region, self._no_connections)
        else:
            self._switch({"connections": names})

    def _regions(self) -> list[str]:
        from stackpane.aws.endpoints import partition_of

        sessions = self.place.run.sessions if self.place is not None and self.place.run is not None else ()
        own = [region for session in sessions for region in session.connection.regions]
        partition = partition_of(sessions[0].region if sessions else "us-east-1")
        return list(dict.fromkeys([*own, *partition.regions]))

    def _choose_region(self, regions: Sequence[str]) -> None:
        choices: list[Choice[Names]] = [Choice(_ALL, "All regions", "of the connection, or all that there are", "a")]
        choices += [Choice[Names]((region,), region) for region in regions]
        picker = Picker("Region (Space marks several, which merge into one table)", choices, gather=_gathered)
        self.push_screen(picker, self._chosen_region)

    def _chosen_region(self, names: Names | None) -> None:
        if names == _ALL:
            self._switch({"all_regions": True}, ("regions", "all_regions"))
        elif names:
            self._switch({"regions": names}, ("regions", "all_regions"))

    def _switch(self, to: dict[str, Any], instead_of: Sequence[str] = _NAMING) -> None:
        """Go on with other options: at the same list where there is one, otherwise at its service's home."""
        kept = {name: value for name, value in lasting(self.options).items() if name not in instead_of}
        self.given = {**kept, **to}
        here = self.place
        same_connection = "connections" not in to
        link = here.link if here is not None and here.repeatable and same_connection else self._home_of(here)
        self.open(Place(link, self.given))

    def _home_of(self, place: Place | None) -> Link:
        """The home of the service that the place is of; home itself where it is of none."""
        name = place.link.argv[0] if place is not None else ""
        for plugin in self.core.services():
            if plugin.service is not None and plugin.service.name == name:
                return plugin.service.home
        return HOME


def _gathered(marked: Iterable[Names]) -> Names:
    """The names of all marked entries; those that are none do not count."""
    return tuple(name for names in marked for name in names if not name.startswith("\0"))


def _named(connection: Connection, here: frozenset[str]) -> Choice[Names]:
    facts = [str(connection.origin), ", ".join(connection.regions), connection.endpoint_url or ""]
    facts += [connection.kind if connection.kind != "development" else "", "read-only" if connection.read_only else ""]
    facts += ["in use" if connection.name in here else ""]
    return Choice((connection.name,), connection.name, " · ".join(fact for fact in facts if fact))
