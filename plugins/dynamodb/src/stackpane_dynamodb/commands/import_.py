"""``dynamodb import``: items from a file into a table."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from stackpane import View, command
from stackpane_dynamodb.calls import BATCH_WRITE_ITEM, DESCRIBE_TABLE, PUT_ITEM, SCAN
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session

_KINDS = ("jsonl", "dynamodb", "csv", "parquet")


@command("import", calls=(DESCRIBE_TABLE, SCAN, BATCH_WRITE_ITEM, PUT_ITEM))
@click.argument("table", type=TABLE)
@click.argument("file")
@click.option("--format", "kind", type=click.Choice(_KINDS), help="The form of the file, unless its name says it.")
@click.option("--if-absent", is_flag=True, help="Leave items alone whose keys the table has; a request per item.")
@click.option("--rejects", metavar="FILE", help="Where lines go that are no items; FILE.rejects.jsonl unless given.")
@click.option("--restart", is_flag=True, help="Begin anew what was interrupted.")
@click.option("--workers", type=click.IntRange(1, 64), default=16, show_default=True, help="Requests at a time.")
def import_(session: Session, table: str, file: str, kind: Any, **options: Any) -> View:
    """Put the items of FILE, or of stdin (-), into a table.

    Reads what export writes: .jsonl, .json (DynamoDB's own exports), .csv, .parquet; and .gz or .zst behind it. Items
    of the same keys are replaced, as a plan says first where the table has any. Lines that are no items go to a file
    of their own, each with its reason. The same command again goes on after an interruption.
    """
    from stackpane_dynamodb.moving.forms import form_of
    from stackpane_dynamodb.moving.importing import Import

    stream = (lambda: sys.stdin.buffer) if file == "-" else None
    return Import(session, table, file, form_of(file, kind), **options, stream=stream).view()
