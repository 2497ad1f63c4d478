"""Small files that several processes read and change: one writes at a time, and no reader has half."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stackpane.errors import ConnectionProblem

__all__ = ["locked", "write_whole"]

_PATIENCE = 30
"""Seconds that another program may have the file."""


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Have the file alone within the block; its folder is made. Raises ``ConnectionProblem`` where that cannot be."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(path.with_name(path.name + ".lock"), timeout=_PATIENCE, mode=0o600)
    try:
        with lock:
            yield
    except Timeout:
        raise ConnectionProblem(f"another program has held {lock.lock_file} for {_PATIENCE} seconds") from None
    except OSError as error:
        raise ConnectionProblem(f"{path} cannot be written: {error}") from None


def write_whole(path: Path, text: str) -> None:
    """Put ``text`` in the file's place, durably, at once or not at all; called under the lock."""
    for left_over in path.parent.glob(f".{path.name}.*.tmp"):  # of a process that was killed while it wrote
        left_over.unlink()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if os.name != "nt":  # the folder entry is durable only after this; Windows has no such call
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
