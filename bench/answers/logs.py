"""Log groups of any number of events (``events-1000000``) of 16 streams, all of the hour before the server began."""

from __future__ import annotations

import json
import time
from functools import lru_cache
from typing import Any

TARGET = "Logs_20140328"
PAGE = 3483
"""Events of a page: with 300 bytes each, what fits into CloudWatch's 1 MiB."""
STREAMS = 16
_SPAN = 3600 * 1000
"""Milliseconds from the first event to behind the last one."""
_BEGIN = int(time.time() * 1000) - _SPAN
_EVENT = (
    '{"logStreamName":"app/web/%02d","timestamp":%d,"message":"%s INFO  request %08d GET /articles/%05d/reviews 200 '
    'in %d ms user=%06d agent=\\"Mozilla/5.0\\"","ingestionTime":%d,"eventId":"%056d"}'
)


def answer(operation: str, request: dict[str, Any]) -> bytes:
    """The reply to a request. A group's name says how many events it has."""
    group = request.get("logGroupName", "")
    total = int(group.rpartition("-")[2] or 0)
    if operation == "FilterLogEvents":
        start = max(0, _number_at(request.get("startTime", 0), total))
        end = min(total, _number_at(request.get("endTime", 1 << 50) + 1, total))
        start = int(request.get("nextToken", start))
        return page(total, start, min(end, start + min(PAGE, request.get("limit", PAGE))), end)
    if operation == "DescribeLogGroups":
        return json.dumps({"logGroups": []}).encode()
    if operation == "DescribeLogStreams":
        streams = [{"logStreamName": f"app/web/{number:02}", **_TIMES} for number in range(STREAMS)]
        return json.dumps({"logStreams": streams}).encode()
    return b"{}"


_TIMES = {"firstEventTimestamp": _BEGIN, "lastEventTimestamp": _BEGIN + _SPAN, "lastIngestionTime": _BEGIN + _SPAN}


def _number_at(moment: int, total: int) -> int:
    """The first event that is not before a moment."""
    return -((_BEGIN - moment) * total // _SPAN)


@lru_cache(maxsize=400)
def page(total: int, start: int, stop: int, end: int) -> bytes:
    """The events from ``start`` to before ``stop``; more follow where that is before ``end``."""
    events = ",".join(event(total, number) for number in range(start, stop))
    more = f',"nextToken":"{stop}"' if stop < end else ""
    return f'{{"events":[{events}],"searchedLogStreams":[]{more}}}'.encode()


def event(total: int, number: int) -> str:
    """The event of that number, as JSON."""
    moment = _BEGIN + number * _SPAN // total
    mixed = number * 2654435761 % (1 << 32)
    said = f"{moment // 1000 % 86400:05}.{moment % 1000:03}"
    values = (number % STREAMS, moment, said, number, mixed % 99999, mixed % 1000, mixed % 999983, moment + 5, number)
    return _EVENT % values
