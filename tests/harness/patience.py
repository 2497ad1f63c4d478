"""Waiting that tests can do without: the pauses between retries, and the patience with an endpoint that hangs."""

from __future__ import annotations

import time
from typing import Any

import pytest

READ_TIMEOUT = 1.0
"""Seconds that an impatient client waits for an answer: enough for an emulator on a busy machine."""


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
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients of this process wait a second for an answer, and ask twice."""
    from stackpane.aws import clients

    monkeypatch.setattr(clients, "_READ_TIMEOUT", READ_TIMEOUT)
    monkeypatch.setattr(clients, "_ATTEMPTS", 2)
