"""Invocations found in a log: what Lambda writes when one begins and ends, put together.

An execution environment writes one stream and runs one invocation after the other, so an error that names no request
belongs to the one that its stream reports next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from stackpane_lambda.report import Report, Start, error_in, platform_event

__all__ = ["PATTERN", "Found", "Run", "scan"]

PATTERN = (
    '?"START RequestId" ?"REPORT RequestId" ?"platform.start" ?"platform.report" ?"[ERROR]" ?"Task timed out" '
    '?"Invoke Error" ?"Uncaught Exception" ?errorType ?"Error: Runtime"'
)
"""What is asked of CloudWatch Logs: any of these texts.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html"""

_LONGEST = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation. ``started`` and ``ended`` are milliseconds since 1970; ``ended`` is ``None`` before its report.

    ``is_begun`` says that its beginning was among what was read; where it was not, ``started`` is counted back.
    """

    request_id: str
    stream: str
    started: int
    ended: int | None = None
    report: Report | None = None
    error: str | None = None
    version: str | None = None
    is_begun: bool = True

    def status(self, now: datetime) -> str:
        """How it ended: ``ok``, ``error``, ``timeout``; ``running``, or ``unknown`` where there is no report of it."""
        if self.report is None:
            begun = datetime.fromtimestamp(self.started / 1000, UTC)
            return "running" if now - begun < _LONGEST else "unknown"
        if self.report.status == "timeout" or (self.error or "").startswith("Task timed out"):
            return "timeout"
        return "error" if self.error or self.report.status in ("error", "failure") else "ok"

    @property
    def error_text(self) -> str | None:
        """The error in a few words, ``None`` where there is none."""
        return self.error or (self.report.error_type if self.report else "") or None


@dataclass(slots=True)
class Found:
    """What was read of a stretch of log: invocations with a report, and those without, each in the log's order."""

    reported: list[Run]
    begun: list[Run]


def scan(events: Iterable[Mapping[str, Any]]) -> Found:
    """The invocations in the events of ``FilterLogEvents``, in the order of their streams."""
    begun: dict[str, Run] = {}
    errors: dict[str, str] = {}
    found = Found([], [])
    for event in events:
        stream, time = str(event.get("logStreamName", "")), int(event.get("timestamp", 0))
        message = str(event.get("message", "")).rstrip("\r\n")
        said = platform_event(message)
        if isinstance(said, Start):
            begun[said.request_id] = Run(said.request_id, stream, time, version=said.version)
            errors.pop(stream, None)
        elif isinstance(said, Report):
            found.reported.append(
                _ended(begun.pop(said.request_id, None), said, stream, time, errors.pop(stream, None))
            )
        elif told := error_in(message):
            errors.setdefault(stream, told)
    found.begun = list(begun.values())
    return found


def _ended(begun: Run | None, report: Report, stream: str, time: int, error: str | None) -> Run:
    started = time - round(report.duration_ms or 0) if begun is None else begun.started
    version = begun.version if begun else None
    return Run(report.request_id, stream, started, time, report, error, version, is_begun=begun is not None)
