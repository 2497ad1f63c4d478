"""Lines that are of something: of a field, a failure, a link; with what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane.formats.cells import display_width, pad
from stackpane.text import safe
from stackpane_tui.widgets.lines import Lines, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stackpane import Link

__all__ = ["INDENT", "Entry", "EntryLines", "labelled"]

INDENT = "  "


@dataclass(slots=True)
class Entry:
    """What a line is of. ``key`` tells one from the others, also after the lines were made anew.

    ``link`` is where it leads, ``value`` the text to copy; both are ``None`` where there is none. A ``secret`` one is
    masked while ``masked``.
    """

    key: tuple[Any, ...]
    link: Link | None = None
    value: str | None = None
    secret: bool = False
    masked: bool = False


class EntryLines(Lines):
    """Lines in sections that fold, each with its ``Entry``."""

    def __init__(self) -> None:
        self._spans: list[Sequence[Span]] = []
        self._folds: dict[int, int] = {}
        self._folded: dict[int, Sequence[Span]] = {}
        self.entries: list[Entry] = []

    def __len__(self) -> int:
        return len(self._spans)

    def spans(self, index: int) -> Sequence[Span]:
        """The line."""
        return self._spans[index]

    def fold(self, index: int) -> int:
        """The end of a section, or of a nested value."""
        return self._folds.get(index, index)

    def folded(self, index: int) -> Sequence[Span]:
        """A section by its title, a nested value in one line."""
        return self._folded.get(index) or super().folded(index)

    def index_of(self, key: tuple[Any, ...]) -> int | None:
        """The first line of what has that key."""
        return next((index for index, entry in enumerate(self.entries) if entry.key == key), None)

    # Making the lines

    def sheet(
        self, title: str, lines: Sequence[tuple[tuple[Any, ...], str, str | None, Link | None]], key: tuple[Any, ...]
    ) -> None:
        """Texts below a title: what is no field, and so has no kind."""
        width = max((display_width(safe(label)) for _key, label, _text, _link in lines), default=0)
        start = self.head(title, key) if lines else None
        for name, label, text, link in lines:
            role = "link" if link is not None else ""
            self.add(Entry(name, link, text), *labelled(label, width), (safe(text or ""), role))
        self.end(start)

    def head(self, title: str, key: tuple[Any, ...]) -> int | None:
        """Begin a section: an empty line and the title; ``end`` takes what is returned."""
        self.add(Entry(("space", *key)))
        if not title:
            return None
        return self.add(Entry(("section", *key), value=title), (title, "heading"))

    def end(self, start: int | None) -> None:
        """End a section."""
        if start is not None:
            self._folds[start] = len(self) - 1

    def add(self, entry: Entry, *spans: Span) -> int:
        """Add a line and return which it is."""
        self._spans.append(spans)
        self.entries.append(entry)
        return len(self._spans) - 1


def labelled(name: str, width: int) -> list[Span]:
    """A name in front of what it names, in a column of that width."""
    return [(f"{INDENT}{pad(safe(name), width)}  ", "key")]
