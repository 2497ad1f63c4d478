"""Times ago in a filter are counted from when the work began, also when it is gone on with later."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.links import split
from stackpane_dynamodb import finding
from tests.dynamodb.stage import make_table
from tests.harness import faults as modes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time that searches take for now: each takes the first one, and the last one stays."""
    times = [NOW]

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return times.pop(0) if len(times) > 1 else times[0]

    monkeypatch.setattr(finding, "datetime", Clock)
    return times


@pytest.fixture
def shop(aws: Emulator) -> Emulator:
    times = [(NOW - timedelta(minutes=number)).isoformat().replace("+00:00", "Z") for number in range(90)]
    items = [{"pk": {"S": "a"}, "sk": {"S": time}, "text": {"S": "x" * 20_000}} for time in times]
    make_table(aws, "shop", [("pk", "S"), ("sk", "S")], items)
    return aws


def asked_since(faults: FaultProxy, operation: str) -> list[set[str]]:
    """The times that each request compared with."""
    requests = [json.loads(each.body) for each in faults.requests if each.operation == operation]
    texts = [[value.get("S", "") for value in each.get("ExpressionAttributeValues", {}).values()] for each in requests]
    return [{text for text in each if text.startswith("2026")} for each in texts]


def test_a_cursor_goes_on_with_the_times_of_the_list_that_it_is_from(
    shop: Emulator, faults: FaultProxy, invoke: Invoke, clock: list[datetime]
) -> None:
    argv = ("dynamodb", "find", "shop", "pk = a and sk > 1h", "--project", "sk", "-o", "jsonl", "--limit", "20")
    first = invoke(*argv, at=faults).ok()
    cursor = next(word for word in split(first.errors) if word.startswith("--cursor="))
    clock[0] = NOW + timedelta(minutes=30)
    second = invoke(*argv[:-1], "100", cursor, at=faults).ok()
    assert set.union(*asked_since(faults, "Query")) == {"2026-11-29T11:00:00Z"}
    found = [json.loads(line)["sk"] for line in (*first.lines, *second.lines)]
    assert len(found) == len(set(found)) == 60
    assert invoke(*argv, "--cursor", '[0, {"pk": {"S": "a"}}]', at=faults).exit_code == 252


@pytest.mark.parametrize("command", ["export", "copy"])
def test_what_was_interrupted_goes_on_with_the_times_of_its_beginning(
    shop: Emulator, faults: FaultProxy, invoke: Invoke, clock: list[datetime], tmp_path: Path, command: str
) -> None:
    make_table(shop, "other", [("pk", "S"), ("sk", "S")])
    target = str(tmp_path / "shop.jsonl") if command == "export" else "other"
    argv = ("dynamodb", command, "shop", target, "--filter", "sk > 1h", "--segments", "1")
    faults.fault(modes.access_denied("dynamodb:Scan"), lambda each: b"ExclusiveStartKey" in each.body)
    assert invoke(*argv, at=faults).exit_code == 254
    faults.clear()
    clock[0] = NOW + timedelta(minutes=30)
    ran = invoke(*argv, at=faults).ok()
    assert set.union(*asked_since(faults, "Scan")) == {"2026-11-29T11:00:00Z"}
    assert "60 items" in ran.errors
