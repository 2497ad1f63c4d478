"""``cognito group``: one group, and who is in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from stackpane import Field, Job, Link, Outcome, Page, Plan, Record, Section, Table, command, group
from stackpane_cognito.calls import (
    ADD_TO_GROUP,
    CREATE_GROUP,
    DELETE_GROUP,
    GET_GROUP,
    LIST_GROUPS_FOR_USER,
    LIST_POOLS,
    LIST_USERS_IN_GROUP,
    REMOVE_FROM_GROUP,
)
from stackpane_cognito.params import GROUP, POOL, USER
from stackpane_cognito.places import console_url, group_link, groups_link, members_link, show_link, user_link

if TYPE_CHECKING:
    from stackpane import PageRequest, Session

_NAMES = ("show", "users", "create", "rm", "add", "remove")
_FIELDS = ("GroupName", "Description", "Precedence", "RoleArn", "CreationDate", "LastModifiedDate")

group_ = group("group", "One group of a user pool, and who is in it.", {name: f"{__name__}:{name}" for name in _NAMES})


@command("show", calls=(LIST_POOLS, GET_GROUP))
@click.argument("pool", type=POOL)
@click.argument("name", type=GROUP, metavar="GROUP")
def show(session: Session, pool: str, name: str) -> Record:
    """Show a group."""
    from stackpane_cognito.pools import SERVICE, find

    id_ = find(session, pool)
    found = session.client(SERVICE).get_group(UserPoolId=id_, GroupName=name)["Group"]
    kinds = {"RoleArn": "arn", "Precedence": "number", "CreationDate": "time", "LastModifiedDate": "time"}
    fields = tuple(
        Field(each, found[each], kinds.get(each, "text"))  # type: ignore[arg-type]
        for each in _FIELDS
        if found.get(each) not in (None, "")
    )
    return Record(
        title=name,
        sections=(Section("", fields),),
        console_url=console_url(session, id_, "user-management", "groups", "details", name),
        links=(
            members_link(id_, name),
            groups_link(id_),
            show_link(id_),
            Link.to("cognito group add", id_, name, label="Add users"),
            Link.to("cognito group rm", id_, name, label="Delete"),
        ),
    )


@command("users", calls=(LIST_POOLS, LIST_USERS_IN_GROUP))
@click.argument("pool", type=POOL)
@click.argument("name", type=GROUP, metavar="GROUP")
def users(session: Session, pool: str, name: str) -> Table:
    """List the users of a group."""
    from stackpane_cognito.pools import find, pages
    from stackpane_cognito.users import USERS, row_of

    id_ = find(session, pool)
    row = row_of(USERS)

    def fetch(request: PageRequest) -> Iterator[Page]:
        given = {"UserPoolId": id_, "GroupName": name, "Limit": 60}
        for found, token in pages(session, "list_users_in_group", "Users", given, request.cursor):
            yield Page([row(user) for user in found], token)

    return Table(
        USERS,
        fetch,
        title=f"Users of {name}",
        link=lambda each: user_link(id_, each[0]),
        actions=lambda each: (Link.to("cognito group remove", id_, name, each[0], label="Remove from the group"),),
        links=(group_link(id_, name), groups_link(id_)),
        console_url=console_url(session, id_, "user-management", "groups", "details", name),
    )


@command("create", calls=(LIST_POOLS, CREATE_GROUP))
@click.argument("pool", type=POOL)
@click.argument("name", metavar="GROUP")
@click.option("--description", metavar="TEXT", help="What the group is for.")
@click.option("--precedence", type=click.IntRange(min=0), metavar="N", help="The lower, the more its role counts.")
@click.option("--role", metavar="ARN", help="The IAM role of its users.")
def create(
    session: Session, pool: str, name: str, description: str | None, precedence: int | None, role: str | None
) -> Plan | Outcome:
    """Create a group."""
    from stackpane_cognito.changing import Change, unless_done
    from stackpane_cognito.pools import SERVICE, find

    id_ = find(session, pool)
    given = {"Description": description, "Precedence": precedence, "RoleArn": role}
    request = {"GroupName": name, **{each: value for each, value in given.items() if value is not None}}

    def do() -> Outcome:
        client = session.client(SERVICE)
        unless_done(lambda: client.create_group(UserPoolId=id_, **request), "GroupExistsException")
        undo = Link.to("cognito group rm", id_, name, label="Undo")
        return Outcome(f"Created the group {name}.", result=request, undo=undo, links=(group_link(id_, name),))

    return Change(session, f"Create the group {name}", name, do, "Can be undone by deleting it.").view()


@command("rm", calls=(LIST_POOLS, GET_GROUP, LIST_USERS_IN_GROUP, DELETE_GROUP))
@click.argument("pool", type=POOL)
@click.argument("name", type=GROUP, metavar="GROUP")
def rm(session: Session, pool: str, name: str) -> Plan:
    """Delete a group; its users stay."""
    from stackpane_cognito.groupremoval import delete_group
    from stackpane_cognito.pools import find

    return delete_group(session, find(session, pool), name)


@command("add", calls=(LIST_POOLS, LIST_GROUPS_FOR_USER, ADD_TO_GROUP))
@click.argument("pool", type=POOL)
@click.argument("name", type=GROUP, metavar="GROUP")
@click.argument("names", type=USER, nargs=-1, required=True, metavar="USER…")
def add(session: Session, pool: str, name: str, names: tuple[str, ...]) -> Plan | Job:
    """Put users into a group."""
    from stackpane_cognito.membership import Membership
    from stackpane_cognito.pools import find

    return Membership(session, find(session, pool), name, list(dict.fromkeys(names))).view()


@command("remove", calls=(LIST_POOLS, LIST_GROUPS_FOR_USER, REMOVE_FROM_GROUP))
@click.argument("pool", type=POOL)
@click.argument("name", type=GROUP, metavar="GROUP")
@click.argument("names", type=USER, nargs=-1, required=True, metavar="USER…")
def remove(session: Session, pool: str, name: str, names: tuple[str, ...]) -> Plan | Job:
    """Take users out of a group."""
    from stackpane_cognito.membership import Membership
    from stackpane_cognito.pools import find

    return Membership(session, find(session, pool), name, list(dict.fromkeys(names)), out=True).view()
