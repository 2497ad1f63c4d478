"""Waiting for a service that throttles: bulk jobs slow down until there is capacity again, and then go on.

botocore has made its own quick retries by then. The pauses grow and are of random length, so that workers which were
throttled together do not come back together:
https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from stackpane.fanout import check_wanted

__all__ = ["PATIENCE", "THROTTLED", "TICK", "patiently", "pause"]

TICK = 0.2
"""Seconds after which a job says its progress again although nothing moved."""
PATIENCE = 3.0
"""Seconds that a cancel waits for answers: what AWS has not answered by then counts as unknown."""
THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "Throttling",
        "TooManyRequestsException",
    }
)
"""How services say that a capacity or a quota is used up for the moment."""

T = TypeVar("T")

_ROUNDS = 8
_FIRST, _LONGEST = 0.5, 20.0
"""Seconds of the first pause at most, and of the longest: together about two minutes."""
_STEP = 0.2
"""Seconds after which a pause looks whether anybody still waits for its end."""


def patiently(call: Callable[[], T]) -> T:
    """What ``call`` returns, tried again after a pause as long as it is throttled; then its error."""
    from botocore.exceptions import ClientError

    for longest in (min(_LONGEST, _FIRST * 2**number) for number in range(_ROUNDS)):
        try:
            return call()
        except ClientError as error:
            if error.response["Error"]["Code"] not in THROTTLED:
                raise
        pause(random.uniform(longest / 2, longest))  # noqa: S311 - nothing secret
    return call()


def pause(seconds: float) -> None:
    """Wait, as long as anybody waits for the end of it."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        check_wanted()
        time.sleep(min(left, _STEP))
