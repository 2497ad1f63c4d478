"""The demo has functions that run, fail and take too long, and a log that tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane.session import Session
from stackpane.testing import Kit
from stackpane_lambda.demo import TOUR, seed
from stackpane_lambda.demo.samples import LOGGED
from stackpane_lambda.logscan import scan
from tests.core.support import opened

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator


@pytest.fixture
def demo(ministack: Emulator) -> Emulator:
    ministack.reset()
    ministack.client("dynamodb").create_table(
        TableName="sessions",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    assert seed(Session(opened(ministack.url), "us-east-1", None)) == TOUR
    return ministack


def test_what_the_tour_shows_is_there(demo: Emulator, invoke: Invoke) -> None:
    kit = Kit(demo.url)
    assert kit.unresolved(TOUR) == []
    codes = {link.argv[:3]: invoke(*link.argv, at=demo).exit_code for link in TOUR}
    assert {code for argv, code in codes.items() if argv != ("lambda", "invoke", "send-mail")} == {0}
    total = invoke("lambda", "invoke", "order-total:live", "--payload", '{"country": "FR"}', at=demo).ok()
    assert total.json()["vat"] == 20
    assert invoke("lambda", "invoke", "thumbnail", at=demo).exit_code == 1
    stream = kit.run("dynamodb show sessions").fields["LatestStreamArn"]
    assert [row[0] for row in kit.run("lambda", "ls", "--event-source", stream).rows] == ["session-audit"]


def test_its_log_tells_of_every_end(demo: Emulator, invoke: Invoke) -> None:
    def statuses(name: str) -> list[str]:
        rows = invoke("lambda", "history", name, "--all", "-o", "json", at=demo).ok().json()
        assert all(row["MemorySizeMB"] for row in rows)
        assert any(row["InitDurationMs"] for row in rows)
        return [row["Status"] for row in rows]

    found = {logged.name: statuses(logged.name) for logged in LOGGED}
    assert {name: len(each) for name, each in found.items()} == {each.name: each.count for each in LOGGED}
    assert {name: set(each) for name, each in found.items()} == {
        "order-total": {"ok"},
        "send-mail": {"ok", "error"},
        "thumbnail": {"ok", "timeout"},
    }


def test_without_the_table_no_stream_feeds_a_function(ministack: Emulator) -> None:
    ministack.reset()
    seed(Session(opened(ministack.url), "us-east-1", None))
    assert ministack.client("lambda").list_event_source_mappings()["EventSourceMappings"] == []


def test_the_sample_log_is_the_same_every_time_and_in_order() -> None:
    for logged in LOGGED:
        for stream, lines in logged.streams(10**12):
            assert (stream, lines) in list(logged.streams(10**12))
            events = [{"logStreamName": stream, "timestamp": at, "message": text} for at, text in lines]
            assert scan(events).begun == []
            assert all(run.is_begun for run in scan(events).reported)
