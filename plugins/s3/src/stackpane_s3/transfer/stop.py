"""One cancel for all threads of a transfer: what waits is woken, what reads is hung up, what writes ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stackpane import Lane

__all__ = ["CURRENT", "Stop", "Stopped", "lane_until_stopped"]


class Stopped(BaseException):
    """Raised in a worker once the transfer is cancelled. No ``Exception``: nothing may take it for a failure."""


class Stop:
    """Set once, by whoever cancels; looked at by everybody."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._hang_ups: dict[int, Callable[[], None]] = {}

    @property
    def is_set(self) -> bool:
        """Whether the transfer is cancelled."""
        return self._event.is_set()

    def set(self) -> None:
        """Cancel: from now on ``check`` and ``wait`` raise, and everything that waits for the network is hung up."""
        with self._lock:
            self._event.set()
            hang_ups = list(self._hang_ups.values())
        for hang_up in hang_ups:
            hang_up()

    def check(self) -> None:
        """Raise ``Stopped`` if the transfer is cancelled."""
        if self._event.is_set():
            raise Stopped

    def wait(self, seconds: float) -> None:
        """Let time go by. Raises ``Stopped`` as soon as the transfer is cancelled."""
        if self._event.wait(seconds):
            raise Stopped

    @contextmanager
    def hanging_up(self, hang_up: Callable[[], None]) -> Iterator[None]:
        """Have ``hang_up`` called, from another thread, if the transfer is cancelled within the block."""
        with self._lock:
            self.check()
            self._hang_ups[id(hang_up)] = hang_up
        try:
            yield
        finally:
            with self._lock:
                del self._hang_ups[id(hang_up)]


@contextmanager
def lane_until_stopped(lane: Lane | None, stop: Stop) -> Iterator[None]:
    """Close the lane at the end of the block, or as soon as the transfer is cancelled."""
    if lane is None:
        yield
        return
    try:
        with stop.hanging_up(lane.close):
            yield
    finally:
        lane.close()


CURRENT: ContextVar[Stop | None] = ContextVar("stackpane_s3_stop", default=None)
"""That of the transfer a thread works for: what it asks of AWS is not sent any more once it is set."""
