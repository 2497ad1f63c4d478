"""What is behind the row that one looks at, beside the table."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from textual import on
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from stackpane import Document
from stackpane.text import safe
from stackpane_tui.panes.document import DocumentPane
from stackpane_tui.panes.pane import Pane
from stackpane_tui.work import Ended, Task, start

if TYPE_CHECKING:
    from collections.abc import Callable

    from stackpane import Link, View

__all__ = ["Preview"]


class Preview(Container):
    """Shows the document that a link leads to. What is being read for another one is dropped."""

    DEFAULT_CSS = """
    Preview { display: none; width: 45%; height: 1fr; border-left: solid $panel; background: $surface; }
    Preview.open { display: block; }
    Preview > Static { padding: 1 2; color: $text-muted; height: auto; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self.link: Link | None = None
        """Where what is shown, or being read, comes from."""
        self._opening: Task[Any] | None = None

    def show(self, link: Link | None, load: Callable[[Link], View]) -> None:
        """Show what ``link`` leads to; ``load`` gets it, in a thread. ``None`` shows that there is nothing."""
        if link == self.link and link is not None:
            return
        self._drop()
        self.link = link
        if link is None:
            self._say("Nothing to show of this one.")
            return
        self._say("Reading …")
        self._opening = start(self, f"preview {link.address}", partial(load, link), self._arrived, self._broke)

    def clear(self) -> None:
        """Show nothing, and end what is being read."""
        self._drop()
        self.link = None
        self.remove_children()

    def _drop(self) -> None:
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        for pane in self.query(DocumentPane):
            pane.stop()

    def _say(self, text: str) -> None:
        self.remove_children()
        self.mount(Static(Content(safe(text))))

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        event.stop()
        event.task.settle(event)

    def _arrived(self, view: View) -> None:
        self.remove_children()
        if isinstance(view, Document):
            self.mount(DocumentPane(view, beside=True))
        else:
            self._say("Nothing to show of this one.")

    def _broke(self, error: Exception) -> None:
        self._say(str(error))

    @on(Pane.Failed)
    def _failed(self, event: Pane.Failed) -> None:
        # The table is what one is at: what its preview lacks stands in the preview.
        event.stop()
        self.mount(Static(Content(safe(str(event.error)))))

    @on(Pane.Changed)
    def _changed(self, event: Pane.Changed) -> None:
        event.stop()
