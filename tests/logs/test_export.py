"""Exports: every event once and in order, whole or not there, and going on where they were interrupted."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from stackpane.testing import Kit
from stackpane_logs import reading
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.logs.stage import AGO, make, now, put

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

pytestmark = pytest.mark.usefixtures("no_pauses")

LINES = [f"line {number}" for number in range(120)]


@pytest.fixture
def app(fresh: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """240 events in replies of 20."""
    monkeypatch.setattr(reading, "MOST", 20)
    client = make(fresh, "/app")
    for stream in "ab":
        put(client, "/app", stream, [f"{stream} {line}" for line in LINES], at=now() - AGO)
    return fresh


def wanted() -> list[str]:
    return sorted(f"{stream} {line}" for stream in "ab" for line in LINES)


def test_a_file_has_every_event_in_order(app: Emulator, tmp_path: Path) -> None:
    kit = Kit(app.url)
    for name, opened in (("out.jsonl", open), ("out.jsonl.gz", gzip.open)):
        ran = kit.run("logs", "export", "/app", str(tmp_path / name), "--since", "1h")
        assert ran.outcome
        assert ran.outcome.done == 240
        with opened(tmp_path / name, "rb") as file:
            lines = file.read().splitlines()
        events = [json.loads(line) for line in lines]
        assert sorted(event["message"] for event in events) == wanted()
        times = [event["timestamp"] for event in events]
        assert times == sorted(times)
    ran = kit.run("logs", "export", "/app", str(tmp_path / "a.txt"), "--stream", "a")
    assert (tmp_path / "a.txt").read_text().splitlines() == [f"a {line}" for line in LINES]
    body = kit.run("logs", "export", "/app", "-", "--since", "1h").body
    assert body == (tmp_path / "out.jsonl").read_bytes()


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_an_export_that_broke_goes_on(
    app: Emulator, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stackpane_logs import exporting

    monkeypatch.setattr(exporting, "_PIECE", 1000)
    file = tmp_path / name
    words = ("logs", "export", "/app", str(file))
    with FaultProxy(app.url) as proxy:
        proxy.fault(modes.error(400, "AccessDeniedException", "no"), "FilterLogEvents", after=6)
        with pytest.raises(Exception, match="AccessDenied"):
            Kit(proxy.url).run(*words)
        assert not file.exists()
        proxy.clear()
        before = proxy.count("FilterLogEvents")
        ran = Kit(proxy.url).run(*words)
        assert ran.outcome
        assert ran.outcome.done == 240
        whole = proxy.count("FilterLogEvents") - before
    data = gzip.decompress(file.read_bytes()) if name.endswith("gz") else file.read_bytes()
    assert sorted(json.loads(line)["message"] for line in data.splitlines()) == wanted()
    assert whole < 20  # not from the beginning
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_a_file_that_is_there_is_kept(app: Emulator, tmp_path: Path, invoke: Invoke) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text("mine")
    assert invoke("logs", "export", "/app", str(file), at=app).exit_code == 3
    assert file.read_text() == "mine"
    invoke("logs", "export", "/app", str(file), "--overwrite", at=app).ok()
    assert len(file.read_text().splitlines()) == 240


def test_an_export_waits_where_the_quota_is_used_up(
    app: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stackpane import patience

    pauses: list[float] = []
    monkeypatch.setattr(patience, "pause", pauses.append)
    with FaultProxy(app.url) as proxy:
        proxy.fault(modes.error(400, "ThrottlingException", "Rate exceeded"), "FilterLogEvents", after=3, times=10)
        ran = Kit(proxy.url).run("logs", "export", "/app", str(tmp_path / "out.jsonl"))
    assert ran.outcome
    assert ran.outcome.done == 240
    assert pauses
