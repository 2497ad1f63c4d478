"""What ``dynamodb export`` does: reads a table in parts at once, and writes a file that is whole or not there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from stackpane import Document, Field, Job, Link, Outcome, Progress, Record, Section
from stackpane.fanout import as_they_come
from stackpane.patience import TICK
from stackpane.text import human_count, human_size
from stackpane.unfinished import ExistsError, Unfinished, local
from stackpane_dynamodb.moving.packing import Packer, packer
from stackpane_dynamodb.moving.tabular import convert
from stackpane_dynamodb.places import scan_link
from stackpane_dynamodb.tables import describe, model_of, table_id
from stackpane_dynamodb.values.lines import plain_lines, raw_items, raw_lines, typed_lines

if TYPE_CHECKING:
    from stackpane_dynamodb.expressions.plan import Access
    from stackpane_dynamodb.finding import Find
    from stackpane_dynamodb.moving.forms import Form
    from stackpane_dynamodb.reading import Reading
    from stackpane_dynamodb.tables import Model

__all__ = ["Export", "Part", "parts_of"]

_WORKERS = 64
_PIECE = 1 << 20
"""Bytes that are packed together, at least: less of them pack badly."""
Lines = Callable[[Sequence[bytes]], bytes]
"""Makes the lines of a file of items in DynamoDB-JSON."""
_LINES: dict[str, Lines] = {"jsonl": plain_lines, "dynamodb": typed_lines}
_MEDIA = {
    "jsonl": "application/jsonl",
    "dynamodb": "application/jsonl",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What one request brought: of which segment, its items as the file has them, and where the segment goes on."""

    segment: int
    data: bytes
    items: int
    next: Mapping[str, Any] | None


def parts_of(reading: Reading, number: int, start: Mapping[str, Any] | None, lines: Lines) -> Any:
    """The parts of one segment from ``start`` on."""
    for each in reading.segment(number, start):
        items = reading.meant(each.items)
        yield Part(number, lines(raw_items(items)), len(items), each.next)


@dataclass(frozen=True)
class Export:
    """One run of the command, with its options. ``columns`` are those of a file that has columns; none: all."""

    find: Find
    file: str
    form: Form
    columns: tuple[str, ...] = ()
    overwrite: bool = False
    restart: bool = False

    # Views

    def job(self) -> Job:
        """The export into a file. The table is looked at now, so that it is known whether it is there."""
        self._check()
        return Job(f"Exporting {self._what} to {self.file}", self._run, self.again)

    def document(self) -> Document:
        """The export to standard output."""
        self._check()
        body = self._spooled() if self._is_tabular else self._streamed()
        return Document(body, _MEDIA[self.form.kind], name=f"{self.find.table}.{self.form.kind}")

    def preview(self) -> Record:
        """What would be read, and what it may cost."""
        self._check()
        estimate = self._access.estimate()
        facts = (
            Field("File", self.file),
            Field("Format", self.form.kind),
            Field("CountedItems", self._access.index.items, "number"),
            Field("CountedBytes", self._access.index.size, "size"),
            Field("Pages", estimate.pages, "number"),
            Field("ReadUnits", f"about {estimate.units:,.1f}"),
        )
        return Record(f"{self._what} would be exported", (Section("", facts),), links=(scan_link(self.find.table),))

    # What there is to know first

    @cached_property
    def _description(self) -> Mapping[str, Any]:
        return describe(self.find.session, self.find.table)

    @cached_property
    def _model(self) -> Model:
        return model_of(self._description)

    @cached_property
    def _access(self) -> Access:
        return self.find.everything(self._model)

    @property
    def _what(self) -> str:
        return self.find.table if self.find.index is None else f"{self.find.table} by {self.find.index}"

    @property
    def _is_tabular(self) -> bool:
        return self.form.kind not in _LINES

    @property
    def _lines(self) -> Lines:
        return _LINES.get(self.form.kind, raw_lines)

    @property
    def _path(self) -> Path:
        return Path(self.file).expanduser()

    def _check(self) -> None:
        """Refuse what cannot end well before anything is read."""
        if self.form.kind == "parquet":
            from stackpane_dynamodb.moving.parquet import library

            library()
        packer(self.form.packing)
        if self.file != "-" and not self.overwrite and self._path.exists():
            raise ExistsError(f"{self.file} exists already", "Replace it with --overwrite.")
        _ = self._access

    @property
    def again(self) -> Link:
        """The command that goes on."""
        find = self.find
        return Link.to(
            "dynamodb export",
            find.table,
            self.file,
            format=self.form.kind,
            index=find.index,
            filter=find.text or None,
            project=find.project,
            consistent=find.consistent,
            segments=find.segments if find.segments > 1 else None,
            columns=",".join(self.columns) or None,
            overwrite=self.overwrite,
            label="Go on",
        )

    @property
    def _header(self) -> dict[str, Any]:
        """What the unfinished file is of: a table that was made anew in between is another one."""
        find = self.find
        return {
            "version": 2,
            "table": self._model.arn or find.table,
            "id": table_id(self._description),
            "connection": find.session.connection.name,
            "index": find.index,
            "filter": find.text,
            "project": find.project,
            "consistent": find.consistent,
            "segments": find.segments,
            "form": [self.form.kind, self.form.packing],
        }

    # Reading

    @cached_property
    def _reading(self) -> Reading:
        return self.find.reading(self._model, self._access)

    def _count_times_from(self, now: str) -> None:
        """Times ago in the filter are those of when it began, so that the rest is the rest of the same items."""
        find = replace(self.find, now=datetime.fromisoformat(now))
        self.__dict__["_reading"] = find.reading(self._model, find.everything(self._model))

    def _parts(self, places: list[Any]) -> Generator[Part | None, None, None]:
        """The parts of all segments as they come, from their places on; a place of ``False`` is an end."""
        tasks = [
            partial(parts_of, self._reading, number, place, self._lines)
            for number, place in enumerate(places)
            if place is not False
        ]
        workers = max(1, min(len(tasks), _WORKERS))
        try:
            with closing(as_they_come(tasks, workers, ahead=workers, tick=TICK)) as arriving:
                yield from arriving
        finally:
            self._reading.meter.tell(self.find.session)

    def _progress(self, items: int) -> Progress:
        total = None if self.find.text else self._access.index.items
        return Progress(items, max(total, items) if total else None, "items")

    # Into a file

    def _run(self) -> Generator[Progress, None, Outcome]:
        unfinished = Unfinished(self._path, self._header)
        try:
            if self.restart:
                unfinished.restart()
            items = yield from self._read(unfinished)
            if self._is_tabular:
                yield from self._convert(unfinished, items)
            else:
                unfinished.publish(overwrite=self.overwrite)
        finally:
            unfinished.close()
        size = self._path.stat().st_size
        return Outcome(
            f"Exported {human_count(items, 'item')} of {self._what} to {self.file} ({human_size(size)}).",
            done=items,
            result={"Path": self.file, "Items": items, "Bytes": size, "ReadUnits": self._reading.meter.units},
        )

    def _read(self, unfinished: Unfinished) -> Generator[Progress, None, int]:
        """Write all items, and keep after each part how far it is; gives their number."""
        now = self.find.now.isoformat()
        state = unfinished.resume() or {"places": [None] * self.find.segments, "items": 0, "now": now}
        places, items, now = state["places"], state["items"], state["now"]
        self._count_times_from(now)
        if items:
            self.find.session.note(f"Going on behind {human_count(items, 'item')} that are here already.")
        pack = Packer() if self._is_tabular else packer(self.form.packing)
        yield self._progress(items)
        for part in self._parts(places):
            if part is not None:
                unfinished.write(pack.pack(part.data))
                places[part.segment] = False if part.next is None else part.next
                items += part.items
                if not pack.pending or pack.pending >= _PIECE:
                    unfinished.write(pack.end())
                    unfinished.keep({"places": places, "items": items, "now": now})
            yield self._progress(items)
        unfinished.write(pack.end())
        unfinished.keep({"places": places, "items": items, "now": now})
        return int(items)

    def _convert(self, unfinished: Unfinished, items: int) -> Generator[Progress, None, None]:
        """Make the file of what was read, and give it its name."""
        whole = unfinished.part.with_name(f"{unfinished.part.name}.whole")
        try:
            with unfinished.part.open("rb") as spool, whole.open("wb") as out:
                for done in self._converted(spool, out):
                    yield Progress(done, items, "items", current=f"writing {self.form.kind}")
            unfinished.publish(whole, overwrite=self.overwrite)
        except OSError as error:
            raise local(error) from error
        finally:
            whole.unlink(missing_ok=True)

    def _converted(self, spool: IO[bytes], out: IO[bytes]) -> Iterator[int]:
        return convert(spool, out, self.form, self._access.index.keys, self.columns)

    # To standard output

    def _streamed(self) -> Iterator[bytes]:
        pack = packer(self.form.packing)
        for part in self._parts([None] * self.find.segments):
            if part is not None and part.data:
                yield pack.pack(part.data)
        yield pack.end()

    def _spooled(self) -> Iterator[bytes]:
        with tempfile.TemporaryFile() as spool, tempfile.TemporaryFile() as out:
            for part in self._parts([None] * self.find.segments):
                if part is not None:
                    spool.write(part.data)
            _exhaust(self._converted(spool, out))
            out.seek(0)
            while piece := out.read(shutil.COPY_BUFSIZE):  # type: ignore[attr-defined]
                yield piece


def _exhaust(steps: Iterable[int]) -> None:
    for _ in steps:
        pass
