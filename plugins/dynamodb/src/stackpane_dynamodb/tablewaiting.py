"""Waiting until a table is as it was asked to be."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from stackpane import Progress
from stackpane_dynamodb.tables import describe, described

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["status_of", "until_gone", "until_ready", "watched"]

T = TypeVar("T")

_TICK = 0.25
"""Seconds between two steps of a job that waits: so soon it notices that it is cancelled."""
_LOOKS = (0.5, 1.0, 2.0, 4.0, 5.0)
"""Seconds between looks, the last one over and over: a table takes seconds, an index of a big one hours."""

Description = Mapping[str, Any]


def until_ready(session: Session, table: str, *, done: int = 0, total: int = 1) -> Generator[Progress, None, None]:
    """Return when the table and all of its indexes are ``ACTIVE``. ``done`` of ``total`` settings are made so far."""

    def state() -> str:
        return status_of(describe(session, table))

    yield from _until(state, table, done, total)


def until_gone(session: Session, table: str) -> Generator[Progress, None, None]:
    """Return when there is no such table."""

    def state() -> str:
        found = described(session, table)
        return "" if found is None else str(found.get("TableStatus", ""))

    yield from _until(state, table, 0, 1)


def status_of(description: Description) -> str:
    """What is not ready yet, in AWS's words; empty where everything is."""
    status = description.get("TableStatus", "ACTIVE")
    if status != "ACTIVE":
        return str(status)
    for index in description.get("GlobalSecondaryIndexes", ()):
        if index.get("IndexStatus", "ACTIVE") != "ACTIVE":
            return f"{index['IndexName']} {index['IndexStatus']}"
    return ""


def _until(state: Callable[[], str], table: str, done: int, total: int) -> Generator[Progress, None, None]:
    def progress(found: str) -> Progress:
        return Progress(done, total, "steps", current=f"{table}: {found}")

    yield from watched(state, lambda found: not found, progress, _LOOKS)


def watched(
    look: Callable[[], T], is_over: Callable[[T], bool], progress: Callable[[T], Progress], pauses: Sequence[float]
) -> Generator[Progress, None, T]:
    """Look again and again until it is over; gives what was seen then.

    ``pauses`` are the seconds between two looks, the last one over and over.
    """
    looks = 0
    while not is_over(found := look()):
        until = time.monotonic() + pauses[min(looks, len(pauses) - 1)]
        looks += 1
        while (left := until - time.monotonic()) > 0:
            yield progress(found)
            time.sleep(min(left, _TICK))
    return found
