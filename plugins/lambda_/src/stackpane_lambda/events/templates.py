"""Templates: events as the services of AWS send them, one file each, from AWS's own documentation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from stackpane import InvalidInput

__all__ = ["Template", "template", "templates"]


@dataclass(frozen=True, slots=True)
class Template:
    """An event of a service: ``about`` says when it comes, ``documentation`` is AWS's page of it."""

    name: str
    service: str
    about: str
    documentation: str

    @property
    def text(self) -> str:
        """The event, as JSON text."""
        text: str = _folder().joinpath(f"{self.name}.json").read_text("utf-8")
        return text


def _folder() -> Any:
    return files(__package__).joinpath("samples")


@cache
def templates() -> tuple[Template, ...]:
    """All templates, by name."""
    index = json.loads(_folder().joinpath("index.json").read_text("utf-8"))
    return tuple(Template(name, **about) for name, about in sorted(index.items()) if not name.startswith("$"))


def template(name: str) -> Template:
    """The template of that name. Raises ``InvalidInput`` with those that come close."""
    import difflib

    for each in templates():
        if each.name == name:
            return each
    names = [each.name for each in templates()]
    close = [each for each in names if name in each] or difflib.get_close_matches(name, names, n=3, cutoff=0.4)
    near = f"Did you mean {' or '.join(close[:5])}? " if close else ""
    raise InvalidInput(f"there is no template {name!r}", f"{near}All of them: stackpane lambda event templates")
