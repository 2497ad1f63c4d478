"""The Cognito plugin's share of the demo: two user pools. Imported by nothing but the demo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane.fanout import as_they_come
from stackpane.links import Link
from stackpane_cognito.demo.samples import PASSWORD, POOLS, Person
from stackpane_cognito.pools import SERVICE

if TYPE_CHECKING:
    from stackpane.session import Session

__all__ = ["TOUR", "seed"]

# The emulator is one process on this machine: a few requests on the way keep it busy.
_WORKERS = 4

TOUR = (
    Link.to("cognito ls", label="All user pools"),
    Link.to("cognito users", "customers", filter='email ^= "grace"', limit=5, label="Users, filtered by Cognito"),
    Link.to(
        "cognito users",
        "customers",
        search="RED",
        attribute=["custom:tenant"],
        limit=5,
        label="Searched in every attribute, custom ones too",
    ),
    Link.to("cognito user", "customers", "ada.adler", label="All there is to know of a user"),
    Link.to("cognito group users", "customers", "vip", label="Who is in a group"),
    Link.to("cognito clients", "customers", label="App clients; secrets are masked until --reveal"),
    Link.to(
        "cognito copy", "customers", "staff", dry_run=True, limit=5, label="A copy says first who would be created"
    ),
    Link.to(
        "cognito rm", "customers", search="adler", dry_run=True, label="Nobody is deleted before you saw who it is"
    ),
)
"""What is worth a first look."""


def seed(session: Session) -> tuple[Link, ...]:
    """Fill the fresh demo that ``session`` reaches, and return what is worth a first look there."""
    client = session.client(SERVICE)
    for pool in POOLS:
        id_ = client.create_user_pool(**pool.request)["UserPool"]["Id"]
        for request in pool.clients:
            client.create_user_pool_client(UserPoolId=id_, **request)
        for name, facts in pool.groups.items():
            client.create_group(UserPoolId=id_, GroupName=name, **facts)
        list(as_they_come(_puts(client, id_, pool.people), _WORKERS))  # nothing comes of it but errors, raised here
    return TOUR


def _puts(client: Any, pool: str, people: Iterable[Person]) -> Iterator[Callable[[], Iterable[None]]]:
    """What is left to do of each, who is created first: one after the other, so that lists have the same order."""
    for person in people:
        attributes = [{"Name": name, "Value": value} for name, value in person.attributes.items()]
        made = client.admin_create_user(
            UserPoolId=pool, Username=person.name, UserAttributes=attributes, MessageAction="SUPPRESS"
        )
        yield partial(_rest, client, {"UserPoolId": pool, "Username": made["User"]["Username"]}, person)


def _rest(client: Any, place: Mapping[str, str], person: Person) -> tuple[()]:
    if person.has_password:
        client.admin_set_user_password(**place, Password=PASSWORD, Permanent=True)
    for group in person.groups:
        client.admin_add_user_to_group(**place, GroupName=group)
    if not person.enabled:
        client.admin_disable_user(**place)
    return ()
