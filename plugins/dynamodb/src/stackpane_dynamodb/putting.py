"""Putting whole items: onto nothing, or in place of just the version that was looked at."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from stackpane import AwsError, Job, Outcome, Plan, Progress
from stackpane.fanout import as_they_come
from stackpane.patience import TICK, patiently
from stackpane.tally import LeftAloneError, Tally
from stackpane.text import human_count
from stackpane_dynamodb.capacity import Meter
from stackpane_dynamodb.conditional import MetOtherwiseError, absent, as_seen, checked, conditional
from stackpane_dynamodb.expressions.render import Names
from stackpane_dynamodb.items import read_item
from stackpane_dynamodb.keys import key_in, said, words_of
from stackpane_dynamodb.places import item_link
from stackpane_dynamodb.saving import of_most
from stackpane_dynamodb.undoing import take_back
from stackpane_dynamodb.values.same import same_item
from stackpane_dynamodb.values.sizes import item_size
from stackpane_dynamodb.values.wire import sent

if TYPE_CHECKING:
    from stackpane import Link, Session
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Putting"]

_WORKERS = 16


@dataclass(frozen=True, slots=True)
class Putting:
    """Items to put, each on its own. What is there stays, or with ``overwrite`` only as long as nobody changes it."""

    session: Session
    model: Model
    items: Sequence[Item]
    overwrite: bool = False
    only_if: Condition | None = None
    after: Callable[[], None] = lambda: None
    """Called once a single item is there."""
    meter: Meter = field(default_factory=Meter.of_writes, compare=False)

    def view(self) -> Plan | Job:
        """The work, or for a dry run a plan of it."""
        title = f"Put {human_count(len(self.items), 'item')} into {self.model.name}"
        job = Job(title, self._run)
        if not self.session.dry_run:
            return job
        return Plan(
            title=title,
            count=len(self.items),
            unit="item",
            bytes=sum(map(item_size, self.items)),
            targets=lambda: map(self._name, self.items),
            phrase="y",
            apply=lambda: job,
            notes=("What is there is replaced if it still is as it is looked at." if self.overwrite else _STAYS,),
        )

    def _name(self, item: Item) -> str:
        return said(self.model, key_in(self.model, item))

    def _run(self) -> Generator[Progress, None, Outcome]:
        with self.meter.telling(self.session):
            return (yield from self._put_all())

    def _put_all(self) -> Generator[Progress, None, Outcome]:
        if len(self.items) == 1:
            yield from ()
            return self._put_one(self.items[0])
        tally = Tally(len(self.items), unit="item")
        tasks = (partial(self._work, tally, item) for item in self.items)
        with (
            tally.told_when_cancelled(self.session, "put"),
            closing(as_they_come(tally.until_stopped(tasks), _WORKERS, tick=TICK)) as steps,
        ):
            for step in steps:
                yield Progress(tally.accounted, tally.total, "items", current=step or "")
        tally.raise_if_nothing_done()
        return tally.outcome(
            tally.sentence("Put", f"into {self.model.name}"),
        )

    def _put_one(self, item: Item) -> Outcome:
        old = self.put(item)
        self.after()
        if old is item:
            return Outcome(f"{self._name(item)} is there already, just like that.", 0)
        undo: Link | None = take_back(self.model, item, old=old)
        verb = "Replaced" if old is not None else "Put"
        link = item_link(self.model.name, words_of(key_in(self.model, item)))
        return Outcome(f"{verb} {self._name(item)} ({of_most(item)}).", undo=undo, links=(link,))

    def _work(self, tally: Tally, item: Item) -> Iterator[str]:
        name = self._name(item)
        with tally.trying():
            try:
                if patiently(partial(self.put, item)) is item:
                    tally.skip(name, "is there already, just like that")
                else:
                    tally.did(1, item_size(item))
            except LeftAloneError as error:
                reason = error.message.removeprefix(f"{name} ")
                tally.skip(name, reason, error) if self.overwrite else tally.fail(name, reason)
            except Exception as error:
                tally.raised(self.session, error, name)
        yield name

    def put(self, item: Item) -> Item | None:
        """Put one item; returns the one that it replaced, ``item`` itself where just that is there already.

        Raises ``LeftAloneError`` where something else is, or has come in between.
        """
        client, old, names = self.session.client("dynamodb"), None, Names(self.model.types)
        if self.overwrite:
            old = read_item(self.session, self.model, key_in(self.model, item), consistent=True, tell=False)
            if old is not None and same_item(old, item):
                return item
        condition = absent(names, self.model) if old is None else as_seen(names, self.model, old, item)
        request = {"TableName": self.model.name, "Item": sent(item), **checked([condition], names, self.only_if)}
        try:
            conditional(self.meter.counting(client.put_item), **request)
        except MetOtherwiseError as met:
            return self._refused(item, old, met)
        return old

    def _refused(self, item: Item, old: Item | None, met: MetOtherwiseError) -> Item | None:
        """What was put is there where only the answer to an earlier try was lost; otherwise something else is."""
        if met.item is not None and same_item(met.item, item):
            return old if met.lost else item
        if met.lost:
            raise met.answer from None
        raise self._left_alone(item, old, met) from None

    def _left_alone(self, item: Item, old: Item | None, met: MetOtherwiseError) -> AwsError:
        name = self._name(item)
        if met.item is not None and old is None and not self.overwrite:
            return LeftAloneError(
                f"{name} exists already", "Replace it with --overwrite, or change it with: dynamodb edit"
            )
        now_same = met.item is not None and old is not None and same_item(met.item, old)
        if self.only_if is not None and (now_same or met.item is None is old):
            return LeftAloneError(f"{name} is not what --if says", "Nothing was put.")
        return LeftAloneError(f"{name} was changed by somebody else in between", "Look at it, then repeat the command.")


_STAYS = "What is there already stays."
