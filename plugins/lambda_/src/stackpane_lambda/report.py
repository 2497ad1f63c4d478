"""What Lambda itself writes into a function's log: that an invocation has begun, and what it took.

Two formats: lines of text, and JSON records whose ``type`` begins with ``platform.``
https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html,
https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

__all__ = ["Report", "Start", "error_in", "is_platform", "platform_event"]

_ID = r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_START = re.compile(rf"START RequestId: {_ID}(?:\s+Version: (?P<version>\S+))?\s*")
_REPORT = re.compile(rf"REPORT RequestId: {_ID}\s(?P<facts>.*)", re.DOTALL)
_OTHER = re.compile(rf"(?:END RequestId: {_ID}|XRAY TraceId: |INIT_START |INIT_REPORT |RESTORE_START |RESTORE_REPORT )")
_FACT = re.compile(r"(?P<name>[A-Z][A-Za-z ]*): (?P<value>[^\t\n]*?)(?: (?P<unit>ms|MB))?\s*(?:[\t\n]|$)")
_TIMED_OUT = re.compile(r"Task timed out after [\d.]+ seconds")
_ERROR = re.compile(
    r"\[ERROR\]\s+(?P<python>(?!\d{4}-\d\d-\d\dT)[^\n\r]+)"  # Python's own; what a logger says has a time first
    r"|\tERROR\t(?:Invoke Error|Uncaught Exception)\s+\t?(?P<node>\{.*\})"
    r"|RequestId: \S+ Error: (?P<runtime>[^\n\r]+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Start:
    """An invocation has begun."""

    request_id: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What an invocation took: milliseconds and MB as Lambda counts them, ``None`` where it does not say.

    ``init_ms`` is what the cold start took where there was one, ``status`` Lambda's word for how it ended (``success``,
    ``failure``, ``error``, ``timeout``), empty where it says nothing, as for what went well.
    """

    request_id: str
    duration_ms: float | None = None
    billed_ms: float | None = None
    memory_size: int | None = None
    memory_used: int | None = None
    init_ms: float | None = None
    restore_ms: float | None = None
    status: str = ""
    error_type: str = ""

    @property
    def sentence(self) -> str:
        """ "Billed 102 ms; took 101.2 ms after a cold start of 250.1 ms; 60 of 128 MB." """
        parts = []
        if self.billed_ms is not None:
            parts.append(f"Billed {_number(self.billed_ms)} ms")
        if self.duration_ms is not None:
            cold = f" after a cold start of {_number(self.init_ms)} ms" if self.init_ms is not None else ""
            cold = f" after a restore of {_number(self.restore_ms)} ms" if self.restore_ms is not None else cold
            parts.append(f"took {_number(self.duration_ms)} ms{cold}")
        if self.memory_used is not None:
            parts.append(f"{self.memory_used} of {self.memory_size or '?'} MB")
        said = "; ".join(parts)
        return f"{said[:1].upper()}{said[1:]}." if said else ""


def _number(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def platform_event(message: str) -> Start | Report | None:
    """What a log message of Lambda's own says of an invocation; ``None`` for all other messages."""
    if message.startswith("{"):
        return _json_event(message)
    if match := _START.match(message):
        return Start(match["id"], match["version"])
    if match := _REPORT.match(message):
        return _text_report(match["id"], match["facts"])
    return None


def is_platform(message: str) -> bool:
    """Whether a log message is Lambda's own, and not the function's."""
    if message.startswith("{"):
        return str(_json(message).get("type", "")).startswith("platform.")
    return bool(_START.match(message) or _REPORT.match(message) or _OTHER.match(message))


def error_in(message: str) -> str | None:
    """The error that a message of the runtime's tells of, on one line: ``ValueError: no such thing``."""
    if match := _TIMED_OUT.search(message):
        return match[0]
    if message.startswith("{"):
        found = _json(message)
        if found.get("level", found.get("log_level")) in ("ERROR", "FATAL") and "errorType" in found:
            return _named(found)
        return None
    match = _ERROR.search(message)
    if match is None:
        return None
    if match["node"]:
        found = _json(match["node"])
        return _named(found) if found else "Error"
    return (match["python"] or match["runtime"]).strip()


def _named(found: dict[str, Any]) -> str:
    return ": ".join(filter(None, (str(found.get("errorType", "")), str(found.get("errorMessage", "")))))


def _text_report(request_id: str, facts: str) -> Report:
    found = {match["name"].strip(): match["value"] for match in _FACT.finditer(facts)}
    return Report(
        request_id,
        _float(found.get("Duration")),
        _float(found.get("Billed Duration")),
        _int(found.get("Memory Size")),
        _int(found.get("Max Memory Used")),
        _float(found.get("Init Duration")),
        _float(found.get("Restore Duration")),
        found.get("Status", "").strip(),
        found.get("Error Type", "").strip(),
    )


def _json_event(message: str) -> Start | Report | None:
    found = _json(message)
    record = found.get("record")
    if not isinstance(record, dict) or not isinstance(record.get("requestId"), str):
        return None
    if found.get("type") == "platform.start":
        return Start(record["requestId"], _text(record.get("version")))
    if found.get("type") != "platform.report":
        return None
    metrics = record.get("metrics")
    metrics = metrics if isinstance(metrics, dict) else {}
    return Report(
        record["requestId"],
        _float(metrics.get("durationMs")),
        _float(metrics.get("billedDurationMs")),
        _int(metrics.get("memorySizeMB")),
        _int(metrics.get("maxMemoryUsedMB")),
        _float(metrics.get("initDurationMs")),
        _float(metrics.get("restoreDurationMs")),
        _text(record.get("status")) or "",
        _text(record.get("errorType")) or "",
    )


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _float(value: Any) -> float | None:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return None


def _int(value: Any) -> int | None:
    number = _float(value)
    return None if number is None or number != number or abs(number) == float("inf") else int(number)
