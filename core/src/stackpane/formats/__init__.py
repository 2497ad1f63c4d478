"""Values as every face writes them: ``values`` for machines, ``cells`` for people, and rows as JSON and CSV.

Below the faces and independent of them: no terminal, no colour. Whoever writes gives an ``Out`` to write to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Protocol

    class Out(Protocol):
        """Where rows are written to. ``stdout_is_terminal`` wants symbols in place of control characters."""

        stdout_is_terminal: bool

        def write(self, text: str) -> None:
            """Write text as it is."""

        def note(self, text: str) -> None:
            """Tell the user one line about what was written."""
