"""Events as rows: the plain columns, those of JSON members, and the groups of lines around matches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from stackpane import Column, Row, Table
from stackpane_logs.fields import AUTO, columns_of, json_of, mapping_row, names_of, picked_row, sampled
from stackpane_logs.times import iso, iso_each

if TYPE_CHECKING:
    from stackpane_logs.grep import Line
    from stackpane_logs.lean import Event

__all__ = ["PLAIN", "Form", "plain_rows"]

# The message is last: whatever its length, it pushes nothing aside.
PLAIN = (
    Column("timestamp", "moment"),
    Column("logStreamName", wide=True),
    Column("ingestionTime", "moment", wide=True),
    Column("eventId", wide=True),
    Column("message"),
)
_GROUP = (Column("Group", "number"), Column("Match", "bool"))


def plain_row(event: Event) -> Row:
    """The row of ``PLAIN``."""
    return (iso(event.timestamp), event.logStreamName, iso(event.ingestionTime), event.eventId, event.message)


def plain_rows(events: Sequence[Event]) -> list[Row]:
    """The rows of ``PLAIN``."""
    columns = (
        iso_each([event.timestamp for event in events]),
        [event.logStreamName for event in events],
        iso_each([event.ingestionTime for event in events]),
        [event.eventId for event in events],
        [event.message for event in events],
    )
    return list(zip(*columns, strict=True))


@dataclass(frozen=True)
class Form:
    """How events become rows. ``fields`` is ``--fields``; ``around`` says whether groups of lines are shown."""

    fields: str | None = None
    around: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The members that were asked for by name."""
        return names_of(self.fields) if self.fields else ()

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns; none where they are found by sampling."""
        if self.fields == AUTO:
            return ()
        own = columns_of(self.names) if self.fields else PLAIN
        return (*_GROUP, *own) if self.around else own

    def rows(self, events: Sequence[Event]) -> Sequence[Any]:
        """The rows of events."""
        if self.fields is None:
            return plain_rows(events)
        return [self._row(event) for event in events]

    def lines(self, group: Sequence[Line], number: int) -> list[Any]:
        """The rows of a group of lines."""
        if self.fields == AUTO:
            return [{"@group": number, "@match": line.match, **mapping_row(line.event)} for line in group]
        return [(number, line.match, *self._row(line.event)) for line in group]

    def table(self, fetch: Callable[..., Any], **more: Any) -> Table:
        """The table of such rows."""
        sample = self._sample if self.fields == AUTO else None
        return Table(self.columns, fetch, sample=sample, **more)

    def _row(self, event: Event) -> Any:
        if self.fields is None:
            return plain_row(event)
        return mapping_row(event) if self.fields == AUTO else picked_row(event, self.names)

    def _sample(self, rows: Sequence[Any]) -> tuple[Column, ...]:
        found = sampled(rows)
        if not self.around:
            return found
        own = (Column("@group", "number"), Column("@match", "bool"))
        return (*own, *(column for column in found if column.name not in ("@group", "@match")))


def members_of(events: Iterable[Event], most: int = 200) -> tuple[str, ...]:
    """The names of the members that the first events have, as ``auto`` would show them."""
    rows = [mapping_row(event) for event in islice(events, most) if json_of(event.message) is not None]
    return tuple(column.name for column in sampled(rows) if not column.name.startswith("@"))
