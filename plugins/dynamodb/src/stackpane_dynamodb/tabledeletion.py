"""Deleting a table: a plan that says what goes with it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from stackpane import Job, Link, Outcome, Plan, Progress, Refused, is_lost
from stackpane_dynamodb.native.exports import recovery
from stackpane_dynamodb.tables import describe
from stackpane_dynamodb.tablewaiting import until_gone

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["delete_table"]


def delete_table(session: Session, table: str) -> Plan:
    """The plan to delete a table. Raises ``Refused`` where it is protected."""
    description = describe(session, table)
    if description.get("DeletionProtectionEnabled"):
        off = Link.to("dynamodb edit", table, no_deletion_protection=True)
        raise Refused(f"{table} is protected against deletion", f"Take that off first: {session.line(off)}")
    return Plan(
        title=f"Delete the table {table}",
        count=1,
        bytes=description.get("TableSizeBytes"),
        unit="table",
        targets=lambda: iter([description.get("TableArn") or table]),
        phrase=table,
        reversible=_reversible(session, table),
        notes=tuple(_notes(description)),
        apply=lambda: Job(f"Deleting {table}", lambda: _run(session, table)),
    )


def _notes(description: Mapping[str, Any]) -> Iterator[str]:
    from stackpane.text import human_count

    items = human_count(description.get("ItemCount", 0), "item")
    yield f"It has {items} by AWS's own count, which is up to six hours old."
    indexes = [
        index["IndexName"] for kind in ("Global", "Local") for index in description.get(f"{kind}SecondaryIndexes", ())
    ]
    if indexes:
        yield f"Its indexes go with it: {', '.join(indexes)}."
    if description.get("StreamSpecification", {}).get("StreamEnabled"):
        yield "Its stream ends; what is in it can be read for 24 hours more."


def _reversible(session: Session, table: str) -> str:
    """How it could be undone.

    Of a table with point-in-time recovery DynamoDB keeps a last backup:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
    """
    with session.part(f"the backups of {table}"):
        if recovery(session, table).get("PointInTimeRecoveryStatus") == "ENABLED":
            return "DynamoDB keeps a last backup of it for 35 days, which can be restored to a new table."
        return "Cannot be undone."
    return "Cannot be undone, unless there is a backup."


def _run(session: Session, table: str) -> Generator[Progress, None, Outcome]:
    from botocore.exceptions import ClientError

    yield Progress(0, 1, "tables", current=table)
    try:
        session.client("dynamodb").delete_table(TableName=table)
    except ClientError as error:
        # It was there when the plan was made: this is the repeat of a try that was carried out and not answered.
        if not (error.response["Error"]["Code"] == "ResourceNotFoundException" and is_lost(error)):
            raise
    try:
        yield from until_gone(session, table)
    except (GeneratorExit, KeyboardInterrupt):
        session.warn(f"{table} is being deleted all the same")
        raise
    return Outcome(f"Deleted {table}.")
