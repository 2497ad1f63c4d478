"""Where running demos say that they are there, so that ``-c demo`` in another terminal reaches the one started last.

The register is one small JSON file in the user's state folder: ``{"url": …, "pid": …, "before": […]}``, the endpoint's
URL and the emulator's process, and in ``before`` the same of the demos started earlier, latest first. When one ends,
the latest of the others is found. ``stackpane.connections.catalogue`` reads it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypedDict

__all__ = ["announce", "withdraw"]


class Entry(TypedDict):
    """A running demo: its endpoint's URL and its emulator's process id."""

    url: str
    pid: int


def announce(url: str, pid: int, file: Path) -> None:
    """Make the demo at ``url`` the one that others find. Raises ``OSError`` where ``file`` cannot be written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with _lock(file):
        _write(file, [Entry(url=url, pid=pid), *_read(file)])


def withdraw(pid: int, file: Path) -> None:
    """Take away the entry of the emulator process ``pid``, if it has one."""
    if not file.exists():
        return
    with _lock(file):
        entries = _read(file)
        rest = [entry for entry in entries if entry["pid"] != pid]
        if rest:
            _write(file, rest)
        elif entries:
            file.unlink()


def _read(file: Path) -> list[Entry]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return [Entry(url=str(each["url"]), pid=int(each["pid"])) for each in (found, *found.get("before", ()))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []  # there is none, or nothing that this program wrote


def _write(file: Path, entries: Sequence[Entry]) -> None:
    latest, *before = entries
    fresh = file.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps({**latest, "before": before}) + "\n", encoding="utf-8")
    fresh.replace(file)


def _lock(file: Path) -> AbstractContextManager[object]:
    from filelock import FileLock

    return FileLock(file.with_suffix(".lock"), timeout=10)
