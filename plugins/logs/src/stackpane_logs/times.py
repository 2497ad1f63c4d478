"""The times of events: milliseconds since 1970 as ISO 8601 text, and the range that the options mean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from stackpane import InvalidInput

__all__ = ["iso", "iso_each", "milliseconds", "time_range"]

_FUTURE = timedelta(hours=2)
"""How far ahead of the service's clock an event's time may be:
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html"""


def iso(stamp: int | None) -> str | None:
    """``2026-11-22T09:30:00.123Z``. Events come by the second, so the text of a second is made once."""
    if stamp is None:
        return None
    second, milli = divmod(stamp, 1000)
    return _second(second) + _MILLIS[milli]


def iso_each(stamps: Iterable[int | None]) -> list[str | None]:
    """``iso`` of each. Of a million events this is most of what there is to do, so nothing is made twice."""
    texts: list[str | None] = []
    second, prefix = None, ""
    for stamp in stamps:
        if stamp is None:
            texts.append(None)
            continue
        whole, milli = divmod(stamp, 1000)
        if whole != second:
            second, prefix = whole, _second(whole)
        texts.append(prefix + _MILLIS[milli])
    return texts


_MILLIS = [f".{milli:03d}Z" for milli in range(1000)]


@lru_cache(maxsize=4096)
def _second(second: int) -> str:
    try:
        return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return str(second)


def milliseconds(moment: datetime) -> int:
    """A moment as this service has it."""
    return round(moment.timestamp() * 1000)


def time_range(since: datetime, until: datetime | None, now: datetime | None = None) -> tuple[int, int]:
    """The range from ``since`` (inclusive) to ``until`` (exclusive); without ``until``: all there is.

    Raises ``InvalidInput`` where nothing can lie in it.
    """
    end = until or (now or datetime.now(UTC)) + _FUTURE
    if since >= end:
        raise InvalidInput("--since is not before --until", "Nothing lies between them.")
    return milliseconds(since), milliseconds(end)
