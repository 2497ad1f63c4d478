"""The sample lines: JSON with a burst of errors, plain lines of a web server, and a worker's in colour.

The same every time but for the times, which end when the demo begins: what is looked at is of late.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["GROUPS", "Group"]

_SPAN = 3 * 3600_000
"""Milliseconds that the lines are spread over."""
_BURST = range(45, 50)
"""Minutes before the end in which payments fail."""
_COUNTRIES = ("DE", "FR", "GB", "PT", "SE")
_PATHS = ("/", "/cart", "/checkout", "/search?q=lamp", "/products/1003", "/favicon.ico")


@dataclass(frozen=True, slots=True)
class Group:
    """A log group: its name, how many days it keeps events, how many streams and lines it has, and its lines.

    ``line`` makes the line of a number that is so many minutes before the end.
    """

    name: str
    retention: int | None
    streams: int
    count: int
    line: Callable[[int, int], str]

    def events(self, now: int) -> Iterator[tuple[str, list[tuple[int, str]]]]:
        """The streams with their events (time in milliseconds, line), which end just before ``now``."""
        step = _SPAN // self.count
        for stream in range(self.streams):
            numbers = range(stream, self.count, self.streams)
            # A little uneven, as lines come.
            stamps = [now - _SPAN + number * step + number * 7919 % (step // 2) for number in numbers]
            lines = (self.line(number, (now - at) // 60_000) for number, at in zip(numbers, stamps, strict=True))
            yield f"{self.name.rpartition('/')[2]}-{stream + 1}", list(zip(stamps, lines, strict=True))


def _order(number: int, minutes: int) -> str:
    order = {"id": 5000 + number, "total": round(9.9 + number * 37 % 500, 2), "country": _COUNTRIES[number % 5]}
    line = {"level": "INFO", "message": "order placed", "order": order, "ms": 20 + number * 13 % 80}
    if minutes in _BURST and number % 3 == 0:
        line |= {"level": "ERROR", "message": "payment declined", "ms": 3000, "provider": "acme-pay"}
    elif number % 40 == 7:
        line |= {"level": "WARN", "message": "stock is low", "sku": f"SKU-{number % 17:03}"}
    return json.dumps(line)


def _access(number: int, minutes: int) -> str:
    status = 502 if minutes in _BURST and number % 2 else 404 if number % 29 == 0 else 200
    path = _PATHS[number % len(_PATHS)]
    return f'10.0.{number % 7}.{number % 251} "GET {path} HTTP/1.1" {status} {512 + number * 97 % 9000} {number % 90}ms'


def _work(number: int, _minutes: int) -> str:
    if number % 60 == 31:
        return (
            'Traceback (most recent call last):\n  File "worker.py", line 42, in run\n    send(mail)\n'
            f"TimeoutError: no answer from mail-{number % 3}"
        )
    level, color = ("WARN", 33) if number % 25 == 3 else ("INFO", 32)
    return f"\x1b[{color}m{level}\x1b[0m job {number} of the mail queue took {number * 11 % 900} ms"


GROUPS = (
    Group("/shop/orders", 30, 4, 1600, _order),
    Group("/shop/web", 7, 2, 1200, _access),
    Group("/shop/worker", None, 1, 300, _work),
)
