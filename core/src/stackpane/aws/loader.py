"""botocore's service models from a cache that loads in a tenth of the time: marshalled values, not gzipped JSON.

``install`` gives a botocore session a loader that behaves as botocore's own for the models that botocore ships.
Models from elsewhere (``AWS_DATA_PATH``, ``~/.aws/models``) are not looked at: whoever can set a variable or drop a
file must not be able to send signed requests elsewhere.

The cache is a folder of the user's own (0700, files 0600), one for each botocore, Python and place of installation. A
file counts only if it is ours, nobody else can write to it, and its checksum fits its content and the source it was
made from; in every other case it is made anew from the source. ``marshal`` is no format for the data of others, so the
checks come before it reads a byte.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import shutil
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import botocore
from botocore.loaders import JSONFileLoader, Loader

if TYPE_CHECKING:
    from botocore.session import Session

__all__ = ["ModelLoader", "install"]

_FORMAT = 3
"""Counts the ways in which values have been kept; one that is not ours is made anew."""
_UNUSED_AFTER = 30 * 24 * 3600
"""Seconds without a new file, after which the cache of another botocore is removed; in use, it comes back by itself."""


def install(session: Session, folder: Path | None = None) -> None:
    """Make a botocore session load its models through the cache below ``folder`` (default: the user's cache folder)."""
    if folder is None:
        from stackpane.paths import cache_folder

        folder = cache_folder()
    session.register_component("data_loader", ModelLoader(folder))


class ModelLoader(Loader):
    """botocore's loader for the models it ships, which keeps what it has read below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._kept = _Cache(folder)
        super().__init__([self.BUILTIN_DATA_PATH], _CachedFiles(self._kept), include_default_search_paths=False)

    def list_available_services(self, type_name: str) -> list[str]:
        """The names of the services that have a model of this type, sorted.

        botocore asks for them before each load, and looks into more than 400 folders to find out.
        """
        services: list[str] = self._kept.get(
            f"services.{type_name}",
            Path(self.BUILTIN_DATA_PATH),
            lambda: super(ModelLoader, self).list_available_services(type_name),
        )
        return services


class _CachedFiles(JSONFileLoader):
    """Reads JSON files, each of them only once in the life of the cache."""

    def __init__(self, cache: _Cache) -> None:
        self._cache = cache

    def load_file(self, file_path: str) -> Any:
        """The content of the file, whose name is given without ``.json`` or ``.json.gz``; ``None``: there is none."""
        sources = (Path(file_path + extension) for extension in (".json", ".json.gz"))
        source = next((each for each in sources if each.is_file()), None)
        if source is None:
            return None
        name = os.path.relpath(file_path, Loader.BUILTIN_DATA_PATH).replace(os.sep, ".")
        read = super().load_file
        value = self._cache.get(name, source, lambda: _slim(name, read(file_path)))
        return _unfolding(value) if name == _ENDPOINTS else value


class _Cache:
    """Values made from files, by name, each valid as long as its source has the same size and time of change."""

    def __init__(self, folder: Path) -> None:
        made_by = f"{botocore.__version__} {sys.implementation.cache_tag} {marshal.version} {_FORMAT}"
        place = f"{made_by} {Loader.BUILTIN_DATA_PATH}"
        self._folder = folder / f"models-{zlib.crc32(place.encode()):08x}"

    def get(self, name: str, source: Path, make: Callable[[], Any]) -> Any:
        """The value of that name, from the cache or else made from ``source`` and kept for the next time."""
        found = source.stat()
        stamp = f"{name} {source} {found.st_mtime_ns} {found.st_size}".encode()
        file = self._folder / name
        content = _read_own(file)
        payload = content[4:]
        if content[:4] == _checksum(stamp, payload):
            return marshal.loads(payload)  # noqa: S302 - written by us, see the module's text
        value = make()
        payload = marshal.dumps(value)
        self._write(file, _checksum(stamp, payload) + payload)
        return value

    def _write(self, file: Path, content: bytes) -> None:
        """Write the file in whole or not at all. A cache that cannot be written is no cache, and no error either."""
        new = file.with_name(f".{uuid4().hex}")
        with contextlib.suppress(OSError):
            self._make_folder()
            try:
                with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                    out.write(content)
                new.replace(file)
            finally:
                new.unlink(missing_ok=True)

    def _make_folder(self) -> None:
        if self._folder.is_dir():
            self._folder.chmod(0o700)  # a folder that others could write to is not read from; this one is written anew
            return
        self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for other in self._folder.parent.glob("models-*"):
            if other.stat().st_mtime < time.time() - _UNUSED_AFTER:
                shutil.rmtree(other, ignore_errors=True)


def _checksum(stamp: bytes, payload: bytes) -> bytes:
    return zlib.crc32(payload, zlib.crc32(stamp)).to_bytes(4, "big")


def _read_own(file: Path) -> bytes:
    """What is in the file; nothing where it is not there, or where it or its folder is not ours alone."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with contextlib.suppress(OSError), os.fdopen(os.open(file, flags), "rb") as opened:
        if _is_own(os.fstat(opened.fileno())) and _is_own(os.lstat(file.parent)):
            return opened.read()
    return b""


def _is_own(found: os.stat_result) -> bool:
    if not hasattr(os, "getuid"):  # Windows: the cache folder is in the user's profile, which keeps others out
        return True
    return found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o022 and not stat.S_ISLNK(found.st_mode)


_ENDPOINTS = "endpoints"
"""The one file that describes all services; a client needs the entry of one."""


def _slim(name: str, value: Any) -> Any:
    """What is worth keeping of a file: everything but the prose, and of ``endpoints`` each service folded up."""
    value = _plain(value)
    if name == _ENDPOINTS:
        for partition in value["partitions"]:
            partition["services"] = {each: marshal.dumps(data) for each, data in partition["services"].items()}
    return value


def _plain(value: Any) -> Any:
    """The value with empty documentation, which is most of a model, and with plain dictionaries for ``OrderedDict``.

    Empty and not gone: botocore asks some members for theirs without wondering whether they have one.
    """
    if isinstance(value, dict):
        return {key: "" if _is_prose(key, inner) else _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def _is_prose(key: str, value: Any) -> bool:
    # A member or shape may be called so as well; it is described by an object, not by a text.
    return key == "documentation" and isinstance(value, str)


def _unfolding(endpoints: Any) -> Any:
    """The content of ``endpoints`` whose services are read when they are asked for."""
    partitions = [{**each, "services": _Services(each["services"])} for each in endpoints["partitions"]]
    return {**endpoints, "partitions": partitions}


class _Services(Mapping[str, Any]):
    """A partition's services by name, each made of its bytes when it is looked at."""

    def __init__(self, folded: Mapping[str, bytes]) -> None:
        self._folded = folded

    def __getitem__(self, name: str) -> Any:
        return marshal.loads(self._folded[name])  # noqa: S302 - written by us, see the module's text

    def __iter__(self) -> Iterator[str]:
        return iter(self._folded)

    def __len__(self) -> int:
        return len(self._folded)
