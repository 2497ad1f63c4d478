"""A lock on an open file, so that two processes do not write to one."""

from __future__ import annotations

import os

__all__ = ["lock"]


def lock(descriptor: int) -> bool:
    """Take the file for this process, until it is closed; false: another one has it."""
    try:
        if os.name == "nt":
            import msvcrt

            os.lseek(descriptor, 1 << 62, os.SEEK_SET)  # a byte that no one reads: locks bind there
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
