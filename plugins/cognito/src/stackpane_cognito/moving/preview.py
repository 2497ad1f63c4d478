"""What an import would do, found out before anything is sent: how many users, and what is the matter with others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from stackpane.fanout import as_they_come
from stackpane.text import human_count
from stackpane_cognito.changing import WORKERS
from stackpane_cognito.moving.entries import Group, User
from stackpane_cognito.moving.index import Names
from stackpane_cognito.users import attributes_of, get_user, user_pages

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_cognito.moving.rules import Rules
    from stackpane_cognito.moving.sources import Source

__all__ = ["Preview"]

_ONE_BY_ONE = 300
"""Users that are looked up each by itself; of more, the pool is listed, 60 to a request."""
_NAMED = 3
_KINDS = 20


@dataclass
class Preview:
    """A look at all entries of a source. ``groups`` are the groups that it defines or puts users into."""

    users: int = 0
    rejected: int = 0
    existing: int = 0
    passwords: int = 0
    without_email: int = 0
    groups: dict[str, Group] = field(default_factory=dict)
    _reasons: dict[str, list[str]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _no_email: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, source: Source, rules: Rules, session: Session, pool: str) -> Preview:
        """Read the source once, and ask which of its users are there already."""
        preview, wanted = cls(), Names()
        try:
            with closing(source.entries(rules)) as entries:
                for entry in entries:
                    if entry.reason:
                        preview._reject(entry.target, entry.reason)
                    elif isinstance(entry.found, Group):
                        preview.groups[entry.found.name] = entry.found
                    elif entry.found is not None:
                        preview._count(entry.found)
                        wanted.first(rules.name_of(entry.found) or "", entry.number)
            preview._look(source, rules, session, pool, wanted)
        finally:
            wanted.close()
        return preview

    def _reject(self, target: str, reason: str) -> None:
        self.rejected += 1
        if reason in self._counts or len(self._counts) < _KINDS:
            self._counts[reason] = self._counts.get(reason, 0) + 1
            named = self._reasons.setdefault(reason, [])
            if len(named) < _NAMED:
                named.append(target)

    def _count(self, user: User) -> None:
        self.users += 1
        self.passwords += user.password is not None
        if not user.attributes.get("email") and "@" not in user.name:
            self.without_email += 1
            self._no_email += [user.name] if len(self._no_email) < _NAMED else []
        for group in user.groups:
            self.groups.setdefault(group, Group(group))

    def _look(self, source: Source, rules: Rules, session: Session, pool: str, wanted: Names) -> None:
        if self.users > _ONE_BY_ONE:
            for found, _ in user_pages(session, pool):
                for user in found:
                    attributes = attributes_of(user)
                    names = [user["Username"], *(attributes.get(name, "") for name in rules.sign_in)]
                    self.existing += any(name and name in wanted for name in names)
            return

        def look(name: str) -> Iterator[bool]:
            try:
                get_user(session, pool, name)
                yield True
            except ClientError as error:
                if error.response["Error"].get("Code") != "UserNotFoundException":
                    raise

        with closing(source.entries(rules)) as entries:
            users = (each.found for each in entries if isinstance(each.found, User) and not each.reason)
            tasks = (partial(look, rules.name_of(user) or user.name) for user in users)
            with closing(as_they_come(tasks, WORKERS)) as there:
                self.existing += sum(there)

    def notes(self, *, update: bool, message: str, permanent: bool) -> Iterator[str]:
        """What there is to weigh."""
        for reason, count in self._counts.items():
            named = ", ".join(self._reasons[reason])
            more = f" and {count - len(self._reasons[reason]):,} more" if count > len(self._reasons[reason]) else ""
            yield f"Not sent: {named}{more}: {reason}."
        if self.rejected > sum(self._counts.values()):
            yield f"Not sent: {self.rejected - sum(self._counts.values()):,} more, for other reasons."
        if self.without_email:
            more = f" and {self.without_email - len(self._no_email):,} more" if self.without_email > _NAMED else ""
            yield f"Without an email address: {', '.join(self._no_email)}{more}."
        if self.existing:
            what = "brought up to date" if update else "left alone; --update brings them up to date"
            yield f"There already: {human_count(self.existing, 'user')}, {what}."
        if self.groups:
            yield f"Groups: {_some(sorted(self.groups))}; those that are missing are created."
        kind = "permanent passwords" if permanent else "temporary passwords, to be changed at the first sign-in"
        if self.passwords:
            yield f"{human_count(self.passwords, 'user')} with a password in the file: {kind}."
        if self.users > self.passwords:
            yield "All others get a random temporary password each, made by Cognito and seen in invitations alone."
        told = f"invited by {message}" if message != "suppress" else "not told; --invite has Cognito invite them"
        yield f"New users are {told}. Every new user has a new sub; second factors are not carried over."


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 10:,} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more
