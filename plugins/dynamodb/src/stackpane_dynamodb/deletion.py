"""Deleting exactly the items that a plan has frozen, each on the condition that it still is as the plan saw it.

``BatchWriteItem`` would be fewer requests and no less capacity, but it knows no conditions.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from stackpane import Progress
from stackpane.fanout import as_they_come
from stackpane.patience import PATIENCE, TICK, patiently
from stackpane.tally import LeftAloneError
from stackpane_dynamodb.capacity import Meter
from stackpane_dynamodb.conditional import MetOtherwiseError, as_seen, checked, conditional, fits
from stackpane_dynamodb.expressions.render import Names
from stackpane_dynamodb.keys import key_in, said
from stackpane_dynamodb.undoing import put_back
from stackpane_dynamodb.values.sizes import item_size
from stackpane_dynamodb.values.wire import received, sent

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.tally import Tally
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Deletion", "Target"]

WORKERS = 16


class Target(NamedTuple):
    """One item to delete, in DynamoDB-JSON as the plan saw it, and its bytes."""

    item: dict[str, Any]
    size: int = 0

    @classmethod
    def of(cls, item: Item) -> Target:
        """The target that an item is."""
        return cls(dict(item), item_size(item))


@dataclass(frozen=True, slots=True)
class Deletion:
    """The work of one job: adds to ``tally`` what DynamoDB confirms. ``blindly``: whatever the items are by then.

    ``known`` are attributes that items of this table may have: one that gains one of them is no more as it was seen.
    """

    session: Session
    model: Model
    tally: Tally
    only_if: Condition | None = None
    blindly: bool = False
    known: Collection[str] = ()
    meter: Meter = field(default_factory=Meter.of_writes, compare=False)

    def run(self, targets: Iterable[Target]) -> Generator[Progress, None, None]:
        """Delete the targets, some at a time."""
        tasks = (partial(self._work, target) for target in targets)
        with closing(as_they_come(self.tally.until_stopped(tasks), WORKERS, patience=PATIENCE, tick=TICK)) as steps:
            for step in steps:
                yield Progress(self.tally.accounted, self.tally.total, "items", current=step or "")

    def _work(self, target: Target) -> Iterator[str]:
        name = said(self.model, key_in(self.model, target.item))
        with self.tally.trying():
            try:
                patiently(partial(self.delete, target))
                self.tally.did(1, target.size)
            except LeftAloneError as error:
                self.tally.skip(name, error.message.removeprefix(f"{name} "), error)
            except Exception as error:
                self.tally.raised(self.session, error, name)
        yield name

    def delete(self, target: Target) -> Item:
        """Delete one item; returns it as it was. Raises ``LeftAloneError`` where it is not what the plan saw."""
        name = said(self.model, key_in(self.model, target.item))
        try:
            delete = self.meter.counting(self.session.client("dynamodb").delete_item)
            reply = conditional(delete, **self._request(target, name), ReturnValues="ALL_OLD")
        except MetOtherwiseError as met:
            if met.item is None and met.lost:
                return target.item
            raise self._left_alone(name, met) from None
        if "Attributes" not in reply:
            return target.item
        found = received(reply["Attributes"])
        self._tell_more(name, target.item, found)
        return found

    def _request(self, target: Target, name: str) -> dict[str, Any]:
        names = Names(self.model.types)
        condition = "" if self.blindly else as_seen(names, self.model, target.item, self.known)
        if not fits(condition):
            raise LeftAloneError(
                f"{name} has {len(target.item):,} attributes, more than a condition can compare",
                "Delete it whatever it is by then with --unconditional.",
            )
        request = {"TableName": self.model.name, "Key": sent(key_in(self.model, target.item))}
        conditions = [condition] if condition else []
        return {**request, **checked(conditions, names, self.only_if)} if conditions or self.only_if else request

    def _left_alone(self, name: str, met: MetOtherwiseError) -> LeftAloneError:
        if met.item is None:
            return LeftAloneError(f"{name} is not there any more", "Somebody else has deleted it since the plan.")
        if self.only_if is not None:
            return LeftAloneError(f"{name} was changed since the plan, or is not what --if says", "Look at it again.")
        return LeftAloneError(f"{name} was changed since the plan, so it stays", "Look at it again.")

    def _tell_more(self, name: str, seen: Item, found: Item) -> None:
        # DynamoDB has no condition that an attribute whose name nobody knows is not there.
        added = [attribute for attribute in found if attribute not in seen]
        if added and not self.blindly:
            back = put_back(self.model, found)
            again = f"; put it back with: {self.session.line(back)}" if back else ""
            self.session.warn(
                f"{name} was deleted with what others had added since the plan: {', '.join(added)}{again}"
            )
