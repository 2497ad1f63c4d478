"""Fixtures of the tests of the Logs plugin."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Following takes no time: the clock goes on by what is slept, which is noted here."""
    from stackpane_logs import following

    slept: list[float] = []
    clock = SimpleNamespace(sleep=slept.append, time=lambda: time.time() + sum(slept))
    monkeypatch.setattr(following, "time", clock)
    return slept


@pytest.fixture
def fresh(moto: Emulator) -> Emulator:
    """moto, emptied: of the two emulators the one that pages events."""
    moto.reset()
    return moto
