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
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from stackpane import InvalidInput
from stackpane_dynamodb.values.plain import from_plain, read_json

__all__ = ["NOTE", "library", "read"]

NOTE = b"stackpane.dynamodb"
"""Where the file's metadata say what each column is."""


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


def read(path: str) -> Iterator[dict[str, Any]]:
    """The items of a Parquet file in DynamoDB-JSON; any file's, with the types its columns suggest."""
    pa = library()
    with pa.parquet.ParquetFile(path) as file:
        note = json.loads((file.schema_arrow.metadata or {}).get(NOTE, b"{}"))
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
