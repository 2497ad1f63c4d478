"""Precomputed answers, one module a service: what ``bench.server`` sends."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

Answer = Callable[[str, dict[str, Any]], bytes]
"""Gives the reply to an operation and its parameters."""


def speakers() -> dict[str, Answer]:
    """``answer`` of every module here that has a ``TARGET``, by that name of its service."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return {module.TARGET: module.answer for module in modules if hasattr(module, "TARGET")}
