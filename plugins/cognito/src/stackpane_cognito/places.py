"""Links to places in Cognito, their pages of the AWS console, and what a text from elsewhere leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from stackpane import Link
from stackpane_cognito.names import place_of

if TYPE_CHECKING:
    from stackpane import Session

__all__ = [
    "client_link",
    "clients_link",
    "console_url",
    "group_link",
    "groups_link",
    "link_of",
    "members_link",
    "pool_actions",
    "show_link",
    "user_actions",
    "user_link",
    "users_link",
]


def show_link(pool: str, label: str = "Pool") -> Link:
    """To the record of a pool."""
    return Link.to("cognito show", pool, label=label)


def users_link(pool: str, label: str = "Users") -> Link:
    """To the users of a pool."""
    return Link.to("cognito users", pool, label=label)


def user_link(pool: str, name: str, label: str = "User") -> Link:
    """To the record of a user."""
    return Link.to("cognito user", pool, name, label=label)


def groups_link(pool: str, label: str = "Groups") -> Link:
    """To the groups of a pool."""
    return Link.to("cognito groups", pool, label=label)


def group_link(pool: str, group: str, label: str = "Group") -> Link:
    """To the record of a group."""
    return Link.to("cognito group show", pool, group, label=label)


def members_link(pool: str, group: str, label: str = "Members") -> Link:
    """To the users of a group."""
    return Link.to("cognito group users", pool, group, label=label)


def clients_link(pool: str, label: str = "App clients") -> Link:
    """To the app clients of a pool."""
    return Link.to("cognito clients", pool, label=label)


def client_link(pool: str, client: str, label: str = "App client") -> Link:
    """To the record of an app client."""
    return Link.to("cognito client", pool, client, label=label)


def pool_actions(pool: str) -> tuple[Link, ...]:
    """Where one can go from a pool."""
    return (show_link(pool), users_link(pool), groups_link(pool), clients_link(pool))


def user_actions(pool: str, name: str, *, enabled: bool | None, status: str | None) -> tuple[Link, ...]:
    """What can be done with a user as it is."""
    to, links = Link.to, []
    links.append(to("cognito edit", pool, name, label="Edit attributes"))
    if enabled is not False:
        links.append(to("cognito disable", pool, name, label="Disable"))
    if enabled is not True:
        links.append(to("cognito enable", pool, name, label="Enable"))
    if status == "UNCONFIRMED":
        links.append(to("cognito confirm", pool, name, label="Confirm the sign-up"))
    links += [
        to("cognito reset-password", pool, name, label="Reset the password"),
        to("cognito set-password", pool, name, label="Set a password"),
        to("cognito sign-out", pool, name, label="Sign out everywhere"),
        to("cognito token", pool, name, label="Sign in as this user"),
        to("cognito rm", pool, name, label="Delete"),
    ]
    return tuple(links)


def link_of(target: str) -> Link | None:
    """The link that an ARN or a console address leads to."""
    place = place_of(target)
    if place is None:
        return None
    match place.what, place.name:
        case "users", "":
            link = users_link(place.pool)
        case "users", name:
            link = user_link(place.pool, name)
        case "groups", "":
            link = groups_link(place.pool)
        case "groups", name:
            link = group_link(place.pool, name)
        case "app-clients", "":
            link = clients_link(place.pool)
        case "app-clients", name:
            link = client_link(place.pool, name)
        case _:
            link = show_link(place.pool)
    return link.at(None, place.region)


def console_url(session: Session, pool: str = "", *within: str) -> str:
    """The AWS console's page of a pool, or of what is ``within`` it (``"users", "details", name``)."""
    parts = ["cognito/v2/idp/user-pools", *([pool] if pool else []), *(quote(part, safe="") for part in within)]
    return session.console_url(f"{'/'.join(parts)}?region={session.region}")
