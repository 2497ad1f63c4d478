"""Deleting a group: a plan that says who is in it, and the lines that make it again."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from stackpane import Job, Link, Outcome, Plan, Progress
from stackpane.text import human_count
from stackpane_cognito.changing import unless_done
from stackpane_cognito.places import groups_link
from stackpane_cognito.pools import SERVICE, pages

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["delete_group"]


def delete_group(session: Session, pool: str, name: str) -> Plan:
    """The plan to delete a group. Raises where there is none."""
    client = session.client(SERVICE)
    found = client.get_group(UserPoolId=pool, GroupName=name)["Group"]
    again = Link.to(
        "cognito group create",
        pool,
        name,
        description=found.get("Description") or None,
        precedence=found.get("Precedence"),
        role=found.get("RoleArn") or None,
        label="Undo",
    )
    return Plan(
        title=f"Delete the group {name} of {pool}",
        count=1,
        unit="group",
        targets=lambda: iter([name]),
        phrase=name,
        reversible=f"Can be made again, without its users, with: {again.command_line}",
        notes=_members(session, pool, name),
        apply=lambda: Job(f"Deleting {name}", lambda: _run(client, pool, name, again)),
    )


def _members(session: Session, pool: str, name: str) -> tuple[str, ...]:
    """How many users lose it, counted as far as the first few pages go."""
    with session.part(f"who is in {name}"):
        count, most = 0, 600
        given = {"UserPoolId": pool, "GroupName": name, "Limit": 60}
        for found, _ in pages(session, "list_users_in_group", "Users", given):
            count += len(found)
            if count >= most:
                return (f"At least {count:,} users are in it; they stay, without it.",)
        return (f"{human_count(count, 'user')} in it; users stay, without the group.",)
    return ()


def _run(client: Any, pool: str, name: str, again: Link) -> Generator[Progress, None, Outcome]:
    yield Progress(0, 1, "groups", current=name)
    unless_done(lambda: client.delete_group(UserPoolId=pool, GroupName=name), "ResourceNotFoundException")
    return Outcome(f"Deleted the group {name}.", undo=again, links=(groups_link(pool),))
