"""The hooks a plugin may implement, and the two declarations they return.

A plugin is a distribution with an entry point in the group ``stackpane``; the entry point's name is the plugin's name
and its value the plugin's module, which imports nothing heavy. See ``docs/plugins.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackpane.links import Link
    from stackpane.session import Session
    from stackpane.views import Record

__all__ = ["CommandReference", "Service", "hookimpl"]

F = TypeVar("F", bound="Callable[..., Any]")

hookspec = pluggy.HookspecMarker("stackpane")
hookimpl = pluggy.HookimplMarker("stackpane")
"""Marks a function of a plugin module as the implementation of the hook of its name."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that a plugin adds.

    ``name`` is the word on the command line and equals the entry point's name; ``title`` is AWS's name of it; ``help``
    one line. ``commands`` is where the click group is (``"stackpane_s3.commands:s3"``), imported only when used.
    ``home`` is the place a browser opens first. ``probe`` is the cheapest command that shows whether the service
    answers; ``stackpane doctor`` runs it.
    """

    name: str
    title: str
    help: str
    commands: str
    home: Link
    probe: Link


@dataclass(frozen=True, slots=True)
class CommandReference:
    """A command that is no service: its name, one line of help, and where it is (``"package.module:attribute"``).

    ``front`` is for a face that people live in: it is opened where the program is called alone on a terminal. It takes
    addresses as its arguments, and the global options say where it opens them.
    """

    name: str
    help: str
    command: str
    front: bool = False


class Hooks:
    """The hooks. A plugin implements any of them as functions of these names in its module."""

    @hookspec
    def stackpane_service(self) -> Service:  # type: ignore[empty-body]
        """Return the service that this plugin adds."""

    @hookspec
    def stackpane_commands(self) -> Sequence[CommandReference]:  # type: ignore[empty-body]
        """Return commands that are no service, as a face is."""

    @hookspec(firstresult=True)
    def stackpane_open(self, target: str) -> Link | None:
        """Return the link that an ARN, a URI or a path of the AWS console leads to, or ``None``; the first answer wins.

        ``target`` is an ARN, a URI with a scheme of the service's own (``s3://…``), or an AWS console URL.
        """

    @hookspec
    def stackpane_links(self, record: Record) -> Sequence[Link]:  # type: ignore[empty-body]
        """Return links to add to another plugin's ``record``: what is related to the resource of its ARN."""

    @hookspec
    def stackpane_demo(self, session: Session) -> Sequence[Link] | None:
        """Put this plugin's sample data into the fresh demo that ``session`` reaches; any call is allowed there.

        The links returned are what is worth seeing in it: the demo names them, and its tour runs them.
        """
