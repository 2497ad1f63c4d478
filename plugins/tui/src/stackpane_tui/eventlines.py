"""A stream's events as lines: the time, the level, the rest and the message, each with the role that it plays."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.cells import chop_cells

from stackpane import Document, Field, Record, Section, Stream
from stackpane.formats.cells import RIGHT
from stackpane.formats.jsontext import dumps
from stackpane.formats.values import row_object
from stackpane.text import is_plain, safe
from stackpane_tui.values import fitted, line_of, width_of

if TYPE_CHECKING:
    from stackpane.views import Row

__all__ = ["EventLines", "level_in"]

_LEVELS = {
    "FATAL": "bad",
    "CRITICAL": "bad",
    "ERROR": "bad",
    "SEVERE": "bad",
    "WARNING": "moving",
    "WARN": "moving",
    "INFO": "plain",
    "DEBUG": "faint",
    "TRACE": "faint",
}
_LEVEL = re.compile(rf"(?<![A-Za-z])({'|'.join(_LEVELS)})(?![A-Za-z])", re.IGNORECASE)
_LOOKED_AT = 200  # characters of a message in which its level may stand
_CAP = 30  # columns of what stands between the time and the message
_STEP = 4
_LAG = "Lag"
"""The column in which a stream says how late an event was known."""


def level_in(text: str) -> str:
    """The role that the level named near the beginning of a text plays: bad, moving, plain, faint, or none."""
    found = _LEVEL.search(text, 0, _LOOKED_AT)
    return _LEVELS[found[1].upper()] if found else ""


class EventLines:
    """Makes lines of a stream's events. ``full``: with the columns that are marked as wide."""

    def __init__(self, stream: Stream) -> None:
        self.columns = stream.columns
        self.full = False
        texts = [at for at, column in enumerate(self.columns) if column.kind in ("text", "json")]
        self.message = texts[-1] if texts else len(self.columns) - 1
        self._lag = next((at for at, column in enumerate(self.columns) if column.name == _LAG), None)
        self._level = next((at for at, column in enumerate(self.columns) if column.kind == "state"), None)
        if self._level is None:
            names = ("level", "severity")
            self._level = next((at for at, column in enumerate(self.columns) if column.name.lower() in names), None)
        self._widths = [0] * len(self.columns)

    @property
    def front(self) -> list[int]:
        """The columns in front of the message."""
        left_out = (self.message, self._lag)
        return [at for at, column in enumerate(self.columns) if at not in left_out and (self.full or not column.wide)]

    def role(self, row: Row) -> str:
        """What the event's level makes of its line."""
        if self._level is not None and row[self._level] is not None:
            return level_in(str(row[self._level]))
        message = row[self.message] if self.columns else ""
        return level_in(message) if isinstance(message, str) else ""

    def lag(self, row: Row) -> float | None:
        """Seconds from the event until it was known, where the stream says so."""
        value = row[self._lag] if self._lag is not None else None
        return float(value) if isinstance(value, (int, float)) else None

    def head(self, row: Row) -> str:
        """What stands in front of the message, in aligned columns."""
        parts = []
        for at in self.front:
            column = self.columns[at]
            text = "" if row[at] is None else line_of(row[at], column)
            needed = min(width_of(text), _CAP)
            if needed > self._widths[at]:
                self._widths[at] = needed if not self._widths[at] else min(_CAP, -(-needed // _STEP) * _STEP)
            parts.append(fitted(text, self._widths[at], right=column.kind in RIGHT) + " ")
        return "".join(parts)

    def body(self, row: Row) -> str:
        """The message on one line."""
        value = row[self.message]
        if isinstance(value, str):
            return safe(value.rstrip("\r\n"))
        return "" if value is None else line_of(value, self.columns[self.message])

    def text(self, row: Row) -> str:
        """The whole line."""
        return self.head(row) + self.body(row)

    def wrapped(self, row: Row, width: int) -> list[str]:
        """The line in pieces of at most ``width`` columns; a line break of the message is one here."""
        value = row[self.message]
        lines = value.rstrip("\r\n").splitlines() if isinstance(value, str) else []
        first, *more = [safe(line) for line in lines] or [self.body(row)]
        pieces: list[str] = []
        for line in (self.head(row) + first, *more):
            pieces += _chopped(line, width)
        return pieces

    def lengths(self, rows: Sequence[Row]) -> list[int]:
        """Of each message how many columns it takes; -1 where only wrapping it tells how tall it will be."""
        found = []
        for row in rows:
            text = row[self.message].rstrip("\r\n") if isinstance(row[self.message], str) else None
            plain = text is not None and is_plain(text) and width_of(text) == len(text)
            found.append(len(text) if text is not None and plain else -1)
        return found

    def heights(self, rows: Sequence[Row], lengths: Sequence[int], width: int) -> list[int]:
        """How many pieces each line has: reckoned from its length, which is quick, where that tells."""
        for row in rows[:: max(1, len(rows) // 100)]:  # the columns in front grow by what is seen
            self.head(row)
        front = sum(self._widths[each] + 1 for each in self.front)
        return [
            len(self.wrapped(row, width)) if length < 0 else -(-(front + length) // width) or 1
            for row, length in zip(rows, lengths, strict=True)
        ]

    def view(self, row: Row) -> Document | Record:
        """The event with all it has: as JSON to unfold where its message is that, else field by field."""
        found = _json_of(row[self.message])
        if found is None:
            fields = [Field(column.name, value, column.kind) for column, value in zip(self.columns, row, strict=True)]
            return Record("Event", (Section("", tuple(fields)),))
        whole = {**row_object(self.columns, row), self.columns[self.message].name: found}
        return Document(dumps(whole, indent=2).encode("utf-8", "surrogatepass"), "application/json", "Event")


def _chopped(text: str, width: int) -> Sequence[str]:
    if not text:
        return [""]
    if width_of(text) == len(text):
        return [text[start : start + width] for start in range(0, len(text), width)]
    return chop_cells(text, width)


def _json_of(message: Any) -> Any:
    """What a message says that is a JSON object or array; ``None`` for any other."""
    if not isinstance(message, str) or message.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return json.loads(message, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
