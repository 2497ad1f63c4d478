"""Where a running demo says that it is there, so that ``-c demo`` in another terminal reaches it.

The entry is one small JSON file in the user's state folder: ``{"url": …, "pid": …}``, the URL of the endpoint and the
emulator's process. Of several demos the one started last is found; one that ends takes away only its own entry.
"""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Entry", "announce", "current", "location", "withdraw"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A running demo: its endpoint's URL (``http://127.0.0.1:40123``) and its process id."""

    url: str
    pid: int


def location() -> Path:
    """The file of the entry; it need not exist."""
    from platformdirs import user_state_path

    return user_state_path("stackpane", appauthor=False) / "demo.json"


def _lock(file: Path) -> AbstractContextManager[object]:
    from filelock import FileLock

    return FileLock(file.with_suffix(".lock"), timeout=10)


def announce(entry: Entry) -> None:
    """Make ``entry`` the demo that others find. Raises ``OSError`` where the state folder cannot be written."""
    file = location()
    file.parent.mkdir(parents=True, exist_ok=True)
    with _lock(file):
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(asdict(entry)) + "\n", encoding="utf-8")
        fresh.replace(file)


def withdraw(pid: int, file: Path) -> None:
    """Take away the entry in ``file`` if it is that of the emulator process ``pid``; another demo's entry stays."""
    if not file.exists():
        return
    with _lock(file):
        entry = _read(file)
        if entry is not None and entry.pid == pid:
            file.unlink()


def current() -> Entry | None:
    """The demo that was started last and has not ended, as far as is known; ``None`` where there is none."""
    return _read(location())


def _read(file: Path) -> Entry | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return Entry(str(found["url"]), int(found["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # no demo, or a file that no Stackpane of this version wrote
