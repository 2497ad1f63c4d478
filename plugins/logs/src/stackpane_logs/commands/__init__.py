"""The commands of ``stackpane logs``, one module each, imported when it is used."""

from __future__ import annotations

from stackpane import group

_NAMES = (
    "ls",
    "show",
    "streams",
    "events",
    "tail",
    "query",
    "queries",
    "export",
    "create",
    "retention",
    "rm",
)

logs = group("logs", "Log groups and their events.", {name: f"{__name__}.{name}:{name}" for name in _NAMES})
