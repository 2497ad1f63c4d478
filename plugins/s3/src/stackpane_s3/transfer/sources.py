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
        for path in self.paths:
            names = () if len(self.paths) == 1 and path.is_dir() else (path.absolute().name,)
            if not any(map(is_leftover, names)):
                yield from self._at(path, names, frozenset())

    def _at(self, path: Path, names: tuple[str, ...], above: frozenset[tuple[int, int]]) -> Iterator[LocalFile]:
        key = decode(names)
        if names and any(pattern.covers(key) for pattern in self.exclude):
            return
        try:
            found = path.stat()
        except OSError as error:
            self.fail(str(path), error)
            return
        if stat.S_ISDIR(found.st_mode):
            identity = (found.st_dev, found.st_ino)
            if identity in above:
                self.warn(f"{path} leads back to a folder above it and is left out")
            else:
                yield from self._in(path, names, above | {identity})
        elif not stat.S_ISREG(found.st_mode):
            self.warn(f"{path} is no regular file and is left out")
        elif not _is_utf8(key):
            self.fail(str(path), StackpaneError("its name is not valid UTF-8, and keys are"))
        else:
            yield LocalFile(path, key, found.st_size)

    def _in(self, path: Path, names: tuple[str, ...], above: frozenset[tuple[int, int]]) -> Iterator[LocalFile]:
        try:
            with os.scandir(path) as entries:
                children = sorted(entry.name for entry in entries)
        except OSError as error:
            self.fail(str(path), error)
            return
        for child in children:
            if not is_leftover(child):
                yield from self._at(path / child, (*names, child), above)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
