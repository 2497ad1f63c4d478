"""Changes: made at once, or shown first as a plan; and the work on many users, each with an outcome of its own."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from stackpane import Job, Link, Outcome, Plan, Progress, is_lost
from stackpane.fanout import as_they_come
from stackpane.patience import PATIENCE, TICK, patiently

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.tally import Tally

__all__ = ["WORKERS", "Change", "each_of", "is_careful", "short", "unless_done"]

WORKERS = 8
"""Users that are changed at a time. Cognito's quota of changes is 25 a second for most accounts:
https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html"""
_LONGEST = 2048
"""Characters of a link's arguments that a person may still want to copy."""


def is_careful(session: Session) -> bool:
    """Whether a change is shown before it is made: in a dry run, and in production."""
    return session.dry_run or session.connection.kind == "production"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one thing. ``do`` makes it, and says what AWS confirmed."""

    session: Session
    title: str
    target: str
    do: Callable[[], Outcome]
    reversible: str = ""
    notes: tuple[str, ...] = ()

    def view(self) -> Plan | Outcome:
        """The change made, or the plan of it."""
        if not is_careful(self.session):
            return self.do()
        return Plan(
            title=self.title,
            count=1,
            targets=lambda: iter([self.target]),
            phrase="y",
            apply=lambda: Job(self.title, self._run),
            unit="change",
            reversible=self.reversible,
            notes=self.notes,
        )

    def _run(self) -> Generator[Progress, None, Outcome]:
        yield from ()
        return self.do()


def each_of(
    session: Session, names: Iterable[str], act: Callable[[str], None], tally: Tally
) -> Generator[Progress, None, None]:
    """Do something to each user, several at a time; ``tally`` has what became of them."""

    def work(name: str) -> Iterator[str]:
        with tally.trying():
            try:
                patiently(partial(act, name))
                tally.did()
            except Exception as error:
                tally.raised(session, error, name)
        yield name

    tasks = tally.until_stopped(partial(work, name) for name in names)
    with closing(as_they_come(tasks, WORKERS, patience=PATIENCE, tick=TICK)) as steps:
        for step in steps:
            yield Progress(tally.accounted, tally.total, f"{tally.unit}s", current=step or "")


def unless_done(call: Callable[[], object], code: str) -> None:
    """Make a call whose repeat is refused with ``code``: after a try without an answer, that is what was wanted."""
    from botocore.exceptions import ClientError

    try:
        call()
    except ClientError as error:
        if not (error.response["Error"].get("Code") == code and is_lost(error)):
            raise


def short(link: Link) -> Link | None:
    """The link, where it is short enough to be one."""
    return link if len(link.address) <= _LONGEST else None
