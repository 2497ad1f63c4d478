"""What ``logs export`` does: reads a range in slices of time at once, and writes a file that is whole or not there.

Events stand in the file in the order of their times, each as a line of JSON with the members and numbers that AWS gives
it (times are milliseconds since 1970). Memory does not grow with their number.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from stackpane import Document, Job, Link, Outcome, Progress, StackpaneError
from stackpane.fanout import in_order
from stackpane.patience import TICK
from stackpane.text import human_count, human_size
from stackpane.unfinished import ExistsError, Unfinished
from stackpane_logs.reading import Reader, Source
from stackpane_logs.slices import Part, Position, read
from stackpane_logs.times import iso

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_logs.lean import Event

__all__ = ["Export", "Format"]

_PIECE = 1 << 20
"""Bytes that are packed together, at least, and behind which a checkpoint stands."""
_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Format:
    """The form of a file: ``jsonl`` (an event a line) or ``text`` (the messages alone), packed by gzip or not."""

    kind: str
    packed: bool = False

    @classmethod
    def of(cls, name: str) -> Format:
        """What a file's name says: ``.txt`` and ``.log`` are messages, all others JSON lines; ``.gz`` is packed."""
        stem, dot, suffix = name.lower().rpartition(".")
        packed = bool(dot) and suffix == "gz"
        return cls("text" if (stem if packed else name.lower()).endswith((".txt", ".log")) else "jsonl", packed)

    def encode(self, events: list[Event]) -> bytes:
        """The lines of events."""
        if self.kind == "jsonl":
            try:
                return _ENCODER.encode_lines(events)
            except UnicodeEncodeError:  # halves of characters, which only escapes can say
                return b"".join(map(_escaped, events))
        return b"".join((event.message or "").encode("utf-8", "surrogatepass") + b"\n" for event in events)


def _escaped(event: Event) -> bytes:
    import json

    members = {name: getattr(event, name) for name in event.__struct_fields__}
    return json.dumps({name: value for name, value in members.items() if value is not None}).encode() + b"\n"


@dataclass(frozen=True)
class Export:
    """One run of the command. ``since`` and ``until`` are those that were given; without, all there is until now."""

    session: Session
    group: str
    file: str
    since: datetime | None = None
    until: datetime | None = None
    stream: str | None = None
    pattern: str | None = None
    overwrite: bool = False
    restart: bool = False

    @cached_property
    def source(self) -> Source:
        """Which events."""
        end = self.until or datetime.now(UTC)
        start = round(self.since.timestamp() * 1000) if self.since else 0
        return Source(self.group, start, round(end.timestamp() * 1000), self.stream, self.pattern)

    @cached_property
    def format(self) -> Format:
        """The form of the file."""
        return Format.of(self.file)

    @property
    def again(self) -> Link:
        """The command that goes on."""
        return Link.to(
            "logs export",
            self.group,
            self.file,
            since=iso(self.source.start) if self.since else None,
            until=iso(self.source.end) if self.until else None,
            stream=self.stream,
            filter=self.pattern,
            overwrite=self.overwrite,
            label="Go on",
        )

    def job(self) -> Job:
        """The export into a file."""
        if not self.overwrite and self._path.exists():
            raise ExistsError(f"{self.file} exists already", "Replace it with --overwrite.")
        return Job(f"Exporting {self.group} to {self.file}", self._run, self.again)

    def document(self) -> Document:
        """The export to standard output."""
        return Document(self._streamed(), "application/jsonl", name=f"{self.group.rpartition('/')[2]}.jsonl")

    def _streamed(self) -> Iterator[bytes]:
        for part in read(Reader(self.session, patient=True), self.source):
            if part.events:
                yield self.format.encode(part.events)

    @property
    def _path(self) -> Path:
        return Path(self.file).expanduser()

    @property
    def _header(self) -> dict[str, Any]:
        """What the unfinished file is of. Without ``--until`` the end is that of the first run, which is kept there."""
        return {
            "version": 1,
            "group": self.group,
            "region": self.session.region,
            "connection": self.session.connection.name,
            "stream": self.stream,
            "filter": self.pattern,
            "since": self.source.start,
            "until": self.source.end if self.until else None,
            "form": [self.format.kind, self.format.packed],
        }

    def _run(self) -> Generator[Progress, None, Outcome]:
        unfinished = Unfinished(self._path, self._header)
        try:
            if self.restart:
                unfinished.restart()
            events = yield from self._read(unfinished)
            yield from self._check(unfinished, events)
            unfinished.publish(overwrite=self.overwrite)
        finally:
            unfinished.close()
        size = self._path.stat().st_size
        return Outcome(
            f"Exported {human_count(events, 'event')} of {self.group} to {self.file} ({human_size(size)}).",
            done=events,
            result={"Path": self.file, "Events": events, "Bytes": size},
        )

    def _read(self, unfinished: Unfinished) -> Generator[Progress, None, int]:
        """Write all events, and keep after each piece how far it is; gives their number."""
        state = unfinished.resume() or {}
        events = state.get("events", 0)
        if events:
            self.session.note(f"Going on behind {human_count(events, 'event')} that are here already.")
        position = Position.of(state["position"]) if state.get("position") else None
        if state.get("ended"):
            return int(events)
        yield Progress(events, None, "events")
        pending: list[bytes] = []
        with closing(self._parts(position)) as parts:
            for part in parts:
                if part is None:
                    yield Progress(events, None, "events")
                    continue
                pending.append(self.format.encode(part.events))
                events += len(part.events)
                if part.next is None or sum(map(len, pending)) >= _PIECE:
                    self._write(unfinished, b"".join(pending))
                    pending.clear()
                    at = None if part.next is None else part.next.cursor
                    unfinished.keep({"position": at, "events": events, "ended": at is None})
                yield Progress(events, None, "events", current=self._reached(part))
        # The last part need not be the one that says so: a slice that was cut off may have had nothing behind it.
        self._write(unfinished, b"".join(pending))
        unfinished.keep({"position": None, "events": events, "ended": True})
        return int(events)

    def _parts(self, position: Position | None) -> Generator[Part | None, None, None]:
        task = partial(read, Reader(self.session, patient=True), self.source, position)
        return in_order([task], 1, ahead=2, tick=TICK)

    def _write(self, unfinished: Unfinished, data: bytes) -> None:
        if data:
            # Members of gzip behind one another are one file: https://www.rfc-editor.org/rfc/rfc1952#section-2.2
            unfinished.write(gzip.compress(data, 6, mtime=0) if self.format.packed else data)

    def _reached(self, part: Part) -> str:
        newest = part.events[-1].timestamp if part.events else None
        return iso(newest) or ""

    def _check(self, unfinished: Unfinished, events: int) -> Generator[Progress, None, None]:
        """Count what is in the file once more. Raises ``StackpaneError`` where it is not what was read."""
        if self.format.kind != "jsonl":  # messages have line breaks of their own
            return
        opened: Callable[..., Any] = gzip.open if self.format.packed else open
        lines = 0
        with opened(unfinished.part, "rb") as file:
            while piece := file.read(_PIECE):
                lines += piece.count(b"\n")
                yield Progress(lines, events, "events", current="counting once more")
        if lines != events:
            raise StackpaneError(
                f"{events:,} events were read, and the file has {lines:,}", "Begin anew with --restart."
            )
