"""Places: what a pane shows, by the command line that shows it; and the tabs that they are visited in.

A place is a link and the global options that it is followed with. Its address is the command line that gives the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import click

from stackpane import Link
from stackpane.options import GLOBAL_OPTIONS, Settings, seconds

if TYPE_CHECKING:
    from stackpane import View
    from stackpane.app import Run
    from stackpane_tui.panes.pane import Pane

__all__ = ["HOME", "Place", "Tab", "lasting", "place_words"]

HOME = Link(("tui",), label="Services")
"""The list of services: the browser itself, opened at nothing in particular."""

_LASTING = (
    "connections", "profile", "regions", "all_regions", "endpoint_url", "ca_bundle", "timeout", "read_only", "debug",
)  # fmt: skip
_OF_A_CONNECTION = ("connections", "profile", "endpoint_url", "ca_bundle")

ALIVE = 8
"""Panes of a tab that stay as they are behind the one that is shown; older ones are made anew when they come back."""


def lasting(given: Mapping[str, Any]) -> dict[str, Any]:
    """The global options that hold for what follows as well: where, and how carefully; not how it is shown."""
    return {name: given[name] for name in _LASTING if given.get(name)}


def place_words(given: Mapping[str, Any]) -> tuple[str, ...]:
    """The options that say where, as words of a command line."""
    settings = Settings.of(lasting(given))
    flags = {"--all-regions": settings.all_regions, "--read-only": settings.read_only}
    return (*settings.place, *(flag for flag, is_set in flags.items() if is_set))


def _unfolded(link: Link) -> tuple[Link, dict[str, Any]]:
    """The link without the global options before its command, and these by name.

    Where one of them does not last (``--dry-run``), they are left where they are.
    """
    command = click.Group("stackpane", params=list(GLOBAL_OPTIONS))
    try:
        given, rest, _order = command.make_parser(click.Context(command)).parse_args(list(link.argv))
        values = {name: _read(name, value) for name, value in given.items() if value is not None}
    except (click.UsageError, ValueError):  # the command line itself will say so
        return link, {}
    if not rest or set(values) - set(_LASTING):
        return link, {}
    return replace(link, argv=tuple(rest)), values


def _read(name: str, value: Any) -> Any:
    if name in ("connections", "regions"):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return seconds(value) if name == "timeout" else value


@dataclass(eq=False)
class Place:
    """One place of a tab. ``link`` names no connection and no region of its own: they are among ``given``.

    ``run`` made the ``view``; ``pane`` shows it, and is ``None`` where it is to be made anew, at ``state``.
    """

    link: Link
    given: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    run: Run | None = None
    view: View | None = None
    pane: Pane[Any] | None = None
    state: Mapping[str, Any] = field(default_factory=dict)
    repeatable: bool = True
    """Whether the view can be made anew by running the command again: it only reads."""

    @classmethod
    def of(cls, link: Link, given: Mapping[str, Any], here: frozenset[str] = frozenset()) -> Place:
        """The place that ``link`` leads to from one with the options ``given`` and the connections ``here``.

        A row of a merged table names its connection and region. Where all of them are of the one connection ``here``,
        it is reached as before: it may have no name that a command line knows (an endpoint, a profile).
        """
        link, own = _unfolded(link)
        options = {**lasting(given), **own}
        if link.connection is not None and here != {link.connection}:
            options = {name: value for name, value in options.items() if name not in _OF_A_CONNECTION}
            options["connections"] = tuple(name for name in link.connection.split(",") if name)
        if link.region is not None:
            options.pop("all_regions", None)
            options["regions"] = tuple(name for name in link.region.split(",") if name)
        return cls(replace(link, connection=None, region=None), options, title=link.label)

    @property
    def is_home(self) -> bool:
        """Whether this is the list of services."""
        return self.link == HOME

    @property
    def address(self) -> str:
        """The command line, without the program's name, that gives the same."""
        return Link((*place_words(self.given), *self.link.argv)).address

    @property
    def onward(self) -> Mapping[str, Any]:
        """The global options that hold for what follows: those that stand behind the command as well."""
        return lasting(self.run.given if self.run is not None else self.given)

    @property
    def connections(self) -> frozenset[str]:
        """The names of the connections that its run used."""
        return frozenset(session.connection.name for session in self.run.sessions) if self.run else frozenset()

    def same(self) -> Place:
        """This place, not visited yet, to be opened where the user left it."""
        state = self.pane.state() if self.pane is not None else self.state
        return Place(self.link, self.given, self.title, state=state)


@dataclass(eq=False)
class Tab:
    """The places that were visited one after the other; ``at`` is the one that is shown."""

    places: list[Place] = field(default_factory=list)
    at: int = -1

    @property
    def place(self) -> Place | None:
        """The place that is shown; ``None`` before the first one is there."""
        return self.places[self.at] if self.places else None

    @property
    def trail(self) -> list[Place]:
        """The places that led here, and this one."""
        return self.places[: self.at + 1]

    def go(self, place: Place) -> list[Place]:
        """Go on to a new place; what lay ahead is returned, as nothing leads there any more."""
        ahead = self.places[self.at + 1 :]
        self.places = [*self.places[: self.at + 1], place]
        self.at = len(self.places) - 1
        return ahead

    def swap(self, place: Place) -> Place | None:
        """Put ``place`` where the current one is, which is returned."""
        old = self.place
        if old is None:
            self.go(place)
        else:
            self.places[self.at] = place
        return old

    def stale(self) -> Iterator[Place]:
        """Places that are so far from the shown one that their panes need not be kept."""
        for index, place in enumerate(self.places):
            if place.pane is not None and place.repeatable and abs(index - self.at) > ALIVE:
                yield place
