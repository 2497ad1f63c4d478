"""Until the real one is there: the view's first rows or its repr."""

from __future__ import annotations

from typing import Any

from textual.content import Content

from stackpane import PageRequest, Table
from stackpane.text import safe_block
from stackpane_tui.panes.pane import Pane


class Placeholder(Pane[Any]):
    """Shows anything."""

    can_focus = True

    def render(self) -> Content:
        """Rows, or a repr."""
        if isinstance(self.view, Table):
            page = next(iter(self.view.fetch(PageRequest(size=20))))
            return Content("\n".join(safe_block(str(row)) for row in page.rows))
        return Content(safe_block(repr(self.view)))

    def on_key(self, event: Any) -> None:
        """Digits follow rows."""
        if event.key.isdigit() and isinstance(self.view, Table) and self.view.link:
            page = next(iter(self.view.fetch(PageRequest(size=20))))
            link = self.view.link(page.rows[int(event.key)])
            if link:
                self.post_message(self.Follow(link))
