"""How many requests for events a second: AWS's quotas, which nobody can have raised, shared by all workers.

Source: https://docs.aws.amazon.com/general/latest/gr/cwl_region.html ("throttle limit in transactions per second", per
account and region). Whoever asks for more is throttled, and botocore then waits longer than was gained.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["Rate", "filter_rate", "get_rate"]

_FILTER = {"us-east-1": 25} | dict.fromkeys(
    ("ap-northeast-3", "ap-southeast-3", "ca-west-1", "eu-central-1", "il-central-1"), 5
)
_GET = {"eu-west-3": 30} | dict.fromkeys(
    (
        "us-west-2",
        "ap-northeast-3",
        "ap-southeast-3",
        "ca-west-1",
        "eu-central-1",
        "eu-west-1",
        "il-central-1",
    ),
    10,
)


class Rate:
    """A token bucket: ``rate`` requests a second, and as many at once after a pause; ``None`` is no limit."""

    def __init__(
        self,
        rate: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate, self._clock, self._sleep = rate, clock, sleep
        self._lock = threading.Lock()
        self._free = rate or 0.0
        self._since = clock()

    def wait(self) -> None:
        """Wait for leave to send one request."""
        if self._rate is None:
            return
        with self._lock:
            now = self._clock()
            self._free = min(self._rate, self._free + (now - self._since) * self._rate) - 1
            self._since = now
            due = max(0.0, -self._free / self._rate)
        if due:
            self._sleep(due)


def filter_rate(region: str, *, is_emulator: bool) -> Rate:
    """The rate of ``FilterLogEvents``; an emulator has none."""
    return Rate(None if is_emulator else _FILTER.get(region, 10))


def get_rate(region: str, *, is_emulator: bool) -> Rate:
    """The rate of ``GetLogEvents``."""
    return Rate(None if is_emulator else _GET.get(region, 25))
