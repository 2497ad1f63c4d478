"""Reading and writing files at positions, from several threads, on systems with and without ``pread``."""

from __future__ import annotations

import os
import threading

from stackpane.filelock import lock

__all__ = ["lock", "read_at", "write_at"]

_seeking = threading.Lock()


def read_at(descriptor: int, length: int, position: int) -> bytes:
    """At most ``length`` bytes from ``position``; fewer only at the file's end."""
    if hasattr(os, "pread"):
        return os.pread(descriptor, length, position)
    with _seeking:
        os.lseek(descriptor, position, os.SEEK_SET)
        return os.read(descriptor, length)


def write_at(descriptor: int, data: bytes | memoryview, position: int) -> None:
    """Write all of ``data`` at ``position``."""
    view = memoryview(data)
    while view:
        if hasattr(os, "pwrite"):
            written = os.pwrite(descriptor, view, position)
        else:
            with _seeking:
                os.lseek(descriptor, position, os.SEEK_SET)
                written = os.write(descriptor, view)
        view = view[written:]
        position += written
