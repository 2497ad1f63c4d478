"""The Logs plugin's share of the demo: three log groups of a shop. Imported by nothing but the demo."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from stackpane.links import Link
from stackpane_logs.demo.samples import GROUPS

if TYPE_CHECKING:
    from stackpane.session import Session

__all__ = ["TOUR", "seed"]

_BATCH = 1000
"""Events of a request, fewer than the 10,000 and the 1 MiB that ``PutLogEvents`` takes."""

TOUR = (
    Link.to("logs ls", "/shop/", label="Log groups, with how long they keep what"),
    Link.to("logs tail", "/shop/*", limit=6, label="The last lines of several log groups, in the order of their times"),
    Link.to(
        "logs events",
        "/shop/orders",
        since="3h",
        grep="payment declined",
        context=1,
        limit=6,
        label="A match with the lines around it, of its own stream",
    ),
    Link.to(
        "logs events",
        "/shop/orders",
        fields="level,message,order.id,ms",
        last=4,
        label="JSON lines as columns",
    ),
    Link.to("logs events", "/shop/worker", since="3h", grep="WARN", limit=3, label="Colours are shown, not run"),
    Link.to(
        "logs query",
        "/shop/orders",
        "fields @timestamp, @message | filter @message like /declined/ | sort @timestamp desc | limit 3",
        since="3h",
        label="What more than this machine should read, the service reads",
    ),
)
"""What is worth a first look."""


def seed(session: Session) -> tuple[Link, ...]:
    """Fill the fresh demo that ``session`` reaches, and return what is worth a first look there."""
    client = session.client("logs")
    now = int(time.time() * 1000)
    for group in GROUPS:
        client.create_log_group(logGroupName=group.name, tags={"app": "shop"})
        if group.retention is not None:
            client.put_retention_policy(logGroupName=group.name, retentionInDays=group.retention)
        for stream, events in group.events(now):
            client.create_log_stream(logGroupName=group.name, logStreamName=stream)
            for start in range(0, len(events), _BATCH):
                batch = [{"timestamp": stamp, "message": message} for stamp, message in events[start : start + _BATCH]]
                client.put_log_events(logGroupName=group.name, logStreamName=stream, logEvents=batch)
    return TOUR
