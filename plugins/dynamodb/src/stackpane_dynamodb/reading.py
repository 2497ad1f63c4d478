"""Reading items page by page: by a key, a query or a scan, in one chain or in several segments at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Page, PageRequest
from stackpane.fanout import as_they_come
from stackpane.paging import Tokens
from stackpane.patience import patiently
from stackpane_dynamodb.answers import needed
from stackpane_dynamodb.capacity import BudgetSpentError
from stackpane_dynamodb.expressions.conditions import Compare, Path, Value, attribute_names, without_inner
from stackpane_dynamodb.expressions.evaluate import predicate
from stackpane_dynamodb.expressions.render import Names, typed
from stackpane_dynamodb.values.rows import row_of, unfolded_row
from stackpane_dynamodb.values.wire import decoded, received, sent

if TYPE_CHECKING:
    from stackpane import Row, Session
    from stackpane_dynamodb.capacity import Meter
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.expressions.plan import Access
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["NO_CURSOR", "Reading", "Slice"]

Key = Mapping[str, Any]
"""A ``LastEvaluatedKey`` in DynamoDB-JSON."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What one request brought: items (raw slices or as botocore gives them), and where the next one begins."""

    items: Sequence[Any]
    next: Key | None


@dataclass(frozen=True)
class Reading:
    """One way of reading items, with what shall be shown of them.

    ``wanted`` are the paths to show (none: everything), ``segments`` how many parts of a scan are read at a time.
    ``unfold`` shows JSON that a string holds as what it is.
    """

    session: Session
    model: Model
    access: Access
    meter: Meter
    wanted: Sequence[Path] = ()
    backwards: bool = False
    segments: int = 1
    unfold: bool = False

    # Pages of a table

    def pages(self, request: PageRequest) -> Generator[Page, None, None]:
        """The pages from the request's cursor on; says at the end what was consumed."""
        try:
            if self.segments > 1:
                yield from self._segmented(request)
            else:
                yield from self._chained(request)
        finally:
            self.meter.tell(self.session)

    def items(self) -> Iterator[Item]:
        """Every item, whole and in DynamoDB-JSON; says at the end what was consumed."""
        try:
            for chain in range(len(self.access.chains)):
                for each in self._of_chain(chain):
                    yield from self._shown(each.items)
        finally:
            self.meter.tell(self.session)

    def _of_chain(self, chain: int, began: Key | None = None, size: int | None = None) -> Iterator[Slice]:
        return self._got(chain) if self.access.kind == "get" else self.slices(began, chain=chain, size=size)

    def _chained(self, request: PageRequest) -> Iterator[Page]:
        """Pages of one chain of requests after the other; the cursor says in which one, and behind which key."""
        first, start = _chain_place(request.cursor, len(self.access.chains))
        # With a filter DynamoDB would count what it leaves out as well.
        size = request.size if self.access.rest is None and self.access.local is None else None
        for chain in range(first, len(self.access.chains)):
            began = start if chain == first else None
            for each in self._of_chain(chain, began, size):
                after = json.dumps([chain, each.next]) if each.next is not None else self._next_chain(chain)
                shown = self._shown(each.items)
                yield Page(self._rows(shown), after, at=partial(self._behind, shown, chain, began, after))
                began = each.next

    def _next_chain(self, chain: int) -> str | None:
        return json.dumps([chain + 1, None]) if chain + 1 < len(self.access.chains) else None

    def _behind(self, shown: Sequence[Item], chain: int, began: Key | None, after: str | None, rows: int) -> str:
        """The cursor behind the first ``rows`` rows of a page: behind the key of the last of them."""
        if rows == len(shown) and after is not None:
            return after
        return json.dumps([chain, self._key(shown[rows - 1]) if rows else began])

    def _segmented(self, request: PageRequest) -> Generator[Page, None, None]:
        """Pages of all segments as they come; the cursor says where each of them goes on, ``false`` where it ended."""
        places = _segment_places(request.cursor, self.segments)
        todo = [number for number, place in enumerate(places) if place is not False]
        tasks = [partial(self._segment, number, places[number]) for number in todo]
        with closing(as_they_come(tasks, max(1, len(tasks)), ahead=len(tasks))) as arriving:
            for number, each in arriving:
                began = list(places)
                places[number] = False if each.next is None else each.next
                following = json.dumps(places) if any(place is not False for place in places) else None
                shown = self._shown(each.items)
                yield Page(
                    self._rows(shown), following, at=partial(self._behind_in, began, number, shown, places[number])
                )
        if any(place is not False for place in places):
            self.meter.check()  # it is the budget that made them stop

    def _behind_in(self, began: Sequence[Any], number: int, shown: Sequence[Item], after: Any, rows: int) -> str:
        """The cursor behind the first ``rows`` rows of a segment's page."""
        places = list(began)
        if rows == len(shown):
            places[number] = after
        elif rows:
            places[number] = self._key(shown[rows - 1])
        return json.dumps(places)

    def _segment(self, number: int, start: Key | None) -> Iterator[tuple[int, Slice]]:
        try:
            for each in self.segment(number, start):
                yield number, each
        except BudgetSpentError:
            return  # raised again when all that was read has been shown

    # Rows

    def _shown(self, items: Sequence[Any]) -> list[Item]:
        """The items of a reply that are to be shown."""
        found = map(decoded, items)
        return list(found if self._holds is None else filter(self._holds, found))

    def meant(self, items: Sequence[Any]) -> Sequence[Any]:
        """The items of a reply, as far as they are wanted; undecoded, as they came, where that is all of them."""
        if self._holds is None and (not self.wanted or self._asked == self._with_keys):
            return items
        import msgspec

        return [msgspec.Raw(msgspec.json.encode(self._cut(item))) for item in self._shown(items)]

    @cached_property
    def _holds(self) -> Callable[[Item], bool] | None:
        """What is looked at on our side; ``None`` where that is nothing."""
        return None if self.access.local is None else predicate(self.access.local, self.model.types)

    def _rows(self, shown: Sequence[Item]) -> Sequence[Row]:
        rows: list[Any] = [row_of(self._cut(item)) for item in shown]
        if self.unfold:
            rows = [unfolded_row(row, self._keys) for row in rows]
        return rows

    def _cut(self, item: Item) -> Item:
        """Without what was asked for only to be looked at."""
        return item if self._kept is None else {name: value for name, value in item.items() if name in self._kept}

    @cached_property
    def _kept(self) -> frozenset[str] | None:
        return frozenset(str(path.steps[0]) for path in self._with_keys) if self.wanted else None

    def _key(self, item: Item) -> Key:
        return {name: item[name] for name in self._keys}

    @property
    def _keys(self) -> tuple[str, ...]:
        """What an item is known by, where it is read: the keys of the index and those of the table."""
        return tuple(dict.fromkeys((*self.access.index.keys, *self.model.table.keys)))

    @property
    def _with_keys(self) -> Sequence[Path]:
        """The paths to show: rows lead to their items, and pages go on, by the keys."""
        return without_inner([*(Path((name,)) for name in self._keys), *self.wanted])

    @property
    def _asked(self) -> Sequence[Path]:
        """The paths to ask for: those to show, and what is looked at on our side or may not be in a local index."""
        looked_at = set() if self.access.local is None else attribute_names(self.access.local)
        if self.access.rest is not None and not self.access.index.is_global:
            looked_at |= attribute_names(self.access.rest) if self.access.index.attributes is not None else set()
        return without_inner([*self._with_keys, *(Path((name,)) for name in sorted(looked_at))])

    # Requests

    def slices(
        self,
        start: Key | None = None,
        *,
        chain: int = 0,
        size: int | None = None,
        segment: Mapping[str, int] | None = None,
        patient: bool = False,
    ) -> Iterator[Slice]:
        """What one request after the other brings. Raises ``BudgetSpentError`` before one that is beyond the budget.

        Who is ``patient`` waits for a throttled table, as a job does that would not want to break off.
        """
        client = self.session.client("dynamodb", raw=True)
        call: Callable[..., Mapping[str, Any]] = client.query if self.access.kind == "query" else client.scan
        request = {**self._request(chain), **(segment or {})}
        if size is not None:
            request["Limit"] = size
        tokens = Tokens()
        while True:
            with self.meter.asking():
                following = request if start is None else {**request, "ExclusiveStartKey": sent(start)}
                asked = partial(call, **following)
                reply = patiently(asked) if patient else asked()
                self.meter.add(reply)
            last = reply.get("LastEvaluatedKey")
            start = received(last) if last else None
            if start is not None:
                # A filter may leave nothing of many pages, so empty ones are no sign of a fault.
                tokens.check(json.dumps(start, sort_keys=True), empty=False)
            yield Slice(needed(reply, "Items"), start)
            if start is None:
                return

    def segment(self, number: int, start: Key | None = None) -> Iterator[Slice]:
        """As ``slices``, of one of the segments that a scan is read in."""
        part = None if self.segments == 1 else {"Segment": number, "TotalSegments": self.segments}
        return self.slices(start, segment=part, patient=True)

    def _got(self, chain: int) -> Iterator[Slice]:
        """The item that a chain's conditions name; nothing where there is none."""
        self.meter.check()
        names = Names(self.model.types)
        request: dict[str, Any] = {
            "TableName": self.model.name,
            "Key": sent(_primary_key(self.access.chains[chain], self.model)),
            "ReturnConsumedCapacity": "TOTAL",
            "ConsistentRead": self.access.consistent,
        }
        if self.wanted:
            request |= {"ProjectionExpression": names.projection(self._asked), **names.members}
        reply = self.session.client("dynamodb").get_item(**request)
        self.meter.add(reply)
        yield Slice([reply["Item"]] if "Item" in reply else [], None)

    def _request(self, chain: int) -> dict[str, Any]:
        access, names = self.access, Names(self.model.types)
        request: dict[str, Any] = {"TableName": self.model.name, "ReturnConsumedCapacity": "TOTAL"}
        if access.index.name is not None:
            request["IndexName"] = access.index.name
        if access.consistent:
            request["ConsistentRead"] = True
        if keys := access.chains[chain]:
            request["KeyConditionExpression"] = " AND ".join(map(names.condition, keys))
        if access.rest is not None:
            request["FilterExpression"] = names.condition(access.rest)
        if self.wanted:
            request["ProjectionExpression"] = names.projection(self._asked)
        elif access.index.attributes is not None and not access.index.is_global:
            request["Select"] = "ALL_ATTRIBUTES"  # which a local index takes from the table, unlike a global one
        if self.backwards and access.kind == "query":
            request["ScanIndexForward"] = False
        return request | names.members


def _primary_key(conditions: Sequence[Condition], model: Model) -> dict[str, dict[str, Any]]:
    """The primary key that ``=`` conditions on its attributes name."""
    equals = [each for each in conditions if isinstance(each, Compare) and isinstance(each.right, Value)]
    return {
        str(each.left): typed(each.right, each.left, model.types) for each in equals if isinstance(each.right, Value)
    }


# Cursors


def _chain_place(cursor: str | None, count: int) -> tuple[int, Key | None]:
    """The chain that a cursor goes on in, and the key behind which."""
    if cursor is None:
        return 0, None
    match _read(cursor):
        case [int(chain), (dict() | None) as key] if 0 <= chain < count:
            return chain, key
    raise InvalidInput(NO_CURSOR)


def _segment_places(cursor: str | None, segments: int) -> list[Any]:
    """Where each segment goes on."""
    if cursor is None:
        return [None] * segments
    places = _read(cursor)
    sound = isinstance(places, list) and all(each is None or each is False or isinstance(each, dict) for each in places)
    if not sound or len(places) != segments:
        raise InvalidInput(NO_CURSOR, "A list in segments goes on in as many.")
    return list(places)


def _read(cursor: str) -> Any:
    try:
        return json.loads(cursor)
    except ValueError:
        return None


NO_CURSOR = "--cursor is not one that this command line has printed"
