"""Starting DynamoDB's own export of a table to S3: from its backups, at no cost of read capacity.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
"""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Job, Link, Outcome, Plan, Progress, Refused
from stackpane.tally import is_unknown
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.native.following import followed
from stackpane_dynamodb.native.transfers import Transfer
from stackpane_dynamodb.tables import describe, model_of

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.finding import Find
    from stackpane_dynamodb.native.transfers import Place
    from stackpane_dynamodb.tables import Model

__all__ = ["S3Export", "S3Options", "recovery"]

FORMATS = {"dynamodb": "DYNAMODB_JSON", "ion": "ION"}
_SHORTEST, _LONGEST = timedelta(minutes=15), timedelta(hours=24)
"""Of the time that an incremental export covers:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.HowItWorks.html"""


def recovery(session: Session, table: str) -> Mapping[str, Any]:
    """The table's ``PointInTimeRecoveryDescription``."""
    reply = session.client("dynamodb").describe_continuous_backups(TableName=table)
    found = needed(reply, "ContinuousBackupsDescription")
    described: Mapping[str, Any] = found.get("PointInTimeRecoveryDescription", {})
    return described


@dataclass(frozen=True, slots=True)
class S3Options:
    """What else an export may be told, as the options of ``dynamodb export`` say it."""

    at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    view: str | None = None
    bucket_owner: str | None = None
    sse: str | None = None
    kms_key: str | None = None
    idempotency: str | None = None

    def request(self) -> dict[str, Any]:
        """The parameters of ``ExportTableToPointInTime``. Raises ``InvalidInput`` where they contradict one another."""
        if self.kms_key is not None and self.sse not in (None, "KMS"):
            raise InvalidInput("--kms-key goes with --sse KMS")
        named = {
            "S3BucketOwner": self.bucket_owner,
            "S3SseAlgorithm": self.sse or ("KMS" if self.kms_key else None),
            "S3SseKmsKeyId": self.kms_key,
            "ClientToken": self.idempotency or str(uuid.uuid4()),
            "ExportTime": self.at,
            **self._incremental(),
        }
        return {name: value for name, value in named.items() if value is not None}

    def _incremental(self) -> dict[str, Any]:
        if self.since is None:
            if self.until is not None or self.view is not None:
                raise InvalidInput("--until and --view are for what changed", "Say since when: --since 6h")
            return {}
        if self.at is not None:
            raise InvalidInput("--at is a moment, --since the changes up to one", "Give one of them.")
        span = (self.until or datetime.now(UTC)) - self.since
        if not _SHORTEST <= span <= _LONGEST:
            raise InvalidInput(
                "an export of changes covers 15 minutes to 24 hours",
                "Give --since and --until so far from one another.",
            )
        given = {"ExportFromTime": self.since, "ExportToTime": self.until, "ExportViewType": self.view}
        return {
            "ExportType": "INCREMENTAL_EXPORT",
            "IncrementalExportSpecification": {name: value for name, value in given.items() if value is not None},
        }

    @property
    def moments(self) -> Iterator[datetime]:
        """Those of which the table must have backups."""
        yield from (each for each in (self.at, self.since, self.until) if each is not None)


@dataclass(frozen=True)
class S3Export:
    """One export: ``find`` says of which table, and which of its items and attributes; ``kind`` is its format."""

    find: Find
    place: Place
    kind: str = "dynamodb"
    options: S3Options = S3Options()

    def view(self) -> Job | Plan:
        """The job, or for a dry run the plan. Raises ``Refused`` where the table has no backups to export."""
        if self.kind not in FORMATS:
            raise InvalidInput(f"DynamoDB itself exports no {self.kind}", f"--format is {' or '.join(FORMATS)} here.")
        request = self.request()
        self._check_recovery()
        job = Job(f"Exporting {self.find.table} to {self.place}", lambda: self._run(request))
        if not self.find.session.dry_run:
            return job
        return Plan(
            f"Export {self.find.table} to {self.place}",
            1,
            lambda: iter([str(self.place)]),
            "y",
            lambda: job,
            bytes=self._description.get("TableSizeBytes"),
            unit="table",
            reversible="Cannot be stopped once it is started; what it writes can be deleted.",
            notes=("AWS bills the size of the table, or of what changed, and no read capacity is used.",),
        )

    @cached_property
    def _description(self) -> Mapping[str, Any]:
        return describe(self.find.session, self.find.table)

    def request(self) -> dict[str, Any]:
        """What to ask ``ExportTableToPointInTime`` for."""
        return {
            "TableArn": self._description["TableArn"],
            "S3Bucket": self.place.bucket,
            **({"S3Prefix": self.place.prefix} if self.place.prefix else {}),
            "ExportFormat": FORMATS[self.kind],
            **self._filter(model_of(self._description)),
            **self.options.request(),
        }

    def _filter(self, model: Model) -> dict[str, Any]:
        """``FilterSpecification``, which takes the expressions that a scan takes."""
        from stackpane_dynamodb.expressions.render import Names

        names = Names(model.types)
        rest, wanted = self.find.everything(model).rest, self.find.wanted()
        given = {
            "FilterExpression": None if rest is None else names.condition(rest),
            "ProjectionExpression": names.projection(wanted) if wanted else None,
        }
        asked = {name: text for name, text in given.items() if text is not None}
        return {"FilterSpecification": {**asked, **names.members}} if asked else {}

    def _check_recovery(self) -> None:
        session, table = self.find.session, self.find.table
        found: Mapping[str, Any] | None = None
        with session.part(f"whether {table} has point-in-time recovery"):
            found = recovery(session, table)
        if found is None:
            return
        if found.get("PointInTimeRecoveryStatus") != "ENABLED":
            on = Link.to("dynamodb edit", table, pitr="on")
            raise Refused(
                f"point-in-time recovery of {table} is off, and DynamoDB exports from its backups",
                f"Switch it on (AWS bills it by the table's size): {session.line(on)}",
            )
        earliest = found.get("EarliestRestorableDateTime")
        for moment in self.options.moments:
            if moment > datetime.now(UTC) or (earliest is not None and moment < earliest):
                since = f" from {earliest:%Y-%m-%dT%H:%M:%SZ}" if earliest is not None else ""
                raise InvalidInput(
                    f"{table} has no backup of {moment:%Y-%m-%dT%H:%M:%SZ}", f"It can be exported as it was{since} on."
                )

    def _run(self, request: Mapping[str, Any]) -> Generator[Progress, None, Outcome]:
        session, table = self.find.session, self.find.table
        yield Progress(0, None, "items", current=table)
        try:
            reply = session.client("dynamodb").export_table_to_point_in_time(**request)
        except BaseException as error:
            if not isinstance(error, Exception) or is_unknown(error):
                session.warn(f"it may have been started: {session.line(Link.to('dynamodb exports', table))}")
            raise
        arn = needed(needed(reply, "ExportDescription"), "ExportArn")
        session.note(f"Started {arn}")
        return (yield from followed(session, Transfer(arn, "export", table, session.region)))
