"""The record of a user: what ``AdminGetUser`` says, and what takes a further right each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane import Field, Record, Section
from stackpane.fanout import in_order
from stackpane_cognito.places import console_url, group_link, show_link, user_actions, users_link
from stackpane_cognito.pools import pages
from stackpane_cognito.users import attributes_of, get_user

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["user_record"]


def user_record(session: Session, pool: str, name: str) -> Record:
    """All that is known of a user. Groups and devices are left out with a warning where they are denied."""
    found = get_user(session, pool, name)
    username = found.get("Username") or name
    more = _more(session, pool, username)
    attributes = attributes_of(found)
    status, enabled = found.get("UserStatus"), found.get("Enabled")
    own = (
        Field("Username", username),
        Field("sub", attributes.pop("sub", None)),
        Field("UserStatus", status, "state"),
        Field("Enabled", enabled, "bool"),
        Field("UserCreateDate", found.get("UserCreateDate"), "time"),
        Field("UserLastModifiedDate", found.get("UserLastModifiedDate"), "time"),
    )
    groups = more.get("groups")
    sections = {
        "": own,
        "Attributes": tuple(Field(each, value) for each, value in sorted(attributes.items(), key=_order)),
        "MFA": _mfa(found),
        "Groups": () if groups is None else (Field("Groups", [each["GroupName"] for each in groups], "json"),),
        "Devices": tuple(_devices(more.get("devices") or ())),
    }
    return Record(
        title=username,
        sections=tuple(Section(title, fields) for title, fields in sections.items() if fields),
        console_url=console_url(session, pool, "user-management", "users", "details", username),
        links=(
            users_link(pool),
            show_link(pool),
            *(group_link(pool, each["GroupName"], label=f"Group {each['GroupName']}") for each in groups or ()),
            *user_actions(pool, username, enabled=enabled, status=status),
        ),
    )


def _order(attribute: tuple[str, str]) -> tuple[bool, str]:
    return ":" in attribute[0], attribute[0]  # standard ones first


def _mfa(found: Mapping[str, Any]) -> tuple[Field, ...]:
    names = ("PreferredMfaSetting", "UserMFASettingList", "MFAOptions")
    kinds = {"PreferredMfaSetting": "text"}
    return tuple(Field(name, found[name], kinds.get(name, "json")) for name in names if found.get(name))  # type: ignore[arg-type]


def _more(session: Session, pool: str, name: str) -> dict[str, list[Mapping[str, Any]]]:
    """What takes a right of its own each, asked for at once."""
    given = {"UserPoolId": pool, "Username": name, "Limit": 60}
    asked = {
        "groups": partial(pages, session, "admin_list_groups_for_user", "Groups", given),
        "devices": partial(pages, session, "admin_list_devices", "Devices", given, name="PaginationToken"),
    }

    def ask(what: str) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
        with session.part(f"the {what} of {name}"), _no_devices():
            yield what, [each for found, _ in asked[what]() for each in found]

    with closing(in_order([partial(ask, what) for what in asked], len(asked))) as answers:
        return dict(answers)


@contextmanager
def _no_devices() -> Iterator[None]:
    """A pool that remembers no devices refuses to list them: its users have none."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if error.response["Error"].get("Code") != "InvalidUserPoolConfigurationException":
            raise


def _devices(devices: list[Mapping[str, Any]] | tuple[()]) -> Iterator[Field]:
    for device in devices:
        attributes = {each["Name"]: each.get("Value") for each in device.get("DeviceAttributes", ())}
        seen = {name: device[name].isoformat() for name in device if name.endswith("Date")}
        yield Field(str(device.get("DeviceKey")), {**attributes, **seen}, "json")
