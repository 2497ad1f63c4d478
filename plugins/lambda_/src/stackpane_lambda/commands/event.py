"""``lambda event``: what functions are run with, saved as plain files."""

from __future__ import annotations

from stackpane import group

_NAMES = ("ls", "show", "save", "rm", "templates")
_MODULE = "stackpane_lambda.commands"

event = group(
    "event",
    "Events to run functions with: saved ones, and samples of every service.",
    {name: f"{_MODULE}.event_{name}:{name}" for name in _NAMES} | {"import": f"{_MODULE}.event_import:import_"},
)
