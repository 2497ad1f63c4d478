"""Unpacking an archive of code into a folder: nothing outside of it, nothing too big, nothing replaced unasked.

What a function's code holds was made by whoever deployed it. The limits are Lambda's own, with room to spare:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import shutil
import stat
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from stackpane import Failure, InvalidInput, StackpaneError
from stackpane.text import human_count, human_size

__all__ = ["MOST_PACKED", "Unpacked", "check_folder", "unpack"]

MOST_PACKED = 300 * 1024 * 1024
"""Bytes that an archive may have; Lambda takes 250 MB, of which an archive cannot be much more."""
_MOST_UNPACKED = 1024 * 1024 * 1024
_MOST_ENTRIES = 100_000
_PIECE = 1 << 16
_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError)
_RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(1, 10))}


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What was unpacked: files and their bytes, and the entries left alone, each with the reason."""

    files: int
    bytes: int
    skipped: tuple[Failure, ...]


def check_folder(folder: Path, *, overwrite: bool) -> None:
    """Raise ``InvalidInput`` where something is in the folder already, or it is none."""
    if folder.exists() and not folder.is_dir():
        raise InvalidInput(f"{folder} is no folder")
    if folder.is_dir() and any(folder.iterdir()) and not overwrite:
        raise InvalidInput(f"{folder} is not empty", "Name another folder, or add --overwrite: files get replaced.")


def unpack(archive: Path, folder: Path, *, overwrite: bool = False) -> Iterator[tuple[int, int] | Unpacked]:
    """Unpack, giving (bytes done, bytes in all) now and then, and at the end what became of it.

    Everything is unpacked beside the folder first, and put there when all of it has worked. Raises ``StackpaneError``
    for an archive that is damaged or too big.
    """
    check_folder(folder, overwrite=overwrite)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name or 'code'}-", dir=folder.parent))
    try:
        with zipfile.ZipFile(archive) as packed:
            entries, skipped = _entries(packed)
            total, done = sum(each.file_size for each, _ in entries), 0
            for entry, path in entries:
                for size in _write(packed, entry, aside / path):
                    yield done + size, total
                done += entry.file_size
        _put(aside, folder)
        yield Unpacked(len(entries), done, tuple(skipped))
    except _DAMAGED as error:
        hint = "With FILE.zip instead of a folder it is kept as it is."
        raise StackpaneError(f"the archive cannot be unpacked: {error}", hint) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _entries(packed: zipfile.ZipFile) -> tuple[list[tuple[zipfile.ZipInfo, PurePosixPath]], list[Failure]]:
    """The files to write, each with its path, and those left alone. Raises ``StackpaneError`` for too much."""
    listed = packed.infolist()
    if len(listed) > _MOST_ENTRIES:
        raise StackpaneError(f"the archive has {human_count(len(listed), 'entry', 'entries')}, which is too many")
    if (size := sum(each.file_size for each in listed)) > _MOST_UNPACKED:
        raise StackpaneError(
            f"the archive would take {human_size(size)}, which is more than Lambda lets a function have"
        )
    found: dict[str, tuple[zipfile.ZipInfo, PurePosixPath]] = {}
    skipped = []
    for entry in listed:
        if entry.is_dir():
            continue
        reason = _why_not(entry)
        # Two names that are one on some file systems would be one file there.
        key = unicodedata.normalize("NFC", entry.filename).casefold()
        if not reason and key in found:
            reason = "there is one of that name already"
        if reason:
            skipped.append(Failure(entry.filename, reason))
        else:
            found[key] = (entry, PurePosixPath(entry.filename))
    return list(found.values()), skipped


def _why_not(entry: zipfile.ZipInfo) -> str:
    """Why an entry is left alone, empty where it is not."""
    name, kind = entry.orig_filename, stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "it is a symbolic link" if kind == stat.S_IFLNK else "it is no file"
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
        return "its name leads out of the folder"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        return "its name has control characters"
    if any(part.split(".")[0].strip().lower() in _RESERVED or part.endswith((".", " ")) for part in parts):
        return "no file can have its name everywhere"
    return ""


def _write(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> Iterator[int]:
    """Write one file; gives its bytes so far. A size that is not the announced one is an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    got = 0
    with packed.open(entry) as source, path.open("xb") as target:
        while piece := source.read(_PIECE):
            got += len(piece)
            if got > entry.file_size:
                raise zipfile.BadZipFile(f"{entry.filename!r} is longer than it says")
            target.write(piece)
            yield got
    if entry.external_attr >> 16 & 0o100:
        path.chmod(path.stat().st_mode | 0o111)


def _put(aside: Path, folder: Path) -> None:
    """Put what was unpacked into its place: as a whole where there is nothing yet, else file by file."""
    if not folder.exists():
        aside.chmod(0o755)
        aside.rename(folder)
        return
    for file in sorted(path for path in aside.rglob("*") if path.is_file()):
        place = folder / file.relative_to(aside)
        _make_parents(place, folder)
        file.replace(place)


def _make_parents(place: Path, folder: Path) -> None:
    """Make the folders that a file is in; a symbolic link among them would lead it elsewhere."""
    for parent in reversed(place.relative_to(folder).parents[:-1]):
        inner = folder / parent
        if inner.is_symlink() or (inner.exists() and not inner.is_dir()):
            raise StackpaneError(f"{inner} is no folder of its own, so nothing is unpacked through it")
        inner.mkdir(exist_ok=True)
    if place.is_dir() and not place.is_symlink():
        raise StackpaneError(f"{place} is a folder, and a file is to be there")
