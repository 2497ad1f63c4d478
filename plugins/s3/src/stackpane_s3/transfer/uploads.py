"""Notes of uploads under way, so that a later run can go on with them: one small file for each, in the user's state.

A note names the upload and the file as it was. What S3 really has is asked of S3, part by part.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stackpane.paths import state_folder

__all__ = ["Begun", "Note", "NoteFile", "digest_of_settings"]

_VERSION = 1


@dataclass(frozen=True)
class Note:
    """An upload of a file: everything that must be the same for its parts to be of use."""

    bucket: str
    key: str
    path: str
    size: int
    modified: int
    """Nanoseconds."""
    part_size: int
    algorithm: str
    settings: str
    """A digest of the object's headers, metadata and so on; what they are is nobody's business here."""


@dataclass(frozen=True)
class Begun:
    """What S3 answered when the upload was begun; ``whole``: it keeps one checksum of the whole object."""

    upload_id: str
    whole: bool


class NoteFile:
    """The place of a file's note. ``place`` tells endpoints apart."""

    def __init__(self, place: str, bucket: str, key: str, path: str) -> None:
        identity = "\0".join((place, bucket, key, path)).encode(errors="surrogatepass")
        name = hashlib.blake2s(identity, digest_size=16).hexdigest()
        self._path = state_folder() / "s3-uploads" / f"{name}.json"

    def read(self) -> tuple[Note, Begun] | None:
        """The note; ``None`` where there is none that can be read."""
        try:
            found = json.loads(self._path.read_bytes())
            if found["stackpane"] != _VERSION:
                return None
            return Note(**found["note"]), Begun(**found["begun"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def write(self, note: Note, begun: Begun) -> None:
        """Keep a note, in one step; only its owner can read it."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = self._path.with_suffix(f".{os.getpid()}")
        text = json.dumps({"stackpane": _VERSION, "note": asdict(note), "begun": asdict(begun)})
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        Path(beside).replace(self._path)

    def remove(self) -> None:
        """Forget it."""
        self._path.unlink(missing_ok=True)


def digest_of_settings(settings: Mapping[str, Any]) -> str:
    """The same for the same settings."""
    return hashlib.blake2s(json.dumps(settings, sort_keys=True, default=str).encode(), digest_size=16).hexdigest()
