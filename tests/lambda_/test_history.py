"""Invocations are found in the log, newest first, each once, wherever pages and slices are cut."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.aws.clients import Opened
from stackpane.testing import HOSTILE_TEXTS, Kit
from stackpane.views import PageRequest, Table
from stackpane_lambda import history as module
from stackpane_lambda.history import History
from stackpane_lambda.logscan import PATTERN
from tests.core.support import session
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

GROUP = "/aws/lambda/resize"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def at(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def request_id(number: int) -> str:
    return str(uuid.UUID(int=number))


def report(number: int, took: int) -> str:
    return (
        f"REPORT RequestId: {request_id(number)}\tDuration: {took}.50 ms\tBilled Duration: {took + 1} ms\t"
        "Memory Size: 128 MB\tMax Memory Used: 60 MB"
    )


@pytest.fixture
def log(moto: Emulator) -> Any:
    """The log of ``resize``: moto pages it, and runs no function."""
    moto.reset()
    client = moto.client("logs")
    client.create_log_group(logGroupName=GROUP)
    return client


def write(client: Any, stream: str, lines: list[tuple[datetime, str]]) -> None:
    client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    events = [{"timestamp": at(moment), "message": message} for moment, message in lines]
    for start in range(0, len(events), 1000):
        client.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events[start : start + 1000])


def invocations(count: int, step: timedelta, took: int) -> Iterator[tuple[datetime, str]]:
    """So many invocations one after the other, the last one reported just before ``NOW``."""
    for number in range(count):
        began = NOW - step * (count - number)
        yield began, f"START RequestId: {request_id(number)} Version: $LATEST"
        yield began, "said by the function"
        if number % 5 == 4:
            yield began, "[ERROR] ValueError: no\nTraceback (most recent call last):"
        yield began + timedelta(milliseconds=took), f"END RequestId: {request_id(number)}"
        yield began + timedelta(milliseconds=took), report(number, took)


def listed(invoke: Invoke, emulator: Any, *words: str) -> list[dict[str, Any]]:
    line = ("--until", NOW.isoformat(), "--since", "2026-11-21T12:00Z", "--log-group", GROUP, *words)
    rows: list[dict[str, Any]] = invoke("lambda", "history", "resize", *line, "-o", "json", at=emulator).ok().json()
    return rows


def test_every_invocation_comes_once_newest_first(log: Any, moto: Emulator, invoke: Invoke) -> None:
    # Each takes longer than the time between slices' ends, so that beginnings and reports fall apart.
    write(log, "a", list(invocations(60, timedelta(minutes=7), 200_000)))
    with FaultProxy(moto.url) as proxy:
        rows = listed(invoke, proxy, "--all")
        assert proxy.count("FilterLogEvents") == 10  # seven slices, and what is before three
    assert [row["RequestId"] for row in rows] == [request_id(number) for number in reversed(range(60))]
    assert {row["DurationMs"] for row in rows} == {200_000.5}
    assert [row["Status"] for row in rows] == ["error" if number % 5 == 4 else "ok" for number in reversed(range(60))]
    assert rows[0]["Error"] == "ValueError: no"
    assert rows[0]["Started"] == "2026-11-22T11:53:00+00:00"
    assert [row["RequestId"] for row in listed(invoke, moto, "--failed", "--all")] == [
        request_id(number) for number in reversed(range(60)) if number % 5 == 4
    ]


def test_a_cut_list_goes_on_where_it_ended(log: Any, moto: Emulator, invoke: Invoke) -> None:
    write(log, "a", list(invocations(40, timedelta(minutes=7), 200_000)))
    line = [
        "lambda",
        "history",
        "resize",
        "--log-group",
        GROUP,
        "--until",
        NOW.isoformat(),
        "--limit",
        "7",
        "-o",
        "json",
    ]
    found: list[str] = []
    cursor: list[str] = []
    for _ in range(10):
        ran = invoke(*line, *cursor, at=moto).ok()
        found += [row["RequestId"] for row in ran.json()]
        if "more follow" not in ran.errors:
            break
        cursor = ["--cursor", ran.errors.split("--cursor=")[1].split()[0]]
    assert found == [request_id(number) for number in reversed(range(40))]


def test_one_that_began_before_a_slice_is_not_shown_as_running(log: Any, moto: Emulator, invoke: Invoke) -> None:
    began, ended = NOW - timedelta(minutes=9), NOW - timedelta(minutes=1)
    write(log, "long", [(began, f"START RequestId: {request_id(1)} Version: 7"), (ended, report(1, 480_000))])
    write(log, "lost", [(NOW - timedelta(minutes=40), f"START RequestId: {request_id(2)} Version: 7")])
    write(log, "now", [(NOW - timedelta(seconds=40), f"START RequestId: {request_id(3)} Version: 7")])
    rows = listed(invoke, moto)
    # The clock is that of today: what has no report is long gone by now.
    assert [(row["RequestId"], row["Status"], row["Version"]) for row in rows] == [
        (request_id(3), "unknown", "7"),
        (request_id(1), "ok", "7"),
        (request_id(2), "unknown", "7"),
    ]
    before = (NOW - timedelta(minutes=5)).isoformat()
    earlier = invoke("lambda", "history", "resize", "--log-group", GROUP, "--until", before, at=moto).ok()
    assert request_id(1) not in earlier.text


def test_a_busy_function_is_read_in_short_slices(
    log: Any, moto: Emulator, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(log, "a", list(invocations(90, timedelta(seconds=1), 10)))
    with FaultProxy(moto.url) as proxy:
        rows = listed(invoke, proxy, "--limit", "3")
        few = proxy.count("FilterLogEvents")
        monkeypatch.setattr(module, "_MOST_EVENTS", 50)
        again = listed(invoke, proxy, "--all")
        monkeypatch.setattr(module, "_MOST_EVENTS", 1)
        assert len(listed(invoke, proxy, "--all", "--since", "2026-11-22T11:59:50Z")) == 10
    assert [row["RequestId"] for row in again] == [request_id(number) for number in reversed(range(90))]
    assert rows == again[:3]
    assert few <= 2


def test_aws_is_asked_for_the_lines_that_matter_only(log: Any, moto: Emulator) -> None:
    asked: list[dict[str, Any]] = []

    class Client:
        def filter_log_events(self, **request: Any) -> dict[str, Any]:
            asked.append(request)
            return {"events": []}

    made = session(moto.url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Opened, "client", lambda *_a, **_k: Client())
        patch.setattr(Opened, "is_emulator", property(lambda _self: False))
        found = History(made, "resize", GROUP, NOW - timedelta(days=1), NOW)
        assert [page.rows for page in found.pages(PageRequest())] == [[]]
    assert {request["filterPattern"] for request in asked} == {PATTERN}
    assert asked[0]["endTime"] == at(NOW) - 1
    assert asked[-1]["startTime"] == at(NOW - timedelta(days=1))
    assert len(asked) == 8


def test_each_row_leads_to_the_lines_of_its_own(log: Any, moto: Emulator) -> None:
    write(log, "2026/11/22/[$LATEST]abc", list(invocations(1, timedelta(minutes=3), 2000)))
    kit = Kit(moto.url)
    ran = kit.run("lambda", "history", "resize", "--log-group", GROUP, "--until", NOW.isoformat())
    assert isinstance(ran.view, Table)
    assert ran.view.actions is not None
    link, marked = ran.view.actions(ran.rows[0])
    assert link.argv == (
        "logs",
        "events",
        "--since=2026-11-22T11:57:00.000Z",
        "--until=2026-11-22T11:57:03.000Z",
        GROUP,
        "2026/11/22/[$LATEST]abc",
    )
    assert f'--filter="{request_id(0)}"' in marked.argv
    assert kit.unresolved(kit.links(ran)) == []


def test_of_a_shared_group_only_the_functions_own_are_listed(log: Any, moto: Emulator, invoke: Invoke) -> None:
    for number, name in enumerate(("resize", "resize-all", "", "other")):
        stream = f"2026/11/22/{name}[$LATEST]{number}"
        write(log, stream, [(NOW - timedelta(minutes=1 + number), report(number, 5))])
    assert [row["RequestId"] for row in listed(invoke, moto)] == [request_id(0), request_id(2)]


def test_reports_in_json_and_hostile_lines(log: Any, moto: Emulator, invoke: Invoke) -> None:
    lines = [(NOW - timedelta(minutes=2), text) for text in HOSTILE_TEXTS if text]
    record = {"requestId": request_id(1), "metrics": {"durationMs": 2.5}, "status": "timeout"}
    ended = json.dumps({"time": "x", "type": "platform.report", "record": record})
    write(log, "a", [*lines, (NOW - timedelta(minutes=1), ended)])
    (row,) = listed(invoke, moto)
    assert (row["Status"], row["DurationMs"], row["BilledDurationMs"]) == ("timeout", 2.5, None)


def test_a_group_that_is_not_there_and_one_that_may_not_be_read(
    cloud: Emulator, proxy: FaultProxy, invoke: Invoke
) -> None:
    empty = invoke("lambda", "history", "resize", at=cloud).ok()
    assert "there is no log group /aws/lambda/resize" in empty.errors
    invoke("lambda", "invoke", "resize", at=cloud).ok()
    (row,) = invoke("lambda", "history", "resize", "-o", "json", at=cloud).ok().json()
    assert (row["Status"], row["MemorySizeMB"]) == ("ok", 128)
    proxy.fault(modes.access_denied("lambda:GetFunctionConfiguration"), "GetFunctionConfiguration")
    assert len(invoke("lambda", "history", "resize", "-o", "json", at=proxy).ok().json()) == 1
    proxy.fault(modes.access_denied("logs:FilterLogEvents"), "FilterLogEvents")
    denied = invoke("lambda", "history", "resize", at=proxy)
    assert (denied.exit_code, "it needs logs:FilterLogEvents on" in denied.errors) == (254, True)


@pytest.mark.parametrize("words", [("--cursor", "WyJ4IiwwXQ"), ("--since", "2026-11-22", "--until", "2026-11-21")])
def test_what_cannot_be_meant_is_refused(moto: Emulator, invoke: Invoke, words: tuple[str, ...]) -> None:
    assert invoke("lambda", "history", "resize", "--log-group", GROUP, *words, at=moto).exit_code == 252
