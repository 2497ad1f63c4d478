"""Which plugins are installed: read from the distributions' metadata once, then from a small cache.

Looking through all distributions costs a third of the time of ``stackpane --help``. What was found is kept in the
user's cache folder together with the state of every folder on Python's path; installing, upgrading or removing a
distribution changes its folder, and what does not fit is read anew.
"""

from __future__ import annotations

import json
import os
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

from stackpane.paths import cache_dir

__all__ = ["GROUP", "Candidate", "installed"]

GROUP = "stackpane"
"""The entry points' group."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An installed plugin, not imported: its name, its module and the distribution that brings it.

    ``misfit`` says why it does not fit this Stackpane, by the range that its distribution asks for; empty where it
    does.
    """

    name: str
    module: str
    distribution: str = ""
    version: str = ""
    misfit: str = ""


def installed() -> list[Candidate]:
    """Every installed plugin, sorted by name."""
    key = _key()
    # One file per Python path: a virtual environment does not push another one's plugins out.
    file = f"{cache_dir()}/plugins/{zlib.crc32(repr(sys.path).encode()):08x}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        with open(file, encoding="utf-8") as kept_file:  # noqa: PTH123 - pathlib would cost more than it reads
            kept = json.load(kept_file)
        if kept["key"] == key:
            return [Candidate(**each) for each in kept["plugins"]]
    found = _read()
    # A cache that cannot be written costs time at the next start and nothing else.
    with suppress(OSError):
        _write(file, json.dumps({"key": key, "plugins": [asdict(each) for each in found]}))
    return found


def _key() -> list[object]:
    """What the cache holds for: this Stackpane, this Python, and every folder on its path as it is now."""
    from stackpane import __version__

    return [__version__, sys.executable, *([path, _state(path)] for path in sys.path)]


def _state(path: str) -> int:
    try:
        return os.stat(path or ".").st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0


def _read() -> list[Candidate]:
    from importlib.metadata import entry_points

    found = []
    for point in entry_points(group=GROUP):
        distribution = point.dist
        requires = () if distribution is None else tuple(distribution.requires or ())
        name, version = ("", "") if distribution is None else (distribution.name, distribution.version)
        found.append(Candidate(point.name, point.value, name, version, _misfit(requires)))
    return sorted(found, key=lambda each: (each.name, each.distribution))


def _misfit(requires: Sequence[str]) -> str:
    """The requirement of ``stackpane`` that this Stackpane does not meet."""
    from packaging.requirements import Requirement

    from stackpane import __version__

    for requirement in map(Requirement, requires):
        fits = requirement.specifier.contains(__version__, prereleases=True)
        if requirement.name == "stackpane" and requirement.marker is None and not fits:
            return f"it needs {requirement}, and this is stackpane {__version__}"
    return ""


def _write(name: str, text: str) -> None:
    """Replace the file at once, so that whoever reads it meanwhile has the old or the new one."""
    from pathlib import Path
    from tempfile import NamedTemporaryFile

    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as new:
        new.write(text)
    Path(new.name).replace(file)
