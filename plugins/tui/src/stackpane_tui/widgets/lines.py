"""What a ``LineView`` shows: lines of spans, made when they are drawn.

A span is a text and the role it plays (``"key"``, ``"muted"`` …), which the view's stylesheet gives a colour. Texts are
as they come from AWS: the view makes them safe, whoever made the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Lines", "Span", "TextLines", "plain"]

Span = tuple[str, str]
"""A text, and the role that it plays; an empty role is plain text."""

_LONGEST = 4096
"""Characters of a line that are drawn as one: no terminal shows more, and a body without line ends has to end too."""

_TAB = 4


class Lines:
    """Lines by number, from 0. What can be folded says up to where."""

    def __len__(self) -> int:
        raise NotImplementedError

    def spans(self, index: int) -> Sequence[Span]:
        """The line, as spans without line ends."""
        raise NotImplementedError

    def fold(self, index: int) -> int:
        """The last line of what begins with this one, which is hidden where it is folded; the line itself: nothing."""
        return index

    def folded(self, index: int) -> Sequence[Span]:
        """The line where what begins with it is folded."""
        return [*self.spans(index), (" …", "muted")]

    @property
    def width(self) -> int:
        """Columns of the widest line, roughly: how far one can scroll."""
        return max((sum(len(text) for text, _role in self.spans(index)) for index in range(len(self))), default=0)


class TextLines(Lines):
    """A text, line by line. Lines that are too long to draw go on in the next one, behind a sign."""

    def __init__(self, text: str) -> None:
        self._lines = [
            line[start : start + _LONGEST]
            for line in text.replace("\r\n", "\n").split("\n")
            for start in range(0, len(line) or 1, _LONGEST)
        ]
        if len(self._lines) > 1 and not self._lines[-1]:
            self._lines.pop()
        self._width = max(map(len, self._lines), default=0)

    def __len__(self) -> int:
        return len(self._lines)

    def spans(self, index: int) -> Sequence[Span]:
        """The line, with tabs as spaces."""
        return [(self._lines[index].expandtabs(_TAB), "")]

    @property
    def width(self) -> int:
        """Columns of the widest line, where no character is wide."""
        return self._width


def plain(spans: Sequence[Span]) -> str:
    """The text of a line."""
    return "".join(text for text, _role in spans)
