"""Screens as they should be: text and colours, in files beside this one.

``STACKPANE_WRITE_GOLDEN=1`` writes them anew; look at what has changed before it is committed.
"""

from __future__ import annotations

import asyncio
import os
import time
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.widgets import Input

if TYPE_CHECKING:
    from textual.app import App

__all__ = ["assert_golden", "snapshot"]

FOLDER = Path(__file__).with_name("golden")
PATIENCE = 20.0
"""Seconds after which the screen is not going to be that of the file."""
WRITE = bool(os.environ.get("STACKPANE_WRITE_GOLDEN"))
"""Read when this is imported: a test has no environment of the user's."""


def snapshot(app: App[Any]) -> str:
    """The screen's lines, then every pair of colours on it."""
    strips = app.screen._compositor.render_strips()
    pairs = set()
    for segment in (segment for strip in strips for segment in strip):
        style = segment.style
        if style is not None and segment.text.strip():
            pairs.add(f"{style.color and style.color.name} on {style.bgcolor and style.bgcolor.name}")
    lines = [strip.text.rstrip() for strip in strips]
    return "\n".join([*lines, "----", *sorted(pairs), ""])


async def assert_golden(app: App[Any], name: str) -> None:
    """The screen comes to be that of the file."""
    path = FOLDER / f"{name}.txt"
    for blinking in app.screen.query(Input):
        blinking.cursor_blink = False
    if WRITE:
        await asyncio.sleep(1)
        path.write_text(snapshot(app), "utf-8")
    wanted, shown, end = path.read_text("utf-8"), "", time.monotonic() + PATIENCE
    while (shown := snapshot(app)) != wanted and time.monotonic() < end:
        await asyncio.sleep(0.02)
    assert shown == wanted, "\n".join(unified_diff(wanted.splitlines(), shown.splitlines(), name, "shown", n=0))
