"""Reading users: the pages of a pool, what a page shows of each, and the search that Cognito itself does not have."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane import Column, Row
from stackpane_cognito.pools import SERVICE, pages

if TYPE_CHECKING:
    from stackpane import Session

__all__ = [
    "USERS",
    "User",
    "attributes_of",
    "columns_with",
    "get_user",
    "matcher",
    "prefix_filter",
    "row_of",
    "user_pages",
]

User = Mapping[str, Any]
"""A user as Cognito's lists have it."""

USERS = (
    Column("Username"),
    Column("email"),
    Column("UserStatus", "state"),
    Column("Enabled", "bool"),
    Column("UserCreateDate", "time"),
    Column("UserLastModifiedDate", "time"),
)
PAGE = 60
"""The most that ``ListUsers`` gives at a time."""


def user_pages(
    session: Session, pool: str, token: str | None = None, filter_: str | None = None
) -> Iterator[tuple[Sequence[User], str | None]]:
    """The users of a pool by the page, with the token of the next page.

    ``filter_`` is Cognito's own: one standard attribute, ``=`` or ``^=`` (begins with), a value in quotes.
    https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
    """
    given = {"UserPoolId": pool, "Limit": PAGE} | ({"Filter": filter_} if filter_ else {})
    yield from pages(session, "list_users", "Users", given, token, name="PaginationToken")


def get_user(session: Session, pool: str, name: str) -> User:
    """A user as ``AdminGetUser`` has it, with the attributes under the name that lists have them under."""
    reply = session.client(SERVICE).admin_get_user(UserPoolId=pool, Username=name)
    return {**reply, "Attributes": reply.get("UserAttributes", [])}


def attributes_of(user: User) -> dict[str, str]:
    """A user's attributes by name."""
    return {each["Name"]: each.get("Value", "") for each in user.get("Attributes") or ()}


def columns_with(attributes: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a list of users, with further attributes."""
    return (*USERS, *(Column(name) for name in attributes if name != "email"))


def row_of(columns: Sequence[Column]) -> Callable[[User], Row]:
    """What makes a row of a user: its own facts, and of attributes what their columns ask for."""
    own = {column.name for column in USERS} - {"email"}

    def row(user: User) -> Row:
        attributes = attributes_of(user)
        return tuple(user.get(column.name) if column.name in own else attributes.get(column.name) for column in columns)

    return row


def matcher(text: str) -> Callable[[User], bool]:
    """Whether a user's name, status or any attribute contains a text, whatever the case of its letters."""
    wanted = text.casefold()

    def matches(user: User) -> bool:
        values = (user.get("Username"), user.get("UserStatus"), *attributes_of(user).values())
        return any(wanted in value.casefold() for value in values if value)

    return matches


def prefix_filter(name: str, value: str) -> str | None:
    """Cognito's filter for values that begin with ``value``; ``None`` where it is empty, as all begin with that."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} ^= "{escaped}"' if value else None
