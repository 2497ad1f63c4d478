"""The cases, one module a service: each has ``CASES``, by their names on the command line."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.comparing import Bench, Result

_FIRST = ("startup", "s3")
"""Modules whose cases come first; the others follow by their names."""


def _modules() -> list[str]:
    found = [each.name for each in pkgutil.iter_modules(__path__)]
    return [*_FIRST, *sorted(set(found) - set(_FIRST))]


CASES: dict[str, Callable[[Bench], Iterator[Result]]] = {
    name: case for module in _modules() for name, case in import_module(f"{__name__}.{module}").CASES.items()
}
