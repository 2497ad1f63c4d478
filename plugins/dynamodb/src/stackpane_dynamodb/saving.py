"""Saving a changed item: only what changed is sent, and each change on the condition of the value it was made to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, Failure, Outcome
from stackpane.text import human_count, human_size
from stackpane_dynamodb.capacity import Meter
from stackpane_dynamodb.changes import changes, value_at
from stackpane_dynamodb.conditional import MetOtherwiseError, checked, conditional, is_value
from stackpane_dynamodb.expressions.render import Names
from stackpane_dynamodb.keys import key_in, said, words_of
from stackpane_dynamodb.places import item_link
from stackpane_dynamodb.undoing import edit_back
from stackpane_dynamodb.values.plain import value_text
from stackpane_dynamodb.values.same import same
from stackpane_dynamodb.values.sizes import MOST, item_size
from stackpane_dynamodb.values.wire import received, sent

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.changes import Change
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["Saving", "change_said", "of_most"]

_TRIES = 20
"""How often an addition is reckoned anew because somebody else was faster."""
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Saving:
    """One edit of one item, from ``old`` as it was read to ``new``.

    ``only_if`` is the user's own condition. ``again`` makes the new version of another old one: given where the edit is
    relative to what is there (something is added). It ``counts`` where making it twice is not the same as once.
    """

    session: Session
    model: Model
    old: Item
    new: Item
    only_if: Condition | None = None
    again: Callable[[Item], Item] | None = None
    counts: bool = False
    meter: Meter = field(default_factory=Meter.of_writes, compare=False)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What is to change."""
        return tuple(changes(self.old, self.new))

    @property
    def name(self) -> str:
        """The item as a message names it."""
        return said(self.model, key_in(self.model, self.old))

    @property
    def _words(self) -> tuple[str, ...]:
        return words_of(key_in(self.model, self.old))

    def request(self) -> dict[str, Any]:
        """The ``UpdateItem``. Raises ``InvalidInput`` where it would be longer than DynamoDB takes."""
        names = Names(self.model.types)
        wanted = self.changes
        setting = [f"{names.path(each.path)} = {names.value(each.new)}" for each in wanted if each.new is not None]
        removing = [names.path(each.path) for each in wanted if each.new is None]
        clauses = [("SET", setting), ("REMOVE", removing)]
        update = " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses if parts)
        conditions = [
            f"attribute_exists({names.name(self.model.table.partition)})",
            *(is_value(names, each.path, each.old) for each in wanted),
        ]
        return {
            "TableName": self.model.name,
            "Key": sent(key_in(self.model, self.old)),
            **checked(conditions, names, self.only_if, update),
        }

    def save(self) -> Outcome:
        """Make the changes; an ``Outcome`` with failures where somebody else's are in the way."""
        with self.meter.telling(self.session):
            return self._saved_at_last()

    def _saved_at_last(self) -> Outcome:
        saving = self
        for _ in range(_TRIES):
            if not saving.changes:
                return Outcome(f"{self.name} is like that already.", 0)
            try:
                return saving._sent()
            except MetOtherwiseError as met:
                if met.item is None:
                    raise _gone(self.name, met) from None
                if self.again is None or not saving._overtaken(met.item):
                    return saving._refused(met.item, met)
                if met.lost and self.counts:
                    raise met.answer from None  # marked as lost: it may be our own addition that was in the way
                saving = replace(saving, old=met.item, new=self.again(met.item))
        raise AwsError(
            f"{self.name} was not changed: each of {_TRIES} times somebody else was faster", "Run the command again."
        )

    def _sent(self) -> Outcome:
        update = self.meter.counting(self.session.client("dynamodb").update_item)
        reply = conditional(update, **self.request(), ReturnValues="ALL_NEW")
        return self._saved(received(reply.get("Attributes", {})) or self.new)

    def _overtaken(self, item: Item) -> bool:
        """Whether it is a change of what was read, and not the user's condition, that the save was refused for."""
        return any(not same(value_at(item, each.path), each.old) for each in self.changes)

    def _saved(self, item: Item) -> Outcome:
        count = human_count(len(self.changes), "attribute")
        return Outcome(
            f"Changed {count} of {self.name} ({of_most(item)}).",
            undo=edit_back(self.model, self.old, self.changes),
            links=(item_link(self.model.name, self._words),),
        )

    def _refused(self, item: Item, met: MetOtherwiseError) -> Outcome:
        """What a refusal means: it is like that already, the user's condition does not hold, or somebody was faster."""
        if not self._overtaken(item):
            failure = Failure(self.name, "is not what --if says")
            return Outcome(f"Nothing was changed: {self.name} is not what --if says.", 0, (failure,))
        is_there = all(same(value_at(item, each.path), each.new) for each in self.changes)
        if is_there and (met.lost or self.only_if is None):  # our own try whose answer was lost, or the same by others
            return self._saved(item)
        failures = tuple(Failure(str(each.path), _versions(each, value_at(item, each.path))) for each in self.changes)
        return Outcome(
            f"Nothing was changed: somebody else has changed {self.name} since it was read.",
            0,
            failures,
            links=(item_link(self.model.name, self._words),),
        )


def _gone(name: str, met: MetOtherwiseError) -> Exception:
    if met.lost:
        return met.answer
    return AwsError(f"nothing was changed: {name} is not there any more", "Somebody has deleted it since it was read.")


def _versions(change: Change, now: Value | None) -> str:
    return f"read {_text(change.old)}, there now {_text(now)}, yours {_text(change.new)}"


def change_said(change: Change) -> str:
    """A change in one line: what was, and what will be."""
    return f"{change.path}: {_text(change.old)} → {_text(change.new)}"


def _text(value: Value | None) -> str:
    if value is None:
        return "(none)"
    text = value_text(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def of_most(item: Item) -> str:
    """An item's size beside the most that DynamoDB takes: ``1.2 KiB of 400 KiB``."""
    return f"{human_size(item_size(item))} of {MOST // 1024} KiB"
