"""``dynamodb export``: a table's items into a file, or by DynamoDB itself into a bucket."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, View, command
from stackpane.times import MOMENT
from stackpane_dynamodb.calls import (
    DESCRIBE_CONTINUOUS_BACKUPS,
    DESCRIBE_EXPORT,
    DESCRIBE_TABLE,
    EXPORT_TABLE,
    SCAN,
)
from stackpane_dynamodb.finding import Find
from stackpane_dynamodb.params import BUCKET_OWNER, TABLE, only_with

if TYPE_CHECKING:
    from stackpane import Session

_KINDS = ("jsonl", "dynamodb", "csv", "parquet", "ion")
_VIEWS = ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")
_FOR_FILES = {"index": None, "columns": "", "segments": 1, "consistent": False, "max_rcu": None, "overwrite": False}
"""The options that only an export into a file has, and what they are where nobody gives them."""


@command("export", calls=(DESCRIBE_TABLE, SCAN, DESCRIBE_CONTINUOUS_BACKUPS, EXPORT_TABLE, DESCRIBE_EXPORT))
@click.argument("table", type=TABLE)
@click.argument("file", required=False)
@click.option("--format", "kind", type=click.Choice(_KINDS), help="The form of the file, unless its name says it.")
@click.option("--index", metavar="NAME", help="Read this index instead of the table.")
@click.option("--filter", "text", default="", metavar="EXPRESSION", help="Only these items; the others cost as well.")
@click.option("--project", metavar="PATHS", help="Only these attributes: a,b.c[0].")
@click.option("--columns", default="", metavar="NAMES", help="The columns of a csv or parquet file, in this order.")
@click.option("--segments", type=click.IntRange(1, 1000), default=1, help="Read in so many parts at once, in no order.")
@click.option("--consistent", is_flag=True, help="Strongly consistent reads, at twice the capacity.")
@click.option("--max-rcu", type=click.FloatRange(min=0.5), metavar="N", help="Stop after N read units.")
@click.option("--overwrite", is_flag=True, help="Replace the file where there is one.")
@click.option("--restart", is_flag=True, help="Begin anew what was interrupted.")
@click.option("--to", metavar="s3://BUCKET/PREFIX", help="Have DynamoDB itself export, from its backups.")
@click.option("--at", type=MOMENT, metavar="TIME", help="To S3: as the table was then; 2h is two hours ago.")
@click.option("--since", type=MOMENT, metavar="TIME", help="To S3: only what has changed since, a day at most.")
@click.option("--until", type=MOMENT, metavar="TIME", help="To S3: only what had changed by then.")
@click.option("--view", type=click.Choice(_VIEWS, case_sensitive=False), help="To S3: what of a change is exported.")
@click.option("--bucket-owner", type=BUCKET_OWNER, metavar="ACCOUNT", help="To S3: whose bucket it must be.")
@click.option("--sse", type=click.Choice(("AES256", "KMS"), case_sensitive=False), help="To S3: how it is encrypted.")
@click.option("--kms-key", metavar="ID", help="To S3: encrypted by this key of KMS.")
@click.option("--idempotency", metavar="WORD", help="To S3: within 8 hours the same word starts no second export.")
def export(
    session: Session,
    table: str,
    file: str | None,
    kind: Any,
    to: str | None,
    **options: Any,
) -> View:
    """Write a table's items to FILE, or to stdout (-), without loss; or have DynamoDB export it to S3.

    The name says the form: .jsonl (an item a line, in the plain form), .json (DynamoDB-JSON lines, as DynamoDB's own
    exports have them), .csv, .parquet; and .gz or .zst behind it. The file appears under its name once it is whole;
    the same command again goes on after an interruption.

    A csv or parquet file has a column for every attribute, keys first; with --columns, or beyond 1,000, all others
    stand in a last column … as JSON.

    With --to DynamoDB itself writes gzipped DynamoDB-JSON lines (or --format ion) into the bucket: the whole table, as
    it is or as it was --at some time, or what has changed --since. It reads its backups, so point-in-time recovery must
    be on, and uses no read capacity. It goes on at AWS when this command ends.
    """
    if (to is None) == (file is None):
        raise InvalidInput("where to?", "Name a file, or a place in S3 with --to s3://BUCKET/PREFIX.")
    from stackpane_dynamodb.native.exports import S3Export, S3Options

    native = {each.name: options.pop(each.name) for each in fields(S3Options)}
    if to is not None:
        from stackpane_dynamodb.native.transfers import Place

        only_with("a file", options, {**_FOR_FILES, "restart": False})
        find = Find(session, table, text=options["text"], project=options["project"])
        return S3Export(find, Place.parse(to), kind or "dynamodb", S3Options(**native)).view()
    only_with("--to s3://…", native)
    if kind == "ion":
        raise InvalidInput("only DynamoDB itself writes ion", "Have it export with --to s3://BUCKET/PREFIX.")
    return _into_file(session, table, file or "", kind, **options)


def _into_file(
    session: Session, table: str, file: str, kind: Any, *, columns: str, overwrite: bool, restart: bool, **options: Any
) -> View:
    from stackpane_dynamodb.moving.exporting import Export
    from stackpane_dynamodb.moving.forms import form_of

    names = tuple(name for name in columns.split(",") if name)
    made = Export(Find(session, table, **options), file, form_of(file, kind), names, overwrite, restart)
    if session.dry_run:
        return made.preview()
    return made.document() if file == "-" else made.job()
