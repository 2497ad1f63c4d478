"""Files with columns: what was read stands in a spool first, so that all attributes are known before the first line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING

from stackpane_dynamodb.moving.packing import packer
from stackpane_dynamodb.values.lines import MEMBERS

if TYPE_CHECKING:
    from stackpane_dynamodb.moving.forms import Form

__all__ = ["MOST_COLUMNS", "convert"]

MOST_COLUMNS = 1000
"""Columns of a file, unless they are named: what a sheet can show, and what a table of any shape leads to at most."""
_STEP = 1000
"""Items between two signs of life."""


def convert(spool: IO[bytes], out: IO[bytes], form: Form, keys: Sequence[str], wanted: Sequence[str]) -> Iterator[int]:
    """Write ``out`` from a spool of items in DynamoDB-JSON, one a line; gives the items done, again and again."""
    items = partial(_items, spool)
    if form.kind == "csv":
        return _sheet(items, out, form, keys, wanted)
    from stackpane_dynamodb.moving.rowgroups import write

    return write(items, out, keys, wanted, MOST_COLUMNS)


def _items(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    return iter(spool)


def _sheet(
    items: Callable[[], Iterator[bytes]], out: IO[bytes], form: Form, keys: Sequence[str], wanted: Sequence[str]
) -> Iterator[int]:
    from stackpane_dynamodb.moving.sheets import written

    names = dict.fromkeys(keys)
    for count, item in enumerate(items(), 1):
        names |= dict.fromkeys(MEMBERS.decode(item))
        if count % _STEP == 0:
            yield 0
    columns = list(wanted or islice(names, MOST_COLUMNS))
    pack = packer(form.packing)
    lines, done = written(items(), columns, rest=bool(names.keys() - set(columns))), -1  # the header is no item
    while batch := list(islice(lines, _STEP)):
        out.write(pack.pack(b"".join(batch)))
        done += len(batch)
        yield done
    out.write(pack.end())
