"""The lines around a pane: where we are, what it says of itself, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from stackpane.text import safe

if TYPE_CHECKING:
    from textual.events import Click

    from stackpane_tui.speech import Level

__all__ = ["Crumbs", "Notice", "TabLine", "Where"]

_TITLE = 24
"""Letters of a title in the line of tabs."""


@dataclass(frozen=True)
class Where:
    """The connection and region in force, for the top line."""

    name: str = ""
    regions: str = ""
    kind: str = ""
    read_only: bool = False
    account: str = ""
    state: str = ""

    @property
    def content(self) -> Content:
        """``prod · eu-west-1 · production · read-only``."""
        # The colours have names of the theme; what comes from AWS is never read as markup.
        kind = (safe(self.kind), "bold reverse $error" if self.kind == "production" else "")
        parts = [(safe(self.name), "bold"), (safe(self.regions), ""), kind]
        parts += [(safe(self.account), "")] if self.account else []
        parts += [("read-only", "bold $warning")] if self.read_only else []
        parts += [(safe(self.state), "bold $error" if self.state != "ok" else "$success")] if self.state else []
        return Content(" · ").join([Content.assemble(part) for part in parts if part[0]])


class Crumbs(Static):
    """The places that led here, the shown one last; as much of its end as fits."""

    def show(self, titles: Sequence[str]) -> None:
        """Show these titles."""
        *before, here = [safe(title) for title in titles] or [""]
        shown = Content(" › ").join([*[Content.styled(title, "dim") for title in before[-6:]], Content(here)])
        self.update(shown)


class TabLine(Static):
    """The titles of the tabs, shown where there are several; a click turns to one."""

    class Chosen(Message):
        """The user wants the tab at ``index``."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def show(self, titles: Sequence[str], at: int) -> None:
        """Show these titles, the one ``at`` as the one that is shown."""
        self.set_class(len(titles) > 1, "several")
        self._ends: list[int] = []
        parts, width = [], 0
        for index, title in enumerate(titles):
            content = Content(f" {index + 1} {safe(title)[:_TITLE]} ")
            width += content.cell_length
            self._ends.append(width)
            parts.append(content.stylize("bold reverse") if index == at else content)
        self.update(Content("").join(parts))

    def on_click(self, event: Click) -> None:
        """Turn to the tab under the mouse."""
        index = next((index for index, end in enumerate(self._ends) if event.x < end), None)
        if index is not None:
            self.post_message(self.Chosen(index))


class Notice(Static):
    """The line below the pane: its summary, what was said last, or an error with what to do about it."""

    level: Level | None = None
    """What is shown: something that was said, or only the pane's summary."""
    _shown: Content | None = None

    class Clicked(Message):
        """The user wants to know more."""

    def show(self, content: Content, level: Level | None = None) -> None:
        """Show ``content``, which is of that level; the summary of the pane is of none."""
        if (level, content) == (self.level, self._shown):
            return
        self.level, self._shown = level, content
        self.set_classes(level or "")
        self.update(content)

    def on_click(self) -> None:
        """More of it is wanted."""
        self.post_message(self.Clicked())
