"""What the tests of tables share."""

from __future__ import annotations

import pytest


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
