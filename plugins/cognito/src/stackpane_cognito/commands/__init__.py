"""The commands of ``stackpane cognito``, imported when they are used."""

from __future__ import annotations

from stackpane import group

_HOMES = {
    "ls": "ls:ls",
    "show": "show:show",
    "users": "users:users",
    "user": "user:user",
    "create": "create:create",
    "edit": "edit:edit",
    "enable": "account:enable",
    "disable": "account:disable",
    "confirm": "account:confirm",
    "reset-password": "account:reset_password",
    "set-password": "set_password:set_password",
    "sign-out": "account:sign_out",
    "token": "token:token",
    "rm": "rm:rm",
    "groups": "groups:groups",
    "group": "group:group_",
    "clients": "clients:clients",
    "export": "export:export",
    "import": "import_:import_",
    "copy": "copy:copy",
    "client": "client:client",
}
"""Where each command is, by its module."""

cognito = group(
    "cognito",
    "User pools: users, groups, app clients.",
    {name: f"{__name__}.{home}" for name, home in _HOMES.items()},
)
