"""The commands of ``stackpane s3``, one module each, imported when it is used."""

from __future__ import annotations

from stackpane import group

_NAMES = (
    "ls",
    "show",
    "cat",
    "get",
    "put",
    "cp",
    "mv",
    "rm",
    "versions",
    "restore",
    "edit",
    "presign",
    "du",
    "mb",
    "rb",
)

s3 = group("s3", "Buckets and objects.", {name: f"{__name__}.{name}:{name}" for name in _NAMES})
