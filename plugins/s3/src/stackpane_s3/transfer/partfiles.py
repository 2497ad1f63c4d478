"""Files that are not whole yet: beside their place, under a name no key has, with a journal of what they hold.

The journal is a line for the object it is of, and one for each range that was received, with its digests. A torn last
line means nothing, and a range counts only if what is on the disk still has its digests: so a process or a computer
may end at any moment.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackpane import StackpaneError
from stackpane_s3.localnames import leftover
from stackpane_s3.transfer import localio

if TYPE_CHECKING:
    from stackpane_s3.transfer.folders import Spot

__all__ = ["PartFile", "room_for"]


class PartFile:
    """The unfinished file of one object at one place. Close it in every case."""

    def __init__(self, spot: Spot, identity: str) -> None:
        mark = hashlib.blake2s(identity.encode(errors="surrogatepass"), digest_size=5).hexdigest()
        self.spot = spot
        self.name = leftover(spot.name, mark, "part")
        self._journal_name = leftover(spot.name, mark, "journal")
        self._journal: int | None = None
        self.descriptor = self._open()

    def _open(self) -> int:
        parent = self.spot.parent
        while True:
            descriptor = parent.open(self.name, os.O_RDWR | os.O_CREAT)
            try:
                found = os.fstat(descriptor)
                if not localio.lock(descriptor):
                    raise StackpaneError(
                        f"{self.spot.path} is being downloaded by another process", "Wait for it, or end it first."
                    )
                # Between open and lock another process may have finished it; and a file that has two names is whole
                # already, was only not renamed to its end. Neither may be written to.
                there = parent.stat(self.name)
                if there is not None and there.st_ino == found.st_ino and os.fstat(descriptor).st_nlink == 1:
                    return descriptor
                if there is not None and there.st_ino == found.st_ino:
                    parent.unlink(self.name)
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)

    def resume(self, header: Mapping[str, Any]) -> dict[int, list[bytes]] | None:
        """The ranges, by number, that a journal with this header says are here; ``None`` where there is no such one."""
        try:
            descriptor = self.spot.parent.open(self._journal_name, os.O_RDONLY)
        except FileNotFoundError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            lines = [parsed for line in file if (parsed := _parsed(line)) is not None]
        if not lines or lines[0] != dict(header):
            return None
        self._journal = self.spot.parent.open(self._journal_name, os.O_WRONLY | os.O_APPEND)
        return {number: [bytes.fromhex(digest) for digest in digests] for number, digests in lines[1:]}

    def begin(self, header: Mapping[str, Any] | None = None) -> None:
        """Start from nothing; with a ``header`` the file can be resumed later."""
        self._close_journal()
        os.ftruncate(self.descriptor, 0)
        self.spot.parent.unlink(self._journal_name)
        if header is not None:
            self._journal = self.spot.parent.open(self._journal_name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            self._note(dict(header))

    def received(self, number: int, digests: list[bytes]) -> None:
        """Note a whole range. Safe to call from several threads."""
        self._note([number, [digest.hex() for digest in digests]])

    def _note(self, entry: Any) -> None:
        if self._journal is not None:
            # One write, to the end: lines of several threads do not mix.
            os.write(self._journal, json.dumps(entry, separators=(",", ":")).encode() + b"\n")

    def publish(self, modified: int, *, overwrite: bool) -> Path:
        """Flush the whole file, date it (nanoseconds) and give it its name; gives the path it has now.

        Raises ``ExistsError`` where there is a file and ``overwrite`` is not asked for; the part file then stays.
        """
        parent = self.spot.parent
        if overwrite and (existing := self.spot.existing()) is not None and hasattr(os, "fchmod"):
            os.fchmod(self.descriptor, existing[1].st_mode & 0o7777)
        os.fsync(self.descriptor)
        if os.name == "nt":
            self.close()  # Windows does not rename what is open
        parent.touch(self.name, modified)
        path = self.spot.folder.publish(self.spot, self.name, overwrite=overwrite)
        self._close_journal()
        parent.unlink(self._journal_name)
        return path

    def discard(self) -> None:
        """Delete it: it cannot be resumed, or must not be."""
        if os.name == "nt":
            self.close()
        self._close_journal()
        self.spot.parent.unlink(self._journal_name)
        self.spot.parent.unlink(self.name)

    def close(self) -> None:
        """Let go of it; what is on the disk stays."""
        self._close_journal()
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _close_journal(self) -> None:
        if self._journal is not None:
            os.close(self._journal)
            self._journal = None


def room_for(parent: Path, size: int) -> None:
    """Raise ``OSError`` (no space) where the file system says that ``size`` more bytes do not fit."""
    import shutil

    if shutil.disk_usage(parent).free < size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(parent))


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None
