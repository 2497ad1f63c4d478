"""CSV without loss: a cell is a value in the plain form, and a text that is no JSON stands for itself.

===============================  ============================================================
cell                             value
===============================  ============================================================
(empty)                          the item has no such attribute
``abc``                          the string ``abc``
``5``, ``true``, ``null``        number, boolean, null
``"5"``, ``""``, ``"a\\nb"``       strings that would be read otherwise, or not be seen
``[1,2]``, ``{"$SS":["a"]}``     everything else, as in the plain form
===============================  ============================================================

Attributes that have no column stand in the last one, ``…``, as an object. A line is always one line.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import IO, Any

import msgspec

from stackpane_dynamodb.values.lines import ITEM, plain_value
from stackpane_dynamodb.values.plain import PlainError, from_plain, read_json

__all__ = ["REST", "header_names", "item_of_row", "rows_of_file", "written"]

REST = "…"
"""The column of all attributes that have none."""
_JSON_BEGINS = frozenset('"{[-0123456789tfn')
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_QUOTED = re.compile('[,"]')
_TEXT = msgspec.json.Decoder(str)


# Writing


def written(items: Iterable[bytes], columns: Sequence[str], *, rest: bool) -> Iterator[bytes]:
    """The lines of a sheet, its header first; with a column for what has none. ``items`` are in DynamoDB-JSON."""
    yield _line([*map(_text_cell, columns), *([REST] if rest else [])])
    for item in items:
        members = ITEM.decode(item)
        cells = [_cell(members.pop(name)) if name in members else "" for name in columns]
        if rest:
            cells.append(_object(members) if members else "")
        yield _line(cells)


def _cell(value: Mapping[str, msgspec.Raw]) -> str:
    held = value.get("S")
    return plain_value(value).decode() if held is None else _text_cell(_TEXT.decode(held))


def _object(members: Mapping[str, Mapping[str, msgspec.Raw]]) -> str:
    parts = (f"{json.dumps(name, ensure_ascii=False)}:{plain_value(value).decode()}" for name, value in members.items())
    return "{" + ",".join(parts) + "}"


def _text_cell(text: str) -> str:
    stands = text and text != REST and text == text.strip() and not _UNSEEN.search(text) and _json(text) is None
    return text if stands else json.dumps(text, ensure_ascii=bool(_UNSEEN.search(text)))


def _line(cells: Iterable[str]) -> bytes:
    quoted = ['"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell for cell in cells]
    return ",".join(quoted).encode() + b"\r\n"


# Reading


def _json(cell: str) -> list[Any] | None:
    """What a cell is as JSON, in a list; ``None`` where it is a text that stands for itself."""
    if cell[0] not in _JSON_BEGINS:
        return None
    try:
        return [read_json(cell)]
    except PlainError:
        return None


def rows_of_file(file: IO[bytes]) -> Generator[tuple[int, list[str]], None, None]:
    """The rows of a sheet, each with the number of its last line. Raises ``csv.Error``, ``UnicodeDecodeError``."""
    csv.field_size_limit(1 << 30)  # the library's own limit is less than an item may have
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    try:
        reader = csv.reader(text, strict=True)
        for row in reader:
            if row:
                yield reader.line_num, row
    finally:
        text.detach()  # the file is the caller's


def header_names(row: Sequence[str]) -> list[str | None]:
    """The attributes that the header names; ``None`` is the column of all others. Raises ``PlainError``."""
    names: list[str | None] = []
    for cell in row:
        found = _json(cell) if cell else None
        # A name that is written like a text of JSON is that text; "…" in quotes is an attribute of that name.
        plain = found[0] if found and cell[0] == '"' else cell
        names.append(None if cell == REST else str(plain))
    twice = next((REST if name is None else name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise PlainError(f"two columns are named {twice!r}")
    if "" in names:
        raise PlainError("a column has no name")
    return names


def item_of_row(names: Sequence[str | None], row: Sequence[str]) -> dict[str, Any]:
    """The item that a row stands for, in DynamoDB-JSON. Raises ``PlainError``."""
    if len(row) > len(names):
        raise PlainError(f"has {len(row)} cells, and there are {len(names)} columns")
    item: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, cell in zip(names, row, strict=False):
        if not cell:
            continue
        if name is None:
            found = read_json(cell)
            if not isinstance(found, dict):
                raise PlainError("holds further attributes, as a JSON object", REST)
            rest = {each: from_plain(plain, each) for each, plain in found.items()}
        else:
            plain = _json(cell)
            item[name] = {"S": cell} if plain is None else from_plain(plain[0], name)
    if twice := next((each for each in rest if each in item), None):
        raise PlainError("stands among the further attributes and in a column of its own", twice)
    return item | rest
