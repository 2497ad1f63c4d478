"""Reading items page by page: by a key, a query or a scan, in one chain or in several segments at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane import Page, PageRequest
from stackpane.fanout import as_they_come
from stackpane.paging import Tokens
from stackpane_dynamodb.expressions.conditions import Compare, Path, Value
from stackpane_dynamodb.expressions.render import Names, typed
from stackpane_dynamodb.values.rows import row_of, unfolded
from stackpane_dynamodb.values.wire import decoded, received, sent

if TYPE_CHECKING:
    from stackpane import Row, Session
    from stackpane_dynamodb.capacity import Meter
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.expressions.plan import Access
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Reading", "Slice"]

Key = Mapping[str, Any]
"""A ``LastEvaluatedKey`` in DynamoDB-JSON."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What one request brought: items (raw slices or as botocore gives them), and where the next one begins."""

    items: Sequence[Any]
    next: Key | None


@dataclass(frozen=True, slots=True)
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

    def pages(self, request: PageRequest) -> Iterator[Page]:
        """The pages from the request's cursor on; says at the end what was consumed."""
        try:
            if self.access.kind == "get":
                yield Page(self._rows(self._got()))
            elif self.segments > 1:
                yield from self._segmented(request)
            else:
                start = json.loads(request.cursor) if request.cursor else None
                for each in self.slices(start, size=self._page_size(request)):
                    yield Page(self._rows(each.items), None if each.next is None else json.dumps(each.next))
        finally:
            self.meter.tell(self.session)

    def items(self) -> Iterator[Item]:
        """Every item, whole and in DynamoDB-JSON; says at the end what was consumed."""
        try:
            if self.access.kind == "get":
                yield from self._got()
            else:
                yield from (decoded(item) for each in self.slices() for item in each.items)
        finally:
            self.meter.tell(self.session)

    def _page_size(self, request: PageRequest) -> int | None:
        # With a filter DynamoDB would count what it leaves out as well.
        return request.size if self.access.rest is None else None

    def _rows(self, items: Sequence[Any]) -> Sequence[Row]:
        rows: list[Any] = [row_of(decoded(item)) for item in items]
        return list(map(unfolded, rows)) if self.unfold else rows

    def _segmented(self, request: PageRequest) -> Generator[Page, None, None]:
        """Pages of all segments as they come; the cursor says where each of them goes on, ``false`` where it ended."""
        state: dict[str, Any] = json.loads(request.cursor) if request.cursor else {}
        places: list[Any] = state.get("segments", [None] * self.segments)
        todo = [number for number, place in enumerate(places) if place is not False]
        tasks = [partial(self._segment, number, len(places), places[number]) for number in todo]
        with closing(as_they_come(tasks, max(1, len(tasks)), ahead=len(tasks))) as arriving:
            for number, each in arriving:
                began = list(places)
                places[number] = False if each.next is None else each.next
                following = json.dumps({"segments": places}) if any(place is not False for place in places) else None
                yield Page(self._rows(each.items), following, at=partial(self._behind, began, number, each))
        if not todo:
            yield Page(())

    def _behind(self, began: list[Any], number: int, each: Slice, rows: int) -> str:
        """The cursor behind the first ``rows`` rows of a slice: behind the key of the last of them."""
        places = list(began)
        if rows >= len(each.items):
            places[number] = False if each.next is None else each.next
        elif rows:
            item = decoded(each.items[rows - 1])
            places[number] = {name: item[name] for name in self._keys}
        return json.dumps({"segments": places})

    @property
    def _keys(self) -> tuple[str, ...]:
        """What an item is known by, where it is read: the keys of the index and those of the table."""
        return tuple(dict.fromkeys((*self.access.index.keys, *self.model.table.keys)))

    @property
    def _with_keys(self) -> Sequence[Path]:
        """The paths to ask for: rows lead to their items, and pages go on, by the keys."""
        have = {path.attribute for path in self.wanted}
        return [*(Path((name,)) for name in self._keys if name not in have), *self.wanted]

    def _segment(self, number: int, total: int, start: Key | None) -> Iterator[tuple[int, Slice]]:
        for each in self.slices(start, segment={"Segment": number, "TotalSegments": total}):
            yield number, each

    # Requests

    def slices(
        self, start: Key | None = None, *, size: int | None = None, segment: Mapping[str, int] | None = None
    ) -> Iterator[Slice]:
        """What one request after the other brings. Raises ``BudgetSpentError`` before one that is beyond the budget."""
        client = self.session.client("dynamodb", raw=True)
        call: Callable[..., Mapping[str, Any]] = client.query if self.access.kind == "query" else client.scan
        request = {**self._request(), **(segment or {})}
        if size is not None:
            request["Limit"] = size
        tokens = Tokens()
        while True:
            self.meter.check()
            reply = call(**request, **({} if start is None else {"ExclusiveStartKey": sent(start)}))
            self.meter.add(reply)
            last = reply.get("LastEvaluatedKey")
            start = received(last) if last else None
            items = reply.get("Items", ())
            if start is not None:
                # A filter may leave nothing of many pages, so empty ones are no sign of a fault.
                tokens.check(json.dumps(start, sort_keys=True), empty=False)
            yield Slice(items, start)
            if start is None:
                return

    def _got(self) -> list[Item]:
        """The item of the key; none where there is none."""
        self.meter.check()
        names = Names(self.model.types)
        request: dict[str, Any] = {
            "TableName": self.model.name,
            "Key": sent(key_of(self.access.keys, self.model)),
            "ReturnConsumedCapacity": "TOTAL",
            "ConsistentRead": self.access.consistent,
        }
        if self.wanted:
            request |= {"ProjectionExpression": names.projection(self._with_keys), **names.members}
        reply = self.session.client("dynamodb").get_item(**request)
        self.meter.add(reply)
        return [received(reply["Item"])] if "Item" in reply else []

    def _request(self) -> dict[str, Any]:
        access, names = self.access, Names(self.model.types)
        request: dict[str, Any] = {"TableName": self.model.name, "ReturnConsumedCapacity": "TOTAL"}
        if access.index.name is not None:
            request["IndexName"] = access.index.name
        if access.consistent:
            request["ConsistentRead"] = True
        if access.keys:
            request["KeyConditionExpression"] = " AND ".join(map(names.condition, access.keys))
        if access.rest is not None:
            request["FilterExpression"] = names.condition(access.rest)
        if self.wanted:
            request["ProjectionExpression"] = names.projection(self._with_keys)
        if self.backwards and access.kind == "query":
            request["ScanIndexForward"] = False
        return request | names.members


def key_of(conditions: Sequence[Condition], model: Model) -> dict[str, dict[str, Any]]:
    """The primary key that ``=`` conditions on its attributes name."""
    key = {}
    for condition in conditions:
        assert isinstance(condition, Compare)  # noqa: S101 - of a "get" all are
        assert isinstance(condition.left, Path)  # noqa: S101
        assert isinstance(condition.right, Value)  # noqa: S101
        name = str(condition.left)
        key[name] = typed(condition.right, model.types[name], name)
    return key
