"""A command line for every command of CloudWatch Logs, and the log group that they work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.logs.stage import make

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

__all__ = ["FAILING", "READING", "WRITING", "set_up"]

READING = (
    "logs ls",
    "logs show /app/shop",
    "logs streams /app/shop",
    "logs events /app/shop --grep line -C 1",
    "logs events /app/shop --raw",
    "logs tail '/app/*'",
    "logs export /app/shop shop.jsonl --overwrite",
)
WRITING = (
    "logs query /app/shop 'fields @message'",
    "logs create /app/new --retention 30",
    "logs retention /app/new 7",
    "logs rm /app/new --yes",
)
FAILING = ("logs queries",)
"""What moto does not have."""


def set_up(emulator: Emulator) -> None:
    """Make the log group ``/app/shop`` with a few events."""
    make(emulator, "/app/shop", a=["line one", '{"level": "ERROR", "line": 2}'])
