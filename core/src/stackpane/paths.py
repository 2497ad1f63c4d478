"""Where Stackpane keeps its files on this system: configuration, state and cache, each in the user's own folder."""

from __future__ import annotations

from pathlib import Path

__all__ = ["cache_folder", "config_folder", "state_folder"]

_APP = "stackpane"


def config_folder() -> Path:
    """What the user configures: ``connections.toml``. Not made here."""
    from platformdirs import user_config_path

    return user_config_path(_APP, appauthor=False)


def state_folder() -> Path:
    """What is worth keeping between runs: unfinished transfers, the running demo, the record of calls."""
    from platformdirs import user_state_path

    return user_state_path(_APP, appauthor=False)


def cache_folder() -> Path:
    """What can be made again at any time."""
    from platformdirs import user_cache_path

    return user_cache_path(_APP, appauthor=False)
