"""JSON as lines that fold, with every number and every text as it was written.

The text is checked by Python's reader and laid out from its own tokens: no value is read and written again, so no digit
is lost, a name that stands twice stays there twice, and the depth of what is nested costs nothing.
"""

from __future__ import annotations

import json
import re
from array import array
from typing import TYPE_CHECKING

from stackpane_tui.widgets.lines import Lines, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["JsonLines", "json_lines"]

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_SHOWN = 4096
"""Characters of a text that are shown of it in its line."""
_INDENT = 2
_DEEPEST = 60
"""Levels that are indented; what is nested deeper stands below one another."""


class JsonLines(Lines):
    """The lines of one or several JSON values. ``text`` has to be JSON."""

    def __init__(self, text: str) -> None:
        self._text = text
        # Of each line: where its name and its value begin in the text (-1: none) and end, how deep it stands, and its
        # last line; four numbers in place of an object, for there may be a line for every few bytes.
        self._keys = array("q")
        self._starts = array("q")
        self._ends = array("q")
        self._depths = array("H")
        self._folds = array("l")
        self._commas = bytearray()
        self._counts: dict[int, int] = {}
        self._lay_out()
        self._width = self._widest()

    def __len__(self) -> int:
        return len(self._starts)

    def spans(self, index: int) -> Sequence[Span]:
        """The line: indentation, name, value, comma."""
        text = self._text[self._starts[index] : self._ends[index]]
        return [*self._name(index), *_value(text), *_comma(self._commas[index])]

    def fold(self, index: int) -> int:
        """The line of the closing bracket, where this one opens."""
        return self._folds[index]

    def folded(self, index: int) -> Sequence[Span]:
        """An object or array in one line, with the number of what is in it."""
        opening, closing = ("{", "}") if self._text[self._starts[index]] == "{" else ("[", "]")
        inside = (f" … {self._counts.get(index, 0):,} … ", "muted")
        last = self._folds[index]
        return [*self._name(index), (opening, ""), inside, (closing, ""), *_comma(self._commas[last])]

    @property
    def width(self) -> int:
        """Columns of the widest line, roughly."""
        return self._width

    def _widest(self) -> int:
        widths = (
            min(depth, _DEEPEST) * _INDENT + min(end - start, _SHOWN) + (0 if key < 0 else start - key) + 2
            for depth, key, start, end in zip(self._depths, self._keys, self._starts, self._ends, strict=True)
        )
        return max(widths, default=0)

    def value(self, index: int) -> str:
        """The JSON text of what begins with a line."""
        return self._text[self._starts[index] : self._ends[self._folds[index]]]

    def _name(self, index: int) -> Iterator[Span]:
        yield " " * (min(self._depths[index], _DEEPEST) * _INDENT), ""
        if self._keys[index] >= 0:
            token = _TOKEN.match(self._text, self._keys[index])
            yield (token[0] if token else "")[:_SHOWN], "key"
            yield ": ", "muted"

    def _lay_out(self) -> None:
        open_lines: list[int] = []
        key, previous = -1, ""
        for match in _TOKEN.finditer(self._text):
            part, at = match[0], match.start()
            if part == ",":
                self._commas[-1] = 1
            elif part in ("}", "]"):
                opened = open_lines.pop()
                if previous in ("{", "["):
                    self._ends[opened] = match.end()  # {} and [] stay in a line
                else:
                    self._add(-1, at, match.end(), len(open_lines))
                    self._folds[opened] = len(self) - 1
            elif previous in ("{", ",") and open_lines and self._text[self._starts[open_lines[-1]]] == "{":
                key = at
            elif part != ":":
                if open_lines:
                    self._counts[open_lines[-1]] = self._counts.get(open_lines[-1], 0) + 1
                self._add(key, at, match.end(), len(open_lines))
                key = -1
                if part in ("{", "["):
                    open_lines.append(len(self) - 1)
            previous = part

    def _add(self, key: int, start: int, end: int, depth: int) -> None:
        self._keys.append(key)
        self._starts.append(start)
        self._ends.append(end)
        self._depths.append(min(depth, 65535))
        self._folds.append(len(self._folds))
        self._commas.append(0)


def json_lines(text: str) -> JsonLines | None:
    """The lines of a JSON text, or of several JSON values behind one another; ``None`` where it is none of both."""
    if not _is_json(text):
        return None
    return JsonLines(text)


def _is_json(text: str) -> bool:
    decoder = json.JSONDecoder(parse_int=len, parse_float=len, parse_constant=_refuse, object_pairs_hook=len)
    position, some = 0, False
    try:
        while (position := _behind_space(text, position)) < len(text):
            _value, position = decoder.raw_decode(text, position)
            some = True
    except (ValueError, RecursionError):
        return False
    return some


def _behind_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are no JSON


def _value(text: str) -> Sequence[Span]:
    if text.startswith('"'):
        more = [(f"… {len(text):,} characters", "muted")] if len(text) > _SHOWN else []
        return [(text[:_SHOWN], "string"), *more]
    if text[:1] in "{}[]":
        return [("".join(text.split()), "")]
    return [(text, "word" if text[:1].isalpha() else "number")]


def _comma(given: int) -> Sequence[Span]:
    return [(",", "muted")] if given else []
