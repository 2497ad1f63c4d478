"""``logs show``: the record of a log group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Record, command
from stackpane_logs.calls import (
    DESCRIBE_INDEX_POLICIES,
    DESCRIBE_LOG_GROUPS,
    DESCRIBE_METRIC_FILTERS,
    DESCRIBE_SUBSCRIPTION_FILTERS,
    GET_DATA_PROTECTION_POLICY,
    LIST_TAGS,
)
from stackpane_logs.params import GROUP

if TYPE_CHECKING:
    from stackpane import Session


@command(
    "show",
    calls=(
        DESCRIBE_LOG_GROUPS,
        LIST_TAGS,
        DESCRIBE_METRIC_FILTERS,
        DESCRIBE_SUBSCRIPTION_FILTERS,
        DESCRIBE_INDEX_POLICIES,
        GET_DATA_PROTECTION_POLICY,
    ),
)
@click.argument("group", type=GROUP)
def show(session: Session, group: str) -> Record:
    """Show all there is to know of a log group: retention, size, key, filters, policies, tags."""
    from stackpane_logs.grouprecord import group_record

    return group_record(session, group)
