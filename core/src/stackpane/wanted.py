"""Whether work is still wanted: what a fan-out tells those who work for it, and what stands before every request.

Apart from ``stackpane.fanout``, so that a command that makes one request need not import that.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

__all__ = ["WORKS_FOR", "Employer", "Unwanted", "check_wanted"]


class Employer(Protocol):
    """Whoever has work done by threads: whether it waits no more for them, and the one that it works for itself."""

    gave_up: bool
    parent: Employer | None


WORKS_FOR: ContextVar[Employer | None] = ContextVar("stackpane_works_for", default=None)
"""Whom this thread works for."""


class Unwanted(BaseException):
    """Raised in a worker that was given up. No ``Exception``: nothing may take it for a failure and try once more."""


def check_wanted() -> None:
    """Raise ``Unwanted`` in a thread that works for a fan-out, or for one within it, that does not wait any more."""
    employer = WORKS_FOR.get()
    while employer is not None:
        if employer.gave_up:
            raise Unwanted
        employer = employer.parent
