"""Text with the terminal's own sequences around it, which only this face writes."""

from __future__ import annotations

from stackpane.formats.cells import state_tone

__all__ = ["bold", "paint_state"]


def bold(text: str) -> str:
    """``text`` in bold."""
    return f"\x1b[1m{text}\x1b[0m"


def paint_state(text: str) -> str:
    """A state in red where something is wrong, in yellow where something is under way, else as it is."""
    tone = state_tone(text)
    return text if tone is None else f"\x1b[{33 if tone == 'moving' else 31}m{text}\x1b[0m"
