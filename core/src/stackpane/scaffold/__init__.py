"""``stackpane plugins new NAME``: a new plugin, made from the example plugin.

``template`` is the example plugin file by file; a test compares the two, and the example's own tests prove both.
"""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from stackpane.errors import InvalidInput

__all__ = ["write"]


def write(name: str, into: Path) -> Path:
    """Write the plugin ``name`` into a new folder ``stackpane-NAME`` below ``into`` and return that folder.

    Raises ``InvalidInput`` where the name cannot be a command, or the folder is there already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        raise InvalidInput(f"{name!r} cannot name a plugin", "Use lower-case letters, digits and single dashes.")
    folder = into / f"stackpane-{name}"
    if folder.exists():
        raise InvalidInput(f"{folder} is there already", "Choose another name, or remove it.")
    _copy(files(__name__) / "template", folder, name)
    return folder


def _copy(source: Traversable, target: Path, name: str) -> None:
    target.mkdir(parents=True)
    for entry in source.iterdir():
        if entry.is_dir():
            if not entry.name.startswith(("__", ".")):
                _copy(entry, target / _renamed(entry.name, name), name)
        else:
            (target / _renamed(entry.name, name)).write_text(_renamed(entry.read_text("utf-8"), name), "utf-8")


def _renamed(text: str, name: str) -> str:
    """The example's text for another name: as a Python name where it is one, as it is everywhere else."""
    identifier = name.replace("-", "_")
    text = text.replace("stackpane_hello", f"stackpane_{identifier}").replace("test_hello", f"test_{identifier}")
    text = text.replace(':hello"', f':{identifier}"').replace("hello = stackpane", f"{identifier} = stackpane")
    return text.replace("hello", name)
