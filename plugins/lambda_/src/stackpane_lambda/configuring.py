"""Changing the configuration of a function, on the condition that it is still the one that was looked at.

Every configuration has a ``RevisionId``; AWS refuses a change that names another than the present one. A change is done
when AWS has put it into effect: https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, Failure, Job, Link, Outcome, Plan, Progress, is_lost
from stackpane_lambda.functions import check_place, configuration
from stackpane_lambda.places import show_link

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

__all__ = ["Change", "change"]

_TICK = 0.25
"""Seconds between two steps of a job that waits: so soon it notices that it is cancelled."""
_LOOKS = (0.5, 1.0, 2.0, 4.0, 5.0)
"""Seconds between looks, the last one over and over: most changes take a second, those of a VPC a minute."""
_REFUSED = ("PreconditionFailedException",)

Reply = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``request`` are the parameters that change, whole as they will be; ``steps`` say it, one by one.

    ``fits`` tells whether a configuration is as it was asked to be, ``differs`` names what of it has changed between
    two configurations. ``undo`` takes it back, ``lasting`` says why nothing does. ``loses`` are values that nobody has
    afterwards.
    """

    request: Reply
    steps: Sequence[str]
    fits: Callable[[Reply], bool]
    differs: Callable[[Reply, Reply], Sequence[str]]
    undo: Link | None = None
    lasting: str = ""
    loses: bool = False


def change(session: Session, function: FunctionName, before: Reply, wanted: Change) -> Plan | Job | Outcome:
    """Make the change. Gives a plan for a dry run, and where something is lost by it."""
    if not wanted.steps:
        return Outcome(f"{function} is like that already.", done=0)
    job = Job(f"Changing {function}", lambda: _run(session, function, before, wanted))
    if not (session.dry_run or wanted.loses):
        return job
    return Plan(
        title=f"Change {function}",
        count=len(wanted.steps),
        targets=lambda: iter(wanted.steps),
        phrase=str(function),
        apply=lambda: job,
        unit="setting",
        reversible="Can be taken back." if wanted.undo else f"Cannot be taken back by one command: {wanted.lasting}.",
    )


def _run(session: Session, function: FunctionName, before: Reply, wanted: Change) -> Generator[Progress, None, Outcome]:
    total = len(wanted.steps)
    ready = yield from _until_ready(session, function, before, 0, total)
    if ready is not before and wanted.differs(before, ready):
        raise _conflict(function, before, ready, wanted)
    yield Progress(0, total, "settings", current=str(function))
    after = _send(session, function, ready, wanted)
    after = yield from _until_ready(session, function, after, 0, total)
    failed: tuple[Failure, ...] = ()
    if after.get("LastUpdateStatus") == "Failed":
        reason = after.get("LastUpdateStatusReason") or after.get("LastUpdateStatusReasonCode") or "no reason is given"
        failed = (Failure(str(function), f"AWS could not put the change into effect: {reason}"),)
    said = "; ".join(wanted.steps)
    lasting = f" No undo: {wanted.lasting}." if wanted.undo is None and wanted.lasting else ""
    return Outcome(
        f"Changed {function}: {said}.{lasting}",
        done=0 if failed else total,
        failed=failed,
        undo=wanted.undo,
        links=(show_link(function.target),),
    )


def _send(session: Session, function: FunctionName, before: Reply, wanted: Change) -> Reply:
    """Ask for the change and return the new configuration. Raises ``AwsError`` where somebody else was faster."""
    from botocore.exceptions import ClientError

    revision = {"RevisionId": before["RevisionId"]} if before.get("RevisionId") else {}
    try:
        reply: Reply = session.client("lambda").update_function_configuration(
            FunctionName=check_place(session, function), **wanted.request, **revision
        )
    except ClientError as error:
        if error.response["Error"]["Code"] not in _REFUSED:
            raise
        now = configuration(session, function)
        # A first try whose answer was lost may have made the change, and with it the new revision.
        if is_lost(error) and wanted.fits(now):
            return now
        raise _conflict(function, before, now, wanted) from error
    return reply


def _conflict(function: FunctionName, before: Reply, now: Reply, wanted: Change) -> AwsError:
    theirs = ", ".join(wanted.differs(before, now)) or "something else of it (its code, a version)"
    return AwsError(
        f"{function} was changed by somebody else meanwhile, so nothing was changed: theirs is {theirs}; "
        f"yours would have been {'; '.join(wanted.steps)}",
        "Look at it, and run the command again.",
        "PreconditionFailedException",
    )


def _until_ready(
    session: Session, function: FunctionName, found: Reply, done: int, total: int
) -> Generator[Progress, None, Reply]:
    """The configuration when no change is under way any more."""
    looks = 0
    while found.get("LastUpdateStatus") == "InProgress" or found.get("State") == "Pending":
        until = time.monotonic() + _LOOKS[min(looks, len(_LOOKS) - 1)]
        looks += 1
        while (left := until - time.monotonic()) > 0:
            yield Progress(done, total, "settings", current=f"{function}: {found.get('LastUpdateStatus', 'Pending')}")
            time.sleep(min(left, _TICK))
        found = configuration(session, function)
    return found
