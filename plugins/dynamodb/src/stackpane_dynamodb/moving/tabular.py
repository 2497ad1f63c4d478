"""Files with columns: what was read stands in a spool first, so that all attributes are known before the first line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING

from stackpane_dynamodb.moving.packing import packer
from stackpane_dynamodb.values.lines import ITEM

if TYPE_CHECKING:
    from stackpane_dynamodb.moving.forms import Form

__all__ = ["MOST_COLUMNS", "convert"]

MOST_COLUMNS = 1000
"""Columns of a file, unless they are named: what a sheet can show, and what a table of any shape leads to at most."""
_STEP = 1000
"""Items between two signs of life."""


@dataclass(slots=True)
class Survey:
    """The attributes of a spool, in the order they were met, keys first, and the types each of them has."""

    kinds: dict[str, set[str]]

    def columns(self, wanted: Sequence[str]) -> list[str]:
        """The columns: those that are wanted, or else all, as far as there is room."""
        return list(wanted) if wanted else list(self.kinds)[:MOST_COLUMNS]


def convert(spool: IO[bytes], out: IO[bytes], form: Form, keys: Sequence[str], wanted: Sequence[str]) -> Iterator[int]:
    """Write ``out`` from a spool of items in DynamoDB-JSON, one a line; gives the items done, again and again."""
    survey = Survey({key: set() for key in keys})
    for count, item in enumerate(_items(spool), 1):
        for name, value in ITEM.decode(item).items():
            kinds = survey.kinds.get(name)
            if kinds is None:
                kinds = survey.kinds[name] = set()
            kinds.update(value)
        if count % _STEP == 0:
            yield 0
    columns = survey.columns(wanted)
    items = partial(_items, spool)
    yield from (_sheet if form.kind == "csv" else _parquet)(items, out, form, columns, survey)


def _items(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    return iter(spool)


def _sheet(
    items: Callable[[], Iterator[bytes]], out: IO[bytes], form: Form, columns: list[str], survey: Survey
) -> Iterator[int]:
    from stackpane_dynamodb.moving.sheets import written

    pack = packer(form.packing)
    rest = bool(survey.kinds.keys() - set(columns))
    lines, done = written(items(), columns, rest=rest), -1  # the header is no item
    while batch := list(islice(lines, _STEP)):
        out.write(pack.pack(b"".join(batch)))
        done += len(batch)
        yield done
    out.write(pack.end())


def _parquet(
    items: Callable[[], Iterator[bytes]], out: IO[bytes], _form: Form, columns: list[str], survey: Survey
) -> Iterator[int]:
    from stackpane_dynamodb.moving.parquet import write

    yield from write(items, out, columns, survey.kinds)
