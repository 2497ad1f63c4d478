"""One command over several connections and regions: run in parallel, merged into one table as the rows come.

Every row gets the connection and the region it is from in front. One session's failure is one warning that names it;
the rows of the others still show, and the exit code says that some failed. Where all fail, it is one error as ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from stackpane.errors import InvalidInput
from stackpane.fanout import as_they_come
from stackpane.views import Column, Link, Page, PageRequest, Row, Table, View

if TYPE_CHECKING:
    from stackpane.session import Session

__all__ = ["CONNECTION", "REGION", "merge"]

CONNECTION = Column("Connection")
REGION = Column("Region")


def merge(
    sessions: Sequence[Session], run: Callable[[Session], View], report: Callable[[str, BaseException], None]
) -> Table:
    """The table that ``run`` gives in each session, merged. Raises what every session raised where none worked.

    ``report`` is told the name of a session and its error, from any thread, as soon as it is known.
    """
    parts = [_Part(session, run) for session in sessions]
    for _ in as_they_come([part.open for part in parts], workers=len(parts)):
        pass
    working = [part for part in parts if part.table is not None]
    if not working:
        raise next(part.error for part in parts if part.error is not None)
    for part in parts:
        if part.error is not None:
            report(part.name, part.error)
    return _merged(working, report)


class _Part:
    """One session's share of a merged table."""

    def __init__(self, session: Session, run: Callable[[Session], View]) -> None:
        self.session = session
        self.place = (session.connection.name, session.region)
        self.name = "/".join(self.place)
        self._run = run
        self.table: Table | None = None
        self.error: Exception | None = None

    def open(self) -> Iterator[None]:
        """Run the command in this session: its table, or what it raised. Gives nothing."""
        try:
            view = self._run(self.session)
            if not isinstance(view, Table):
                raise InvalidInput(
                    "several connections or regions merge into a table, and this command shows no list",
                    "Name one connection and one region.",
                )
            self.table = view
        except Exception as error:
            self.error = error
        yield from ()

    def pages(self, request: PageRequest) -> Iterator[tuple[_Part, Page | Exception]]:
        """The table's pages, an error in place of those that cannot be had."""
        assert self.table is not None  # noqa: S101 - only working parts are asked
        try:
            for page in self.table.fetch(request):
                yield self, page
        except Exception as error:
            yield self, error


def _merged(parts: Sequence[_Part], report: Callable[[str, BaseException], None]) -> Table:
    columns = () if parts[0].table is not None and parts[0].table.sample is not None else _columns(parts)
    by_place = {part.place: part for part in parts}
    shift = {part.place: _shift(part, columns) for part in parts}

    def fetch(request: PageRequest) -> Iterator[Page]:
        yield from _interleave(parts, shift, request, report)

    def original(row: Any) -> tuple[Table, Row, tuple[str, str]] | None:
        part = by_place.get(row.place if isinstance(row, _Placed) else (row[0], row[1]))
        if part is None or part.table is None:
            return None
        if isinstance(row, _Placed):
            return part.table, row.own, part.place
        positions = shift[part.place]
        return part.table, tuple(row[position] for position in positions), part.place

    def link(row: Row) -> Link | None:
        found = original(row)
        return _placed(found[0].link, *found[1:]) if found else None

    def preview(row: Row) -> Link | None:
        found = original(row)
        return _placed(found[0].preview, *found[1:]) if found else None

    def actions(row: Row) -> Sequence[Link]:
        found = original(row)
        if found is None or found[0].actions is None:
            return ()
        return [action.at(*found[2]) for action in found[0].actions(found[1])]

    first = parts[0].table
    assert first is not None  # noqa: S101 - only working parts come here
    sample = None if first.sample is None else partial(_sampled, by_place)
    shown = preview if first.preview is not None else None
    return replace(first, columns=columns, fetch=fetch, link=link, actions=actions, sample=sample, preview=shown)


def _placed(link: Callable[[Row], Link | None] | None, row: Row, place: tuple[str, str]) -> Link | None:
    """Where ``link`` leads from a row of that place."""
    target = link(row) if link is not None else None
    return target.at(*place) if target else None


class _Placed(dict[str, Any]):
    """A row that is a mapping, with its connection and its region in front; ``own`` is the row without them.

    Names of its own are kept, whatever they are: ours stand in front of it under others then.
    """

    def __init__(self, place: tuple[str, str], own: Any) -> None:
        front = (column.name for column in (CONNECTION, REGION))
        names = (name if name not in own else f"Session{name}" for name in front)
        super().__init__(zip(names, place, strict=True))
        self.update(own)
        self.place, self.own = place, own


def _sampled(by_place: Mapping[tuple[str, str], _Part], rows: Sequence[Any]) -> tuple[Column, ...]:
    """The columns for the first rows of several tables: where they are from, and what each table would show."""
    seen: dict[str, Column] = {}
    for row in rows:
        for name in (f"{prefix}{column.name}" for column in (CONNECTION, REGION) for prefix in ("", "Session")):
            if name in row and name not in row.own:
                seen.setdefault(name, Column(name))
    for place, part in by_place.items():
        if part.table is not None and part.table.sample is not None:
            for column in part.table.sample([row.own for row in rows if row.place == place]):
                seen.setdefault(column.name, column)
    return tuple(seen.values())


def _columns(parts: Sequence[_Part]) -> tuple[Column, ...]:
    seen: dict[str, Column] = {}
    for part in parts:
        for column in part.table.columns if part.table else ():
            seen.setdefault(column.name, column)
    # A service whose own rows name a region keeps it under AWS's name; ours stands in front under another.
    front = (CONNECTION, REGION if REGION.name not in seen else Column("SessionRegion"))
    return (*front, *seen.values())


def _shift(part: _Part, columns: Sequence[Column]) -> tuple[int, ...]:
    """Where each of the part's own columns stands in the merged row."""
    names = [column.name for column in columns[2:]]
    return tuple(2 + names.index(column.name) for column in part.table.columns) if part.table else ()


def _interleave(
    parts: Sequence[_Part],
    shift: Mapping[tuple[str, str], tuple[int, ...]],
    request: PageRequest,
    report: Callable[[str, BaseException], None],
) -> Iterator[Page]:
    """Pages of all parts as they come. Their cursors say where every part goes on, as parts come in any order.

    A part that fails keeps its place in them, so that nothing is left out where the rest is asked for later.
    """
    places = {part.name: _Place() for part in parts}
    for name, (cursor, skip, done) in (json.loads(request.cursor) if request.cursor else {}).items():
        if name in places:
            places[name] = _Place(cursor, skip, done)
    todo = [part for part in parts if not places[part.name].done]
    width = 2 + max((max(positions, default=1) - 1 for positions in shift.values()), default=0)
    # One page may wait per part: a fast session does not run ahead of the face.
    arriving = as_they_come(
        [partial(part.pages, PageRequest(places[part.name].cursor, request.size)) for part in todo],
        workers=max(1, len(todo)),
        ahead=max(1, len(todo)),
    )
    with closing(arriving):
        for part, page in _those_that_work(arriving, report):
            began = places[part.name]
            places[part.name] = _Place(page.next, max(0, began.skip - len(page.rows)), page.next is None)
            rows = [_widen(part, row, shift[part.place], width) for row in page.rows[began.skip :]]
            left = any(not place.done for place in places.values())
            at = partial(_behind, dict(places), part.name, began, page.at)
            yield Page(rows, _cursor(places) if left else None, at)


def _those_that_work(
    arriving: Iterable[tuple[_Part, Page | Exception]], report: Callable[[str, BaseException], None]
) -> Iterator[tuple[_Part, Page]]:
    """The pages among what arrives; errors are reported, from the first page on. Raises where there is no page."""
    held: list[tuple[_Part, Exception]] = []
    some = False
    for part, page in arriving:
        if isinstance(page, Page):
            some = True
        else:
            held.append((part, page))
        while some and held:
            failed, error = held.pop(0)
            report(failed.name, error)
        if isinstance(page, Page):
            yield part, page
    for failed, error in held:
        raise failed.session.explain(error) from error


class _Place(NamedTuple):
    """Where a part goes on: at the page of this cursor, behind its first ``skip`` rows; or nowhere."""

    cursor: str | None = None
    skip: int = 0
    done: bool = False


def _cursor(places: Mapping[str, _Place]) -> str:
    return json.dumps(places, separators=(",", ":"))


def _behind(places: Mapping[str, _Place], name: str, began: _Place, at: Callable[[int], str] | None, rows: int) -> str:
    """The cursor behind the first ``rows`` rows of a page that began at ``began``; ``at`` is the page's own."""
    place = began._replace(skip=began.skip + rows) if at is None else _Place(at(began.skip + rows))
    return _cursor({**places, name: place})


def _widen(part: _Part, row: Any, positions: tuple[int, ...], width: int) -> Any:
    if isinstance(row, Mapping):
        return _Placed(part.place, row)
    wide: list[Any] = [*part.place, *([None] * (width - 2))]
    for position, value in zip(positions, row, strict=True):
        wide[position] = value
    return tuple(wide)
