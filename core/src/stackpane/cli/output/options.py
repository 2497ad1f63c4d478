"""What the user wants to see, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stackpane.links import Link

if TYPE_CHECKING:
    from stackpane.options import Format

__all__ = ["OutputOptions"]


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How a view is shown.

    ``query`` is a JMESPath expression. ``limit`` counts a table's rows (``None``: all of them); ``cursor`` is one that
    an earlier run printed. ``yes`` carries a plan out without asking, ``dry_run`` only lists its targets. ``color`` is
    a permission: colour also needs a terminal, and ``NO_COLOR`` unset. ``width`` in columns stands in for the
    terminal's own. ``reveal`` shows secret fields. ``here`` is the command line that is running, without which nobody
    could be told how to go on.
    """

    format: Format = "table"
    query: str | None = None
    limit: int | None = 100
    cursor: str | None = None
    yes: bool = False
    dry_run: bool = False
    color: bool = True
    width: int | None = None
    reveal: bool = False
    here: Link = field(default_factory=lambda: Link(()))
