"""CSV for spreadsheets and TSV for programs.

``csv`` is RFC 4180 (CRLF, quotes doubled). A text that a spreadsheet would run as a formula gets one ``'`` in front of
it; so does one that begins with ``'`` before such a text, so that taking one ``'`` off where a formula follows gives
every value back. Missing values are empty, empty texts are ``""``.
https://owasp.org/www-community/attacks/CSV_Injection, OWASP ASVS 1.2.10

``tsv`` is exact and one row a line, as PostgreSQL's COPY writes it: tab, line breaks and the backslash are ``\\t``,
``\\n``, ``\\r`` and ``\\\\``, a missing value is ``\\N``. https://www.postgresql.org/docs/current/sql-copy.html

Other control characters pass as they are, except to a terminal, which gets their symbols.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from stackpane.formats.jsontext import dumps
from stackpane.formats.values import iso_texts, machine
from stackpane.text import human_count, is_plain_ascii, safe

if TYPE_CHECKING:
    from stackpane.formats import Out
    from stackpane.views import Column, Kind, Row

__all__ = ["DelimitedRows"]

# What may start a formula, also in its full-width form and behind white space, which spreadsheets skip.
_FORMULA = re.compile(r"'*[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n\0]")
_PLAIN_UNLESS = {"csv": ('"', ",", ";", " \n", "\n\n", *(f"\n{lead}" for lead in " '=+-@")), "tsv": ("\\",)}
"""What, in printable ASCII texts set line by line, needs a closer look at each of them."""
_TO_QUOTE = re.compile(r'[",;\t\r\n]|^$|^ | $')
"""The semicolon and the tab as well: where a spreadsheet takes them for separators, what follows would be a cell."""
_TSV_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class DelimitedRows:
    """Writes a table's rows, with a header line unless ``header`` is off."""

    def __init__(self, columns: Sequence[Column], io: Out, dialect: Literal["csv", "tsv"], header: bool = True) -> None:
        self._io = io
        self._columns = columns
        self._suspects = _PLAIN_UNLESS[dialect]
        self._csv = dialect == "csv"
        self._separator, self._end, self._missing = (",", "\r\n", "") if self._csv else ("\t", "\n", "\\N")
        if io.stdout_is_terminal:  # which makes CR LF of every LF by itself
            self._end = "\n"
        self._header = header
        self._neutralised = self._symbols = 0

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows."""
        self._write_header()
        if rows:
            columns = zip(zip(*rows, strict=True), self._columns, strict=True)
            self._lines([self._column(values, column.kind) for values, column in columns])

    def close(self) -> None:
        """Write the header of a table without rows; say what was changed."""
        self._write_header()
        if self._neutralised:
            count = human_count(self._neutralised, "text")
            self._io.note(f"csv is for spreadsheets: a ' stands before {count} that would run as a formula.")
        if self._symbols:
            count = human_count(self._symbols, "value")
            self._io.note(f"Control characters in {count} are shown as symbols; a file or a pipe gets the exact ones.")

    def _write_header(self) -> None:
        if self._header:
            self._header = False
            self._lines([[self._text(column.name)] for column in self._columns])

    def _lines(self, columns: Sequence[Sequence[str]]) -> None:
        lines = map(self._separator.join, zip(*columns, strict=True))
        self._io.write(self._end.join(lines) + self._end)

    def _column(self, values: Sequence[Any], kind: Kind) -> Sequence[str]:
        if kind in ("time", "moment"):
            values = iso_texts(values)
        types = set(map(type, values))
        if types == {int}:
            return list(map(str, values))
        if types == {str} and self._all_plain(values):
            return values
        return [self._cell(value if type(value) is str else machine(value)) for value in values]

    def _all_plain(self, texts: Sequence[str]) -> bool:
        """Whether none of the texts has to be quoted, escaped or neutralised, by one look at all of them."""
        together = "".join(texts)
        lines = "\n".join(("", *texts, ""))
        return is_plain_ascii(together) and not any(each in lines for each in self._suspects)

    def _cell(self, value: Any) -> str:
        if value is None:
            return self._missing
        if isinstance(value, str):
            return self._text(value)
        # Numbers are the values that may begin with a sign and be meant so.
        return str(value) if isinstance(value, (float, Decimal)) else self._quoted(dumps(value))

    def _text(self, text: str) -> str:
        if self._csv and _FORMULA.match(text):
            self._neutralised += 1
            text = "'" + text
        shown = text if self._csv else text.translate(_TSV_ESCAPES)
        if self._io.stdout_is_terminal and (symbols := safe(shown)) != shown:
            self._symbols += 1
            shown = symbols
        return self._quoted(shown)

    def _quoted(self, text: str) -> str:
        if self._csv and _TO_QUOTE.search(text):
            return '"' + text.replace('"', '""') + '"'
        return text
