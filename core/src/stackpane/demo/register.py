"""Where a running demo says that it is there, so that ``-c demo`` in another terminal reaches it.

The entry is one small JSON file in the user's state folder: ``{"url": …, "pid": …}``, the URL of the endpoint and the
emulator's process; ``stackpane.connections.catalogue`` reads it. Of several demos the one started last is found; one
that ends takes away only its own entry.
"""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager
from pathlib import Path

__all__ = ["announce", "withdraw"]


def announce(url: str, pid: int, file: Path) -> None:
    """Make the demo at ``url`` the one that others find. Raises ``OSError`` where ``file`` cannot be written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with _lock(file):
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps({"url": url, "pid": pid}) + "\n", encoding="utf-8")
        fresh.replace(file)


def withdraw(pid: int, file: Path) -> None:
    """Take away the entry in ``file`` if it is that of the emulator process ``pid``; another demo's entry stays."""
    if not file.exists():
        return
    with _lock(file):
        if _owner(file) == pid:
            file.unlink()


def _owner(file: Path) -> int | None:
    try:
        return int(json.loads(file.read_text(encoding="utf-8"))["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # gone, or nothing that this program wrote: not ours to remove


def _lock(file: Path) -> AbstractContextManager[object]:
    from filelock import FileLock

    return FileLock(file.with_suffix(".lock"), timeout=10)
