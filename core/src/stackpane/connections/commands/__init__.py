"""``stackpane connection``: one file per command, imported when it is used."""

from stackpane.commands import group

__all__ = ["connection"]

connection = group(
    "connection",
    help="Add, list, test and remove connections: named ways into AWS.",
    lazy={name: f"stackpane.connections.commands.{name}:{name}" for name in ("ls", "show", "test", "add", "edit", "rm")}
    | {"use": "stackpane.connections.commands.use:use"},
    default="ls",
)
