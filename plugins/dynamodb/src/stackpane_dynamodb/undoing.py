"""Links that take a change back, and refuse to where somebody else has changed the same things since."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from stackpane import Link
from stackpane_dynamodb.expressions.conditions import Path
from stackpane_dynamodb.keys import key_in, words_of
from stackpane_dynamodb.values.numbers import is_json_number, normal
from stackpane_dynamodb.values.plain import item_text, value_text

if TYPE_CHECKING:
    from stackpane_dynamodb.changes import Change
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["condition_text", "edit_back", "path_text", "put_back", "take_back"]

_LONGEST = 2048
"""Characters of a link's arguments that a person may still want to copy."""


def edit_back(model: Model, old: Item, changes: Sequence[Change]) -> Link | None:
    """The ``edit`` that sets what it was; ``None`` where no command line can say it."""
    new = condition_text((each.path, each.new) for each in changes)
    paths = [path_text(each.path) for each in changes]
    if new is None or None in paths:
        return None
    put = [f"{path}={value_text(each.old)}" for path, each in zip(paths, changes, strict=True) if each.old is not None]
    gone = [path for path, each in zip(paths, changes, strict=True) if each.old is None]
    words = words_of(key_in(model, old))
    return _short(Link.to("dynamodb edit", model.name, *words, set=put, remove=gone, **{"if": new}, label="Undo"))


def put_back(model: Model, item: Item) -> Link | None:
    """The ``put`` of an item that was deleted; it refuses where there is one again."""
    return _short(Link.to("dynamodb put", model.name, item_text(item), label="Undo"))


def take_back(model: Model, item: Item, *, old: Item | None = None) -> Link | None:
    """What takes a ``put`` back: the version it replaced, or none; only while the item is as it was put."""
    own = set(model.table.keys)
    new = condition_text((Path((name,)), value) for name, value in item.items() if name not in own)
    if not new:  # a value that cannot be said, or nothing but a key: there is nothing to compare
        return None
    if old is not None:
        return _short(Link.to("dynamodb put", model.name, item_text(old), overwrite=True, **{"if": new}, label="Undo"))
    return _short(Link.to("dynamodb rm", model.name, *words_of(key_in(model, item)), **{"if": new}, label="Undo"))


def _short(link: Link) -> Link | None:
    return link if len(link.address) <= _LONGEST else None


def condition_text(expected: Iterable[tuple[Path, Value | None]]) -> str | None:
    """The condition language's text for ``path = value`` of each; ``None`` where it cannot say a path."""
    parts = []
    for path, value in expected:
        place = path_text(path)
        if place is None:
            return None
        parts.append(f"missing({place})" if value is None else f"{place} = {_literal(value)}")
    return " and ".join(parts)


def _literal(value: Value) -> str:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return _quoted(str(held))
        case "N":
            return str(held) if is_json_number(held) else str(normal(held))
        case "B":
            return f'b"{held}"'
        case "BOOL" | "NULL":
            return json.dumps(held if kind == "BOOL" else None)
    return f"j{_quoted(value_text(value))}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def path_text(path: Path) -> str | None:
    """A path as the condition language reads it, every name in backticks that needs them; ``None``: it cannot."""
    first, *others = path.steps
    names = [step for step in path.steps if isinstance(step, str)]
    if not all(names):
        return None
    return _name(str(first)) + "".join(f"[{step}]" if isinstance(step, int) else f".{_name(step)}" for step in others)


def _name(name: str) -> str:
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit()
    return name if plain and name.lower() not in _WORDS else f"`{name.replace('`', '``')}`"


_WORDS = frozenset({"and", "or", "not", "between", "in", "size"})
"""Words that mean something where an attribute may stand."""
