"""``dynamodb export``: a table's items into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import View, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, SCAN
from stackpane_dynamodb.finding import Find
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session

_KINDS = ("jsonl", "dynamodb", "csv", "parquet")


@command("export", calls=(DESCRIBE_TABLE, SCAN))
@click.argument("table", type=TABLE)
@click.argument("file")
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
def export(
    session: Session,
    table: str,
    file: str,
    kind: Any,
    columns: str,
    overwrite: bool,
    restart: bool,
    **options: Any,
) -> View:
    """Write a table's items to FILE, or to stdout (-), without loss.

    The name says the form: .jsonl (an item a line, in the plain form), .json (DynamoDB-JSON lines, as DynamoDB's own
    exports have them), .csv, .parquet; and .gz or .zst behind it. The file appears under its name once it is whole;
    the same command again goes on after an interruption.

    A csv or parquet file has a column for every attribute, keys first; with --columns, or beyond 1,000, all others
    stand in a last column … as JSON.
    """
    from stackpane_dynamodb.moving.exporting import Export
    from stackpane_dynamodb.moving.forms import form_of

    names = tuple(name for name in columns.split(",") if name)
    made = Export(Find(session, table, **options), file, form_of(file, kind), names, overwrite, restart)
    if session.dry_run:
        return made.preview()
    return made.document() if file == "-" else made.job()
