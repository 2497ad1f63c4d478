"""Deleting log groups and streams: plans that say what goes with them, and jobs that say what went."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Job, Link, Outcome, Plan, Progress
from stackpane.fanout import as_they_come
from stackpane.patience import PATIENCE, TICK, patiently
from stackpane_logs.groups import PAGE, described

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.tally import Tally

__all__ = ["delete_groups", "delete_streams"]

_WORKERS = 4
"""Deletions at a time; AWS takes ten a second."""
_FINAL = "Cannot be undone: their events are deleted for good."


def delete_groups(session: Session, names: Sequence[str]) -> Plan:
    """The plan to delete log groups. Raises ``AwsError`` where one is not there."""
    groups = [described(session, name) for name in names]
    protected = [group["logGroupName"] for group in groups if group.get("deletionProtectionEnabled")]
    notes = [f"Protected against deletion, so AWS will refuse: {', '.join(protected)}."] if protected else []
    notes += [
        f"{group['logGroupName']} has {group['metricFilterCount']} metric filters, which go with it."
        for group in groups
        if group.get("metricFilterCount")
    ]
    again = Link.to("logs rm", *names)
    one = len(names) == 1
    return Plan(
        title=f"Delete the log group {names[0]}" if one else "Delete log groups",
        count=len(groups),
        bytes=sum(group.get("storedBytes", 0) for group in groups),
        unit="log group",
        targets=lambda: iter(names),
        phrase=names[0] if one else f"delete {len(names)} log groups",
        reversible=_FINAL,
        notes=tuple(notes),
        apply=lambda: Job("Deleting log groups", partial(_run, session, names, "log group", _delete_group, again)),
    )


def delete_streams(session: Session, group: str, streams: Sequence[str]) -> Plan:
    """The plan to delete streams of one log group. Raises ``InvalidInput`` where one is not there."""
    described(session, group)
    for stream in streams:
        if _stream(session, group, stream) is None:
            raise InvalidInput(f"{group} has no stream {stream}", "stackpane logs streams lists them.")
    one = len(streams) == 1
    again = Link.to("logs rm", group, stream=streams)
    delete = partial(_delete_stream, group)
    return Plan(
        title=f"Delete streams of {group}",
        count=len(streams),
        unit="stream",
        targets=lambda: iter(streams),
        phrase=streams[0] if one else f"delete {len(streams)} streams",
        reversible=_FINAL,
        apply=lambda: Job(f"Deleting streams of {group}", partial(_run, session, streams, "stream", delete, again)),
    )


def _stream(session: Session, group: str, name: str) -> Mapping[str, Any] | None:
    reply = session.client("logs").describe_log_streams(logGroupName=group, logStreamNamePrefix=name, limit=PAGE)
    return next((each for each in reply.get("logStreams", ()) if each["logStreamName"] == name), None)


def _delete_group(client: Any, name: str) -> None:
    client.delete_log_group(logGroupName=name)


def _delete_stream(group: str, client: Any, name: str) -> None:
    client.delete_log_stream(logGroupName=group, logStreamName=name)


def _run(
    session: Session, names: Sequence[str], unit: str, delete: Callable[[Any, str], None], again: Link
) -> Generator[Progress, None, Outcome]:
    from stackpane.tally import Tally

    tally = Tally(len(names), unit)
    client = session.client("logs")
    tasks = (partial(_one, session, client, tally, delete, name) for name in names)
    with tally.told_when_cancelled(session, "deleted"):
        yield Progress(0, len(names), f"{unit}s")
        running = as_they_come(tally.until_stopped(tasks), _WORKERS, tick=TICK, patience=PATIENCE)
        with closing(running) as done:
            for _ in done:
                yield Progress(tally.accounted, len(names), f"{unit}s")
    tally.raise_if_nothing_done()
    said = f"Deleted {names[0]}." if tally.done == tally.total == 1 else tally.sentence("Deleted", "for good")
    return tally.outcome(said, resume=again if tally.failed else None)


def _one(session: Session, client: Any, tally: Tally, delete: Callable[[Any, str], None], name: str) -> Iterator[None]:
    from botocore.exceptions import ClientError

    from stackpane import is_lost

    with tally.trying():
        try:
            patiently(lambda: delete(client, name))
        except ClientError as error:
            # It was there when the plan was made: this is the repeat of a try that was carried out and not answered.
            if error.response["Error"]["Code"] == "ResourceNotFoundException" and is_lost(error):
                tally.did()
            else:
                tally.raised(session, error, name)
        except Exception as error:
            tally.raised(session, error, name)
        else:
            tally.did()
    yield None
