"""Deleting items that a plan has named one by one."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from stackpane import AwsError, InvalidInput, Job, Link, Outcome, Plan

if TYPE_CHECKING:
    from stackpane import Progress, Session
    from stackpane.spool import Spool
    from stackpane.tally import Tally
    from stackpane_dynamodb.deletion import Deletion, Target
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["ItemRemoval"]

_READERS = 16
_SHOWN = 200
_KNOWN = 60
"""Names of attributes that are kept of a plan's items; no more would go into a condition."""
_AS_SEEN = "Only these, and only as they are now: what is added or changed meanwhile stays."


@dataclass(frozen=True)
class ItemRemoval:
    """The plan to delete items: one by its key, all that an expression finds, or those of a list."""

    session: Session
    model: Model
    only_if: Condition | None
    unconditional: bool
    again: Link | None = None

    # What is to go

    def of_one(self, words: tuple[str, ...]) -> Plan:
        """The plan for one item."""
        from stackpane_dynamodb.items import need_item
        from stackpane_dynamodb.keys import key_of
        from stackpane_dynamodb.values.plain import item_text

        item = need_item(self.session, self.model, key_of(self.model, words))
        text = item_text(item)
        return self._plan(iter([item]), f"It is {text[:_SHOWN]}{'…' * (len(text) > _SHOWN)}")

    def of_found(self, text: str, index: str | None, *, may_scan: bool) -> Plan:
        """The plan for all that an expression finds."""
        from stackpane.fanout import in_order
        from stackpane_dynamodb.finding import Find, check_scan
        from stackpane_dynamodb.keys import key_in

        find = Find(self.session, self.model.name, text, index, may_scan=may_scan)
        if find.condition() is None:
            raise InvalidInput("--find is empty, and would mean every item", "Name what the items have in common.")
        access = find.access(self.model)
        check_scan(self.model, access, allowed=may_scan)
        found = find.reading(self.model, access).items()
        if not (access.index.is_global and access.index.attributes is not None):
            return self._plan(found)
        # What the index has of an item is not all of it: each is looked at as a whole.
        whole = in_order((partial(self._seen, key_in(self.model, item), []) for item in found), _READERS)
        return self._plan(whole)

    def of_list(self, file: str) -> Plan:
        """The plan for the items of a list of keys, or of whole items as they were when the list was made."""
        from stackpane.fanout import in_order
        from stackpane.inputs import given_text
        from stackpane_dynamodb.drafting import items_given

        given = items_given(given_text("-" if file == "-" else f"@{file}"))
        for number, each in enumerate(given, 1):
            self._check_key(each, number)
        missing: list[Item] = []
        found = in_order((partial(self._seen, each, missing) for each in given), _READERS)
        plan = self._plan(found)
        if not missing:
            return plan
        return replace(plan, notes=(f"Without an item: {len(missing):,} of these keys.", *plan.notes))

    def _check_key(self, item: Item, number: int) -> None:
        from stackpane_dynamodb.values.check import faults

        key = {name: item[name] for name in self.model.table.keys if name in item}
        for fault in faults(key, self.model.keys):
            raise InvalidInput(f"line {number}: {fault}", "Nothing was sent.")

    def _seen(self, given: Item, missing: list[Item]) -> Iterator[Item]:
        """The item of a key as it is now; a whole item is taken as the list has it."""
        from stackpane_dynamodb.items import read_item
        from stackpane_dynamodb.keys import key_in

        if given.keys() > set(self.model.table.keys):
            yield given
            return
        item = read_item(self.session, self.model, key_in(self.model, given), consistent=True, tell=False)
        if item is None:
            missing.append(given)
        else:
            yield item

    # The plan

    def _plan(self, items: Iterator[Item], *notes: str) -> Plan:
        from stackpane.spool import Spool
        from stackpane_dynamodb.deletion import Target

        known: dict[str, None] = {}
        targets = Spool(Target._make, map(Target.of, _noting(items, known)))
        if not targets:
            raise AwsError(
                f"nothing to delete: no such item is in {self.model.name}", "See what there is with: dynamodb find"
            )
        count = len(targets)
        said = () if self.unconditional else (_AS_SEEN,)
        return Plan(
            title=f"Delete items of {self.model.name}",
            count=count,
            unit="item",
            bytes=sum(target.size for target in targets),
            targets=lambda: map(self._name, targets),
            phrase="y" if count == 1 else self.model.name,
            apply=lambda: Job(f"Deleting from {self.model.name}", lambda: self._run(targets, tuple(known)), self.again),
            reversible=self._reversible(targets),
            notes=(*notes, *said),
        )

    def _name(self, target: Target) -> str:
        from stackpane_dynamodb.keys import key_in, said

        return said(self.model, key_in(self.model, target.item))

    def _reversible(self, targets: Spool[Target]) -> str:
        from stackpane_dynamodb.undoing import put_back

        undo = put_back(self.model, next(iter(targets)).item) if len(targets) == 1 else None
        return f"Can be undone with: {self.session.line(undo)}" if undo else "Cannot be undone."

    # Carrying it out

    def _run(self, targets: Spool[Target], known: tuple[str, ...]) -> Generator[Progress, None, Outcome]:
        from stackpane.tally import Tally
        from stackpane_dynamodb.deletion import Deletion

        tally = Tally(len(targets), unit="item")
        deletion = Deletion(self.session, self.model, tally, self.only_if, self.unconditional, known)
        with deletion.meter.telling(self.session):
            return (yield from self._carried_out(targets, tally, deletion))

    def _carried_out(
        self, targets: Spool[Target], tally: Tally, deletion: Deletion
    ) -> Generator[Progress, None, Outcome]:
        if len(targets) == 1:
            yield from ()
            return self._one(deletion, next(iter(targets)))
        with tally.told_when_cancelled(self.session, "deleted"):
            yield from deletion.run(targets)
        tally.raise_if_nothing_done()
        return tally.outcome(
            tally.sentence("Deleted", f"from {self.model.name}"),
            resume=self.again if tally.failed else None,
        )

    def _one(self, deletion: Deletion, target: Target) -> Outcome:
        from stackpane_dynamodb.undoing import put_back

        found = deletion.delete(target)
        return Outcome(f"Deleted {self._name(target)}.", undo=put_back(self.model, found))


def _noting(items: Iterator[Item], known: dict[str, None]) -> Iterator[Item]:
    """The items as they come; the first of their attributes' names are noted in ``known``."""
    for item in items:
        if len(known) < _KNOWN:
            known.update(dict.fromkeys(item))
        yield item
