"""A whole pool as lines: its groups first, then its users with their groups, as they are read."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane.fanout import as_they_come
from stackpane.patience import TICK
from stackpane_cognito.moving.entries import exported
from stackpane_cognito.moving.files import json_line
from stackpane_cognito.moving.index import Members
from stackpane_cognito.pools import describe, pages
from stackpane_cognito.users import attributes_of, user_pages

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Counts", "PoolReader"]

_WORKERS = 4
"""Groups whose members are listed at a time."""


@dataclass(slots=True)
class Counts:
    """What was read so far. ``total`` is Cognito's own estimate of the users, ``None`` where it may not be known."""

    users: int = 0
    groups: int = 0
    total: int | None = None


@dataclass(frozen=True)
class PoolReader:
    """Reads one pool. ``counts`` grows as the lines are read."""

    session: Session
    pool: str
    counts: Counts
    filter: str | None = None

    def lines(self) -> Generator[bytes | None, None, None]:
        """The lines; ``None`` now and then, where nothing new has come.

        The members of each group are listed, which takes a request for 60 of them; to ask for the groups of every user
        would take one for each.
        """
        members = Members()
        try:
            with self.session.part(f"how many users {self.pool} has"):
                self.counts.total = describe(self.session, self.pool).get("EstimatedNumberOfUsers")
            known = False
            with self.session.part(f"the groups of {self.pool}"):
                groups = list(self._groups())
                for group in groups:
                    self.counts.groups += 1
                    yield json_line(group)
                yield from self._fill(members, [group["GroupName"] for group in groups])
                known = True
            for found, _ in user_pages(self.session, self.pool, None, self.filter):
                lines = (self._line(user, members.of(user["Username"]) if known else None) for user in found)
                data = b"".join(lines)
                self.counts.users += len(found)
                yield data
        finally:
            members.close()

    def _line(self, user: Any, groups: list[str] | None) -> bytes:
        return json_line(exported(user, attributes_of(user), groups))

    def _groups(self) -> Iterator[dict[str, Any]]:
        given = {"UserPoolId": self.pool, "Limit": 60}
        facts = ("GroupName", "Description", "Precedence", "RoleArn")
        for found, _ in pages(self.session, "list_groups", "Groups", given):
            for group in found:
                yield {name: group[name] for name in facts if group.get(name) not in (None, "")}

    def _fill(self, members: Members, groups: list[str]) -> Iterator[None]:
        def read(group: str) -> Iterator[tuple[str, list[str]]]:
            given = {"UserPoolId": self.pool, "GroupName": group, "Limit": 60}
            for found, _ in pages(self.session, "list_users_in_group", "Users", given):
                yield group, [user["Username"] for user in found]

        with closing(as_they_come([partial(read, group) for group in groups], _WORKERS, tick=TICK)) as arriving:
            for page in arriving:
                if page is not None:
                    members.add(*page)
                yield None
