"""``dynamodb put``: put items, onto nothing that was not meant to be replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Job, Outcome, Plan, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, GET_ITEM, PUT_ITEM
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command("put", calls=(DESCRIBE_TABLE, GET_ITEM, PUT_ITEM))
@click.argument("table", type=TABLE)
@click.argument("text", metavar="ITEM")
@click.option("--overwrite", is_flag=True, help="Replace what is there, if it still is as it is looked at.")
@click.option("--if", "only_if", metavar="EXPRESSION", help="Only while this holds of what is there.")
@click.option("--dynamodb-json", "typed", is_flag=True, help="The items are DynamoDB's own JSON.")
def put(
    session: Session, table: str, text: str, overwrite: bool, only_if: str | None, typed: bool
) -> Plan | Job | Outcome:
    """Put an item: JSON, @file, or - for stdin; several as an array, or as lines.

    JSON is plain, with a tag only on what it cannot say: {"$SS": ["a"]}, {"$NS": [1]}, {"$B": "aGk="}. All items are
    checked before the first one is sent. One that exists already stays, unless told.
    """
    from stackpane.inputs import given_text
    from stackpane_dynamodb.drafting import Form, items_given
    from stackpane_dynamodb.expressions.language import parse
    from stackpane_dynamodb.putting import Putting
    from stackpane_dynamodb.tables import describe, model_of

    if only_if is not None and not overwrite:
        raise InvalidInput("--if is for what is replaced", "Add --overwrite.")
    given = items_given(given_text(text), typed=typed)
    if not given:
        raise InvalidInput("there is no item", "Give JSON, @file, or - for stdin.")
    form = Form(model_of(describe(session, table)), typed)
    items = [
        form.need_valid(item, f"item {number}: " if len(given) > 1 else "") for number, item in enumerate(given, 1)
    ]
    return Putting(session, form.model, items, overwrite, parse(only_if) if only_if else None).view()
