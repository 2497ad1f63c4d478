"""The exports and imports that there are, and the record of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from stackpane import Column, Field, Link, Record, Row, Section, Table, paged
from stackpane.fanout import in_order
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.native.transfers import Transfer, follow_link, is_over, location, transfer_of
from stackpane_dynamodb.places import show_link
from stackpane_dynamodb.tables import describe

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.views import Kind

__all__ = ["exports", "imports", "transfer_record"]

_PAGE = 25
"""The most that ``ListExports`` and ``ListImports`` give at a time."""
_WORKERS = 10

_EXPORTS = (
    Column("ExportArn", "arn"),
    Column("ExportStatus", "state"),
    Column("ExportType"),
)
_LONG = (
    *_EXPORTS,
    Column("StartTime", "time"),
    Column("EndTime", "time", wide=True),
    Column("ExportTime", "time", wide=True),
    Column("ItemCount", "number"),
    Column("BilledSizeBytes", "size"),
    Column("S3Bucket", wide=True),
    Column("S3Prefix", wide=True),
)
_IMPORTS = (
    Column("ImportArn", "arn"),
    Column("ImportStatus", "state"),
    Column("InputFormat"),
    Column("StartTime", "time"),
    Column("EndTime", "time", wide=True),
    Column("S3Bucket", wide=True),
    Column("S3KeyPrefix", wide=True),
    Column("CloudWatchLogGroupArn", "arn", wide=True),
)
_KINDS: dict[str, Kind] = {
    "ExportStatus": "state",
    "ImportStatus": "state",
    "ItemCount": "number",
    "ProcessedItemCount": "number",
    "ImportedItemCount": "number",
    "ErrorCount": "number",
    "BilledSizeBytes": "size",
    "ProcessedSizeBytes": "size",
    "StartTime": "time",
    "EndTime": "time",
    "ExportTime": "time",
    "TableArn": "arn",
    "CloudWatchLogGroupArn": "arn",
}


def exports(session: Session, table: str | None, *, long: bool) -> Table:
    """The exports of a table, or of all tables of the region, of the last 90 days."""

    of_table = cache(partial(_of_table, session, table))

    def read(token: str | None, size: int | None) -> tuple[list[Row], str | None]:
        request = {**of_table(), **_from(token), "MaxResults": min(size or _PAGE, _PAGE)}
        reply = session.client("dynamodb").list_exports(**request)
        found = needed(reply, "ExportSummaries")
        rows = _looked_at(session, found) if long else [_row(each, _EXPORTS) for each in found]
        return rows, reply.get("NextToken")

    return _table(read, _LONG if long else _EXPORTS, "Exports", table)


def imports(session: Session, table: str | None) -> Table:
    """The imports into a table, or into all tables of the region, of the last 90 days."""

    of_table = cache(partial(_of_table, session, table))

    def read(token: str | None, size: int | None) -> tuple[list[Row], str | None]:
        request = {**of_table(), **_from(token), "PageSize": min(size or _PAGE, _PAGE)}
        reply = session.client("dynamodb").list_imports(**request)
        found = needed(reply, "ImportSummaryList")
        return [_row({**each, **each.get("S3BucketSource", {})}, _IMPORTS) for each in found], reply.get("NextToken")

    return _table(read, _IMPORTS, "Imports", table)


def transfer_record(session: Session, transfer: Transfer) -> Record:
    """All that DynamoDB says of an export or an import."""
    found = dict(transfer.described(session))
    where = location(found)
    fields = [Field(name, value, _kind(name, value)) for name, value in found.items()]
    if where is not None:
        fields.append(Field("Location", str(where), "uri"))
    status = () if is_over(found) else (follow_link(transfer.arn),)
    return Record(
        title=f"{transfer.kind.capitalize()} of {transfer.table}",
        sections=(Section("", tuple(fields)),),
        arn=transfer.arn,
        links=(*status, show_link(transfer.table, "Table")),
    )


def _kind(name: str, value: Any) -> Kind:
    return _KINDS.get(name) or ("json" if isinstance(value, (Mapping, list)) else "text")


def _of_table(session: Session, table: str | None) -> dict[str, str]:
    """What narrows a list to one table."""
    return {} if table is None else {"TableArn": describe(session, table)["TableArn"]}


def _from(token: str | None) -> dict[str, str]:
    return {} if token is None else {"NextToken": token}


def _table(
    read: Callable[[str | None, int | None], tuple[list[Row], str | None]],
    columns: tuple[Column, ...],
    title: str,
    table: str | None,
) -> Table:
    links = () if table is None else (show_link(table, "Table"),)
    of = f" of {table}" if table else ""
    return Table(columns, paged(read), title=title + of, link=_link, actions=_actions, links=links)


def _row(found: Mapping[str, Any], columns: Sequence[Column]) -> Row:
    return tuple(found.get(column.name) for column in columns)


def _looked_at(session: Session, summaries: Sequence[Mapping[str, Any]]) -> list[Row]:
    tasks = [partial(_look, session, each) for each in summaries]
    with closing(in_order(tasks, _WORKERS)) as rows:
        return list(rows)


def _look(session: Session, summary: Mapping[str, Any]) -> Iterator[Row]:
    found = summary
    with session.part(f"what {summary['ExportArn']} is"):
        found = session.client("dynamodb").describe_export(ExportArn=summary["ExportArn"])["ExportDescription"]
    yield _row({**summary, **found}, _LONG)


def _link(row: Row) -> Link | None:
    return show_link(row[0]) if transfer_of(row[0]) is not None else None


def _actions(row: Row) -> Sequence[Link]:
    return () if transfer_of(row[0]) is None else (show_link(row[0]), follow_link(row[0]))
