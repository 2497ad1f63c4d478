"""The sample functions: small Python programs of a shop, and what their logs hold of the last hours."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

__all__ = ["FUNCTIONS", "LAYER", "LOGGED", "STREAM_FED", "Function", "Logged"]

Line = tuple[int, str]
"""A moment in milliseconds since 1970, and what was written then."""

LAYER = {"python/vat.py": 'RATES = {"DE": 19, "FR": 20, "GB": 20, "PT": 23}\n'}
"""The files of the layer ``vat``, as a Python runtime finds them."""

_TOTAL = '''"""Add up an order, with VAT."""

import json
import os

from vat import RATES

print("cold start")


def handler(event, context):
    order = event.get("order", {"id": 5003, "lines": [[2, 59.5], [1, 72.35]]})
    net = sum(count * price for count, price in order["lines"])
    rate = RATES.get(event.get("country", os.environ["COUNTRY"]), 0)
    total = round(net * (100 + rate) / 100, 2)
    print(json.dumps({"level": "INFO", "message": "order added up", "order": order["id"], "total": total}))
    return {"order": order["id"], "net": round(net, 2), "vat": rate, "total": total}
'''
_MAIL = '''"""Send the confirmation of an order. The mail server of the demo is never there."""

import json


def send(address):
    raise ConnectionError("mail.example.com does not answer (tried 3 times)")


def handler(event, context):
    address = event.get("mail", "ann@example.com")
    print(f"sending to {address}")
    send(address)
    return {"sent": True}
'''
_THUMBNAIL = '''"""Make a small picture of a big one, which takes too long."""

import time


def handler(event, context):
    for record in event.get("Records", [{}]):
        key = record.get("s3", {}).get("object", {}).get("key", "covers/harbour.jpg")
        print(f"resizing {key} to 320 x 200")
        time.sleep(event.get("seconds", 5))
    return {"made": len(event.get("Records", []))}
'''
_AUDIT = '''"""Write down what changes in a table: fed by its stream."""

import json


def handler(event, context):
    for record in event.get("Records", []):
        change = record.get("dynamodb", {})
        print(json.dumps({"level": "INFO", "change": record.get("eventName"), "keys": change.get("Keys")}))
    return {"records": len(event.get("Records", []))}
'''


@dataclass(frozen=True, slots=True)
class Function:
    """A sample function: its name, its code, and what else it is made with."""

    name: str
    code: str
    description: str
    timeout: int = 3
    memory: int = 128
    environment: Mapping[str, str] = field(default_factory=dict)
    layer: bool = False
    log_format: str = "Text"

    def request(self, role: str, archive: bytes) -> dict[str, Any]:
        """What ``CreateFunction`` is asked for."""
        return {
            "FunctionName": self.name,
            "Runtime": "python3.12",
            "Role": role,
            "Handler": "app.handler",
            "Code": {"ZipFile": archive},
            "Description": self.description,
            "Timeout": self.timeout,
            "MemorySize": self.memory,
            "Environment": {"Variables": dict(self.environment)},
            "Tags": {"app": "shop", "stage": "demo"},
            "LoggingConfig": {"LogFormat": self.log_format},
        }


FUNCTIONS = (
    Function(
        "order-total",
        _TOTAL,
        "Adds up an order, with VAT",
        memory=256,
        environment={"COUNTRY": "DE", "DB_PASSWORD": "correct-horse-battery", "STAGE": "demo"},  # a made-up one
        layer=True,
        log_format="JSON",
    ),
    Function("send-mail", _MAIL, "Sends the confirmation of an order", environment={"MAIL_HOST": "mail.example.com"}),
    Function("thumbnail", _THUMBNAIL, "Makes small pictures", timeout=1, memory=512),
    Function("session-audit", _AUDIT, "Writes down what changes in the table sessions"),
)
STREAM_FED = ("session-audit", "sessions")
"""The function that a stream feeds, and the table that has it."""


@dataclass(frozen=True, slots=True)
class Logged:
    """The log that a function has when the demo begins: so many invocations, of which every ``bad``-th goes wrong.

    ``json`` is the format that Lambda writes its own records in, ``timeout`` how it goes wrong.
    """

    name: str
    count: int
    memory: int
    bad: int = 0
    json: bool = False
    timeout: int = 0

    def streams(self, now: int) -> Iterator[tuple[str, list[Line]]]:
        """The streams with their lines, which end shortly before ``now`` (milliseconds since 1970)."""
        chance = random.Random(self.name)  # noqa: S311 - the same log every time
        environments = 3
        step = 3 * 3600_000 // self.count
        for number in range(environments):
            lines: list[Line] = []
            for turn in range(number, self.count, environments):
                began = now - (self.count - turn) * step + chance.randrange(step // 2)
                lines += self._invocation(turn, began, chance, cold=not lines)
            day = datetime.fromtimestamp(lines[0][0] / 1000, UTC).strftime("%Y/%m/%d")
            yield f"{day}/[$LATEST]{uuid.UUID(int=chance.getrandbits(128)).hex}", lines

    def _invocation(self, turn: int, began: int, chance: random.Random, *, cold: bool) -> Iterator[Line]:
        request = str(uuid.UUID(int=chance.getrandbits(128), version=4))
        is_bad = bool(self.bad) and turn % self.bad == self.bad - 1
        took = self.timeout * 1000.0 if is_bad and self.timeout else round(chance.uniform(3, 90), 2)
        init = round(chance.uniform(180, 420), 2) if cold else None
        end = began + round(took)
        yield began, self._start(request, began)
        yield began + 1, self._line(turn, request)
        if is_bad and not self.timeout:
            yield end, self._error(request, began)
        elif is_bad:
            yield end, f"{_iso(end)} {request} Task timed out after {self.timeout:.2f} seconds"
        status = "timeout" if is_bad and self.timeout else "error" if is_bad else ""
        used = chance.randrange(44, 88)
        yield from ((end, line) for line in self._report(request, end, took, init, used, status))

    def _line(self, turn: int, request: str) -> str:
        if self.json:
            said = {"level": "INFO", "message": "order added up", "order": 5000 + turn, "requestId": request}
            return json.dumps(said)
        return f"sending to customer-{1000 + turn}@example.com" if self.name == "send-mail" else f"resizing {turn}.jpg"

    def _error(self, request: str, began: int) -> str:
        kind, message = "ConnectionError", "mail.example.com does not answer (tried 3 times)"
        if self.json:
            said = {"timestamp": _iso(began), "level": "ERROR", "errorType": kind, "errorMessage": message}
            return json.dumps({**said, "requestId": request})
        stack = 'Traceback (most recent call last):\n  File "/var/task/app.py", line 13, in handler'
        return f"[ERROR] {kind}: {message}\n{stack}"

    def _start(self, request: str, began: int) -> str:
        if self.json:
            record = {"requestId": request, "version": "$LATEST"}
            return json.dumps({"time": _iso(began), "type": "platform.start", "record": record})
        return f"START RequestId: {request} Version: $LATEST"

    def _report(self, request: str, end: int, took: float, init: float | None, used: int, status: str) -> Iterator[str]:
        billed = int(took) + 1 + int(init or 0)
        if self.json:
            metrics = {"durationMs": took, "billedDurationMs": billed, "memorySizeMB": self.memory}
            metrics |= {"maxMemoryUsedMB": used} | ({"initDurationMs": init} if init is not None else {})
            record = {"requestId": request, "metrics": metrics, "status": status or "success"}
            yield json.dumps({"time": _iso(end), "type": "platform.report", "record": record})
            return
        yield f"END RequestId: {request}"
        facts = [f"Duration: {took:.2f} ms", f"Billed Duration: {billed} ms", f"Memory Size: {self.memory} MB"]
        facts += [f"Max Memory Used: {used} MB"] + ([f"Init Duration: {init:.2f} ms"] if init is not None else [])
        facts += [f"Status: {status}"] if status else []
        yield f"REPORT RequestId: {request}\t" + "\t".join(facts) + "\t"


def _iso(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


LOGGED = (
    Logged("order-total", 120, 256, json=True),
    Logged("send-mail", 40, 128, bad=4),
    Logged("thumbnail", 30, 512, bad=6, timeout=1),
)
"""The logs that the demo begins with: on the emulator a function runs slower, and without a cold start's report."""
