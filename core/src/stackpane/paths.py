"""Where Stackpane keeps its files on this system: configuration, data, state and cache, each in the user's own folder.

The rules are platformdirs'. Importing it costs every command a tenth of its start-up, so the plain case on Linux is
decided here, by the two lines of the XDG Base Directory Specification; a test compares the two.
https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["cache_dir", "cache_folder", "config_folder", "data_folder", "state_folder"]

_APP = "stackpane"


def config_folder() -> Path:
    """What the user configures: ``connections.toml``. Not made here."""
    return _path(_folder("config", ".config"))


def data_folder() -> Path:
    """What the user makes and keeps: the events of functions. Not made here."""
    return _path(_folder("data", ".local/share"))


def state_folder() -> Path:
    """What is worth keeping between runs: unfinished transfers, the running demo, the record of calls."""
    return _path(_folder("state", ".local/state"))


def cache_folder() -> Path:
    """What can be made again at any time."""
    return _path(cache_dir())


def cache_dir() -> str:
    """As ``cache_folder``, for those who cannot afford to import ``pathlib``."""
    return _folder("cache", ".cache")


def _folder(kind: str, default: str) -> str:
    if sys.platform == "linux" and "ANDROID_DATA" not in os.environ:
        base = os.environ.get(f"XDG_{kind.upper()}_HOME") or f"{os.environ.get('HOME', '')}/{default}"
        # A relative folder is none by the specification; platformdirs knows what is meant instead.
        if base.startswith("/"):
            return f"{base.rstrip('/')}/{_APP}"
    import platformdirs

    found: str = getattr(platformdirs, f"user_{kind}_dir")(_APP, appauthor=False)
    return found


def _path(folder: str) -> Path:
    from pathlib import Path

    return Path(folder)
