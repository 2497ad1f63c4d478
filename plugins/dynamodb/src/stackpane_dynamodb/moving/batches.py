"""Putting many items: 25 to a request, what DynamoDB left undone again, and what it refuses found out one by one.

A batch is never cut by its bytes: DynamoDB takes 16 MB, and 25 items have 10 MB at most.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackpane import AwsError, is_lost
from stackpane.fanout import check_wanted
from stackpane.patience import THROTTLED, pause
from stackpane_dynamodb.capacity import Meter
from stackpane_dynamodb.values.numbers import normal
from stackpane_dynamodb.values.wire import sent

if TYPE_CHECKING:
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["BATCH", "Puts", "Result", "key_mark"]

BATCH = 25
"""Items of one request."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 10.0
"""Seconds before what was left undone is asked for again, twice as many each time; half of them by chance."""
_ROUNDS = 15
"""Requests in a row of which nothing at all was done, after which it is given up: more than a minute."""
_REFUSED = frozenset({"ValidationException", "ItemCollectionSizeLimitExceededException"})
"""What DynamoDB says of an item that it will never take."""

Mark = tuple[Any, ...]


def key_mark(item: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> Mark:
    """What tells one key from another; numbers are the same however they are written."""
    return tuple(_mark(*next(iter(item[name].items()))) for name in names)


def _mark(kind: str, held: Any) -> tuple[str, Any]:
    return kind, normal(held) if kind == "N" else held


@dataclass(slots=True)
class Result:
    """What became of items, by their places in the list: ``refused`` with the reason, ``left`` alone on purpose."""

    written: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Puts:
    """Puts items into one table. Safe to share between threads."""

    client: Any
    model: Model
    meter: Meter = field(default_factory=Meter.of_writes, compare=False)

    def all(self, items: Sequence[Item]) -> Result:
        """Put the items, at most ``BATCH`` and no two of one key, onto whatever is there.

        Raises where the table, or the right to it, is missing; what came before is put.
        """
        result = Result()
        ready = [sent(item) for item in items]
        self._put(ready, list(range(len(ready))), result)
        result.written = len(ready) - len(result.refused)
        return result

    def absent(self, items: Sequence[Item]) -> Result:
        """Put the items whose keys the table does not have yet, one by one."""
        result = Result()
        for place, item in enumerate(map(sent, items)):
            check_wanted()
            try:
                self.meter.counting(self.client.put_item)(
                    TableName=self.model.name,
                    Item=item,
                    ConditionExpression="attribute_not_exists(#key)",
                    ExpressionAttributeNames={"#key": self.model.table.partition},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
                result.written += 1
            except ClientError as error:
                self._not_put(error, item, place, result)
        return result

    def _not_put(self, error: ClientError, item: Item, place: int, result: Result) -> None:
        code = _code(error)
        if code == "ConditionalCheckFailedException":
            # Where the answer to a try before was lost, the item that is in the way may be this one.
            if is_lost(error) and error.response.get("Item") == item:
                result.written += 1
            else:
                result.left.append(place)
        elif code in _REFUSED:
            result.refused[place] = _reason(error)
        else:
            raise error

    # Batches

    def _put(self, items: Sequence[Item], places: list[int], result: Result) -> None:
        """Put those at ``places``; where a request is refused, each half of them by itself."""
        in_vain = 0
        while places:
            check_wanted()
            try:
                undone = self._request(items, places)
            except ClientError as error:
                if _code(error) in _REFUSED:
                    self._divided(error, items, places, result)
                    return
                if _code(error) not in THROTTLED or in_vain + 1 >= _ROUNDS:
                    raise
                undone = places
            in_vain = in_vain + 1 if len(undone) == len(places) else 0
            if in_vain >= _ROUNDS:
                raise AwsError(
                    f"DynamoDB left {len(undone)} items of {self.model.name} undone {_ROUNDS} times in a row",
                    "The table has too little write capacity for this; the same command goes on later.",
                    "UnprocessedItems",
                )
            places = undone
            if places:
                _pause(in_vain)

    def _divided(self, error: ClientError, items: Sequence[Item], places: list[int], result: Result) -> None:
        if len(places) == 1:
            result.refused[places[0]] = _reason(error)
            return
        middle = len(places) // 2
        self._put(items, places[:middle], result)
        self._put(items, places[middle:], result)

    def _request(self, items: Sequence[Item], places: Sequence[int]) -> list[int]:
        """Ask for the items at these places; gives those that were left undone."""
        name = self.model.name
        puts = [{"PutRequest": {"Item": items[place]}} for place in places]
        reply = self.meter.counting(self.client.batch_write_item)(RequestItems={name: puts})
        left = reply.get("UnprocessedItems")
        if left is None or left.keys() - {name}:
            raise AwsError(
                "the endpoint does not say which items it left undone",
                "This is a fault of the endpoint; whether they are written is not known.",
                "UnprocessedItems",
            )
        undone = left.get(name) or ()
        return list(self._places(undone, items, places)) if undone else []

    def _places(self, undone: Sequence[Any], items: Sequence[Item], places: Sequence[int]) -> Iterator[int]:
        keys = self.model.table.keys
        known = {key_mark(items[place], keys): place for place in places}
        for each in undone:
            mark = key_mark(each["PutRequest"]["Item"], keys)
            if mark not in known:
                raise AwsError(
                    "the endpoint says that it left undone what it was not asked for",
                    "This is a fault of the endpoint.",
                    "UnprocessedItems",
                )
            yield known.pop(mark)


def _code(error: ClientError) -> str:
    return str(error.response["Error"].get("Code", ""))


def _reason(error: ClientError) -> str:
    return str(error.response["Error"].get("Message") or _code(error))


def _pause(round_: int) -> None:
    most = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**round_)
    pause(random.uniform(most / 2, most))  # noqa: S311 - that not all come back at once
