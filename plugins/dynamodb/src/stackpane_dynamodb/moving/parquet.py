"""Parquet without loss: a column per attribute, of its own type where all items agree, of plain JSON text otherwise.

===========================  =====================================================================================
DynamoDB's type              column
===========================  =====================================================================================
string                       string
number                       int64 where all fit, else decimal128, else the digits as a string
boolean                      bool
binary                       binary
several types, and the rest  string: the plain form, as JSON (a JSON ``null`` is DynamoDB's null)
===========================  =====================================================================================

What each column is stands in the file's metadata under ``stackpane.dynamodb``, so that an import gives the same items.
A null is an attribute that the item does not have.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, Any

import msgspec

from stackpane import InvalidInput
from stackpane_dynamodb.moving.sheets import REST
from stackpane_dynamodb.values.lines import ITEM, plain_value
from stackpane_dynamodb.values.numbers import normal
from stackpane_dynamodb.values.plain import from_plain, read_json

__all__ = ["read", "write"]

_KEY = b"stackpane.dynamodb"
_ROWS = 10_000
"""Items of a row group at most,"""
_BYTES = 32 << 20
"""and their bytes: what is in memory at a time."""
_PRECISION = 38
_INT64 = 18
"""Digits of which every number fits into an int64."""
_WHOLE = re.compile(rb'"-?[0-9]{1,18}"')
_TEXT = msgspec.json.Decoder(str)
_BOOL = msgspec.json.Decoder(bool)

Items = Callable[[], Iterator[bytes]]


def library() -> Any:
    """``pyarrow``. Raises ``InvalidInput`` where it is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        raise InvalidInput(
            "Parquet needs a library that is not installed",
            "Install it: pip install 'stackpane-dynamodb[parquet]'",
        ) from None
    return pa


class _Range:
    """How many digits a column's numbers have at most, before and behind the point."""

    def __init__(self) -> None:
        self.before = self.behind = 0
        self.plain = True

    def add(self, held: msgspec.Raw) -> None:
        text = bytes(held)
        if _WHOLE.fullmatch(text):
            self.before = max(self.before, len(text) - 2)
            return
        try:
            _sign, digits, exponent = normal(_TEXT.decode(held)).as_tuple()
        except ArithmeticError:
            exponent = "n"
        if not isinstance(exponent, int):  # no number at all, which only emulators give
            self.plain = False
            return
        self.before = max(self.before, len(digits) + exponent)
        self.behind = max(self.behind, -exponent)

    def kind(self) -> str:
        if self.plain and not self.behind and self.before <= _INT64:
            return "int64"
        return "decimal" if self.plain and self.before + self.behind <= _PRECISION else "digits"


# Writing


def write(items: Items, out: IO[bytes], columns: Sequence[str], kinds: Mapping[str, set[str]]) -> Iterator[int]:
    """Write the items, by row groups; gives how many are done after each."""
    pa = library()
    forms: dict[str, Any] = {name: _form(kinds.get(name, set())) for name in columns}
    ranges = {name: _Range() for name, form in forms.items() if form == "number"}
    if ranges:
        for count, item in enumerate(items(), 1):
            members = ITEM.decode(item)
            for name, seen in ranges.items():
                if name in members:
                    seen.add(members[name]["N"])
            if count % _ROWS == 0:
                yield 0
    forms |= {name: seen.kind() for name, seen in ranges.items()}
    has_rest = bool(kinds.keys() - set(columns))
    schema = _schema(pa, forms, ranges, rest=has_rest)
    takers = [(name, *_taker(forms[name])) for name in columns]
    done = 0
    with pa.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        lines = items()
        while batch := list(_group(lines)):
            arrays = _columns(batch, takers, rest=has_rest)
            made = [pa.array(values, type=field.type) for values, field in zip(arrays, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(made, schema=schema))
            done += len(batch)
            yield done


def _form(kinds: set[str]) -> str:
    return {"S": "text", "N": "number", "BOOL": "bool", "B": "binary"}.get("".join(kinds), "json")


def _schema(pa: Any, forms: Mapping[str, str], ranges: Mapping[str, _Range], *, rest: bool) -> Any:
    types = {"int64": pa.int64(), "bool": pa.bool_(), "binary": pa.binary()}

    def type_of(name: str) -> Any:
        if forms[name] == "decimal":
            seen = ranges[name]
            return pa.decimal128(max(1, seen.before + seen.behind), seen.behind)
        return types.get(forms[name], pa.string())

    fields = [pa.field(name, type_of(name)) for name in forms]
    # A Parquet file may not have two columns of one name, and an attribute may have any.
    fields += [pa.field(_rest_name(forms), pa.string())] if rest else []
    note = {"columns": list(forms.values()) + (["rest"] if rest else [])}
    return pa.schema(fields, metadata={_KEY: json.dumps(note).encode()})


def _rest_name(names: Mapping[str, Any]) -> str:
    name = REST
    while name in names:
        name += REST
    return name


def _group(lines: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for line in islice(lines, _ROWS):
        yield line
        size += len(line)
        if size >= _BYTES:
            return


def _columns(batch: Sequence[bytes], takers: Sequence[tuple[str, str | None, Any]], *, rest: bool) -> list[list[Any]]:
    found = [ITEM.decode(line) for line in batch]
    arrays: list[list[Any]] = []
    for name, kind, take in takers:
        if kind is None:
            arrays.append([take(value) if (value := item.pop(name, None)) is not None else None for item in found])
        else:
            arrays.append(
                [take(value[kind]) if (value := item.pop(name, None)) is not None else None for item in found]
            )
    if rest:
        arrays.append([_rest(item) if item else None for item in found])
    return arrays


def _rest(members: Mapping[str, Any]) -> str:
    return "{" + ",".join(f"{json.dumps(name)}:{plain_value(each).decode()}" for name, each in members.items()) + "}"


def _plain(value: Any) -> str:
    return plain_value(value).decode()


def _taker(form: str) -> tuple[str | None, Callable[[Any], Any]]:
    """The type of values that a column has (``None``: any), and what makes a cell of one."""
    return {
        "text": ("S", _TEXT.decode),
        "int64": ("N", lambda held: int(Decimal(_TEXT.decode(held)))),
        "decimal": ("N", lambda held: Decimal(_TEXT.decode(held))),
        "digits": ("N", _TEXT.decode),
        "bool": ("BOOL", _BOOL.decode),
        "binary": ("B", lambda held: base64.b64decode(_TEXT.decode(held))),
        "json": (None, _plain),
    }[form]


# Reading


def read(path: str) -> Iterator[dict[str, Any]]:
    """The items of a Parquet file in DynamoDB-JSON; any file's, with the types its columns suggest."""
    pa = library()
    with pa.parquet.ParquetFile(path) as file:
        note = json.loads((file.schema_arrow.metadata or {}).get(_KEY, b"{}"))
        forms = note.get("columns") or [_guess(pa, field.type) for field in file.schema_arrow]
        names = file.schema_arrow.names
        for batch in file.iter_batches(batch_size=1000):
            arrays = [column.to_pylist() for column in batch.columns]
            for row in zip(*arrays, strict=True):
                yield _item(names, forms, row)


def _guess(pa: Any, kind: Any) -> str:
    """The form of a column that somebody else has made."""
    types = pa.types
    for form, tests in {
        "int64": (types.is_integer,),
        "decimal": (types.is_decimal, types.is_floating),
        "bool": (types.is_boolean,),
        "binary": (types.is_binary, types.is_large_binary, types.is_fixed_size_binary),
        "text": (types.is_string, types.is_large_string),
    }.items():
        if any(test(kind) for test in tests):
            return form
    return "other"


def _item(names: Sequence[str], forms: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    item: dict[str, Any] = {}
    for name, form, value in zip(names, forms, row, strict=True):
        if value is None:
            continue
        if form == "rest":
            item.update({each: from_plain(plain, each) for each, plain in read_json(value).items()})
        else:
            item[name] = _value(form, value, name)
    return item


def _value(form: str, value: Any, name: str) -> dict[str, Any]:
    match form:
        case "text":
            return {"S": value}
        case "int64" | "digits":
            return {"N": str(value)}
        case "decimal":
            return {"N": _digits(Decimal(repr(value)) if isinstance(value, float) else value)}
        case "bool":
            return {"BOOL": value}
        case "binary":
            return {"B": base64.b64encode(value).decode()}
        case "json":
            return from_plain(read_json(value), name)
        case _:  # times, lists, structs of somebody else's file
            return from_plain(read_json(json.dumps(value, default=str)), name)


def _digits(value: Decimal) -> str:
    """A number without the zeros that its column gave it."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
