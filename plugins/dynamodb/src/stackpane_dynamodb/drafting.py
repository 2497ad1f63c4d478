"""An item in the user's editor: opened again until it is valid, or left as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackpane import InvalidInput, Refused
from stackpane.editor import Draft, Editing, Slip
from stackpane_dynamodb.saving import of_most
from stackpane_dynamodb.values.check import faults
from stackpane_dynamodb.values.plain import PlainError, item_from_text, item_from_typed_text, item_text, items_from_text

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Form", "edited", "items_given"]


@dataclass(frozen=True, slots=True)
class Form:
    """How items are written and read: plain, or ``typed`` as DynamoDB-JSON; and what the table takes."""

    model: Model
    typed: bool = False

    def text(self, item: Item) -> str:
        """The item as lines that can be edited."""
        if self.typed:
            return json.dumps(item, indent=2, ensure_ascii=False) + "\n"
        return item_text(item, indent=2) + "\n"

    def read(self, text: str) -> Item:
        """The item that the text says, whatever is wrong with it. Raises ``PlainError``."""
        return item_from_typed_text(text) if self.typed else item_from_text(text)

    def faults(self, item: Item) -> list[str]:
        """All that DynamoDB would refuse."""
        return list(faults(item, self.model.keys, self.model.indexed))

    def slips(self, text: str) -> list[Slip]:
        """All that is wrong with a text of an item."""
        try:
            return [Slip(fault) for fault in self.faults(self.read(text))]
        except PlainError as error:
            if error.at is None:
                return [Slip(str(error))]
            return [Slip(error.reason, *error.at)]

    def need_valid(self, item: Item, where: str = "") -> Item:
        """The item itself. Raises ``InvalidInput`` with what DynamoDB would refuse."""
        if found := self.faults(item):
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise InvalidInput(f"{where}{found[0]}{more}", "Nothing was sent.")
        return item


def items_given(text: str, *, typed: bool = False) -> list[Item]:
    """The items of a text that was given with a command. Raises ``InvalidInput``."""
    try:
        return items_from_text(text, typed=typed)
    except PlainError as error:
        raise InvalidInput(f"this is no item: {error}", "Nothing was sent.") from None


def edited(session: Session, form: Form, item: Item, name: str) -> tuple[Item | None, Draft]:
    """What the user makes of an item, and the draft it is in; ``None`` where it was left as it was.

    Raises ``InvalidInput`` where the user gives up on a text that is not valid; the draft stays.
    """
    draft = Draft("", ".json")
    editing = Editing(
        draft,
        form.text(item),
        f"{name}, {of_most(item)}",
        form.slips,
        "Change single attributes with --set, --remove and --add.",
        comments=True,  # no text of JSON goes over a line's end, so no line within one can begin with #
    )
    try:
        text = session.edit(editing)
    except Refused:
        draft.drop()
        raise
    return (None if text is None else form.read(text)), draft
