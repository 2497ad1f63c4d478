"""Fixtures of the tests of the Cognito plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cognito.stage import Stage, make_pool

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator


@pytest.fixture
def aws(ministack: Emulator) -> Emulator:
    """The emulator that knows Cognito better, and is quicker; the contract is held on both."""
    ministack.reset()
    return ministack


@pytest.fixture
def stage(aws: Emulator) -> Stage:
    """The pool ``shop``, empty."""
    return make_pool(aws)


@pytest.fixture
def shop(stage: Stage) -> Stage:
    """The pool ``shop`` with three users, of whom ann and bob are in the group staff."""
    stage.users(["ann", "bob", "cat"])
    stage.group("staff", "ann", "bob", Description="who works here")
    return stage


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Bulk jobs go on at once where they would wait for a service that throttles; the pauses they would have made."""
    from stackpane import patience

    pauses: list[float] = []
    monkeypatch.setattr(patience, "pause", pauses.append)
    return pauses
