"""``dynamodb get``: one item, as the document it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from stackpane import AwsError, Document, InvalidInput, command
from stackpane.exactjson import exact_json
from stackpane_dynamodb.calls import DESCRIBE_TABLE, GET_ITEM
from stackpane_dynamodb.params import TABLE
from stackpane_dynamodb.places import item_actions, scan_link, show_link

if TYPE_CHECKING:
    from stackpane import Session


@command("get", calls=(DESCRIBE_TABLE, GET_ITEM))
@click.argument("table", type=TABLE)
@click.argument("key", nargs=-1, required=True, metavar="KEY [SORT-KEY]")
@click.option("--consistent", is_flag=True, help="A strongly consistent read, at twice the capacity.")
@click.option("--dynamodb-json", "typed", is_flag=True, help="In DynamoDB's own JSON, with the type of every value.")
@click.option("--unfold", is_flag=True, help="Show JSON that a string holds as what it is.")
def get(session: Session, table: str, key: tuple[str, ...], consistent: bool, typed: bool, unfold: bool) -> Document:
    """Show an item as JSON: plain, with a tag only on what JSON cannot say ({"$SS": ["a"]}, {"$B": "aGk="})."""
    from stackpane_dynamodb.items import read_item
    from stackpane_dynamodb.keys import key_of
    from stackpane_dynamodb.tables import describe, model_of
    from stackpane_dynamodb.values.plain import item_text
    from stackpane_dynamodb.values.rows import row_of, unfolded_row

    if typed and unfold:
        raise InvalidInput("--unfold is for the plain form", "Leave it out, or --dynamodb-json.")
    model = model_of(describe(session, table))
    item = read_item(session, model, key_of(model, key), consistent=consistent)
    if item is None:
        raise AwsError(f"{table} has no item {' '.join(key)}", f"See what there is: {session.line(scan_link(table))}")
    if unfold:
        text = exact_json(unfolded_row(row_of(item), model.table.keys), indent=2)
    else:
        text = json.dumps(item, indent=2, ensure_ascii=False) if typed else item_text(item, indent=2)
    return Document(
        text.encode() + b"\n",
        media_type="application/json",
        name=f"{table}.json",
        links=(show_link(table, "Table"), *item_actions(table, key)),
    )
