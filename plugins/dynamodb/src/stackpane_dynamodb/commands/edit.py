"""``dynamodb edit``: change a table, or an item: nothing but what is meant of it, and over nobody else's changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import InvalidInput, Job, Outcome, Plan, command
from stackpane_dynamodb.calls import (
    DESCRIBE_CONTINUOUS_BACKUPS,
    DESCRIBE_TABLE,
    DESCRIBE_TIME_TO_LIVE,
    GET_ITEM,
    TRANSACT_WRITE_ITEMS,
    UPDATE_CONTINUOUS_BACKUPS,
    UPDATE_ITEM,
    UPDATE_TABLE,
    UPDATE_TIME_TO_LIVE,
)
from stackpane_dynamodb.params import TABLE
from stackpane_dynamodb.tableoptions import TableChanges, table_changes_options

if TYPE_CHECKING:
    from stackpane import Session


@command(
    "edit",
    calls=(
        DESCRIBE_TABLE,
        GET_ITEM,
        UPDATE_ITEM,
        TRANSACT_WRITE_ITEMS,
        DESCRIBE_TIME_TO_LIVE,
        UPDATE_TABLE,
        UPDATE_TIME_TO_LIVE,
        DESCRIBE_CONTINUOUS_BACKUPS,
        UPDATE_CONTINUOUS_BACKUPS,
    ),
)
@click.argument("table", type=TABLE)
@click.argument("key", nargs=-1, metavar="[KEY [SORT-KEY]]")
@click.option("--set", "put", multiple=True, metavar="PATH=VALUE", help="Item: set what is at a path: JSON, or a text.")
@click.option("--remove", multiple=True, metavar="PATH", help="Item: remove what is at a path.")
@click.option("--add", multiple=True, metavar="PATH=N", help="Item: add to a number, or members to a set.")
@click.option("--if", "only_if", metavar="EXPRESSION", help="Item: only while this holds of it.")
@click.option("--dynamodb-json", "typed", is_flag=True, help="Item: edit DynamoDB's own JSON, with all types.")
@table_changes_options
def edit(
    session: Session,
    table: str,
    key: tuple[str, ...],
    put: tuple[str, ...],
    remove: tuple[str, ...],
    add: tuple[str, ...],
    only_if: str | None,
    typed: bool,
    **options: Any,
) -> Plan | Job | Outcome:
    """Change an item, in the editor or with --set, --remove and --add; without a key change the table.

    Of an item only the attributes that change are sent, each on the condition of the value that was read: where
    somebody else has changed one of them meanwhile nothing is saved, and all three versions are shown. Another key is a
    plan of its own.
    """
    changes = TableChanges.taken_from(options)
    if not key:
        if put or remove or add or only_if or typed:
            raise InvalidInput("which item?", f"Name it by its key: stackpane dynamodb edit {table} KEY …")
        from stackpane_dynamodb.tableediting import edit_table

        return edit_table(session, table, changes)
    if changes:
        raise InvalidInput("an item has no capacity, indexes or stream", "Leave out the key to change the table.")
    from stackpane_dynamodb.assignments import Assignments
    from stackpane_dynamodb.drafting import Form
    from stackpane_dynamodb.expressions.language import parse
    from stackpane_dynamodb.itemediting import ItemEditing
    from stackpane_dynamodb.items import need_item
    from stackpane_dynamodb.keys import key_of
    from stackpane_dynamodb.tables import describe, model_of

    model = model_of(describe(session, table))
    wanted = Assignments.of(model, put, remove, add)
    if wanted and typed:
        raise InvalidInput("--dynamodb-json is for the editor", "Leave out --set, --remove and --add, or this.")
    item = need_item(session, model, key_of(model, key))
    return ItemEditing(session, Form(model, typed), item, wanted, parse(only_if) if only_if else None).view()
