"""The commands of ``stackpane lambda``, one module each, imported when it is used."""

from __future__ import annotations

from stackpane import group

_NAMES = (
    "ls",
    "show",
    "invoke",
    "history",
    "env",
    "config",
    "code",
    "versions",
    "aliases",
    "layer",
)
_GROUPS = {"event": f"{__name__}.event:event"}

lambda_ = group(
    "lambda", "Functions and their invocations.", {name: f"{__name__}.{name}:{name}" for name in _NAMES} | _GROUPS
)
