"""Following an export or an import that runs at AWS: a job that ends when it does, and may be left at any time."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

from stackpane import Failure, Job, Link, Outcome, Progress
from stackpane.text import human_count, human_size
from stackpane_dynamodb.native.transfers import follow_link, is_over, location
from stackpane_dynamodb.places import scan_link, show_link
from stackpane_dynamodb.tablewaiting import watched

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.native.transfers import Place, Transfer

__all__ = ["follow", "followed"]

_LOOKS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
"""Seconds between looks, the last one over and over: an export of a small table takes minutes, of a big one hours."""
_COUNTS = {
    "export": ("ItemCount", "BilledSizeBytes"),
    "import": ("ProcessedItemCount", "ImportedItemCount", "ErrorCount", "ProcessedSizeBytes"),
}

Description = Mapping[str, Any]


def follow(session: Session, transfer: Transfer) -> Job | Outcome:
    """The job that follows it; its outcome where it is over already."""
    found = transfer.described(session)
    if is_over(found):
        return _outcome(transfer, found)
    going_on = follow_link(transfer.arn, "Go on")
    return Job(f"Following the {transfer.kind} of {transfer.table}", lambda: _watched(session, transfer), going_on)


def followed(session: Session, transfer: Transfer) -> Generator[Progress, None, Outcome]:
    """Follow one that was just started; where that ends early, it is said that it goes on at AWS, and how to look."""
    try:
        return (yield from _watched(session, transfer))
    except BaseException:
        session.warn(
            f"the {transfer.kind} goes on at AWS all the same; follow it: {session.line(follow_link(transfer.arn))}"
        )
        raise


def _watched(session: Session, transfer: Transfer) -> Generator[Progress, None, Outcome]:
    def progress(found: Description) -> Progress:
        status = found.get("ExportStatus") or found.get("ImportStatus")
        counted, *_ = _COUNTS[transfer.kind]
        return Progress(found.get(counted, 0), None, "items", current=f"{transfer.table}: {status}")

    found = yield from watched(lambda: transfer.described(session), is_over, progress, _LOOKS)
    return _outcome(transfer, found)


def _outcome(transfer: Transfer, found: Description) -> Outcome:
    return _exported(transfer, found) if transfer.kind == "export" else _imported(transfer, found)


def _exported(transfer: Transfer, found: Description) -> Outcome:
    where = location(found)
    result = _result(transfer, found, "ExportArn", "ExportStatus", "ExportManifest")
    links = (show_link(transfer.arn, "Export"), *_files(where))
    if found.get("ExportStatus") != "COMPLETED":
        return _failed(transfer, found, result, links)
    what = f"{human_count(found['ItemCount'], 'item')} of {transfer.table}" if "ItemCount" in found else transfer.table
    size = f" ({human_size(found['BilledSizeBytes'])} billed)" if "BilledSizeBytes" in found else ""
    return Outcome(f"Exported {what} to {where or 'S3'}{size}.", found.get("ItemCount", 1), result=result, links=links)


def _imported(transfer: Transfer, found: Description) -> Outcome:
    result = _result(transfer, found, "ImportArn", "ImportStatus", "CloudWatchLogGroupArn")
    log, errors = found.get("CloudWatchLogGroupArn"), found.get("ErrorCount", 0)
    failed = bool(errors) or found.get("ImportStatus") != "COMPLETED"
    links = (show_link(transfer.arn, "Import"), *((Link.to("open", log, label="Errors"),) if log and failed else ()))
    if found.get("ImportStatus") != "COMPLETED":
        return _failed(transfer, found, result, links)
    done = found.get("ImportedItemCount", 0)
    reason = "could not be imported; " + (f"CloudWatch Logs has the first of them: {log}" if log else "nobody says why")
    return Outcome(
        f"Imported {human_count(done, 'item')} into {transfer.table} from {location(found) or 'S3'}"
        + (f"; {human_count(errors, 'item')} could not be." if errors else "."),
        done,
        (Failure(human_count(errors, "item"), reason),) if errors else (),
        result=result,
        undo=Link.to("dynamodb rm", transfer.table, table=True, label="Undo"),
        links=(scan_link(transfer.table), *links),
    )


def _failed(transfer: Transfer, found: Description, result: Mapping[str, Any], links: tuple[Link, ...]) -> Outcome:
    """It ended, and not well. An import that failed leaves its table behind, with what had come until then."""
    status = str(found.get("ExportStatus") or found.get("ImportStatus"))
    said = ": ".join(str(found[name]) for name in ("FailureCode", "FailureMessage") if found.get(name))
    left = "" if transfer.kind == "export" else f" {transfer.table} may be there, with a part of the items."
    if transfer.kind == "import":
        links = (*links, Link.to("dynamodb rm", transfer.table, table=True, label="Delete the table"))
    return Outcome(
        f"The {transfer.kind} of {transfer.table} has ended as {status}.{left}",
        0,
        (Failure(transfer.arn, said or f"DynamoDB says {status}, and not why"),),
        result=result,
        links=links,
    )


def _files(where: Place | None) -> tuple[Link, ...]:
    return (Link.to("open", str(where), label="Files"),) if where is not None else ()


def _result(transfer: Transfer, found: Description, *names: str) -> dict[str, Any]:
    wanted = (*names, *_COUNTS[transfer.kind])
    place = location(found)
    return {
        **{name: found[name] for name in wanted if name in found},
        **({"Location": str(place)} if place is not None else {}),
    }
