"""Local folders that are written to with names from elsewhere: nothing lands outside, nothing is written over unasked.

Every folder below the target is opened by its name in the one above, never through a symbolic link, and what is written
is addressed by that open folder; renaming folders meanwhile leads nowhere else. (Systems without such calls get the
same checks by path, which leave a moment between look and use.)

A name may be taken: by a folder where a file is wanted or the other way round, or, on a file system that takes ``a``
and ``A`` or two forms of ``é`` for one, by a twin. What comes second goes into a folder ``ASIDE`` beside it, as often
as needed, so that the names found on the disk always decode to the keys they were made for. A file is ours only if
the folder lists it exactly as we spell it.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from stackpane import Refused, StackpaneError
from stackpane_s3.localnames import ASIDE, NATIVE, encode, leftover

__all__ = ["Dir", "ExistsError", "Folder", "Spot"]

_BY_DESCRIPTOR = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EXDEV}
_KEPT_OPEN = 64


class ExistsError(Refused):
    """A local file is there already, and replacing it was not asked for."""


class Dir:
    """A folder, held open where the system can. Closed when nobody needs it any more."""

    def __init__(self, path: Path, descriptor: int | None) -> None:
        self.path = path
        self.descriptor = descriptor
        self.device = self._stat_self().st_dev

    @classmethod
    def top(cls, path: Path, *, by_descriptor: bool = _BY_DESCRIPTOR) -> Dir:
        """The folder at ``path``, which is the user's own choice: links in it are followed."""
        resolved = path.resolve(strict=True)
        return cls(resolved, os.open(resolved, _FOLDER_FLAGS) if by_descriptor else None)

    def __del__(self) -> None:
        if getattr(self, "descriptor", None) is not None:
            os.close(self.descriptor)  # type: ignore[arg-type]

    def _at(self, name: str) -> str | Path:
        return name if self.descriptor is not None else self.path / name

    def _stat_self(self) -> os.stat_result:
        return self.path.stat() if self.descriptor is None else os.fstat(self.descriptor)

    def open(self, name: str, flags: int) -> int:
        """Open a file in the folder, never through a link."""
        flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        return os.open(self._at(name), flags, 0o666, dir_fd=self.descriptor)

    def stat(self, name: str) -> os.stat_result | None:
        """What is there under this name, links not followed; ``None``: nothing."""
        try:
            return os.stat(self._at(name), dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def enter(self, name: str) -> Dir:
        """The folder ``name``. Raises ``NotADirectoryError`` where that is something else, a link included."""
        if self.descriptor is not None:
            try:
                descriptor = os.open(name, _FOLDER_FLAGS | os.O_NOFOLLOW, dir_fd=self.descriptor)
            except OSError as error:
                if error.errno in (errno.ELOOP, errno.EMLINK):  # how some systems refuse a link
                    raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name) from error
                raise
            return type(self)(self.path / name, descriptor)
        found = self.stat(name)
        if found is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        if not stat.S_ISDIR(found.st_mode) or getattr(found, "st_reparse_tag", 0) != 0:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), name)
        return type(self)(self.path / name, None)

    def make(self, name: str) -> None:
        """Make the folder ``name``, or let it be where it is there."""
        try:
            os.mkdir(self._at(name), dir_fd=self.descriptor)
        except FileExistsError:
            return

    def names(self) -> list[str]:
        """What the folder lists."""
        return os.listdir(self.path if self.descriptor is None else self.descriptor)  # noqa: PTH208 - of a descriptor

    def unlink(self, name: str) -> None:
        """Remove a file, if it is there."""
        try:
            os.unlink(self._at(name), dir_fd=self.descriptor)
        except FileNotFoundError:
            return

    def touch(self, name: str, nanoseconds: int) -> None:
        """Set a file's times."""
        os.utime(self._at(name), ns=(nanoseconds, nanoseconds), dir_fd=self.descriptor)

    def take(self, name: str, source: Dir, source_name: str) -> None:
        """Move a file here under a name that is free. Raises ``FileExistsError`` where it is not."""
        try:
            os.link(source._at(source_name), self._at(name), src_dir_fd=source.descriptor, dst_dir_fd=self.descriptor)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            # FAT and some network file systems have no links; Windows' rename itself refuses to replace.
            if self.stat(name) is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), name) from error
            os.rename(source._at(source_name), self._at(name), src_dir_fd=source.descriptor, dst_dir_fd=self.descriptor)
        else:
            source.unlink(source_name)

    def replace(self, name: str, source: Dir, source_name: str) -> None:
        """Move a file here, in one step, in place of what has the name."""
        os.replace(source._at(source_name), self._at(name), src_dir_fd=source.descriptor, dst_dir_fd=self.descriptor)


_FOLDER_FLAGS = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


class Folder:
    """The target of a download, and the folders below it that were used last."""

    def __init__(self, top: Dir) -> None:
        self.top = top
        self._open: OrderedDict[tuple[str, ...], Dir] = OrderedDict()
        self._kinds: dict[int, _Kind] = {}
        self._lock = threading.RLock()

    def spot(self, key: str) -> Spot:
        """The place for the file of a key, its folders made. Raises ``StackpaneError`` where a link is in the way."""
        plain = key.isascii() or self._kind(self.top).preserves
        names = encode(key, NATIVE if plain else replace(NATIVE, ascii=True))
        return Spot(self, self._parent(names[:-1]), names[-1])

    def _parent(self, names: tuple[str, ...]) -> Dir:
        """The folder of these names, from the deepest one above it that is open."""
        with self._lock:
            depth = next((depth for depth in range(len(names), 0, -1) if names[:depth] in self._open), 0)
            parent = self._open[names[:depth]] if depth else self.top
            for position in range(depth, len(names)):
                parent = self._open[names[: position + 1]] = self.enter(parent, names[position])
            if names:
                self._open.move_to_end(names)
            while len(self._open) > _KEPT_OPEN:
                self._open.popitem(last=False)
            return parent

    def enter(self, parent: Dir, name: str) -> Dir:
        """The folder that stands for ``name``: the one of that name, or one aside where it is taken."""
        try:
            try:
                found = parent.enter(name)
            except FileNotFoundError:
                parent.make(name)
                found = parent.enter(name)
        except NotADirectoryError:
            there = parent.stat(name)
            if there is not None and not stat.S_ISREG(there.st_mode):
                raise _in_the_way(parent.path / name, there) from None
            return self.enter(self.aside(parent), name)
        return found if self.spells(parent, name) else self.enter(self.aside(parent), name)

    def aside(self, parent: Dir) -> Dir:
        """The folder for taken names in ``parent``."""
        parent.make(ASIDE)
        return parent.enter(ASIDE)

    def spells(self, parent: Dir, name: str) -> bool:
        """Whether what is found under ``name`` really has that name, and not a twin's."""
        return self._kind(parent).exact or name in parent.names()

    def _kind(self, parent: Dir) -> _Kind:
        """What the file system makes of names; tried out once for each."""
        with self._lock:
            if parent.device not in self._kinds:
                self._kinds[parent.device] = _Kind.of(parent)
            return self._kinds[parent.device]

    def publish(self, spot: Spot, source_name: str, *, overwrite: bool) -> Path:
        """Give a finished file in ``spot``'s folder its name. Raises ``ExistsError`` where there is one already."""
        # One at a time: on a file system that folds names, a twin may appear between look and move.
        with self._lock:
            for parent in spot.levels():
                if (overwrite and self._replaced(parent, spot, source_name)) or self._took(parent, spot, source_name):
                    return parent.path / spot.name
                if self.is_ours(parent, spot.name):
                    raise exists(parent.path / spot.name)
        raise AssertionError("levels have no end")

    def _took(self, parent: Dir, spot: Spot, source_name: str) -> bool:
        try:
            parent.take(spot.name, spot.parent, source_name)
        except FileExistsError:
            return False
        return True

    def _replaced(self, parent: Dir, spot: Spot, source_name: str) -> bool:
        if not self.is_ours(parent, spot.name):
            return False
        parent.replace(spot.name, spot.parent, source_name)
        return True

    def is_ours(self, parent: Dir, name: str) -> bool:
        """Whether there is a file of exactly this name."""
        there = parent.stat(name)
        return there is not None and not stat.S_ISDIR(there.st_mode) and self.spells(parent, name)


class Spot:
    """Where a file goes: a name in a folder, or aside of it."""

    def __init__(self, folder: Folder, parent: Dir, name: str) -> None:
        self.folder = folder
        self.parent = parent
        self.name = name

    @property
    def path(self) -> Path:
        """The name it has if that is free; for messages."""
        return self.parent.path / self.name

    def levels(self) -> Iterator[Dir]:
        """The folder, and those for taken names in it, made as they are asked for."""
        parent = self.parent
        while True:
            yield parent
            parent = self.folder.aside(parent)

    def existing(self) -> tuple[Dir, os.stat_result] | None:
        """The file that is there now, and the folder it is in."""
        parent = self.parent
        while True:
            there = parent.stat(self.name)
            if there is None:
                return None
            if self.folder.is_ours(parent, self.name):
                return parent, there
            try:
                parent = parent.enter(ASIDE)
            except FileNotFoundError:
                return None


def exists(path: Path) -> ExistsError:
    """The error for a file that is there and must not be replaced."""
    return ExistsError(f"{path} exists already", "Replace it with --overwrite.")


def _in_the_way(path: Path, there: os.stat_result) -> StackpaneError:
    what = "a symbolic link" if stat.S_ISLNK(there.st_mode) else "no folder"
    return StackpaneError(
        f"{path} is {what}, and nothing is written through it", "Move it away, or choose another folder."
    )


class _Kind(NamedTuple):
    """What a file system makes of names: whether each is found under itself only, and listed as it was given."""

    exact: bool
    preserves: bool

    @classmethod
    def of(cls, parent: Dir) -> _Kind:
        name = leftover("Aa\u00e9e\u0301", f"{os.getpid():x}-{threading.get_ident():x}", "probe")
        try:
            os.close(parent.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        except OSError:
            return cls(exact=True, preserves=True)  # nothing can be written here, and so nothing will be
        try:
            others = (name.swapcase(), unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name))
            preserves = name in parent.names()
            return cls(exact=preserves and not any(parent.stat(other) for other in others), preserves=preserves)
        finally:
            parent.unlink(name)
