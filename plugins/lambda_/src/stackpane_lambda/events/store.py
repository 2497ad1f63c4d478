"""Where saved events are: ``FUNCTION/NAME.json`` in the project's folder, and in the user's own.

The project's folder is ``.stackpane/events`` in the working folder or the nearest one above it: it can be kept with the
code. An event there goes before one of the same name in the user's folder.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stackpane import InvalidInput, StackpaneError
from stackpane.paths import data_folder

__all__ = ["Saved", "Store", "checked_name"]

_NAME = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,99}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that no file can have on Windows."""
_PROJECT = Path(".stackpane", "events")
_SUFFIX = ".json"


def checked_name(name: str) -> str:
    """The name of an event. Raises ``InvalidInput`` where no file can have it."""
    if _NAME.fullmatch(name) is None or _RESERVED.fullmatch(name):
        raise InvalidInput(
            f"{name!r} is no name of an event", "A name has up to 100 letters, digits and _ - . (not the first)."
        )
    return name


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved event. ``where`` is ``project`` or ``user``."""

    function: str
    name: str
    where: str
    path: Path

    def read(self) -> str:
        """Its text. Raises ``StackpaneError`` where it cannot be read."""
        try:
            return self.path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise StackpaneError(f"{self.path} cannot be read: {error}") from error

    @property
    def size(self) -> int | None:
        """Its bytes; ``None`` where it has gone meanwhile."""
        with suppress(OSError):
            return self.path.stat().st_size
        return None

    @property
    def modified(self) -> datetime | None:
        """When it was saved; ``None`` where it has gone meanwhile."""
        with suppress(OSError):
            return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)
        return None


@dataclass(frozen=True, slots=True)
class Store:
    """The folders that events are in: the project's, where there is one, and the user's."""

    user: Path
    project: Path | None
    working: Path

    @classmethod
    def here(cls) -> Store:
        """The folders as they are for the working folder."""
        working = Path.cwd()
        project = next((each for up in (working, *working.parents) if (each := up / _PROJECT).is_dir()), None)
        return cls(data_folder() / "lambda" / "events", project, working)

    def events(self, function: str | None = None) -> Iterator[Saved]:
        """The saved events of a function, or of all, by function and name; the project's before the user's."""
        found = [
            Saved(path.parent.name, path.stem, where, path)
            for where, folder in self._folders()
            for path in folder.glob(f"{function or '*'}/*{_SUFFIX}")
            if _NAME.fullmatch(path.stem) and path.is_file()
        ]
        return iter(sorted(found, key=lambda each: (each.function, each.name, each.where)))

    def find(self, function: str, name: str, where: str | None = None) -> Saved:
        """The event of that name. Raises ``InvalidInput`` where there is none, with those that there are."""
        checked_name(name)
        for place, folder in self._folders():
            path = folder / str(function) / f"{name}{_SUFFIX}"
            if where in (None, place) and path.is_file():
                return Saved(str(function), name, place, path)
        names = ", ".join(dict.fromkeys(each.name for each in self.events(str(function)))) or "none yet"
        raise InvalidInput(f"{function} has no saved event {name!r}", f"It has {names}.")

    def save(self, function: str, name: str, text: str, *, project: bool = False, overwrite: bool = False) -> Saved:
        """Keep an event, at once whole or not at all. Raises ``InvalidInput`` for one that is there already."""
        where, folder = ("project", self.project or self.working / _PROJECT) if project else ("user", self.user)
        path = folder / str(function) / f"{checked_name(name)}{_SUFFIX}"
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o777 if project else 0o700)
        descriptor, new = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # 0600: an event may hold a secret
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text if text.endswith("\n") else f"{text}\n")
                file.flush()
                os.fsync(file.fileno())
            _put(Path(new), path, overwrite=overwrite)
        finally:
            Path(new).unlink(missing_ok=True)
        return Saved(str(function), name, where, path)

    def _folders(self) -> Iterator[tuple[str, Path]]:
        if self.project is not None:
            yield "project", self.project
        yield "user", self.user


def _put(new: Path, path: Path, *, overwrite: bool) -> None:
    if overwrite:
        new.replace(path)
        return
    try:
        # Fails where there is one, also where another process has made it this moment.
        os.link(new, path)
    except FileExistsError:
        raise InvalidInput(f"{path} is there already", "--overwrite replaces it.") from None
