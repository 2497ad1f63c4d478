"""What stands in a file of users: users with attributes and groups, and groups; in any of the forms they come in.

A user is ``{"Username": …, "Attributes": {…}, "Groups": […], "Enabled": …}``. The attributes may also be a list of
``{"Name": …, "Value": …}``, as AWS prints them, or stand beside the name, as in a sheet. A group is ``{"GroupName": …,
"Description": …, "Precedence": …, "RoleArn": …}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["OWN", "EntryError", "Group", "User", "entry_of", "exported"]

OWN = ("Username", "UserStatus", "Enabled", "UserCreateDate", "UserLastModifiedDate", "Groups")
"""What an export says of a user beside the attributes."""
_GROUP = ("Description", "Precedence", "RoleArn")
_NAMES = {
    "username": "Username",
    "cognito:username": "Username",  # in the sheets of Cognito's own import jobs
    "userstatus": "UserStatus",
    "enabled": "Enabled",
    "groups": "Groups",
    "password": "password",
    "attributes": "Attributes",
}
_IGNORED = frozenset({"usercreatedate", "userlastmodifieddate", "mfaoptions", "cognito:mfa_enabled"})
_NOT_SET = ("sub", "identities")
"""Attributes that Cognito makes itself: every pool has its own ``sub`` of a user."""


class EntryError(ValueError):
    """An entry is no user and no group, with the reason."""


@dataclass(frozen=True, slots=True)
class User:
    """A user as a file has it. ``password`` is shown nowhere."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    enabled: bool = True
    status: str = ""
    password: str | None = field(default=None, repr=False)

    def without_password(self) -> dict[str, Any]:
        """What may be written of it."""
        found: dict[str, Any] = {"Username": self.name, "Attributes": dict(self.attributes)}
        found |= {"Groups": list(self.groups)} if self.groups else {}
        return found | ({} if self.enabled else {"Enabled": False})


@dataclass(frozen=True, slots=True)
class Group:
    """A group as a file has it; ``facts`` as ``CreateGroup`` takes them."""

    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def entry_of(found: Any) -> User | Group:
    """The user or the group that an object of a file is. Raises ``EntryError``."""
    if not isinstance(found, Mapping):
        raise EntryError("is no object")
    if "GroupName" in found and "Username" not in found:
        facts = {name: found[name] for name in _GROUP if found.get(name) not in (None, "")}
        return Group(_text(found["GroupName"], "GroupName"), facts)
    known: dict[str, Any] = {}
    beside: dict[str, Any] = {}
    for name, value in found.items():
        own = _NAMES.get(name.lower())
        if own is not None:
            known[own] = value
        elif name.lower() not in _IGNORED:
            beside[name] = value
    if known.get("Username") in (None, ""):
        raise EntryError("has no Username")
    attributes = beside | _attributes(known.get("Attributes") or {})
    password = known.get("password")
    return User(
        _text(known["Username"], "Username"),
        {name: _value(value, name) for name, value in attributes.items() if value is not None and name not in _NOT_SET},
        _groups(known.get("Groups")),
        _flag(known.get("Enabled")),
        str(known.get("UserStatus") or ""),
        None if password in (None, "") else _text(password, "password"),
    )


def _attributes(given: Any) -> dict[str, Any]:
    if isinstance(given, list) and all(isinstance(each, Mapping) and "Name" in each for each in given):
        return {str(each["Name"]): each.get("Value") for each in given}
    if isinstance(given, Mapping):
        return dict(given)
    raise EntryError("Attributes: is neither an object nor a list of Name and Value")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise EntryError(f"{name}: is no text")
    return value


def _value(value: Any, name: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise EntryError(f"{name}: is neither a text nor a number")


def _groups(value: Any) -> tuple[str, ...]:
    """The names of groups; in a text they are apart by blanks, which no group's name has."""
    if value is None or isinstance(value, str):
        return tuple(dict.fromkeys((value or "").split()))
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(dict.fromkeys(value))
    raise EntryError("Groups: is no list of names")


def _flag(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return value is not False
    text = str(value).strip().lower()
    if text in ("", "true", "yes", "1"):
        return True
    if text in ("false", "no", "0"):
        return False
    raise EntryError(f"Enabled: is {str(value)!r}, and neither true nor false")


def exported(user: Mapping[str, Any], attributes: Mapping[str, str], groups: list[str] | None) -> dict[str, Any]:
    """What an export has of a user of Cognito's lists; without ``Groups`` where they are not known."""
    entry: dict[str, Any] = {"Username": user["Username"], "UserStatus": user.get("UserStatus")}
    entry["Enabled"] = user.get("Enabled", True)
    for name in ("UserCreateDate", "UserLastModifiedDate"):
        if (moment := user.get(name)) is not None:
            entry[name] = moment.isoformat().replace("+00:00", "Z")
    if groups is not None:
        entry["Groups"] = groups
    entry["Attributes"] = dict(attributes)
    return entry
