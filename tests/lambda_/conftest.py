"""Fixtures of the tests of the Lambda plugin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.harness.faultproxy import FaultProxy
from tests.lambda_.stage import make_function

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator


@pytest.fixture
def cloud(ministack: Emulator) -> Emulator:
    """The emulator that runs functions, with one: ``resize``."""
    ministack.reset()
    make_function(ministack)
    return ministack


@pytest.fixture
def proxy(cloud: Emulator) -> Iterator[FaultProxy]:
    """A fault proxy before ``cloud``."""
    with FaultProxy(cloud.url) as made:
        yield made


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waiting for a change takes no time: the clock goes by what is slept, which is noted here."""
    from stackpane_lambda import configuring

    slept: list[float] = []

    class Clock:
        sleep = staticmethod(slept.append)

        @staticmethod
        def monotonic() -> float:
            return sum(slept)

    monkeypatch.setattr(configuring, "time", Clock)
    return slept
