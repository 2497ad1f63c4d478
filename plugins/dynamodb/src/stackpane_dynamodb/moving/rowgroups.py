"""Writing Parquet, a row group at a time: what each column is has to be known before the first of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, Any

from stackpane_dynamodb.moving.columns import Column, Reader
from stackpane_dynamodb.moving.parquet import NOTE, library
from stackpane_dynamodb.moving.sheets import REST
from stackpane_dynamodb.values.numbers import normal

__all__ = ["write"]

_ROWS = 5000
"""Items of a row group at most,"""
_BYTES = 8 << 20
"""their bytes, at least one item's,"""
_CELLS = 200_000
"""and their cells: with the items before, what is in memory at a time."""
_PRECISION = 38
_INT64 = 18
"""Digits of which every number fits into an int64."""
_WHOLE = re.compile(rb"(?:-?[0-9]{1,18}\n)*")
_POINTED = re.compile(rb"(?:-?[0-9]+(?:\.[0-9]+)?\n)*")

Items = Callable[[], Iterator[bytes]]


class _Range:
    """How many digits a column's numbers have at most, before and behind the point; a sign may count as one."""

    def __init__(self) -> None:
        self.before = self.behind = 0
        self.plain = True

    def add(self, numbers: Sequence[bytes]) -> None:
        text = b"\n".join([*numbers, b""])
        if _WHOLE.fullmatch(text):
            self.before = max(self.before, *map(len, numbers))
        elif _POINTED.fullmatch(text) and max(map(len, numbers)) < _PRECISION:
            points = [number.find(b".") for number in numbers]
            sizes = list(zip(map(len, numbers), points, strict=True))
            self.before = max(self.before, *(size if point < 0 else point for size, point in sizes))
            self.behind = max(self.behind, *(0 if point < 0 else size - point - 1 for size, point in sizes))
        else:
            for number in numbers:
                self._add_one(number.decode())

    def _add_one(self, number: str) -> None:
        try:
            _sign, digits, exponent = normal(number).as_tuple()
        except ArithmeticError:
            exponent = "n"
        if not isinstance(exponent, int):  # no number at all, which only emulators give
            self.plain = False
            return
        self.before = max(self.before, len(digits) + exponent)
        self.behind = max(self.behind, -exponent)

    def form(self) -> str:
        if self.plain and not self.behind and self.before <= _INT64:
            return "int64"
        return "decimal" if self.plain and self.before + self.behind <= _PRECISION else "digits"


class _Survey:
    """What is known of the columns so far."""

    def __init__(self, pa: Any, keys: Sequence[str], wanted: Sequence[str], most: int) -> None:
        self.pa, self.wanted, self.most = pa, wanted, most
        self.reader = Reader(keys)
        self.kinds: dict[str, set[str]] = {}
        self.ranges: dict[str, _Range] = {}

    @property
    def names(self) -> list[str]:
        """The columns: those that are wanted, or else all, as far as there is room."""
        return list(self.wanted or islice(self.reader.names, self.most))

    def learn(self, columns: Mapping[str, Column]) -> None:
        """Look at some more items."""
        for name, column in columns.items():
            if column.values:
                kinds = column.kinds()
                self.kinds.setdefault(name, set()).update(kinds)
                if kinds == {"N"}:
                    self.ranges.setdefault(name, _Range()).add(column.digits())

    def forms(self) -> dict[str, str]:
        """What each column is; the last one may be that of what has none."""
        forms = {name: self._form(name) for name in self.names}
        if self.reader.names.keys() - forms.keys():
            # A Parquet file may not have two columns of one name, and an attribute may have any.
            forms[_free(REST, forms)] = "rest"
        return forms

    def _form(self, name: str) -> str:
        kinds = "".join(self.kinds.get(name, ()))
        return (
            self.ranges[name].form()
            if kinds == "N"
            else {"S": "text", "BOOL": "bool", "B": "binary"}.get(kinds, "json")
        )

    def schema(self) -> Any:
        """The schema, as far as it is known."""
        forms = self.forms()
        fields = [self.pa.field(name, self._type(name, form)) for name, form in forms.items()]
        return self.pa.schema(fields, metadata={NOTE: json.dumps({"columns": list(forms.values())}).encode()})

    def _type(self, name: str, form: str) -> Any:
        pa = self.pa
        if form == "decimal":
            seen = self.ranges[name]
            return pa.decimal128(max(1, seen.before + seen.behind), seen.behind)
        return {"int64": pa.int64(), "bool": pa.bool_(), "binary": pa.binary()}.get(form, pa.string())


def _free(name: str, taken: Mapping[str, Any]) -> str:
    while name in taken:
        name += REST
    return name


def write(items: Items, out: IO[bytes], keys: Sequence[str], wanted: Sequence[str], most: int) -> Iterator[int]:
    """Write the items; gives how many are done after each row group. ``most`` columns at most, unless they are wanted.

    The first group says what the columns are, and mostly that is it. Where later items have other names, other types or
    longer numbers, the rest of them is only looked at, and all are written anew.
    """
    survey = _Survey(library(), keys, wanted, most)
    fits = yield from _written(survey, items, out, None)
    if not fits:
        out.seek(0)
        out.truncate()
        yield from _written(survey, items, out, survey.schema())


def _written(survey: _Survey, items: Items, out: IO[bytes], schema: Any) -> Generator[int, None, bool]:
    """Write by a schema (``None``: that of the first group), and look as well at what does not fit; whether all did."""
    parquet, learns, done, fits = survey.pa.parquet, schema is None, 0, True
    writer: Any = None
    lines = items()
    try:
        while batch := list(_group(lines, len(survey.reader.names))):
            columns = survey.reader.read(batch)
            if learns:
                survey.learn(columns)
                found = survey.schema()
                schema = schema or found
                fits = fits and found.equals(schema, check_metadata=True)
            if fits:
                writer = writer or parquet.ParquetWriter(out, schema, compression="zstd")
                writer.write_table(_table(survey, columns, schema, len(batch)))
                done += len(batch)
            yield done if fits else 0
        if writer is None:
            writer = parquet.ParquetWriter(out, schema or survey.schema(), compression="zstd")
    finally:
        if writer is not None:
            writer.close()
    return fits


def _group(lines: Iterator[bytes], names: int) -> Iterator[bytes]:
    size = 0
    for line in islice(lines, max(1, min(_ROWS, _CELLS // max(1, names)))):
        yield line
        size += len(line)
        if size >= _BYTES:
            return


def _table(survey: _Survey, columns: Mapping[str, Column], schema: Any, count: int) -> Any:
    pa, forms = survey.pa, survey.forms()
    arrays = [
        _rest(pa, {each: column for each, column in columns.items() if each not in forms}, count)
        if form == "rest"
        else _array(pa, columns.get(name), form, field.type, count)
        for (name, form), field in zip(forms.items(), schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(pa: Any, column: Column | None, form: str, kind: Any, count: int) -> Any:
    """A column as Arrow has it; null where an item has no such attribute."""
    if column is None or not column.values:
        return pa.nulls(count, kind)
    made = _made(pa, column, form, kind)
    if column.rows is None:
        return made
    places: list[int | None] = [None] * count
    for place, row in enumerate(column.rows):
        places[row] = place
    return made.take(pa.array(places, pa.int32()))


def _made(pa: Any, column: Column, form: str, kind: Any) -> Any:
    if form in ("int64", "decimal"):
        digits = column.digits()
        text = b"\n".join([*digits, b""])
        if (_WHOLE if form == "int64" else _POINTED).fullmatch(text):
            return pa.array(digits, pa.string()).cast(kind)
        numbers = [Decimal(number.decode()) for number in digits]
        return pa.array(map(int, numbers) if form == "int64" else numbers, kind)
    values: dict[str, Callable[[], Sequence[Any]]] = {
        "text": column.strings,
        "digits": column.digits,
        "bool": column.booleans,
        "binary": column.binaries,
        "json": column.plain,
    }
    return pa.array(values[form](), kind)


def _rest(pa: Any, columns: Mapping[str, Column], count: int) -> Any:
    """What items have beside their columns, each as an object in the plain form."""
    members: list[list[bytes]] = [[] for _ in range(count)]
    for name, column in columns.items():
        rows = range(count) if column.rows is None else column.rows
        for row, text in zip(rows, column.plain(), strict=True):
            members[row].append(json.dumps(name).encode() + b":" + text)
    return pa.array([b"{" + b",".join(each) + b"}" if each else None for each in members], pa.string())
