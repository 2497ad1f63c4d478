"""``dynamodb import``: items from a file into a table, or by DynamoDB itself from a bucket into a new one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, View, command
from stackpane_dynamodb.calls import (
    BATCH_WRITE_ITEM,
    DESCRIBE_IMPORT,
    DESCRIBE_TABLE,
    IMPORT_TABLE,
    PUT_ITEM,
    SCAN,
)
from stackpane_dynamodb.params import BUCKET_OWNER, TABLE, only_with
from stackpane_dynamodb.tableoptions import INDEX, capacity_options

if TYPE_CHECKING:
    from stackpane import Session

_KINDS = ("jsonl", "dynamodb", "csv", "parquet", "ion")
_FOR_FILES = {"if_absent": False, "rejects": None, "restart": False, "workers": 16}
"""The options that only an import of a file has, and what they are where nobody gives them."""
_NAMES = {"keys": "key", "indexes": "index"}
"""Options that go by another name than their values."""
_COMPRESSIONS = ("none", "gzip", "zstd")
_DELIMITERS = (",", ";", ":", "|", "tab", "space")


@command("import", calls=(DESCRIBE_TABLE, SCAN, BATCH_WRITE_ITEM, PUT_ITEM, IMPORT_TABLE, DESCRIBE_IMPORT))
@click.argument("table", type=TABLE)
@click.argument("file", required=False)
@click.option("--format", "kind", type=click.Choice(_KINDS), help="The form of the file, unless its name says it.")
@click.option("--if-absent", is_flag=True, help="Leave items alone whose keys the table has; a request per item.")
@click.option("--rejects", metavar="FILE", help="Where lines go that are no items; FILE.rejects.jsonl unless given.")
@click.option("--restart", is_flag=True, help="Begin anew what was interrupted.")
@click.option("--workers", type=click.IntRange(1, 64), default=16, show_default=True, help="Requests at a time.")
@click.option("--from", "source", metavar="s3://BUCKET/PREFIX", help="Have DynamoDB itself import, into a new table.")
@click.option(
    "--key", "keys", multiple=True, metavar="NAME:TYPE", help="From S3: the partition key, then the sort key."
)
@click.option("--index", "indexes", multiple=True, metavar=INDEX, help="From S3: a global index.")
@capacity_options
@click.option("--compression", type=click.Choice(_COMPRESSIONS), help="From S3: how the files are packed.")
@click.option("--delimiter", type=click.Choice(_DELIMITERS), help="From S3: what stands between the values of csv.")
@click.option("--header", default="", metavar="NAMES", help="From S3: the columns of csv, if no first line names them.")
@click.option("--bucket-owner", type=BUCKET_OWNER, metavar="ACCOUNT", help="From S3: whose bucket it must be.")
@click.option("--idempotency", metavar="WORD", help="From S3: within 8 hours the same word starts no second import.")
def import_(
    session: Session,
    table: str,
    file: str | None,
    kind: Any,
    source: str | None,
    if_absent: bool,
    rejects: str | None,
    restart: bool,
    workers: int,
    **native: Any,
) -> View:
    """Put the items of FILE, or of stdin (-), into a table; or have DynamoDB import files in S3 into a new one.

    Reads what export writes: .jsonl, .json (DynamoDB's own exports), .csv, .parquet; and .gz or .zst behind it. Items
    of the same keys are replaced, as a plan says first where the table has any. Lines that are no items go to a file
    of their own, each with its reason. The same command again goes on after an interruption.

    With --from DynamoDB itself reads all files below the prefix: DynamoDB-JSON lines, or --format ion or csv. It makes
    the table, with the --key, --index and units that are given, and uses no write capacity. It goes on at AWS when this
    command ends.
    """
    if (source is None) == (file is None):
        raise InvalidInput("where from?", "Name a file, or a place in S3 with --from s3://BUCKET/PREFIX.")
    options = {"if_absent": if_absent, "rejects": rejects, "restart": restart, "workers": workers}
    if source is not None:
        only_with("a file", options, _FOR_FILES)
        return _from_bucket(session, table, source, kind or "dynamodb", **native)
    only_with("--from s3://…", {_NAMES.get(name, name): value for name, value in native.items()})
    if kind == "ion":
        raise InvalidInput("only DynamoDB itself reads ion", "Have it import with --from s3://BUCKET/PREFIX.")
    from stackpane_dynamodb.moving.forms import form_of
    from stackpane_dynamodb.moving.importing import Import

    name = file or ""
    stream = (lambda: sys.stdin.buffer) if name == "-" else None
    return Import(session, table, name, form_of(name, kind), if_absent, rejects, restart, workers, stream).view()


def _from_bucket(
    session: Session,
    table: str,
    source: str,
    kind: str,
    *,
    keys: tuple[str, ...],
    indexes: tuple[str, ...],
    compression: str | None,
    delimiter: str | None,
    header: str,
    bucket_owner: str | None,
    idempotency: str | None,
    **capacity: Any,
) -> View:
    from stackpane_dynamodb.native.imports import S3Import, Source
    from stackpane_dynamodb.native.transfers import Place
    from stackpane_dynamodb.tablespec import IndexSpec, Key, TableSpec

    if not keys:
        raise InvalidInput("a table has a key", "Give --key NAME:TYPE, and a second one for the sort key.")
    spec = TableSpec(table, list(map(Key.parse, keys)), list(map(IndexSpec.parse, indexes)), **capacity)
    columns = tuple(filter(None, header.split(",")))
    files = Source(Place.parse(source), kind, compression, delimiter, columns, bucket_owner)
    return S3Import(session, files, spec, idempotency).view()
