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


class SafeTextArea(TextArea):
    """A ``TextArea`` whose text may be anything."""

    def __init__(self, text: str = "", **options: Any) -> None:
        super().__init__(text, **options)

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn; a tab stays one, for the columns that it takes."""
        parts = self.document.get_line(line_index).split("\t")
        return Text("\t".join(map(visible, parts)), end="", no_wrap=True)
