"""``dynamodb rm``: delete items that a plan has named one by one, or a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, Link, Plan, command
from stackpane_dynamodb.calls import (
    DELETE_ITEM,
    DELETE_TABLE,
    DESCRIBE_CONTINUOUS_BACKUPS,
    DESCRIBE_TABLE,
    GET_ITEM,
    QUERY,
    SCAN,
)
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command(
    "rm",
    calls=(DESCRIBE_TABLE, GET_ITEM, QUERY, SCAN, DELETE_ITEM, DESCRIBE_CONTINUOUS_BACKUPS, DELETE_TABLE),
)
@click.argument("table", type=TABLE)
@click.argument("key", nargs=-1, metavar="[KEY [SORT-KEY]]")
@click.option("--find", "text", metavar="EXPRESSION", help="Delete all items that this finds.")
@click.option("--scan", "may_scan", is_flag=True, help="Read the whole table where nothing else finds them.")
@click.option("--index", metavar="NAME", help="Find by the keys of this index.")
@click.option("--keys", "file", metavar="FILE", help="Delete the items of these keys: JSON lines, or - for stdin.")
@click.option("--if", "only_if", metavar="EXPRESSION", help="Only while this holds of the item.")
@click.option("--unconditional", is_flag=True, help="Delete also what changes after the plan.")
@click.option("--table", "whole", is_flag=True, help="Delete the table itself, with all that is in it.")
def rm(
    session: Session,
    table: str,
    key: tuple[str, ...],
    text: str | None,
    may_scan: bool,
    index: str | None,
    file: str | None,
    only_if: str | None,
    unconditional: bool,
    whole: bool,
) -> Plan:
    """Delete items: one by its key, all that an expression finds, or those of a list of keys. Or a table.

    The plan freezes every item as it is, and only these are deleted: one that is changed meanwhile stays.
    """
    # A table goes by an option: a key that a script has left empty must not mean the table.
    if sum((bool(key), text is not None, file is not None, whole)) != 1:
        raise InvalidInput(
            "which items?", "Name one by its key, several with --find or --keys, or the table itself with --table."
        )
    if whole:
        from stackpane_dynamodb.tabledeletion import delete_table

        return delete_table(session, table)
    from stackpane_dynamodb.expressions.language import parse
    from stackpane_dynamodb.itemremoval import ItemRemoval
    from stackpane_dynamodb.tables import describe, model_of

    holds = parse(only_if) if only_if else None
    removal = ItemRemoval(session, model_of(describe(session, table)), holds, unconditional)
    if key:
        return removal.of_one(key)
    options: dict[str, Any] = {"scan": may_scan, "index": index, "if": only_if, "unconditional": unconditional}
    if file is not None:
        again = None if file == "-" else Link.to("dynamodb rm", table, keys=file, **options)
        return replace(removal, again=again).of_list(file)
    again = Link.to("dynamodb rm", table, find=text, **options)
    return replace(removal, again=again).of_found(text or "", index, may_scan=may_scan)
