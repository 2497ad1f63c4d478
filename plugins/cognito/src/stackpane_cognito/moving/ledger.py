"""What became of the entries of an import."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackpane import Failure, StackpaneError
from stackpane_cognito.moving.entries import User

if TYPE_CHECKING:
    from stackpane.rejects import Rejects
    from stackpane_cognito.moving.sources import Entry

__all__ = ["Ledger", "Settled"]

_LISTED = 1000
"""Entries that are named one by one in the outcome; all of them are in the file of rejects."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one entry: how it was done, or the reason why it was not; ``unknown``: nobody can tell."""

    entry: Entry
    done: str = ""
    reason: str = ""
    unknown: bool = False
    fault: bool = False
    """Whether it was the server that failed."""


@dataclass(slots=True)
class Ledger:
    """What became of the users so far, of all entries before ``read``; it is kept with the checkpoint."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left: int = 0
    rejected: int = 0
    rejects_length: int = 0
    failures: list[Failure] = field(default_factory=list)

    def state(self) -> dict[str, int]:
        """What is kept."""
        names = ("read", "created", "updated", "unchanged", "left", "rejected", "rejects_length")
        return {name: getattr(self, name) for name in names}

    @property
    def users(self) -> int:
        """All that is known of."""
        return self.created + self.updated + self.unchanged + self.left + self.rejected

    def add(self, settled: Iterable[Settled], rejects: Rejects) -> None:
        """Count entries, behind which everything before is counted."""
        for each in sorted(settled, key=lambda one: one.entry.number):
            if each.done:
                setattr(self, each.done, getattr(self, each.done) + 1)
                continue
            self.rejected += 1
            self.rejects_length = rejects.write(_line(each))
            if len(self.failures) < _LISTED:
                self.failures.append(Failure(each.entry.target, each.reason, unknown=each.unknown))

    def check(self, users: int) -> None:
        """Raise ``StackpaneError`` where users went missing."""
        if self.users != users:
            raise StackpaneError(
                f"the count does not agree: {users:,} users were read, and {self.users:,} accounted for"
            )


def _line(settled: Settled) -> dict[str, Any]:
    """What the file of rejects says of an entry; of a user all but the password."""
    found = settled.entry.found
    line: dict[str, Any] = {"Entry": settled.entry.number, "Reason": settled.reason}
    return {**line, "User": found.without_password()} if isinstance(found, User) else line
