"""Deleting users: a plan that names each of them, and a job that deletes these and no others."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from stackpane import AwsError, Job, Link, Outcome, Plan, Progress
from stackpane.spool import Spool
from stackpane_cognito.changing import WORKERS, each_of, unless_done
from stackpane_cognito.pools import SERVICE
from stackpane_cognito.users import User, attributes_of, get_user, matcher, user_pages

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Removal"]

_LOST = "Cannot be undone: passwords, second factors and the sub of a user never come back; an export keeps the rest."


class Target(NamedTuple):
    """A user to delete, as the plan saw it."""

    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Removal:
    """The deletion of users of one pool."""

    session: Session
    pool: str

    def of_names(self, names: Sequence[str]) -> Plan:
        """The plan for users by their names, each of which is looked at first. Raises where one is not there."""
        from botocore.exceptions import ClientError

        from stackpane.fanout import in_order

        missing: list[str] = []

        def look(name: str) -> Iterator[User]:
            try:
                yield get_user(self.session, self.pool, name)
            except ClientError as error:
                if error.response["Error"].get("Code") != "UserNotFoundException":
                    raise
                missing.append(name)

        unique = list(dict.fromkeys(names))
        with closing(in_order([partial(look, name) for name in unique], WORKERS)) as found:
            users = list(found)
        if missing:
            who = ", ".join(sorted(missing))
            raise AwsError(f"no such user in {self.pool}: {who}", "Nothing was sent.", "UserNotFoundException")
        return self._plan(users, Link.to("cognito rm", self.pool, *unique, label="Go on"))

    def of_found(self, filter_: str | None, search: str | None) -> Plan:
        """The plan for all users that Cognito's filter and the search find."""
        wanted = matcher(search) if search else None
        users = (user for page, _ in user_pages(self.session, self.pool, None, filter_) for user in page)
        found = users if wanted is None else filter(wanted, users)
        return self._plan(found, Link.to("cognito rm", self.pool, filter=filter_, search=search, label="Go on"))

    def _plan(self, users: Iterable[User], again: Link) -> Plan:
        targets = Spool(Target._make, (Target(user["Username"], attributes_of(user).get("email")) for user in users))
        if not targets:
            raise AwsError(f"nothing to delete: no such user is in {self.pool}", "See: stackpane cognito users")
        count = len(targets)
        return Plan(
            title=f"Delete users of {self.pool}",
            count=count,
            unit="user",
            targets=lambda: (f"{each.name} ({each.email})" if each.email else each.name for each in targets),
            phrase="y" if count == 1 else self.pool,
            apply=lambda: Job(f"Deleting users of {self.pool}", lambda: self._run(targets), again),
            reversible=_LOST,
        )

    def _run(self, targets: Spool[Target]) -> Generator[Progress, None, Outcome]:
        from stackpane.tally import Tally

        tally = Tally(len(targets), unit="user")
        with tally.told_when_cancelled(self.session, "deleted"):
            yield from each_of(self.session, (each.name for each in targets), self._delete, tally)
        tally.raise_if_nothing_done()
        return tally.outcome(tally.sentence("Deleted", f"from {self.pool}"))

    def _delete(self, name: str) -> None:
        client = self.session.client(SERVICE)
        unless_done(lambda: client.admin_delete_user(UserPoolId=self.pool, Username=name), "UserNotFoundException")
