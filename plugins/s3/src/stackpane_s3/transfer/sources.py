"""The files that paths mean: files, folders with all below them, globs; and the keys they get."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stackpane import InvalidInput, StackpaneError
from stackpane_s3.localnames import decode, is_leftover

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackpane_s3.globs import Glob

__all__ = ["LocalFile", "Tree", "given_paths"]


class LocalFile(NamedTuple):
    """A file to upload: where it is, the end of its key, its size."""

    path: Path
    key: str
    size: int


def given_paths(texts: Sequence[str], *, literal: bool) -> list[Path]:
    """The files and folders that are named, globs expanded as a shell does it. Raises ``InvalidInput``."""
    found: list[Path] = []
    for text in texts:
        path = Path(text).expanduser()
        if not literal and not os.path.lexists(path) and glob.has_magic(text):
            matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - the pattern may be absolute
            if not matches:
                raise InvalidInput(f"no file matches {text!r}", "--no-glob takes *, ? and [ as they are.")
            found += map(Path, matches)
        elif not os.path.lexists(path):
            raise InvalidInput(f"{text!r} does not exist")
        else:
            found.append(path)
    return found


@dataclass(frozen=True)
class Tree:
    """All files that ``paths`` mean.

    A single folder stands for what is in it; of several paths each keeps its own name. Links are followed, but not in
    circles. ``warn`` is told what is left out, ``fail`` what cannot be read.
    """

    paths: Sequence[Path]
    exclude: Sequence[Glob]
    warn: Callable[[str], None]
    fail: Callable[[str, Exception], None]

    @property
    def is_one_file(self) -> bool:
        """Whether there is one file and nothing else."""
        return len(self.paths) == 1 and not self.paths[0].is_dir()

    def files(self) -> Iterator[LocalFile]:
        """The files, folder by folder, in the order of their names."""
        stack = [iter([self._given(path) for path in self.paths])]
        # No recursion: keys, and so folders, may be hundreds of levels deep.
        while stack:
            place = next(stack[-1], None)
            if place is None:
                stack.pop()
            elif (found := self._look(place)) is not None and stat.S_ISDIR(found.st_mode):
                stack.append(self._in(place, (found.st_dev, found.st_ino)))
            elif found is not None:
                yield LocalFile(place.path, decode(place.names), found.st_size)

    def _given(self, path: Path) -> _Place:
        keeps_name = len(self.paths) > 1 or not path.is_dir()
        return _Place(path, (path.absolute().name,) if keeps_name else (), frozenset())

    def _look(self, place: _Place) -> os.stat_result | None:
        """What is there, if it is wanted and can be uploaded."""
        path, names, above = place
        key = decode(names)
        if names and (is_leftover(names[-1]) or any(pattern.covers(key) for pattern in self.exclude)):
            return None
        try:
            found = path.stat()
        except OSError as error:
            self.fail(str(path), error)
            return None
        if (found.st_dev, found.st_ino) in above:
            self.warn(f"{path} leads back to a folder above it and is left out")
        elif not stat.S_ISDIR(found.st_mode) and not stat.S_ISREG(found.st_mode):
            self.warn(f"{path} is no regular file and is left out")
        elif not _is_utf8(key):
            self.fail(str(path), StackpaneError("its name is not valid UTF-8, and keys are"))
        else:
            return found
        return None

    def _in(self, place: _Place, identity: tuple[int, int]) -> Iterator[_Place]:
        above = place.above | {identity}
        try:
            with os.scandir(place.path) as entries:
                children = sorted(entry.name for entry in entries)
        except OSError as error:
            self.fail(str(place.path), error)
            return
        for child in children:
            yield _Place(place.path / child, (*place.names, child), above)


class _Place(NamedTuple):
    """A path to look at: its names below what was given, and the folders it was reached through."""

    path: Path
    names: tuple[str, ...]
    above: frozenset[tuple[int, int]]


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
