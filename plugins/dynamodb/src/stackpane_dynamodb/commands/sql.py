"""``dynamodb sql``: PartiQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Plan, Table, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, EXECUTE_STATEMENT

if TYPE_CHECKING:
    from stackpane import Session


@command("sql", calls=(DESCRIBE_TABLE, EXECUTE_STATEMENT))
@click.argument("statement")
@click.option("--param", "params", multiple=True, metavar="VALUE", help="For a ? in it: plain JSON, or else a text.")
@click.option("--consistent", is_flag=True, help="Strongly consistent reads, at twice the capacity.")
@click.option("--max-rcu", type=click.FloatRange(min=0.5), metavar="N", help="Stop after N read units.")
@click.option("--unfold", is_flag=True, help="Show JSON that a string holds as what it is.")
def sql(
    session: Session, statement: str, params: tuple[str, ...], consistent: bool, max_rcu: float | None, unfold: bool
) -> Table | Plan:
    """Run a PartiQL statement: SELECT * FROM "shop" WHERE pk = 'ORDER#1'.

    STATEMENT is the text, @FILE, or - for standard input. Whatever is not proven to only read is a change: it is shown
    as a plan, refused on a read-only connection, and sent one time only.
    """
    from stackpane.inputs import given_text
    from stackpane_dynamodb.partiql import Query, parameter
    from stackpane_dynamodb.statements import Statement

    values = tuple(map(parameter, params))
    return Query(session, Statement.of(given_text(statement)), values, consistent, max_rcu, unfold).view()
