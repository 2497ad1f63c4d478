"""Making a table: a job that ends when it can be used."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane import Failure, Job, Link, Outcome, Plan, Progress, Refused, is_lost
from stackpane_dynamodb.places import scan_link, show_link
from stackpane_dynamodb.tables import described
from stackpane_dynamodb.tablewaiting import until_ready

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Creation"]


@dataclass(frozen=True, slots=True)
class Creation:
    """One table to be made: what ``CreateTable`` is asked for, and the attribute that says when an item expires."""

    session: Session
    request: Mapping[str, Any]
    ttl: str | None = None

    @property
    def table(self) -> str:
        """Its name."""
        name: str = self.request["TableName"]
        return name

    def view(self) -> Plan | Job:
        """The job, or for a dry run the plan. Raises ``Refused`` where there is such a table already."""
        if described(self.session, self.table) is not None:
            raise Refused(
                f"the table {self.table} exists already in {self.session.region}",
                f"Look at it: {self.session.line(show_link(self.table))}",
            )
        job = Job(f"Creating {self.table}", self.run)
        if not self.session.dry_run:
            return job
        title = f"Create a table in {self.session.region}"
        return Plan(title, 1, lambda: iter([self.table]), "y", lambda: job, unit="table", notes=tuple(self._notes()))

    def run(self) -> Generator[Progress, None, Outcome]:
        """Make it, and return when it is active."""
        yield Progress(0, 1, "tables", current=self.table)
        self._create()
        try:
            yield from until_ready(self.session, self.table)
        except (GeneratorExit, KeyboardInterrupt):
            self.session.warn(f"{self.table} is being created all the same: {self.session.line(show_link(self.table))}")
            raise
        failed = tuple(self._turned_on())
        return Outcome(
            f"Created {self.table} in {self.session.region}.",
            failed=failed,
            result={"TableName": self.table, "Region": self.session.region},
            undo=Link.to("dynamodb rm", self.table, table=True, label="Undo"),
            links=(show_link(self.table), scan_link(self.table)),
        )

    def _create(self) -> None:
        from botocore.exceptions import ClientError

        try:
            self.session.client("dynamodb").create_table(**self.request)
        except ClientError as error:
            # There was none a moment ago: this is the repeat of a try that was carried out and not answered.
            if not (error.response["Error"]["Code"] == "ResourceInUseException" and is_lost(error)):
                raise

    def _turned_on(self) -> Generator[Failure, None, None]:
        """Turn the time to live on; what fails there does not undo the table."""
        if self.ttl is None:
            return
        try:
            self.session.client("dynamodb").update_time_to_live(
                TableName=self.table, TimeToLiveSpecification={"Enabled": True, "AttributeName": self.ttl}
            )
        except Exception as error:
            reason = str(self.session.explain(error))
            yield Failure(f"the time to live of {self.table}", reason, unknown=is_lost(error))

    def _notes(self) -> Generator[str, None, None]:
        schema = self.request["KeySchema"]
        yield f"Keys: {', '.join(each['AttributeName'] for each in schema)}."
        for kind in ("Global", "Local"):
            for index in self.request.get(f"{kind}SecondaryIndexes", ()):
                keys = ", ".join(each["AttributeName"] for each in index["KeySchema"])
                yield f"{kind} index {index['IndexName']} on {keys}."
        yield f"Billing mode: {self.request.get('BillingMode', 'PROVISIONED')}."
