"""The sample logs that the demo shows: there, of late, and found by what the tour says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane import Session
from stackpane.app import App
from stackpane.demo.inside import connection_to
from stackpane.testing import Kit
from stackpane_logs.demo import TOUR, seed
from stackpane_logs.demo.samples import GROUPS
from tests.logs.stage import now

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator


@pytest.fixture
def seeded(ministack: Emulator) -> Emulator:
    """An emulator with the sample data."""
    ministack.reset()
    assert seed(Session(App().open(connection_to(ministack.url)), "us-east-1", None)) == TOUR
    return ministack


def test_what_the_tour_shows_is_there(seeded: Emulator) -> None:
    kit = Kit(seeded.url)
    for link in TOUR:
        assert kit.run(*link.to_argv()).rows, link.address
    assert {row["logGroupName"] for row in kit.run("logs", "ls").dicts} == {group.name for group in GROUPS}


def test_lines_are_the_same_every_time_and_end_when_the_demo_begins() -> None:
    moment = now()
    for group in GROUPS:
        streams = dict(group.events(moment))
        stamps = sorted(stamp for events in streams.values() for stamp, _ in events)
        assert len(stamps) == group.count
        assert moment - 3 * 3600_000 <= stamps[0]
        assert moment - 120_000 < stamps[-1] < moment
        assert streams == dict(group.events(moment))
