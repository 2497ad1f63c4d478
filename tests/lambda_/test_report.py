"""What Lambda says of an invocation in a log is read in both formats; a function's own lines are not taken for it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from stackpane.testing import HOSTILE_TEXTS
from stackpane_lambda.logscan import scan
from stackpane_lambda.report import Report, Start, error_in, is_platform, platform_event
from tests.lambda_.stage import REPORT, REQUEST

OTHER = "11111111-2222-3333-4444-555555555555"


def record(kind: str, **more: object) -> str:
    return json.dumps({"time": "2026-11-22T09:30:00.000Z", "type": kind, "record": {"requestId": REQUEST, **more}})


def test_a_report_of_a_cold_start() -> None:
    found = platform_event(REPORT)
    assert found == Report(REQUEST, 201.67, 682, 256, 81, 480.25)
    assert isinstance(found, Report)
    assert found.sentence == "Billed 682 ms; took 201.67 ms after a cold start of 480.25 ms; 81 of 256 MB."


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("Status: timeout", ("timeout", "")),
        ("Status: error\tError Type: Runtime.ExitError", ("error", "Runtime.ExitError")),
        ("XRAY TraceId: 1-61c86fa4-59b3c6d9\tSegmentId: 10\tSampled: true\t", ("", "")),
        ("\nXRAY TraceId: 1-61c86fa4\tStatus: timeout", ("timeout", "")),
    ],
)
def test_a_report_tells_how_it_ended(more: str, expected: tuple[str, str]) -> None:
    found = platform_event(REPORT.rstrip() + "\t" + more)
    assert isinstance(found, Report)
    assert (found.status, found.error_type) == expected
    assert found.init_ms == 480.25


def test_a_report_in_json() -> None:
    metrics = {"durationMs": 2.5, "billedDurationMs": 3, "memorySizeMB": 128, "maxMemoryUsedMB": 36}
    assert platform_event(record("platform.report", metrics=metrics, status="failure", errorType="X")) == Report(
        REQUEST, 2.5, 3, 128, 36, None, None, "failure", "X"
    )
    assert platform_event(record("platform.start", version="7")) == Start(REQUEST, "7")
    restored = platform_event(record("platform.report", metrics={"durationMs": 1, "restoreDurationMs": 400}))
    assert isinstance(restored, Report)
    assert restored.sentence == "Took 1 ms after a restore of 400 ms."


@pytest.mark.parametrize(
    "message",
    [
        *HOSTILE_TEXTS,
        "REPORT RequestId: none\tDuration: 1 ms",
        "my REPORT RequestId: " + REQUEST,
        '{"type": "platform.report", "record": 3}',
        '{"type": "platform.report"',
        "[" * 100_000,
        "",
    ],
)
def test_what_a_function_says_is_not_lambdas(message: str) -> None:
    assert platform_event(message) is None
    assert not is_platform(message) or message.startswith('{"type": "platform.report", "record"')


@pytest.mark.parametrize(
    "facts", ["", "Duration: much ms", "Duration: 1e999 ms\tMemory Size: 1e999 MB", "\t\t", ": : :"]
)
def test_a_report_that_is_damaged_is_read_as_far_as_it_goes(facts: str) -> None:
    found = platform_event(f"REPORT RequestId: {REQUEST}\t{facts}")
    assert isinstance(found, Report)
    assert found.memory_size is None


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("[ERROR] ValueError: no such thing\nTraceback (most recent call last):", "ValueError: no such thing"),
        ("[ERROR]\t2026-11-22T09:30:00.000Z\t" + REQUEST + "\tsaid by a logger", None),
        (f"2026-11-22T09:30:00Z {REQUEST} Task timed out after 3.00 seconds", "Task timed out after 3.00 seconds"),
        (
            f'2026-11-22T09:30:00Z\t{REQUEST}\tERROR\tInvoke Error \t{{"errorType":"TypeError","errorMessage":"x"}}',
            "TypeError: x",
        ),
        (
            f"RequestId: {REQUEST} Error: Runtime exited with error: exit status 1",
            "Runtime exited with error: exit status 1",
        ),
        ('{"level":"ERROR","errorType":"KeyError","errorMessage":"\'a\'"}', "KeyError: 'a'"),
        ('{"level":"ERROR","message":"payment declined"}', None),
        ("hello", None),
    ],
)
def test_errors_of_a_runtime_are_told_from_what_is_logged(message: str, error: str | None) -> None:
    assert error_in(message) == error


def events(*messages: tuple[str, str], step: int = 100) -> list[dict[str, object]]:
    return [
        {"logStreamName": stream, "timestamp": 1000 + number * step, "message": message}
        for number, (stream, message) in enumerate(messages)
    ]


def test_an_error_belongs_to_the_next_report_of_its_stream() -> None:
    good, bad = f"REPORT RequestId: {OTHER}\tDuration: 1 ms", REPORT
    found = scan(
        events(
            ("a", f"START RequestId: {REQUEST} Version: 7"),
            ("b", f"START RequestId: {OTHER} Version: $LATEST"),
            ("a", "[ERROR] ValueError: no"),
            ("b", good),
            ("a", bad),
        )
    )
    now = datetime.fromtimestamp(2, UTC)
    assert [(run.request_id, run.status(now), run.error, run.version) for run in found.reported] == [
        (OTHER, "ok", None, "$LATEST"),
        (REQUEST, "error", "ValueError: no", "7"),
    ]


def test_what_has_no_report_runs_or_nobody_knows() -> None:
    (run,) = scan(events(("a", f"START RequestId: {REQUEST} Version: 7"))).begun
    begun = datetime.fromtimestamp(1, UTC)
    assert run.status(begun + timedelta(minutes=1)) == "running"
    assert run.status(begun + timedelta(minutes=16)) == "unknown"


def test_a_report_alone_tells_when_it_began() -> None:
    (run,) = scan(events(("a", REPORT))).reported
    assert (run.is_begun, run.started, run.ended) == (False, 798, 1000)
