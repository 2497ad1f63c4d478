"""``dynamodb duplicate``: an item once more, under another key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Job, Outcome, Plan, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, GET_ITEM, PUT_ITEM
from stackpane_dynamodb.params import TABLE

if TYPE_CHECKING:
    from stackpane import Session


@command("duplicate", calls=(DESCRIBE_TABLE, GET_ITEM, PUT_ITEM))
@click.argument("table", type=TABLE)
@click.argument("key", nargs=-1, required=True, metavar="KEY [SORT-KEY]")
@click.option("--to", multiple=True, metavar="KEY", help="The new key; twice where there is a sort key as well.")
@click.option("--dynamodb-json", "typed", is_flag=True, help="Edit DynamoDB's own JSON, with the type of every value.")
def duplicate(
    session: Session, table: str, key: tuple[str, ...], to: tuple[str, ...], typed: bool
) -> Plan | Job | Outcome:
    """Put a copy of an item under the key of --to, or as it is changed in the editor; never over another item."""
    from stackpane_dynamodb.drafting import Form, edited
    from stackpane_dynamodb.items import need_item
    from stackpane_dynamodb.keys import key_of, said
    from stackpane_dynamodb.putting import Putting
    from stackpane_dynamodb.tables import describe, model_of

    model = model_of(describe(session, table))
    found, target = key_of(model, key), key_of(model, to) if to else None
    item = need_item(session, model, found)
    if target is not None:
        copy = Form(model, typed).need_valid({**item, **target})
        return Putting(session, model, [copy]).view()
    made, draft = edited(session, Form(model, typed), item, f"A copy of {said(model, found)}; give it another key")
    if made is None:
        draft.drop()
        return Outcome("Nothing was put.", 0)
    session.note(f"What you wrote is in {draft.path}")
    return Putting(session, model, [made], after=draft.drop).view()
