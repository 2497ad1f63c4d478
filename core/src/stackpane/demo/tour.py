"""The tour: real commands, run one after the other in the demo, with what each of them prints."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from stackpane.demo.inside import NAME, InDemo

if TYPE_CHECKING:
    from stackpane.app import App
    from stackpane.connections.model import Connection
    from stackpane.links import Link

__all__ = ["walk"]


def walk(app: App, connection: Connection, links: Iterable[Link]) -> Iterator[bytes]:
    """For each link its label, its command line, and what the command line prints, data and narration alike."""
    for link in links:
        yield f"# {link.label}\n$ {_as_typed(link).command_line}\n".encode()
        yield _printed(app, connection, link) + b"\n"
    yield b"# Keep one running with `stackpane demo --no-tour`, and these commands work in another terminal.\n"


def _as_typed(link: Link) -> Link:
    """With the connection's name: who copies the line must not end up in an account of theirs."""
    return link.at(NAME, None)


def _printed(app: App, connection: Connection, link: Link) -> bytes:
    from stackpane.cli.output.console import Console
    from stackpane.cli.output.options import OutputOptions
    from stackpane.cli.run import Terminal
    from stackpane.cli.show import show

    shown = io.BytesIO()
    console = Console(None, shown, shown)
    run = InDemo(app, connection=connection, face=Terminal(console))
    view = app.run_in(run, link)
    settings = run.settings
    options = OutputOptions(settings.output, limit=settings.limit, dry_run=settings.dry_run, here=_as_typed(link))
    show(view, options, console)
    return shown.getvalue()
