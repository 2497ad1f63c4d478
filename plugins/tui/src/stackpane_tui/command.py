"""``stackpane tui``: open the terminal browser."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from stackpane import Document, Link, Refused, View, command

if TYPE_CHECKING:
    from stackpane.app import Run

__all__ = ["tui"]


@command("tui", needs="runner")
@click.argument("address", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND …]")
def tui(run: Run, address: tuple[str, ...]) -> View:
    """Browse in the terminal.

    It opens at the list of services, or at the command that is given: stackpane tui s3 ls s3://photos/. Options of that
    command stand behind "--". The global options (-c, --region, --read-only …) say where it opens.
    """
    # Textual draws on stderr.
    if not all(stream and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise Refused("the browser needs a terminal, and there is none", "The same commands work without it.")
    from stackpane_tui.running import browse

    browse(Link.from_argv(address), run.given)
    return Document(b"", "text/plain")
