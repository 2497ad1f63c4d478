"""``dynamodb edit``: change a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import Job, Outcome, Plan, command
from stackpane_dynamodb.calls import DESCRIBE_TABLE, DESCRIBE_TIME_TO_LIVE, UPDATE_TABLE, UPDATE_TIME_TO_LIVE
from stackpane_dynamodb.params import TABLE
from stackpane_dynamodb.tableoptions import TableChanges, table_changes_options

if TYPE_CHECKING:
    from stackpane import Session


@command("edit", calls=(DESCRIBE_TABLE, DESCRIBE_TIME_TO_LIVE, UPDATE_TABLE, UPDATE_TIME_TO_LIVE))
@click.argument("table", type=TABLE)
@table_changes_options
def edit(session: Session, table: str, **options: Any) -> Plan | Job | Outcome:
    """Change a table: its capacity, global indexes, stream, time to live, protection."""
    from stackpane_dynamodb.tableediting import edit_table

    return edit_table(session, table, TableChanges.taken_from(options))
