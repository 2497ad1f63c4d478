"""The lines that were typed into the command line, kept in a file for the next time."""

from __future__ import annotations

from pathlib import Path

from stackpane import StackpaneError
from stackpane.paths import state_folder
from stackpane.wholefile import locked, write_whole

__all__ = ["Lines"]

_KEPT = 500


class Lines:
    """The lines, the latest last. A file that cannot be read or written costs the memory, and nothing else."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or state_folder() / "browser-lines"
        self._here: list[str] = []

    def read(self) -> list[str]:
        """The lines of earlier runs and of this one."""
        try:
            kept = self.path.read_text("utf-8").splitlines()
        except (OSError, ValueError):
            kept = []
        return list(dict.fromkeys(reversed([*kept, *self._here])))[::-1]

    def add(self, line: str) -> None:
        """Keep a line."""
        self._here.append(line)
        try:
            with locked(self.path):
                lines = [each for each in self.read() if each != line][-_KEPT:]
                write_whole(self.path, "".join(f"{each}\n" for each in [*lines, line]))
        except (OSError, StackpaneError):
            return  # it is still in this run's memory
