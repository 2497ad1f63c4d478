"""The user pools that the demo shows: there, the same every time, and each step of the tour shows something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane import Session
from stackpane.app import App
from stackpane.demo.inside import connection_to
from stackpane_cognito.demo import TOUR, seed
from stackpane_cognito.demo.samples import CUSTOMERS, PASSWORD, POOLS

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator


@pytest.fixture
def seeded(aws: Emulator) -> Emulator:
    """An emulator with the sample data."""
    assert seed(Session(App().open(connection_to(aws.url)), "us-east-1", None)) == TOUR
    return aws


def test_everybody_is_there_in_order_and_each_step_of_the_tour_shows_something(
    seeded: Emulator, invoke: Invoke
) -> None:
    rows = invoke("cognito", "users", "customers", "--all", "-o", "json", at=seeded).ok().json()
    assert [row["Username"] for row in rows] == [person.name for person in CUSTOMERS.people]
    assert {row["UserStatus"] for row in rows} == {"CONFIRMED", "FORCE_CHANGE_PASSWORD"}
    assert {row["Enabled"] for row in rows} == {True, False}
    for link in TOUR:
        assert link.label
        assert len(invoke(*link.to_argv(), at=seeded).ok().lines) > 1, link
    words = ("cognito", "token", "customers", "ada.adler", "--stdin", "--client")
    clients = invoke("cognito", "clients", "customers", "-o", "json", at=seeded).ok().json()
    for client in clients:
        invoke(*words, client["ClientId"], input=PASSWORD.encode(), at=seeded).ok()


def test_nobody_is_there_twice() -> None:
    for pool in POOLS:
        names = [person.name for person in pool.people]
        assert len(set(names)) == len(names)
    assert len(CUSTOMERS.people) > 200
    assert {group for person in CUSTOMERS.people for group in person.groups} == set(CUSTOMERS.groups)
