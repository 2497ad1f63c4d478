"""What the user has set for the browser: its theme and its keys, in ``browser.toml`` of the configuration folder.

The file is only read. What is wrong in it costs only itself, and is said.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stackpane.paths import config_folder

__all__ = ["THEMES", "Config", "read_config"]

THEMES = {"dark": "textual-dark", "light": "textual-light", "terminal": "textual-ansi"}
"""The themes by the names that the file gives them, and Textual's own; ``terminal`` has the terminal's own colours."""


@dataclass(frozen=True)
class Config:
    """The settings. ``keys`` are keys by the ids of what they do, as Textual takes them; ``problems`` are sentences."""

    path: Path = Path("browser.toml")
    theme: str = THEMES["dark"]
    keys: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_config(path: Path | None = None) -> Config:
    """What ``browser.toml`` says; what it does not say is as it is without it."""
    file = path or config_folder() / "browser.toml"
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return Config(file)
    except (OSError, ValueError) as error:
        return Config(file, problems=(f"{file} cannot be read: {error}",))
    problems = [f"{file}: there is no setting {name!r}" for name in sorted(set(document) - {"theme", "keys"})]
    theme = document.get("theme", "dark")
    if theme not in THEMES:
        problems.append(f"{file}: there is no theme {theme!r}, only {', '.join(THEMES)}")
    keys = _keys(document.get("keys", {}), problems, file)
    return Config(file, THEMES.get(theme, THEMES["dark"]), keys, tuple(problems))


def _keys(given: Any, problems: list[str], file: Path) -> dict[str, str]:
    if not isinstance(given, dict):
        problems.append(f"{file}: [keys] is a table of names and keys")
        return {}
    known = _known() if given else frozenset()
    keys = {}
    for name, key in _flat(given):
        if name not in known:
            problems.append(f"{file}: nothing is called {name!r}; `?` in the browser lists the names")
        elif not isinstance(key, str) or not key:
            problems.append(f'{file}: the key of {name} is a text such as "ctrl+r"')
        else:
            keys[name] = key
    return keys


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """``grid.down = "n"`` is a table in TOML, and one name here."""
    found: list[tuple[str, Any]] = []
    for name, value in table.items():
        found += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(prefix + name, value)]
    return found


def _known() -> frozenset[str]:
    """The ids of everything that has a key: of the browser, its panes, their widgets and the dialogs."""
    from importlib import import_module
    from pkgutil import walk_packages

    from textual.dom import DOMNode

    import stackpane_tui

    for module in walk_packages(stackpane_tui.__path__, "stackpane_tui."):
        import_module(module.name)
    ids: set[str] = set()
    todo: list[type[Any]] = [DOMNode]
    while todo:
        kind = todo.pop()
        todo += kind.__subclasses__()
        if kind.__module__.startswith("stackpane_tui."):
            ids |= {binding.id for binding in vars(kind).get("BINDINGS", ()) if getattr(binding, "id", None)}
    return frozenset(ids)
