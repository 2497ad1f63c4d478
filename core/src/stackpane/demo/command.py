"""``stackpane demo``."""

from __future__ import annotations

import atexit
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from stackpane.commands import command
from stackpane.errors import ConnectionProblem, StackpaneError
from stackpane.views import Document, View

if TYPE_CHECKING:
    from stackpane.app import App, Run
    from stackpane.connections.model import Connection
    from stackpane.demo.emulator import Emulator
    from stackpane.links import Link

__all__ = ["demo"]

_TEXT = "text/plain; charset=utf-8"


@command("demo", needs="runner")
@click.option("--tour/--no-tour", default=None, help="Print the tour, or stay up; what is done else depends on stdout.")
@click.argument("argv", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND …]")
def demo(run: Run, tour: bool | None, argv: tuple[str, ...]) -> View:
    """Run an embedded AWS with sample data, for this machine only.

    On a terminal the browser opens on it, where one is installed; otherwise, and with --no-tour, it stays up until
    Ctrl-C. Meanwhile other terminals reach it as the connection "demo": stackpane -c demo s3 ls. With a command behind
    "--", that one command is run in a fresh demo. Without a terminal a short tour is printed: real commands with their
    output. Nothing of it is left afterwards.
    """
    from stackpane.demo.emulator import Emulator
    from stackpane.demo.inside import connection_to

    emulator = Emulator(debug=run.settings.debug)
    # It lasts as long as this process shows what is in it; where this is not reached, it ends by itself.
    atexit.register(emulator.stop)
    connection = connection_to(emulator.url)
    links = _seed(emulator, run.app, connection)
    if argv:
        return _inside(run, connection, argv)
    if tour is None and sys.stdin.isatty() and sys.stdout.isatty() and (front := run.app.front()):
        return _open(emulator, front, run)
    if tour if tour is not None else not sys.stdout.isatty():
        from stackpane.demo.tour import walk

        return Document(walk(run.app, connection, links), _TEXT, "tour.txt")
    return Document(_stay(emulator, links, run.app), _TEXT, "demo.txt")


def _seed(emulator: Emulator, app: App, connection: Connection) -> list[Link]:
    """Have every plugin put its sample data there; what they find worth a look is returned."""
    from stackpane.demo.inside import REGION
    from stackpane.session import Session

    session = Session(app.open(connection), REGION, None, notify=app.face.warn)
    emulator.wait()
    answers = app.plugins.ask("stackpane_demo", session=session)
    if not answers:
        app.face.warn("the demo is empty: no plugin has put sample data there")
    return [link for _plugin, links in answers for link in links or ()]


def _inside(run: Run, connection: Connection, argv: tuple[str, ...]) -> View:
    """The view of another command, run in the demo; its options and sessions are then those of this run."""
    from stackpane.demo.inside import InDemo

    inner = InDemo(run.app, run.given, connection=connection)
    try:
        return run.app.run_in(inner, argv)
    finally:
        run.sessions, run.failed = inner.sessions, inner.failed


def _open(emulator: Emulator, front: str, run: Run) -> View:
    """The front command, on the demo."""
    from stackpane.app import Run
    from stackpane.demo.inside import ELSEWHERE

    _announce(emulator, run.app)
    inner = Run(run.app, given={name: value for name, value in run.given.items() if name not in ELSEWHERE})
    return run.app.run_in(inner, [*_reached_by(emulator, run.app), front])


def _announce(emulator: Emulator, app: App) -> None:
    """Let other terminals find the demo by its name."""
    try:
        emulator.announce()
    except OSError as error:
        app.face.warn(f"other terminals reach the demo by its URL only, not by its name: {error}")


def _stay(emulator: Emulator, links: list[Link], app: App) -> Iterator[bytes]:
    """Say how to reach the demo, then wait until Ctrl-C."""
    _announce(emulator, app)
    where, addresses = " ".join(_reached_by(emulator, app)), [link.address for link in links] or ["--help"]
    lines = [f"An AWS of your own is running at {emulator.url}. In another terminal:", ""]
    lines += [f"  stackpane {where} {address}" for address in addresses]
    lines += ["", "Ctrl-C ends it.", ""]
    try:
        yield "\n".join(lines).encode()
        emulator.watch()
        raise StackpaneError("the demo's emulator ended by itself", "See why: stackpane --debug demo")
    finally:
        emulator.stop()
        app.face.note("The demo has ended; nothing of it is left.")


def _reached_by(emulator: Emulator, app: App) -> list[str]:
    """The option that leads to the demo: its name, unless a profile or a saved connection has that name."""
    from stackpane.connections.catalogue import Catalogue
    from stackpane.demo.inside import NAME

    try:
        named = Catalogue(app.store).find(NAME).endpoint_url
    except ConnectionProblem:
        named = None
    return ["-c", NAME] if named == emulator.url else ["--endpoint-url", emulator.url]
