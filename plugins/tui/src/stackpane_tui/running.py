"""Running the browser in this process's terminal, and giving everything back as it was afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackpane_tui.places import HOME

if TYPE_CHECKING:
    from stackpane import Link

__all__ = ["browse"]


def browse(first: Link, given: Mapping[str, Any]) -> None:
    """Open the browser at ``first`` (the services, where it names nothing) and return when it is left."""
    from stackpane_tui.app import Browser

    Browser(first if first.argv else HOME.at(first.connection, first.region), given).run()
