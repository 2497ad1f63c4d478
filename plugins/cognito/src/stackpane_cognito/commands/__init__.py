"""The commands of ``stackpane cognito``, imported when they are used."""

from __future__ import annotations

from stackpane import group

_HOMES = {
    "ls": ("ls",),
    "show": ("show",),
    "clients": ("clients",),
    "client": ("client",),
    "users": ("users",),
    "user": ("user",),
}
"""The commands of each module."""

cognito = group(
    "cognito",
    "User pools: users, groups, app clients.",
    {name: f"{__name__}.{module}:{name.replace('-', '_')}" for module, names in _HOMES.items() for name in names},
)
