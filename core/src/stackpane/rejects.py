"""The entries that an import has rejected: a file with a JSON object a line, which says of each one why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO, Any

from stackpane.unfinished import local

__all__ = ["Rejects"]


class Rejects:
    """The file of rejected entries, made when there is the first one. A ``private`` one is for its owner alone."""

    def __init__(self, path: Path, *, private: bool = False) -> None:
        self.path = path
        self._private = private
        self._file: IO[bytes] | None = None

    def go_on(self, length: int) -> None:
        """Keep the first ``length`` bytes of it."""
        if length:
            self._file = self.path.open("r+b")
            self._file.truncate(length)
            self._file.seek(length)

    def write(self, entry: dict[str, Any]) -> int:
        """Add an entry; gives the length that the file has now."""
        try:
            if self._file is None:
                self._file = self.path.open("wb")
                if self._private:
                    self.path.chmod(0o600)
            self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
            return self._file.tell()
        except OSError as error:
            raise local(error) from error

    def close(self) -> None:
        """Let go of it."""
        if self._file is not None:
            self._file.close()
