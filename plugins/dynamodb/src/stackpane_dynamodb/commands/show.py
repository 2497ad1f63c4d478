"""``dynamodb show``: the record of a table, of an export or of an import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from stackpane import Record, command
from stackpane_dynamodb.calls import (
    DESCRIBE_CONTINUOUS_BACKUPS,
    DESCRIBE_EXPORT,
    DESCRIBE_IMPORT,
    DESCRIBE_TABLE,
    DESCRIBE_TIME_TO_LIVE,
    LIST_TAGS,
)
from stackpane_dynamodb.params import TableType

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.native.transfers import Transfer


class _Shown(TableType):
    """A table, or the ARN of an export or an import."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from stackpane_dynamodb.native.transfers import transfer_of

        return transfer_of(value) or super().convert(value, param, ctx)


@command(
    "show",
    calls=(
        DESCRIBE_TABLE,
        DESCRIBE_TIME_TO_LIVE,
        DESCRIBE_CONTINUOUS_BACKUPS,
        LIST_TAGS,
        DESCRIBE_EXPORT,
        DESCRIBE_IMPORT,
    ),
)
@click.argument("table", type=_Shown(), metavar="TABLE|ARN")
def show(session: Session, table: str | Transfer) -> Record:
    """Show all there is to know of a table: keys, indexes, capacity, streams, TTL, backups, tags.

    By its ARN also an export or an import.
    """
    if not isinstance(table, str):
        from stackpane_dynamodb.native.listing import transfer_record

        return transfer_record(session, table)
    from stackpane_dynamodb.tablerecord import table_record

    return table_record(session, table)
