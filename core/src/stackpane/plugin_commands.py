"""``stackpane plugins``: what is installed and in which state, and ``plugins new``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stackpane.commands import command, group
from stackpane.views import Column, Outcome, Row, Table

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.plugins import Plugin

__all__ = ["ls", "new", "plugins"]

_COLUMNS = (
    Column("Name"),
    Column("Version"),
    Column("State", "state"),
    Column("Distribution"),
    Column("LoadTime", "duration"),
    Column("Hooks"),
    Column("Error"),
    Column("Origin", wide=True),
)


@command("ls", needs="runner")
def ls(run: Run) -> Table:
    """List the installed plugins: version, state, hooks, load time, and the error of those left out."""
    run.app.plugins.load_all()
    return Table.of(_COLUMNS, [_row(plugin) for plugin in run.app.plugins.plugins.values()], title="plugins")


def _row(plugin: Plugin) -> Row:
    return (
        plugin.name,
        plugin.found.version,
        plugin.state,
        plugin.found.distribution,
        None if plugin.load_time is None else timedelta(seconds=plugin.load_time),
        ", ".join(name.removeprefix("stackpane_") for name in plugin.hooks) or None,
        plugin.error or None,
        plugin.origin,
    )


@command("new", needs="runner", shared=False)
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    metavar="FOLDER",
    help="Where to make it; here unless given.",
)
def new(run: Run, name: str, into: Path) -> Outcome:
    """Write a new plugin, stackpane-NAME: a service that lists, shows and acts, with passing tests."""
    from stackpane.scaffold import write

    folder = write(name, into)
    run.app.face.note(f"Next: cd {folder} && pip install -e . --group test && pytest")
    return Outcome(f"Wrote {folder}.", result={"Folder": str(folder)})


plugins = group(
    "plugins",
    help="List the plugins, or make a new one.",
    lazy={"ls": "stackpane.plugin_commands:ls", "new": "stackpane.plugin_commands:new"},
    default="ls",
)
