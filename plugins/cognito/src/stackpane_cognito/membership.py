"""Users into groups and out of them, each with an outcome of its own, and what takes it back."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stackpane import Job, Link, Outcome, Plan, Progress
from stackpane.text import human_count
from stackpane_cognito.changing import each_of, is_careful, short
from stackpane_cognito.places import group_link, members_link
from stackpane_cognito.pools import SERVICE, pages

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Membership", "groups_of"]


def groups_of(session: Session, pool: str, name: str) -> list[str]:
    """The names of a user's groups."""
    given = {"UserPoolId": pool, "Username": name, "Limit": 60}
    found = pages(session, "admin_list_groups_for_user", "Groups", given)
    return [group["GroupName"] for page, _ in found for group in page]


@dataclass(frozen=True, slots=True)
class Membership:
    """Putting users into a group, or (``out``) taking them out of it."""

    session: Session
    pool: str
    group: str
    names: Sequence[str]
    out: bool = False
    _changed: list[str] = field(default_factory=list)
    _same: list[str] = field(default_factory=list)

    def view(self) -> Plan | Job:
        """The change; where care is asked for, the plan of it."""
        if not is_careful(self.session):
            return self.job()
        verb, back = ("Remove from", "adding them") if self.out else ("Add to", "removing them")
        return Plan(
            title=f"{verb} the group {self.group}",
            count=len(self.names),
            unit="user",
            targets=lambda: iter(self.names),
            phrase="y",
            apply=self.job,
            reversible=f"Can be undone by {back} again.",
        )

    def job(self) -> Job:
        """The change."""
        verb = "Removing from" if self.out else "Adding to"
        return Job(f"{verb} the group {self.group}", self._run)

    def _run(self) -> Generator[Progress, None, Outcome]:
        from stackpane.tally import Tally

        tally = Tally(len(self.names), unit="user")
        with tally.told_when_cancelled(self.session, "removed" if self.out else "added"):
            yield from each_of(self.session, self.names, self._act, tally)
        tally.raise_if_nothing_done()
        verb, way, state = ("Removed", "from", "not in it") if self.out else ("Added", "to", "in it")
        changed, same = sorted(self._changed), len(self._same)
        already = f"; {human_count(same, 'user')} {'was' if same == 1 else 'were'} {state} already" if same else ""
        failed = f", {len(tally.failed):,} failed" if tally.failed else ""
        return Outcome(
            f"{verb} {human_count(len(changed), 'user')} {way} {self.group}{already}{failed}.",
            done=len(changed),
            failed=tally.failed,
            result={"GroupName": self.group, "Users": changed, "Already": sorted(self._same)},
            undo=self._undo(changed),
            links=(group_link(self.pool, self.group), members_link(self.pool, self.group)),
        )

    def _undo(self, changed: Sequence[str]) -> Link | None:
        back = "cognito group add" if self.out else "cognito group remove"
        return short(Link.to(back, self.pool, self.group, *changed, label="Undo")) if changed else None

    def _act(self, name: str) -> None:
        client = self.session.client(SERVICE)
        call = client.admin_remove_user_from_group if self.out else client.admin_add_user_to_group
        is_in: bool | None = None
        with self.session.part(f"whether {name} is in {self.group} already"):
            is_in = self.group in groups_of(self.session, self.pool, name)
        if is_in is not self.out and is_in is not None:
            self._same.append(name)
            return
        call(UserPoolId=self.pool, Username=name, GroupName=self.group)
        self._changed.append(name)
