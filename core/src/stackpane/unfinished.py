"""Files that are not whole yet: beside their place, with a checkpoint of how far they are.

The checkpoint says what the file is of, how many of its bytes count, their checksum, and where to go on. It replaces
the one before in one step, after the bytes were written: so a process may end at any moment. What is behind those bytes
is cut off when the work goes on, and where the bytes are not those of the checksum, it begins anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

from stackpane.errors import Refused, StackpaneError
from stackpane.filelock import lock
from stackpane.paths import state_folder

__all__ = ["Checkpoint", "ExistsError", "Unfinished", "local"]

_PIECE = 1 << 20


class ExistsError(Refused):
    """There is a file of that name, and nobody said that it is to be replaced."""


class Checkpoint:
    """What is known of an interrupted job: a small file that is replaced in one step."""

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        self.path = path
        self._header = json.loads(json.dumps(header))

    @classmethod
    def kept(cls, kind: str, header: Mapping[str, Any]) -> Self:
        """The one for just this header among those of a ``kind`` that are kept with the user's state."""
        mark = hashlib.blake2s(json.dumps(header).encode(), digest_size=12).hexdigest()
        folder = state_folder() / kind
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(folder / f"{mark}.json", header)

    def read(self) -> dict[str, Any] | None:
        """What was kept last; ``None`` where nothing was, or of another job."""
        try:
            kept = json.loads(self.path.read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        if not isinstance(kept, dict) or kept.get("of") != self._header:
            return None
        found: dict[str, Any] = kept["state"]
        return found

    def keep(self, state: Mapping[str, Any]) -> None:
        """Replace what was kept."""
        new = self.path.with_name(f"{self.path.name}.new")
        with open(new, "w", opener=_private) as file:
            json.dump({"of": self._header, "state": state}, file, separators=(",", ":"))
        new.replace(self.path)

    def discard(self) -> None:
        """The job is over."""
        self.path.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class Unfinished:
    """The unfinished file of ``path``. Close it in every case; what is on the disk stays until ``publish``.

    ``header`` says what the file is of, in full: only what has the same one goes on.
    """

    def __init__(self, path: Path, header: Mapping[str, Any]) -> None:
        mark = hashlib.blake2s(json.dumps(header, sort_keys=True).encode(), digest_size=5).hexdigest()
        self.path = path
        self.part = _beside(path, mark, "part")
        self._checkpoint = Checkpoint(_beside(path, mark, "journal"), header)
        self.length = 0
        self._sum = 0
        try:
            self.file: IO[bytes] = self.part.open("r+b" if self.part.exists() else "x+b", buffering=0)
        except OSError as error:
            raise local(error) from error
        if not lock(self.file.fileno()):
            self.file.close()
            raise StackpaneError(f"{path} is being written by another process", "Wait for it, or end it first.")

    def resume(self) -> dict[str, Any] | None:
        """Go on behind what is whole: gives the state that was kept with it; ``None``: begun anew."""
        kept = self._checkpoint.read()
        if kept is not None and self._is_sound(kept["length"], kept["sum"]):
            self.length, self._sum = kept["length"], kept["sum"]
            found: dict[str, Any] = kept["state"]
        else:
            self.length = self._sum = 0
            self._checkpoint.discard()
            found = {}
        self.file.truncate(self.length)
        self.file.seek(self.length)
        return found or None

    def restart(self) -> None:
        """Forget what there is."""
        self._checkpoint.discard()

    def _is_sound(self, length: int, wanted: int) -> bool:
        self.file.seek(0)
        found, left = 0, length
        while left and (piece := self.file.read(min(left, _PIECE))):
            found, left = zlib.crc32(piece, found), left - len(piece)
        return not left and found == wanted

    def write(self, data: bytes) -> None:
        """Write to the end. Raises ``StackpaneError`` where the disk is full."""
        view = memoryview(data)
        try:
            while view:
                view = view[self.file.write(view) or 0 :]
        except OSError as error:
            raise local(error) from error
        self.length += len(data)
        self._sum = zlib.crc32(data, self._sum)

    def keep(self, state: Mapping[str, Any]) -> None:
        """Keep the state that belongs to all that was written."""
        try:
            self._checkpoint.keep({"length": self.length, "sum": self._sum, "state": state})
        except OSError as error:
            raise local(error) from error

    def publish(self, whole: Path | None = None, *, overwrite: bool) -> None:
        """Flush the file (or ``whole``, what was made of it) to the disk and give it its name."""
        source = whole or self.part
        try:
            with source.open("r+b") as file:
                os.fsync(file.fileno())
            if os.name == "nt":
                self.file.close()  # Windows does not rename what is open
            if overwrite:
                source.replace(self.path)
            else:
                _rename(source, self.path)
            _flush_folder(self.path.parent)
        except FileExistsError:
            raise ExistsError(f"{self.path} exists by now", "Replace it with --overwrite.") from None
        except OSError as error:
            raise local(error) from error
        self.discard()

    def discard(self) -> None:
        """Leave nothing behind."""
        self._checkpoint.discard()
        self.close()
        self.part.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of it."""
        self.file.close()


def _beside(path: Path, mark: str, kind: str) -> Path:
    name = path.name.encode(errors="surrogateescape")[:100].decode(errors="ignore")
    return path.with_name(f".{name}.{mark}.stackpane-{kind}")


def _rename(source: Path, target: Path) -> None:
    """Rename, and never onto what is there."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if target.exists():
            raise FileExistsError from None
        source.rename(target)
    else:
        source.unlink()


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def local(error: OSError) -> StackpaneError:
    """An error of the operating system in words."""
    where = f"{error.filename}: " if isinstance(error.filename, (str, os.PathLike)) else ""
    return StackpaneError(f"{where}{error.strerror or error}")
