"""What ``dynamodb diff`` does: two tables, or two items, attribute by attribute.

Tables are scanned into a database on the disk and compared there by key, so memory does not grow with them. Values are
the same where DynamoDB takes them for the same: ``1`` and ``1.0``, sets in any order.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from stackpane import Column, InvalidInput, Page, PageRequest, Row, Table
from stackpane.fanout import as_they_come
from stackpane_dynamodb.changes import changes
from stackpane_dynamodb.keys import key_of
from stackpane_dynamodb.moving.batches import key_mark
from stackpane_dynamodb.tables import describe, model_of
from stackpane_dynamodb.values.lines import raw_item
from stackpane_dynamodb.values.rows import row_value

if TYPE_CHECKING:
    from stackpane_dynamodb.finding import Find
    from stackpane_dynamodb.reading import Reading
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["TableDiff", "item_diff"]

_ROWS = 1000
_COLUMNS = (Column("Path"), Column("Left", "json"), Column("Right", "json"))


def item_diff(find: Find, left: Sequence[str], right: Sequence[str]) -> Table:
    """What two items of one table differ in."""
    from stackpane_dynamodb.items import read_item

    model = model_of(describe(find.session, find.table))

    def read(words: Sequence[str]) -> Item:
        item = read_item(find.session, model, key_of(model, words), consistent=find.consistent)
        if item is None:
            raise InvalidInput(f"{find.table} has no item {' '.join(words)}")
        return item

    rows = [(str(each.path), _cell(each.old), _cell(each.new)) for each in changes(read(left), read(right))]
    return Table.of(_COLUMNS, rows, title=f"{find.table}: {' '.join(left)} and {' '.join(right)}")


@dataclass(frozen=True)
class TableDiff:
    """What two tables with the same keys differ in; ``filter`` and the like hold for both."""

    left: Find
    right: Find

    def view(self) -> Table:
        """The differences, in the order of the keys."""
        models = [model_of(describe(find.session, find.table)) for find in (self.left, self.right)]
        if models[0].keys != models[1].keys:
            names = [" ".join(f"{name} ({kind})" for name, kind in model.keys) for model in models]
            raise InvalidInput(f"the tables have other keys: {names[0]}, and {names[1]}")
        keys = [Column(name, "number" if kind == "N" else "text") for name, kind in models[0].keys]
        return Table(
            (*keys, *_COLUMNS),
            partial(self._pages, models),
            title=f"{self.left.table} and {self.right.table}",
        )

    def _pages(self, models: Sequence[Model], request: PageRequest) -> Iterator[Page]:
        with (
            tempfile.TemporaryDirectory(prefix="stackpane-") as folder,
            closing(sqlite3.connect(Path(folder) / "items.db", check_same_thread=False)) as database,
        ):
            # Only this process reads it, and what is left of it after a crash is of no use.
            database.execute("pragma journal_mode=off")
            database.execute("pragma synchronous=off")
            for side, (find, model) in enumerate(zip((self.left, self.right), models, strict=True)):
                _store(database, side, find, model)
            yield from self._compared(database, models[0], request.cursor or "")

    def _compared(self, database: sqlite3.Connection, model: Model, behind: str) -> Iterator[Page]:
        """The differences of the items behind a key; a page goes on behind the key of its last item."""
        rows: list[Row] = []
        for key, left, right in database.execute(_JOINED, {"behind": behind}):
            if len(rows) >= _ROWS:
                yield Page(rows, behind)
                rows = []
            rows += _rows(_decoded(left), _decoded(right), model.table.keys)
            behind = key
        yield Page(rows)


_JOINED = """
select one.key, one.item, other.item from items0 one left join items1 other on one.key = other.key
where one.key > :behind and (other.item is null or one.item <> other.item)
union all
select other.key, null, other.item from items1 other
where other.key > :behind and not exists (select 1 from items0 one where one.key = other.key)
order by 1
"""


def _store(database: sqlite3.Connection, side: int, find: Find, model: Model) -> None:
    """Read a table into one of the database."""
    database.execute(f"create table items{side} (key text primary key, item blob) without rowid")
    reading = find.reading(model, find.everything(model))
    tasks = [partial(_read, reading, number) for number in range(find.segments)]
    try:
        with closing(as_they_come(tasks, find.segments)) as pages:
            for page in pages:
                rows = [(_key(item, model), item) for item in page]
                database.executemany(f"insert or replace into items{side} values (?, ?)", rows)  # noqa: S608 - 0 or 1
    finally:
        reading.meter.tell(find.session)
    database.commit()


def _read(reading: Reading, number: int) -> Iterator[list[bytes]]:
    for page in reading.segment(number):
        yield [raw_item(item) for item in reading.meant(page.items)]


def _key(item: bytes, model: Model) -> str:
    mark = key_mark(_decoded(item), model.table.keys)
    return "\0".join(str(held.normalize() if kind == "N" else held) for kind, held in mark)


def _decoded(item: bytes | None) -> Item:
    found: Item = {} if item is None else msgspec.json.decode(item)
    return found


def _rows(left: Item, right: Item, keys: Sequence[str]) -> Iterator[Row]:
    """A row per difference; for an item that only one side has, one for all of it."""
    key = tuple(row_value((left or right)[name]) for name in keys)
    if not left or not right:
        yield (*key, "", _whole(left, keys), _whole(right, keys))
        return
    for each in changes(left, right):
        yield (*key, str(each.path), _cell(each.old), _cell(each.new))


def _whole(item: Item, keys: Sequence[str]) -> Any:
    return {name: row_value(value) for name, value in item.items() if name not in keys} if item else None


def _cell(value: Value | None) -> Any:
    return None if value is None else row_value(value)
