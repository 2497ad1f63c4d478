"""The forms of files of users: a JSON array, JSON lines, CSV; read and written without holding all of it.

CSV is for spreadsheets: a text that one would run as a formula (also a phone number: ``+1…``) gets one ``'`` in front,
as in all of Stackpane's CSV, and loses it again when it is read. JSON is exact.
https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Literal, get_args

from stackpane import InvalidInput
from stackpane_cognito.moving.entries import OWN

__all__ = ["KINDS", "Kind", "convert", "json_line", "kind_of", "objects"]

Kind = Literal["json", "jsonl", "csv"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_SUFFIXES: dict[str, Kind] = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
_PIECE = 1 << 16
_LONGEST = 8 << 20
"""Characters of one entry; a user has a few thousand."""
_SPACE = re.compile(r"[\s,]*")
_USERS = re.compile(r'\s*\{\s*"Users"\s*:\s*(?=\[)')
"""How the AWS CLI's ``list-users`` begins."""
_FORMULA = re.compile(r"'*[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n\0]")

Numbered = tuple[int, Any]
"""The number of an entry, or of its line, and what stands there: an object, or an error."""


def kind_of(name: str, kind: Kind | None) -> Kind:
    """The form that a file's name says, or of that kind; ``-`` is ``jsonl``. Raises ``InvalidInput``."""
    if kind is not None:
        return kind
    if name == "-":
        return "jsonl"
    found = _SUFFIXES.get(Path(name).suffix.lower())
    if found is None:
        raise InvalidInput(
            f"the name {name!r} does not say what form the file has",
            f"Names end in {', '.join(_SUFFIXES)}, or --format says it.",
        )
    return found


# Writing


def json_line(entry: Mapping[str, Any]) -> bytes:
    """An entry as a line."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def convert(kind: Kind, lines: Callable[[], Iterable[bytes]], out: IO[bytes]) -> Iterator[int]:
    """Write ``out`` from lines of JSON, which can be read again; gives how many are written, now and then."""
    yield from (_array if kind == "json" else _sheet)(lines, out)


def _array(lines: Callable[[], Iterable[bytes]], out: IO[bytes]) -> Iterator[int]:
    count = 0
    for count, line in enumerate(lines(), 1):
        out.write((b"[\n" if count == 1 else b",\n") + line.rstrip(b"\n"))
        if count % 1000 == 0:
            yield count
    out.write(b"\n]\n" if count else b"[]\n")


def _sheet(lines: Callable[[], Iterable[bytes]], out: IO[bytes]) -> Iterator[int]:
    names: dict[str, None] = {}
    for line in lines():
        names |= dict.fromkeys(json.loads(line).get("Attributes", ()))
    columns = (*OWN, *sorted(names, key=lambda name: (":" in name, name)))
    text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(map(_guarded, columns))
        for count, line in enumerate(lines(), 1):
            entry = json.loads(line)
            if "Username" in entry:  # a sheet has no room for what groups are
                writer.writerow(_cells(entry, columns))
            if count % 1000 == 0:
                yield count
    finally:
        text.detach()  # the file is the caller's


def _cells(entry: Mapping[str, Any], columns: Sequence[str]) -> Iterator[str]:
    attributes = entry.get("Attributes", {})
    for column in columns:
        value = entry.get(column) if column in OWN else attributes.get(column)
        if isinstance(value, list):
            value = " ".join(value)
        elif isinstance(value, bool):
            value = "true" if value else "false"
        yield "" if value is None else _guarded(str(value))


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


# Reading


def objects(kind: Kind, file: IO[bytes]) -> Iterator[Numbered]:
    """What stands in a file, numbered: lines by their line, entries of an array from 1 on.

    A line that cannot be read is an error in its place, and the next one goes on. Raises ``InvalidInput`` where nothing
    behind it can be read.
    """
    try:
        yield from {"json": _of_array, "jsonl": _of_lines, "csv": _of_sheet}[kind](file)
    except UnicodeDecodeError as error:
        raise InvalidInput(f"the file is not UTF-8: {error.reason} at byte {error.start}") from None


def _of_lines(file: IO[bytes]) -> Iterator[Numbered]:
    for number, line in enumerate(file, 1):
        text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
        if not text:
            continue
        try:
            yield number, json.loads(text)
        except ValueError as error:
            yield number, ValueError(f"is no JSON: {error.args[0] if error.args else error}")


def _of_array(file: IO[bytes]) -> Iterator[Numbered]:
    """The elements of an array, one by one. After what is no JSON nothing can be told apart any more."""
    text = io.TextIOWrapper(file, "utf-8-sig")
    try:
        rest = text.read(_PIECE)
        if match := _USERS.match(rest):
            rest = rest[match.end() :]
        rest = rest.lstrip()
        if not rest.startswith("["):
            raise InvalidInput("the file is no JSON array", "One object a line is .jsonl: say so with --format jsonl.")
        yield from _elements(rest[1:], lambda: text.read(_PIECE))
    finally:
        text.detach()


def _elements(rest: str, more: Callable[[], str]) -> Iterator[Numbered]:
    decoder, number = json.JSONDecoder(), 0
    while True:
        rest = rest[_SPACE.match(rest).end() :]  # type: ignore[union-attr]  # it matches anything
        if rest.startswith("]"):
            return
        try:
            # A number may go on in the next piece; nothing else that is whole does.
            found, end = decoder.raw_decode(rest)
        except ValueError as error:
            piece = more()
            if not piece or len(rest) > _LONGEST:
                raise InvalidInput(f"entry {number + 1} of the array is no JSON: {error.args[0]}") from None
            rest += piece
            continue
        number += 1
        yield number, found
        rest = rest[end:]


def _of_sheet(file: IO[bytes]) -> Iterator[Numbered]:
    csv.field_size_limit(1 << 24)
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    try:
        reader = csv.reader(text)
        header = [_unguarded(cell) for cell in next(reader, [])]
        if twice := next((name for name in header if header.count(name) > 1), None):
            raise InvalidInput(f"two columns are named {twice!r}")
        for row in reader:
            if not row:
                continue
            if len(row) > len(header):
                yield reader.line_num, ValueError(f"has {len(row)} cells, and there are {len(header)} columns")
                continue
            cells = zip(header, row, strict=False)
            yield reader.line_num, {name: _unguarded(cell) for name, cell in cells if cell and name}
    except csv.Error as error:
        raise InvalidInput(f"line {reader.line_num} is no CSV: {error}") from None
    finally:
        text.detach()
