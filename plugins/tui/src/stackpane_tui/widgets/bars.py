"""The lines around a pane: where we are, what it says of itself, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from stackpane.text import safe

__all__ = ["Crumbs", "Notice", "Where", "bar"]


@dataclass(frozen=True)
class Where:
    """The connection and region in force, for the top line."""

    name: str = ""
    regions: str = ""
    kind: str = ""
    read_only: bool = False
    state: str = ""

    @property
    def content(self) -> Content:
        """``prod · eu-west-1 · production · read-only``."""
        kind = (safe(self.kind), "bold reverse $error" if self.kind == "production" else "")
        parts = [(safe(self.name), "bold"), (safe(self.regions), ""), kind]
        parts += [("read-only", "bold $warning")] if self.read_only else []
        parts += [(safe(self.state), "bold $error" if self.state != "ok" else "$success")] if self.state else []
        return Content(" · ").join([Content.assemble(part) for part in parts if part[0]])


def bar(*parts: Content) -> Content:
    """The parts that are not empty, with room between them."""
    return Content("  ").join([part for part in parts if part])


class Crumbs(Static):
    """The places that led here, the shown one last; as much of its end as fits."""

    def show(self, titles: Sequence[str]) -> None:
        """Show these titles."""
        *before, here = [safe(title) for title in titles] or [""]
        shown = Content(" › ").join([*[Content.styled(title, "dim") for title in before[-6:]], Content(here)])
        self.update(shown)


class Notice(Static):
    """The line below the pane: its summary, what was said last, or an error with what to do about it."""

    class Clicked(Message):
        """The user wants to know more."""

    def show(self, content: Content, kind: str = "") -> None:
        """Show ``content`` as a ``kind`` of ``note``, ``warning``, ``error`` or nothing in particular."""
        self.set_classes(kind)
        self.update(content)

    def on_click(self) -> None:
        """More of it is wanted."""
        self.post_message(self.Clicked())
