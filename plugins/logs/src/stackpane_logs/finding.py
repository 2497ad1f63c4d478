"""What ``logs events`` finds: reading, matching and the lines around, as pages of a table or as exact bytes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from stackpane import Document, InvalidInput, Page, PageRequest
from stackpane_logs.around import Neighbours
from stackpane_logs.grep import NOTHING, Around, Context, Line, Test
from stackpane_logs.reading import Reader, Source
from stackpane_logs.slices import Position, read

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_logs.eventview import Form
    from stackpane_logs.lean import Event

__all__ = ["Find"]

_SKIP = "skip:"
"""The cursor of groups of lines: they cannot be taken up within, so they are found again and passed over."""


@dataclass(frozen=True)
class Find:
    """Events of a source that pass a ``test`` (``None``: all), with the lines ``around`` them, in a form."""

    session: Session
    source: Source
    form: Form
    test: Test | None = None
    around: Around = NOTHING
    last: int | None = None
    hint: str = ""
    """What to do where there is nothing at all."""

    @cached_property
    def reader(self) -> Reader:
        """What reads the events."""
        return Reader(self.session)

    def pages(self, request: PageRequest) -> Iterator[Page]:
        """The pages of the table."""
        if self.last is not None:
            yield Page(self._last_rows(request))
        elif self.around:
            yield from self._group_pages(request)
        else:
            yield from self._event_pages(request)

    def document(self) -> Document:
        """The messages themselves, byte for byte, each with a line break behind it."""
        return Document(self._messages(), "text/plain; charset=utf-8", name=self.source.group.rpartition("/")[2])

    def _messages(self) -> Iterator[bytes]:
        if self.last is not None:
            groups: Any = [self._newest(self.last)]
        elif self.around:
            groups = ([line.event for line in group] for group in self._groups())
        else:
            groups = (self._passing(part.events) for part in read(self.reader, self.source))
        for events in groups:
            # AWS's JSON may hold halves of a character; in bytes there is no way to say that but this one.
            texts = [(event.message or "").encode("utf-8", "surrogatepass") for event in events]
            if texts:
                yield b"\n".join([*texts, b""])

    # Events

    def _passing(self, events: list[Event]) -> list[Event]:
        return events if self.test is None else list(filter(self.test, events))

    def _event_pages(self, request: PageRequest) -> Iterator[Page]:
        position = Position.of(request.cursor) if request.cursor else None
        # What is tested here is not known to be enough beforehand.
        size = None if self.test is not None else request.size
        found = False
        for part in read(self.reader, self.source, position, size):
            found = found or bool(part.events)
            if part.next is None and not found and self.hint:
                self.session.note(self.hint)
            yield Page(self.form.rows(self._passing(part.events)), part.next.cursor if part.next else None)

    # Groups of lines

    def _groups(self) -> Iterator[list[Line]]:
        if self.test is None:
            neighbours = Neighbours(self.reader, self.source, self.around)
            for page in self.reader.pages(self.source):
                yield from neighbours.groups(page.events)
            yield from neighbours.flush()
            return
        context = Context(self.around)
        for part in read(self.reader, self.source):
            yield from context.groups(part.events, self.test)
        yield from context.flush()

    def _group_pages(self, request: PageRequest) -> Iterator[Page]:
        skip = _skipped(request.cursor)
        before = 0
        for number, group in enumerate(self._groups(), 1):
            rows = self.form.lines(group, number)
            start, count = before, len(rows)
            before += count
            if before > skip:
                left = max(0, skip - start)
                at = partial(_cursor, start + left)
                yield Page(rows[left:], _cursor(before, 0), at)
        yield Page(())

    # The last ones

    def _last_rows(self, request: PageRequest) -> Sequence[Any]:
        last = self.last or 0
        if request.size is not None and request.size < last and request.cursor is None:
            self.session.note(f"Only the last {request.size:,} of them: --limit and --all show more.")
            last = request.size
        if not self.around:
            return self.form.rows(self._newest(last))
        rows: list[Any] = []
        for number, group in enumerate(self._last_groups(last), 1):
            rows += self.form.lines(group, number)
        return rows

    def _newest(self, count: int) -> list[Event]:
        """The last events, oldest first."""
        found: list[Event] = []
        size = None if self.test is not None else count
        if count:
            for events in self.reader.newest_first(self.source, size):
                found += self._passing(events)
                if len(found) >= count:
                    break
        return found[:count][::-1]

    def _last_groups(self, count: int) -> Sequence[list[Line]]:
        """The groups around the last matches."""
        if self.test is None:
            neighbours = Neighbours(self.reader, self.source, self.around)
            groups = list(neighbours.groups(self._newest(count)))
            return [*groups, *neighbours.flush()]
        test, context = self.test, Context(self.around.reversed())
        newest: deque[list[Line]] = deque()
        matches = 0
        events = chain.from_iterable(self.reader.newest_first(self.source))
        for event in events:
            match = matches < count and test(event)
            matches += match
            if (done := context.feed(event, match=match)) is not None:
                newest.append(done)
            if matches >= count and not context.any_open():
                break
        return sorted(([*reversed(group)] for group in (*newest, *context.flush())), key=_first)


def _first(group: Sequence[Line]) -> int:
    return group[0].event.timestamp or 0


def _cursor(start: int, rows: int) -> str:
    return f"{_SKIP}{start + rows}"


def _skipped(cursor: str | None) -> int:
    if cursor is None:
        return 0
    count = cursor.removeprefix(_SKIP)
    if count == cursor or not count.isdecimal():
        raise InvalidInput("--cursor is not one that this command has printed")
    return int(count)
