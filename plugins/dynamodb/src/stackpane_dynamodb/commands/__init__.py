"""The commands of ``stackpane dynamodb``, one module each, imported when it is used."""

from __future__ import annotations

from stackpane import group

_NAMES = (
    "ls",
    "show",
    "scan",
    "query",
    "find",
    "get",
    "sql",
    "put",
    "edit",
    "duplicate",
    "rm",
    "create",
    "export",
    "copy",
    "diff",
    "exports",
    "imports",
    "follow",
)
_RESERVED = {"import": f"{__name__}.import_:import_"}
"""Commands whose names no module of Python can have."""

dynamodb = group("dynamodb", "Tables and items.", {name: f"{__name__}.{name}:{name}" for name in _NAMES} | _RESERVED)
