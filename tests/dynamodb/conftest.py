"""Fixtures of the tests of the DynamoDB plugin."""

from __future__ import annotations

import pytest


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Bulk jobs go on at once where they would wait for a throttled table; the pauses they would have made."""
    from stackpane_dynamodb import patience

    pauses: list[float] = []
    monkeypatch.setattr(patience, "_pause", pauses.append)
    return pauses
