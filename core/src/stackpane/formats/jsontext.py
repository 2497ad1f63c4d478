"""JSON: an array for a list, one object a line for ``jsonl``.

Characters that could drive a terminal or hide what is shown are written as ``\\u`` escapes, whether or not stdout is a
terminal: they mean the same to every JSON reader, so the data are exact and safe at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from json.encoder import encode_basestring
from types import NoneType
from typing import TYPE_CHECKING, Any

from stackpane.formats.values import iso_texts, iso_time, machine, row_object
from stackpane.text import escape_block

if TYPE_CHECKING:
    from stackpane.formats import Out
    from stackpane.views import Column, Kind, Row

__all__ = ["JsonArray", "JsonLines", "JsonRows", "dumps"]


def dumps(value: Any, indent: int | None = None) -> str:
    """A machine value (``values.machine``) as JSON text without a line end."""
    try:
        return _printable(json.dumps(value, ensure_ascii=False, indent=indent))
    except TypeError:  # a Decimal, which the library cannot write
        from stackpane.exactjson import exact_json

        return _printable(exact_json(value, indent))


def _printable(text: str) -> str:
    # The encoder has escaped what is below a space. Outside its strings JSON is ASCII, so whatever is replaced here
    # stands in a string, where an escape is at home.
    if text.isascii() and "\x7f" not in text:
        return text
    return escape_block(text, lambda character: json.dumps(character)[1:-1])


class JsonArray:
    """Writes an array, one element a line, as the elements come."""

    separator = ",\n  "

    def __init__(self, io: Out) -> None:
        self._io = io
        self._before = "[\n  "

    def add(self, elements: str) -> None:
        """Write encoded elements, joined by ``separator``."""
        self._io.write(self._before + elements)
        self._before = self.separator

    def close(self) -> None:
        """End the array. Where an error keeps this from being called, no parser takes what is there for the whole."""
        self._io.write("[]\n" if self._before.startswith("[") else "\n]\n")


class JsonLines:
    """Writes one element a line (https://jsonlines.org)."""

    separator = "\n"

    def __init__(self, io: Out) -> None:
        self._io = io

    def add(self, elements: str) -> None:
        """Write encoded elements, joined by ``separator``."""
        self._io.write(elements + "\n")

    def close(self) -> None:
        """Do nothing: every line stands for itself."""


class JsonRows:
    """Writes a table's rows as objects into an array or as lines."""

    def __init__(self, columns: Sequence[Column], sink: JsonArray | JsonLines) -> None:
        self._sink = sink
        self._kinds = [column.kind for column in columns]
        members = ", ".join(f"{dumps(column.name)}: ".replace("%", "%%") + "%s" for column in columns)
        self._object: Callable[[tuple[str, ...]], str] = ("{" + members + "}").__mod__

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows. A column at a time is encoded, which is what makes a million rows a matter of a second."""
        if not rows:
            return
        if isinstance(rows[0], Mapping):
            self._sink.add(self._sink.separator.join([dumps(row_object((), row)) for row in rows]))
            return
        columns = zip(zip(*rows, strict=True), self._kinds, strict=True)
        encoded = [_column(values, kind) for values, kind in columns]
        self._sink.add(_printable(self._sink.separator.join(map(self._object, zip(*encoded, strict=True)))))

    def close(self) -> None:
        """End the output."""
        self._sink.close()


def _column(values: tuple[Any, ...], kind: Kind) -> list[str]:
    types = set(map(type, values))
    if kind in ("time", "moment") and str in types:
        values = tuple(iso_texts(values))
    if len(types) == 1:
        return list(map(_ENCODERS.get(types.pop(), _any), values))
    return [_ENCODERS.get(type(value), _any)(value) for value in values]


def _any(value: Any) -> str:
    return dumps(machine(value))


_ENCODERS: dict[type, Callable[[Any], str]] = {
    str: encode_basestring,
    int: int.__repr__,
    bool: {True: "true", False: "false"}.__getitem__,
    NoneType: lambda _none: "null",
    datetime: lambda moment: f'"{iso_time(moment)}"',
}
