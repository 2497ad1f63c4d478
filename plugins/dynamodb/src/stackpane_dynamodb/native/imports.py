"""Starting DynamoDB's own import of files in S3 into a new table, at no cost of write capacity.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataImport.Requesting.html
"""

from __future__ import annotations

import uuid
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Job, Link, Outcome, Plan, Progress, Refused
from stackpane.tally import is_unknown
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.native.following import followed
from stackpane_dynamodb.native.transfers import Transfer
from stackpane_dynamodb.places import show_link
from stackpane_dynamodb.tables import described

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.native.transfers import Place
    from stackpane_dynamodb.tablespec import TableSpec

__all__ = ["COMPRESSIONS", "S3Import", "Source"]

FORMATS = {"dynamodb": "DYNAMODB_JSON", "ion": "ION", "csv": "CSV"}
COMPRESSIONS = {"none": "NONE", "gzip": "GZIP", "zstd": "ZSTD"}
DELIMITERS = {",": ",", ";": ";", ":": ":", "|": "|", "tab": "\t", "space": " "}
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CsvOptions.html"""
_SUFFIXES = {".gz": "gzip", ".zst": "zstd"}
_OWN = "AWSDynamoDB/"
"""The folder that DynamoDB's own exports lie in, all of them packed with gzip."""


@dataclass(frozen=True, slots=True)
class Source:
    """The files, and what is in them, as the options of ``dynamodb import`` say it.

    ``compression`` is what the name says where nobody else does. ``header`` names the columns of csv files that do not
    begin with them.
    """

    place: Place
    kind: str = "dynamodb"
    compression: str | None = None
    delimiter: str | None = None
    header: tuple[str, ...] = ()
    bucket_owner: str | None = None

    def request(self) -> dict[str, Any]:
        """The parameters of ``ImportTable``. Raises ``InvalidInput``."""
        if self.kind not in FORMATS:
            raise InvalidInput(f"DynamoDB itself imports no {self.kind}", f"--format is one of {', '.join(FORMATS)}.")
        csv = {
            **({"Delimiter": DELIMITERS[self.delimiter]} if self.delimiter else {}),
            **({"HeaderList": list(self.header)} if self.header else {}),
        }
        if csv and self.kind != "csv":
            raise InvalidInput("--delimiter and --header are for csv files", "Add --format csv.")
        owner = {"S3BucketOwner": self.bucket_owner} if self.bucket_owner else {}
        prefix = {"S3KeyPrefix": self.place.prefix} if self.place.prefix else {}
        return {
            "S3BucketSource": {"S3Bucket": self.place.bucket, **prefix, **owner},
            "InputFormat": FORMATS[self.kind],
            "InputCompressionType": COMPRESSIONS[self.compression or self._packed],
            **({"InputFormatOptions": {"Csv": csv}} if csv else {}),
        }

    @property
    def _packed(self) -> str:
        for suffix, name in _SUFFIXES.items():
            if self.place.prefix.endswith(suffix):
                return name
        return "gzip" if _OWN in self.place.prefix else "none"


@dataclass(frozen=True, slots=True)
class S3Import:
    """One import into a table that is made for it."""

    session: Session
    source: Source
    spec: TableSpec
    idempotency: str | None = None

    def view(self) -> Job | Plan:
        """The job, or for a dry run the plan. Raises ``Refused`` where there is such a table already."""
        request, table = self.request(), self.spec.table
        if described(self.session, table) is not None:
            raise Refused(
                f"the table {table} exists already in {self.session.region}, and DynamoDB imports into a new one only",
                f"Name another one, or look at this: {self.session.line(show_link(table))}",
            )
        job = Job(f"Importing {self.source.place} into {table}", lambda: self._run(request))
        if not self.session.dry_run:
            return job
        return Plan(
            f"Import {self.source.place} into a new table in {self.session.region}",
            1,
            lambda: iter([table]),
            "y",
            lambda: job,
            unit="table",
            reversible="The new table can be deleted; the import cannot be stopped once it is started.",
            notes=(
                f"The files are read as {request['InputFormat']}, packed as {request['InputCompressionType']}.",
                "AWS bills the size of what is read, and no write capacity is used.",
            ),
        )

    def request(self) -> dict[str, Any]:
        """What to ask ``ImportTable`` for."""
        return {
            **self.source.request(),
            "TableCreationParameters": self.spec.request(),
            "ClientToken": self.idempotency or str(uuid.uuid4()),
        }

    def _run(self, request: Mapping[str, Any]) -> Generator[Progress, None, Outcome]:
        yield Progress(0, None, "items", current=self.spec.table)
        try:
            reply = self.session.client("dynamodb").import_table(**request)
        except BaseException as error:
            if not isinstance(error, Exception) or is_unknown(error):
                self.session.warn(f"it may have been started: {self.session.line(Link.to('dynamodb imports'))}")
            raise
        arn = needed(needed(reply, "ImportTableDescription"), "ImportArn")
        self.session.note(f"Started {arn}")
        return (yield from followed(self.session, Transfer(arn, "import", self.spec.table, self.session.region)))
