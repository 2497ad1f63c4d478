"""An app that shows one pane and keeps what the pane asks of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from textual.app import App

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.pilot import Pilot
    from textual.widget import Widget

    from stackpane_tui.panes.pane import Pane

_PATIENCE = 20.0
"""Seconds after which what was waited for is not coming; no test waits so long for what it expects."""

__all__ = ["Host", "screen", "until"]


class Host(App[None]):
    """Shows ``widget``. ``asked`` has the messages that its pane has posted, without those that only say "changed"."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.asked: list[Any] = []
        self.copied: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_pane_follow(self, event: Pane.Follow) -> None:
        self.asked.append(event)

    def on_pane_failed(self, event: Pane.Failed) -> None:
        self.asked.append(event)

    def on_pane_start(self, event: Pane.Start) -> None:
        self.asked.append(event)

    def on_pane_show(self, event: Pane.Show) -> None:
        self.asked.append(event)

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)


async def until(pilot: Pilot[Any], true: Callable[[], bool]) -> None:
    """Let the app go on until ``true()``. Fails where it never is."""
    end = time.monotonic() + _PATIENCE
    while not true():
        assert time.monotonic() < end, f"it never came to that:\n{screen(pilot.app)}"
        await pilot.pause(0.005)
    await pilot.pause()


def screen(app: App[Any]) -> str:
    """What is on the screen, as text."""
    # The compositor has no public way to its strips; a screenshot is made of the same.
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())
