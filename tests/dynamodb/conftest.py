"""Fixtures of the tests of the DynamoDB plugin."""

from __future__ import annotations

import pytest


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Bulk jobs go on at once where they would wait for a throttled table; the pauses they would have made."""
    from stackpane import patience

    pauses: list[float] = []
    monkeypatch.setattr(patience, "pause", pauses.append)
    return pauses


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting for a table takes no time: the clock goes by what is slept, which is noted here."""
    from stackpane_dynamodb import tablewaiting

    slept: list[float] = []

    class Clock:
        sleep = staticmethod(slept.append)

        @staticmethod
        def monotonic() -> float:
            return sum(slept)

    monkeypatch.setattr(tablewaiting, "time", Clock)
    return slept
