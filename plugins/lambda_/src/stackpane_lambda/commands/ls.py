"""``lambda ls``: the functions, or those that a queue or a stream feeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from stackpane import Column, InvalidInput, Link, Page, PageRequest, Row, Table, command, paged
from stackpane_lambda.calls import GET_CONFIGURATION, LIST_EVENT_SOURCE_MAPPINGS, LIST_FUNCTIONS
from stackpane_lambda.functions import configuration, moment
from stackpane_lambda.names import FunctionName, function_name, place_of
from stackpane_lambda.places import function_actions, show_link

if TYPE_CHECKING:
    from stackpane import Session

SHORT = (
    Column("FunctionName"),
    Column("Runtime"),
    Column("MemorySize", "number"),
    Column("Timeout", "duration"),
    Column("CodeSize", "size"),
    Column("LastModified", "time"),
    Column("Handler", wide=True),
    Column("PackageType", wide=True),
    Column("Description", wide=True),
    Column("FunctionArn", "arn", wide=True),
)
STATES = (Column("State", "state"), Column("LastUpdateStatus", "state"))
SOURCES = (
    Column("FunctionName"),
    Column("State", "state"),
    Column("BatchSize", "number"),
    Column("LastProcessingResult"),
    Column("LastModified", "time"),
    Column("UUID", wide=True),
    Column("EventSourceArn", "arn", wide=True),
    Column("FunctionArn", "arn", wide=True),
)
_PAGE = 50
"""The most that ``ListFunctions`` gives at a time, whatever is asked for."""
_AT_ONCE = 20
"""Pages without a function that is wanted that are read as one: who completes a name waits for the first."""
_WORKERS = 10


@command("ls", calls=(LIST_FUNCTIONS, GET_CONFIGURATION, LIST_EVENT_SOURCE_MAPPINGS))
@click.argument("text", default="", metavar="[TEXT]")
@click.option("-l", "--long", is_flag=True, help="State and last update too: one request per function.")
@click.option("--runtime", metavar="RUNTIME", help="Only those whose runtime begins so: python, nodejs22.x.")
@click.option(
    "--event-source", metavar="ARN", help="The functions fed by this queue or stream, or by the streams of this table."
)
def ls(session: Session, text: str, long: bool, runtime: str | None, event_source: str | None) -> Table:
    """List the functions whose names have TEXT in them.

    MemorySize is in MB.
    """
    if event_source is not None:
        if long or runtime is not None:
            raise InvalidInput("what feeds functions is listed without --long and --runtime", "Leave them out.")
        return _fed(session, text.lower(), event_source)
    return Table(
        SHORT[:1] + STATES + SHORT[1:] if long else SHORT,
        partial(_pages, session, _Wanted(text, runtime), long),
        title="Functions",
        link=_link,
        actions=_actions,
        console_url=session.console_url(f"lambda/home?region={session.region}#/functions"),
    )


class _Wanted:
    """Which functions are wanted: by a part of the name, whatever its case, and by the runtime."""

    def __init__(self, text: str, runtime: str | None) -> None:
        self._text, self._runtime = text.lower(), (runtime or "").lower()

    def __call__(self, found: Mapping[str, Any]) -> bool:
        named = self._text in found.get("FunctionName", "").lower()
        return named and found.get("Runtime", "").startswith(self._runtime)


def _pages(session: Session, wanted: _Wanted, long: bool, request: PageRequest) -> Iterator[Page]:
    pinned = sorted({place.function for place in map(place_of, session.connection.pins) if place is not None})
    if not pinned:
        yield from _listed(session, wanted, long)(request)
        return
    with session.part("every function but the pinned ones"):
        yield from _listed(session, wanted, long)(request)
        return
    found = [row for name in pinned for row in _look(session, function_name(name))]
    yield Page([_row(each, long) for each in found if wanted(each)])


def _listed(session: Session, wanted: _Wanted, long: bool) -> Any:
    client = session.client("lambda")

    def read(marker: str | None, _size: int | None) -> tuple[list[Row], str | None]:
        found: list[Mapping[str, Any]] = []
        for _ in range(_AT_ONCE):
            reply = client.list_functions(MaxItems=_PAGE, **({"Marker": marker} if marker else {}))
            found, marker = [each for each in reply.get("Functions", ()) if wanted(each)], reply.get("NextMarker")
            if found or not marker:
                break
        rows = _looked_at(session, found) if long else found
        return [_row(each, long) for each in rows], marker

    return paged(read)


def _looked_at(session: Session, found: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The functions with their states, which the list itself does not have.

    https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
    """
    from stackpane.fanout import in_order

    tasks = [partial(_look, session, function_name(each["FunctionName"]), each) for each in found]
    with closing(in_order(tasks, _WORKERS)) as rows:
        return list(rows)


def _look(
    session: Session, function: FunctionName, known: Mapping[str, Any] | None = None
) -> Iterator[Mapping[str, Any]]:
    found = known or {"FunctionName": str(function)}
    with session.part(f"what {function} is"):
        found = configuration(session, function)
    yield found


def _row(found: Mapping[str, Any], long: bool) -> Row:
    columns = SHORT[:1] + STATES + SHORT[1:] if long else SHORT
    return tuple(
        moment(found.get(column.name)) if column.name == "LastModified" else found.get(column.name)
        for column in columns
    )


def _fed(session: Session, text: str, source: str) -> Table:
    """The mappings of a source. One table has a stream for every time that its stream was turned on."""
    if not source.startswith("arn:"):
        raise InvalidInput(f"{source!r} is no ARN", "`show` of a queue, a stream or a table has it.")
    within = f"{source}/stream/" if ":dynamodb:" in source and "/stream/" not in source else ""
    asked = {} if within else {"EventSourceArn": source}

    def read(marker: str | None, _size: int | None) -> tuple[list[Row], str | None]:
        reply = session.client("lambda").list_event_source_mappings(**asked, **({"Marker": marker} if marker else {}))
        found = [
            each for each in reply.get("EventSourceMappings", ()) if each.get("EventSourceArn", "").startswith(within)
        ]
        rows = [_mapping(each) for each in found]
        return [row for row in rows if text in row[0].lower()], reply.get("NextMarker")

    return Table(SOURCES, paged(read), title=f"Functions fed by {source}", link=_link, actions=_actions)


def _mapping(found: Mapping[str, Any]) -> Row:
    arn = found.get("FunctionArn", "")
    place = place_of(arn)
    name = arn if place is None else ":".join(filter(None, (place.function, place.qualifier)))
    return (
        name,
        found.get("State"),
        found.get("BatchSize"),
        found.get("LastProcessingResult"),
        found.get("LastModified"),
        found.get("UUID"),
        found.get("EventSourceArn"),
        arn,
    )


def _link(row: Row) -> Link:
    return show_link(row[0])


def _actions(row: Row) -> Sequence[Link]:
    return function_actions(row[0])
