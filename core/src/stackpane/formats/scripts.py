"""Names that may be taken for others: letters of several scripts in one word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["mixes_scripts"]


def mixes_scripts(text: str) -> bool:
    """Whether a word of ``text`` has letters of more than one script, such as a Cyrillic ``а`` among Latin ones.

    Wide characters are left out: no one takes them for Latin ones, and Chinese, Japanese and Korean mix them freely.
    https://www.unicode.org/reports/tr39/#Mixed_Script_Detection
    """
    return not text.isascii() and any(len(_scripts(word)) > 1 for word in re.findall(r"[^\W\d_]+", text))


def _scripts(word: Iterable[str]) -> set[str]:
    # The standard library knows no script property; the first word of a letter's name stands for it.
    return {
        unicodedata.name(letter, "?").partition(" ")[0]
        for letter in word
        if unicodedata.east_asian_width(letter) not in "WFH"
    }
