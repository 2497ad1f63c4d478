"""What ``scan``, ``query`` and ``find`` have in common: from an expression to a table of items."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from stackpane import InvalidInput, Link, Page, PageRequest, Refused, Table
from stackpane_dynamodb.places import console_url, item_actions, item_link, show_link

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.capacity import Meter
    from stackpane_dynamodb.expressions.conditions import Condition, Path
    from stackpane_dynamodb.expressions.plan import Access
    from stackpane_dynamodb.reading import Reading
    from stackpane_dynamodb.tables import Model

__all__ = ["Find", "check_scan", "key_arguments", "reading_options", "row_actions", "row_link"]

F = TypeVar("F", bound=Callable[..., Any])

_SMALL, _SMALL_UNITS = 10 << 20, 1280.0
"""Bytes of a table that is scanned without asking, and the read units that takes, eventually consistent."""


def reading_options(function: F) -> F:
    """The options of every command that reads items."""
    for option in reversed(
        (
            click.option("--project", metavar="PATHS", help="Only these attributes: a,b.c[0]."),
            click.option("--consistent", is_flag=True, help="Strongly consistent reads, at twice the capacity."),
            click.option("--max-rcu", type=click.FloatRange(min=0.5), metavar="N", help="Stop after N read units."),
            click.option("--unfold", is_flag=True, help="Show JSON that a string holds as what it is."),
        )
    ):
        function = option(function)
    return function


@dataclass(frozen=True, slots=True)
class Find:
    """One search: ``text`` is the condition (empty: everything), the rest are the options of the commands.

    Times ago are counted from ``now``. Unless it ``may_scan``, a scan ends where it has read more than what is scanned
    without asking: AWS's counts may be behind.
    """

    session: Session
    table: str
    text: str = ""
    index: str | None = None
    project: str | None = None
    consistent: bool = False
    max_rcu: float | None = None
    unfold: bool = False
    backwards: bool = False
    segments: int = 1
    may_scan: bool = True
    now: datetime = field(default_factory=lambda: datetime.now(UTC), compare=False)

    def model(self) -> Model:
        """The table."""
        from stackpane_dynamodb.tables import describe, model_of

        return model_of(describe(self.session, self.table))

    def condition(self) -> Condition | None:
        """What the text says. Raises ``InvalidInput``."""
        from stackpane_dynamodb.expressions.language import parse

        return parse(self.text, now=self.now) if self.text.strip() else None

    @property
    def is_relative(self) -> bool:
        """Whether the condition has times ago, and so means something else later."""
        from stackpane_dynamodb.expressions.language import parse

        return bool(self.text.strip()) and parse(self.text, now=datetime(2000, 1, 1, tzinfo=UTC)) != self.condition()

    def wanted(self) -> list[Path]:
        """The paths of ``--project``. Raises ``InvalidInput``."""
        from stackpane_dynamodb.expressions.language import parse_paths

        return parse_paths(self.project) if self.project else []

    def access(self, model: Model) -> Access:
        """The way to the items."""
        from stackpane_dynamodb.expressions.plan import plan

        return plan(
            model,
            self.condition(),
            index=self.index,
            wanted=self.wanted(),
            consistent=self.consistent,
            backwards=self.backwards,
        )

    def everything(self, model: Model) -> Access:
        """The way of a scan, whatever the condition would allow."""
        from stackpane_dynamodb.expressions.plan import everything

        return everything(model, self.condition(), index=self.index, wanted=self.wanted(), consistent=self.consistent)

    def reading(self, model: Model, access: Access) -> Reading:
        """The reading of the items."""
        from stackpane_dynamodb.reading import Reading

        return Reading(
            self.session,
            model,
            access,
            self._meter(access),
            self.wanted(),
            backwards=self.backwards,
            segments=self.segments,
            unfold=self.unfold,
        )

    def _meter(self, access: Access) -> Meter:
        from stackpane_dynamodb.capacity import Meter

        if self.max_rcu is not None or self.may_scan or access.kind != "scan":
            return Meter(self.max_rcu)
        return Meter(_SMALL_UNITS * (2 if self.consistent else 1), unasked=True)

    def view(self, model: Model, access: Access, way: Callable[[Find, Model], Access] | None = None) -> Table:
        """The items. ``way`` gives the access of the same search at another time; the best one unless given."""
        from stackpane_dynamodb.values.rows import columns_of

        reading = self.reading(model, access)
        if access.lacking is not None and self.index is None:
            self.session.note(f"Read by {access.index}, which does not have items without {access.lacking}.")
        keys = (*access.index.keys, *model.table.keys)
        return Table(
            (),
            partial(self._frozen_pages, model, way or Find.access) if self.is_relative else reading.pages,
            title=f"{self.table}: {self.text}" if self.text else self.table,
            link=partial(row_link, model),
            actions=partial(row_actions, model),
            links=(show_link(self.table, "Table"),),
            console_url=console_url(self.session, self.table),
            sample=partial(columns_of, keys=keys),
        )

    def _frozen_pages(self, model: Model, way: Callable[[Find, Model], Access], request: PageRequest) -> Iterator[Page]:
        """The pages of a search with times ago: a cursor says from when they are counted, so that it goes on alike."""
        now, cursor = (self.now, None) if request.cursor is None else _time_and_cursor(request.cursor)
        find = replace(self, now=now)

        def frozen(inner: str) -> str:
            return json.dumps([now.isoformat(), inner])

        def behind(at: Callable[[int], str], rows: int) -> str:
            return frozen(at(rows))

        with closing(find.reading(model, way(find, model)).pages(replace(request, cursor=cursor))) as pages:
            for page in pages:
                following = None if page.next is None else frozen(page.next)
                yield Page(page.rows, following, None if page.at is None else partial(behind, page.at))


def _time_and_cursor(cursor: str) -> tuple[datetime, str]:
    """What a cursor of ``_frozen_pages`` says. Raises ``InvalidInput``."""
    from stackpane_dynamodb.reading import NO_CURSOR

    try:
        now, inner = json.loads(cursor)
        return datetime.fromisoformat(now), str(inner)
    except (ValueError, TypeError):
        raise InvalidInput(NO_CURSOR) from None


def check_scan(model: Model, access: Access, *, allowed: bool) -> None:
    """Raise ``Refused`` where all of a table that is not small would be read, and nobody said so."""
    if access.kind != "scan" or allowed or access.index.size <= _SMALL:
        return
    from stackpane.text import human_size

    estimate = access.estimate()
    reasons = "".join(f" {name}: {reason}." for name, reason in access.passed_over)
    raise Refused(
        f"only a scan of all of {model.name} finds that: {human_size(access.index.size)}, about "
        f"{estimate.units:,.0f} read units",
        f"Name the key of the table or of an index with =, or read it all with --scan.{reasons}",
    )


def row_link(model: Model, row: Mapping[str, Any]) -> Link | None:
    """To the item that a row shows; ``None`` where the row has not all of its key."""
    arguments = key_arguments(model, row)
    return None if arguments is None else item_link(model.name, arguments)


def row_actions(model: Model, row: Mapping[str, Any]) -> Sequence[Link]:
    """What can be done with the item that a row shows."""
    arguments = key_arguments(model, row)
    return () if arguments is None else item_actions(model.name, arguments)


def key_arguments(model: Model, row: Mapping[str, Any]) -> Sequence[str] | None:
    """A row's key as the words of a command line; ``None`` where the row has it not."""
    found = [row.get(name) for name in model.table.keys]
    if any(value is None for value in found):
        return None
    # Tagged are binary keys, which are base64 on a command line, and numbers that JSON writes otherwise.
    return [str(next(iter(value.values())) if isinstance(value, dict) else value) for value in found]
