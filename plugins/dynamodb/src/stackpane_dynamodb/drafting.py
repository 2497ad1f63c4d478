"""An item in the user's editor: opened again until it is valid, or left as it was."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stackpane import InvalidInput
from stackpane.editor import Draft, check_editor
from stackpane_dynamodb.saving import of_most
from stackpane_dynamodb.values.check import faults
from stackpane_dynamodb.values.plain import PlainError, item_from_text, item_from_typed_text, item_text, items_from_text

if TYPE_CHECKING:
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Form", "edited", "items_given"]

_LISTED = 10


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


def edited(form: Form, item: Item, name: str) -> tuple[Item | None, Draft]:
    """What the user makes of an item, and the draft it is in; ``None`` where it was left as it was.

    Raises ``InvalidInput`` where the user gives up on a text that is not valid; the draft stays.
    """
    check_editor("Change single attributes with --set, --remove and --add.")
    about = [f"{name}, {of_most(item)}.", "Lines that begin with # are left out. To stop, leave the rest as it is."]
    draft, found = Draft("", ".json"), list[str]()
    original = body = form.text(item)
    while True:
        header = "".join(f"# {line}\n" for line in [*about, *found])
        draft.write(header + body)
        text = _without_comments(draft.edit())
        if text == original or not text.strip():
            return None, draft
        if found and text == body:
            raise InvalidInput(f"nothing was sent: {found[0]}", f"What you wrote is in {draft.path}")
        body = text
        try:
            # So many lines above it that the line of a slip is that of the file when it is opened next.
            new = form.read("\n" * (len(about) + 1) + body)
            found = form.faults(new)[:_LISTED]
        except PlainError as error:
            found = [str(error)]
        if not found:
            return new, draft


def _without_comments(text: str) -> str:
    # No text of JSON goes over a line's end, so no line within one can begin with #.
    return "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#"))
