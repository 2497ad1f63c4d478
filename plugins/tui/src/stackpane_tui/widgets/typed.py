"""Inputs for text that may have come from AWS: what cannot be seen is shown as a symbol, and stays what it is."""

from __future__ import annotations

from typing import Any

from rich.text import Text
from textual.widgets import Input, TextArea

from stackpane.text import is_plain, safe

__all__ = ["SafeInput", "SafeTextArea", "visible"]

_SYMBOL = "▯"


def visible(text: str) -> str:
    """``text`` with a symbol for each character that must not reach a terminal: as many characters as before.

    Where one types, the place of every character has to stay; so a character that has no symbol of its own
    (``stackpane.text.safe`` would name it) is shown as one that only says that there is something.
    """
    if is_plain(text):
        return text
    return "".join(shown if len(shown := safe(character)) == 1 else _SYMBOL for character in text)


class SafeInput(Input):
    """An ``Input`` whose value may be anything."""

    @property
    def _value(self) -> Text:
        # What Textual draws, and measures; there is no public way that sees the text before control characters are
        # taken out of it.
        if self.password:
            return super()._value
        return Text(visible(self.value), no_wrap=True, overflow="ignore", end="")


_BREAKS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""What Textual's document takes for line ends as well, and writes back as the usual one."""
_STAND_INS = tuple(map(chr, range(0x10FF00, 0x10FF00 + len(_BREAKS))))
"""Characters for private use at the end of Unicode, which stand for these while a text is edited."""
_HIDE = str.maketrans(_BREAKS, "".join(_STAND_INS))
_RESTORE = str.maketrans("".join(_STAND_INS), _BREAKS)


class SafeTextArea(TextArea):
    """A ``TextArea`` whose text may be anything, and comes out as it went in where nothing is typed."""

    def __init__(self, text: str = "", **options: Any) -> None:
        super().__init__(_hidden(text), **options)

    @property
    def whole(self) -> str:
        """The text, with every character that it has."""
        return self.text.translate(_RESTORE)

    def put(self, text: str) -> None:
        """Put ``text`` in place of what there is, as one change that can be taken back."""
        self.replace(_hidden(text), self.document.start, self.document.end)

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn; a tab stays one, for the columns that it takes."""
        parts = self.document.get_line(line_index).translate(_RESTORE).split("\t")
        return Text("\t".join(map(visible, parts)), end="", no_wrap=True)


def _hidden(text: str) -> str:
    """The text for Textual's document, which keeps one kind of line end: ``\\n``, or ``\\r\\n`` where all are that."""
    if "\r\n" in text and text.count("\r\n") == text.count("\r") == text.count("\n"):
        return "\r\n".join(line.translate(_HIDE) for line in text.split("\r\n"))
    return text.translate(_HIDE)
