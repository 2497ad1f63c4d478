"""Another key for an item: nothing that DynamoDB changes, so the item is put anew and the old one deleted, in one go.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, Job, Outcome, Plan
from stackpane_dynamodb.capacity import Meter
from stackpane_dynamodb.changes import changes
from stackpane_dynamodb.conditional import absent, as_seen, checked
from stackpane_dynamodb.expressions.render import Names
from stackpane_dynamodb.keys import key_in, said, words_of
from stackpane_dynamodb.places import item_link
from stackpane_dynamodb.saving import change_said, of_most
from stackpane_dynamodb.values.same import same_item
from stackpane_dynamodb.values.sizes import item_size
from stackpane_dynamodb.values.wire import received, sent

if TYPE_CHECKING:
    from stackpane import Progress, Session
    from stackpane_dynamodb.expressions.conditions import Condition
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Rekeying"]


@dataclass(frozen=True, slots=True)
class Rekeying:
    """The change of one item from ``old`` to ``new``, which has another key. ``after`` is called once it is done."""

    session: Session
    model: Model
    old: Item
    new: Item
    only_if: Condition | None = None
    after: Callable[[], None] = lambda: None
    token: str = field(default_factory=lambda: str(uuid.uuid4()))
    """Makes the request repeatable: AWS carries out one of the same token once within ten minutes."""

    def plan(self) -> Plan:
        """What would be done. Raises ``InvalidInput`` where the item has too many attributes for it."""
        request, (before, after) = self.request(), self.names
        return Plan(
            title=f"Change the key of {before} to that of {after}",
            count=2,
            unit="write",
            bytes=item_size(self.new),
            targets=lambda: iter([f"put {after} ({of_most(self.new)})", f"delete {before}"]),
            phrase="y",
            apply=lambda: Job(f"Changing the key of {before}", lambda: self._run(request)),
            reversible="Can be undone by changing the key back.",
            notes=(
                *(change_said(change) for change in changes(self.old, self.new)),
                "Both or neither: a transaction, which costs twice the capacity.",
                "It is refused where the new key is taken, and where the item is not as it was read.",
            ),
        )

    @property
    def names(self) -> tuple[str, str]:
        """The item under its old key and under its new one, as a message names them."""
        return said(self.model, key_in(self.model, self.old)), said(self.model, key_in(self.model, self.new))

    def request(self) -> dict[str, Any]:
        """The ``TransactWriteItems``."""
        put, delete = Names(self.model.types), Names(self.model.types)
        there = {"TableName": self.model.name, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        return {
            "TransactItems": [
                {"Put": {**there, "Item": sent(self.new), **checked([absent(put, self.model)], put, None)}},
                {
                    "Delete": {
                        **there,
                        "Key": sent(key_in(self.model, self.old)),
                        **checked([as_seen(delete, self.model, self.old, self.new)], delete, self.only_if),
                    }
                },
            ],
            "ClientRequestToken": self.token,
        }

    def _run(self, request: Mapping[str, Any]) -> Generator[Progress, None, Outcome]:
        from botocore.exceptions import ClientError

        yield from ()
        meter = Meter.of_writes()
        try:
            with meter.telling(self.session):
                meter.counting(self.session.client("dynamodb").transact_write_items)(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException" or not self._is_done(error):
                raise self._explained(error) from error
        self.after()
        before, after = self.names
        link = item_link(self.model.name, words_of(key_in(self.model, self.new)))
        return Outcome(f"Changed the key: {before} is {after} now.", links=(link,))

    def _is_done(self, error: Any) -> bool:
        """Whether an earlier try did it whose answer was lost: the new item is there, the old one is not."""
        from stackpane import is_lost

        put, delete = self._reasons(error)
        found = put.get("Item")
        return bool(is_lost(error) and found and not delete.get("Item") and same_item(received(found), self.new))

    @staticmethod
    def _reasons(error: Any) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        reasons = error.response.get("CancellationReasons") or [{}, {}]
        return reasons[0], reasons[1]

    def _explained(self, error: Any) -> Exception:
        """The reasons in words: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html"""
        from stackpane import is_lost

        if error.response["Error"]["Code"] != "TransactionCanceledException" or is_lost(error):
            return error  # type: ignore[no-any-return]
        put, delete = self._reasons(error)
        before, after = self.names
        met = "ConditionalCheckFailed"
        said_of = {
            f"there is an item {after} already": put.get("Code") == met,
            f"{before} is not there any more": delete.get("Code") == met and not delete.get("Item"),
            f"{before} is not as it was read": delete.get("Code") == met and bool(delete.get("Item")),
        }
        why = [text for text, holds in said_of.items() if holds]
        why += [
            f"{each.get('Code')}: {each.get('Message', '')}".strip(": ")
            for each in (put, delete)
            if each.get("Code") not in (None, "None", met)
        ]
        reason = "; ".join(why) or error.response["Error"].get("Message", "")
        return AwsError(
            f"nothing was changed: {reason}",
            "Look at it again, then repeat the change.",
            "TransactionCanceledException",
        )
