"""Creating log groups and streams, and how long events are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Link, Outcome, is_lost
from stackpane_logs.groups import at_home, described
from stackpane_logs.places import group_actions, show_link

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["create_group", "create_stream", "days_of", "keep"]

NEVER = "never"


def days_of(text: str) -> int | None:
    """How many days; ``None`` for ``never``. Which numbers there are AWS decides. Raises ``InvalidInput``."""
    if text == NEVER:
        return None
    number = text.removesuffix("d")
    if not number.isdecimal() or not int(number):
        raise InvalidInput(f"{text!r} is no number of days", "Write 30, or never for events that do not expire.")
    return int(number)


def create_group(
    session: Session,
    group: str,
    days: int | None,
    tags: Mapping[str, str],
    key: str | None,
    log_class: str | None,
) -> Outcome:
    """Create a log group; what is refused about its retention is refused after it was created, and said so."""
    from botocore.exceptions import ClientError

    name = at_home(session, group)
    client = session.client("logs")
    more: dict[str, Any] = {"tags": dict(tags)} if tags else {}
    more |= {"kmsKeyId": key} if key else {}
    more |= {"logGroupClass": log_class} if log_class else {}
    try:
        client.create_log_group(logGroupName=name, **more)
    except ClientError as error:
        # It was there only if a try before this one was carried out and not answered.
        if not (error.response["Error"]["Code"] == "ResourceAlreadyExistsException" and is_lost(error)):
            raise
    if days is not None:
        try:
            client.put_retention_policy(logGroupName=name, retentionInDays=days)
        except ClientError:
            session.warn(f"{name} was created, and its events never expire: see stackpane logs retention")
            raise
    undo = Link.to("logs rm", name, label="Undo")
    return Outcome(f"Created the log group {name}.", undo=undo, links=(show_link(name),))


def create_stream(session: Session, group: str, stream: str) -> Outcome:
    """Create a stream of a log group."""
    from botocore.exceptions import ClientError

    name = at_home(session, group)
    try:
        session.client("logs").create_log_stream(logGroupName=name, logStreamName=stream)
    except ClientError as error:
        if not (error.response["Error"]["Code"] == "ResourceAlreadyExistsException" and is_lost(error)):
            raise
    undo = Link.to("logs rm", name, stream=stream, label="Undo")
    return Outcome(f"Created the stream {stream} of {name}.", undo=undo, links=group_actions(name)[1:2])


def keep(session: Session, group: str, days: int | None) -> Outcome:
    """Keep a log group's events for so many days (``None``: for ever)."""
    name = str(group)
    before = described(session, group).get("retentionInDays")
    client = session.client("logs")
    if days == before:
        return Outcome(f"The events of {name} {_kept(days)} already.", done=0)
    if days is None:
        client.delete_retention_policy(logGroupName=name)
    else:
        client.put_retention_policy(logGroupName=name, retentionInDays=days)
    if before is None or (days is not None and days < before):
        session.note("Older events expire for good within about 72 hours; the undo keeps those that are left.")
    undo = Link.to("logs retention", name, NEVER if before is None else str(before), label="Undo")
    result = {"logGroupName": name, "retentionInDays": days}
    return Outcome(f"The events of {name} {_kept(days)}.", result=result, undo=undo, links=(show_link(name),))


def _kept(days: int | None) -> str:
    if days is None:
        return "never expire"
    return f"expire after {days} day{'' if days == 1 else 's'}"
