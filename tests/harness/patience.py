"""Waiting that tests can do without: the pauses between retries, and the patience with an endpoint that hangs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest


class _Clock:
    """Stands in for the module ``time``: nobody sleeps by it."""

    def __init__(self, pauses: list[float]) -> None:
        self._pauses = pauses

    def sleep(self, seconds: float) -> None:
        self._pauses.append(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Retries in this process follow at once; the pauses, in seconds, that they would have made."""
    import botocore.endpoint

    pauses: list[float] = []
    monkeypatch.setattr(botocore.endpoint, "time", _Clock(pauses))
    return pauses


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """``impatient(0.5)``: from now on clients of this process wait half a second for an answer, and ask twice.

    Answers that are to come take less than a second, also on a busy machine.
    """
    from stackpane.aws import clients, waiting

    def shorten(seconds: float) -> None:
        monkeypatch.setattr(waiting, "_READ_TIMEOUT", seconds)
        monkeypatch.setattr(clients, "_ATTEMPTS", 2)

    return shorten
