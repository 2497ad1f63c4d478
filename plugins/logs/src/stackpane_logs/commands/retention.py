"""``logs retention``: how long a log group keeps its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Outcome, command
from stackpane_logs.calls import DELETE_RETENTION_POLICY, DESCRIBE_LOG_GROUPS, PUT_RETENTION_POLICY
from stackpane_logs.params import GROUP

if TYPE_CHECKING:
    from stackpane import Session


@command("retention", calls=(DESCRIBE_LOG_GROUPS, PUT_RETENTION_POLICY, DELETE_RETENTION_POLICY))
@click.argument("group", type=GROUP)
@click.argument("days", metavar="DAYS|never")
def retention(session: Session, group: str, days: str) -> Outcome:
    """Keep a log group's events for DAYS days (1, 3, 5, 7, 14, 30, 60, 90 … 3653), or never let them expire."""
    from stackpane_logs.editing import days_of, keep

    return keep(session, group, days_of(days))
