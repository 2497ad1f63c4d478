"""Log groups with events in an emulator, by a plain client."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

__all__ = ["AGO", "make", "now", "put"]

AGO = 600_000
"""Milliseconds before now that ``make``'s events begin at."""


def now() -> int:
    """Milliseconds since 1970."""
    return int(time.time() * 1000)


def put(client: Any, group: str, stream: str, lines: Iterable[str], *, at: int | None = None, step: int = 1000) -> int:
    """Put lines into a stream, which is made where it is not there; gives the time of the first (milliseconds)."""
    start = now() - AGO if at is None else at
    if not client.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]:
        client.create_log_stream(logGroupName=group, logStreamName=stream)
    events = [{"timestamp": start + number * step, "message": line} for number, line in enumerate(lines)]
    for begin in range(0, len(events), 5000):
        client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events[begin : begin + 5000])
    return start


def make(emulator: Emulator, group: str, **streams: Iterable[str]) -> Any:
    """A log group with these lines by stream; gives the client."""
    client = emulator.client("logs")
    client.create_log_group(logGroupName=group, tags={"team": "shop"})
    start = now() - AGO
    for stream, lines in streams.items():
        put(client, group, stream, lines, at=start)
    return client
