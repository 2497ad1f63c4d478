"""The plain form of items: JSON in which only what JSON cannot say carries a tag.

DynamoDB-JSON (``{"price": {"N": "9.50"}}``) is the form AWS speaks, and the one kept inside. A person reads and edits
the plain form (``{"price": 9.50}``). Every value of the one has exactly one counterpart in the other:

===========  ========================  ===========================================
type         DynamoDB-JSON             plain
===========  ========================  ===========================================
string       ``{"S": "a"}``            ``"a"``
number       ``{"N": "9.50"}``         ``9.50``: the same digits, however many
boolean      ``{"BOOL": true}``        ``true``
null         ``{"NULL": true}``        ``null``
list         ``{"L": [...]}``          ``[...]``
map          ``{"M": {...}}``          ``{...}``
binary       ``{"B": "aGk="}``         ``{"$B": "aGk="}``
string set   ``{"SS": ["a"]}``         ``{"$SS": ["a"]}``
number set   ``{"NS": ["1", "2.5"]}``  ``{"$NS": [1, 2.5]}``
binary set   ``{"BS": ["aGk="]}``      ``{"$BS": ["aGk="]}``
===========  ========================  ===========================================

Two rare cases need a tag of their own: a map whose only key is one of these tags is ``{"$M": {...}}``, and a number
that JSON writes otherwise (``+5``, which only emulators give) is ``{"$N": "+5"}``.

``B`` is base64 text here, as on the wire; botocore's clients have ``bytes`` in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from stackpane.exactjson import Digits, exact_json
from stackpane_dynamodb.values.numbers import is_json_number

__all__ = [
    "TAGS",
    "Item",
    "PlainError",
    "Value",
    "from_plain",
    "item_from_text",
    "item_from_typed_text",
    "item_text",
    "items_from_text",
    "to_plain",
    "value_text",
]

Value = Mapping[str, Any]
"""An attribute value in DynamoDB-JSON: a mapping of its type to what it holds."""
Item = Mapping[str, Value]
"""An item in DynamoDB-JSON: attribute names to values."""

TAGS = frozenset({"$B", "$SS", "$NS", "$BS", "$M", "$N"})
"""The names of an object's only member that make it a value of another kind."""


class PlainError(ValueError):
    """Text that is no plain form; ``path`` names where, as in ``orders[0].total``, or ``at`` the line and column."""

    def __init__(self, reason: str, path: str = "", at: tuple[int, int] | None = None) -> None:
        where = path or (f"line {at[0]}, column {at[1]}" if at else "")
        super().__init__(f"{where}: {reason}" if where else reason)
        self.reason, self.path, self.at = reason, path, at


# From DynamoDB-JSON


def reader(number: Callable[[str], Any]) -> Callable[[Value], Any]:
    """What makes plain Python of a value: ``str``, ``bool``, ``None``, ``list`` or ``dict``, with tags if need be.

    ``number`` makes the numbers of the digits that JSON can write as they are.
    """

    def read(value: Value) -> Any:
        ((kind, held),) = value.items()
        return kinds[kind](held)

    def read_number(digits: str) -> Any:
        return number(digits) if is_json_number(digits) else {"$N": digits}

    def read_map(members: Item) -> dict[str, Any]:
        plain = {name: read(value) for name, value in members.items()}
        return {"$M": plain} if len(plain) == 1 and next(iter(plain)) in TAGS else plain

    kinds: dict[str, Callable[[Any], Any]] = {
        "S": lambda held: held,
        "N": read_number,
        "BOOL": lambda held: held,
        "NULL": lambda _held: None,
        "L": lambda held: [read(each) for each in held],
        "M": read_map,
        "B": lambda held: {"$B": held},
        "SS": lambda held: {"$SS": list(held)},
        "NS": lambda held: {"$NS": [read_number(each) for each in held]},
        "BS": lambda held: {"$BS": list(held)},
    }
    return read


to_plain = reader(Digits)
"""A value as plain Python whose numbers are ``Digits``."""


def item_text(item: Item, *, indent: int | None = None) -> str:
    """An item as plain JSON text, its attributes in the order they have. The inverse of ``item_from_text``."""
    return exact_json({name: to_plain(value) for name, value in item.items()}, indent)


def value_text(value: Value, *, indent: int | None = None) -> str:
    """One value as plain JSON text."""
    return exact_json(to_plain(value), indent)


# To DynamoDB-JSON


def item_from_text(text: str | bytes) -> Item:
    """The item that plain JSON text stands for. Raises ``PlainError`` with the line or the path of what is wrong."""
    return _item(read_json(text), typed=False)


def item_from_typed_text(text: str | bytes) -> Item:
    """The item that DynamoDB-JSON text is; its values are still to be checked. Raises ``PlainError``."""
    return _item(read_json(text, number=Decimal), typed=True)


def items_from_text(text: str, *, typed: bool = False) -> list[Item]:
    """The items of JSON text: one, an array of them, or one on each line. Raises ``PlainError``, naming which."""
    read, number = (item_from_typed_text, Decimal) if typed else (item_from_text, Digits)
    lines = [(count, line) for count, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith("{") for _, line in lines):
        return [_named(f"line {count}", read, line) for count, line in lines]
    found = read_json(text, number=number) if lines else []
    if not isinstance(found, list):
        return [read(text)]
    return [_named(f"item {count}", partial(_item, typed=typed), each) for count, each in enumerate(found, 1)]


def _named(name: str, read: Callable[[Any], Item], given: Any) -> Item:
    try:
        return read(given)
    except PlainError as error:
        raise PlainError(str(error), name) from None


def _item(plain: Any, *, typed: bool) -> Item:
    if not isinstance(plain, dict):
        raise PlainError("an item is a JSON object")
    return plain if typed else {name: from_plain(each, name) for name, each in plain.items()}


def read_json(text: str | bytes, *, number: Callable[[str], Any] = Digits) -> Any:
    """JSON whose numbers ``number`` makes. Raises ``PlainError`` where it is none, or says a thing twice."""
    try:
        return json.loads(
            text, parse_float=number, parse_int=number, parse_constant=_no_constant, object_pairs_hook=no_twice
        )
    except json.JSONDecodeError as error:
        raise PlainError(error.msg, at=(error.lineno, error.colno)) from None
    except UnicodeDecodeError as error:
        raise PlainError(f"is not UTF-8: {error.reason} at byte {error.start}") from None
    except RecursionError:
        raise PlainError("is nested too deeply; DynamoDB allows 32 levels") from None


def _no_constant(name: str) -> None:
    raise PlainError(f"{name} is no JSON, and DynamoDB has no such number")


def no_twice(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise PlainError(f"has {next(name for name in names if names.count(name) > 1)!r} twice")
    return found


def from_plain(plain: Any, path: str = "") -> dict[str, Any]:
    """The value that plain Python (as ``read_json`` gives it) stands for. Raises ``PlainError``, naming the path."""
    if isinstance(plain, Digits):
        return {"N": str(plain)}
    if isinstance(plain, str):
        return {"S": plain}
    if plain is None:
        return {"NULL": True}
    if isinstance(plain, bool):
        return {"BOOL": plain}
    if isinstance(plain, list):
        return {"L": [from_plain(each, f"{path}[{number}]") for number, each in enumerate(plain)]}
    if not isinstance(plain, dict):
        raise PlainError(f"{type(plain).__name__} has no counterpart in DynamoDB", path)
    if len(plain) == 1 and next(iter(plain)) in TAGS:
        ((tag, held),) = plain.items()
        return _tagged(tag, held, path)
    return {"M": _members(plain, path)}


def _members(plain: Mapping[str, Any], path: str) -> dict[str, Any]:
    return {name: from_plain(each, f"{path}.{name}" if path else name) for name, each in plain.items()}


def _tagged(tag: str, held: Any, path: str) -> dict[str, Any]:
    if tag == "$M":
        if not isinstance(held, dict):
            raise PlainError('"$M" holds an object', path)
        return {"M": _members(held, path)}
    if tag in ("$B", "$N"):
        if not isinstance(held, str) or (tag == "$B" and isinstance(held, Digits)):
            raise PlainError(f'"{tag}" holds a text{" of base64" if tag == "$B" else ""}', path)
        return {tag[1:]: str(held)}
    if not isinstance(held, list):
        raise PlainError(f'"{tag}" holds a list', path)
    return {tag[1:]: [_member(tag, each, f"{path}[{number}]") for number, each in enumerate(held)]}


def _member(tag: str, held: Any, path: str) -> str:
    if tag == "$NS":
        if isinstance(held, dict) and held.keys() == {"$N"} and isinstance(held["$N"], str):
            return str(held["$N"])
        if not isinstance(held, Digits):
            raise PlainError("a set of numbers holds numbers only", path)
    elif not isinstance(held, str) or isinstance(held, Digits):
        raise PlainError(f"a set of {'strings' if tag == '$SS' else 'binaries'} holds texts only", path)
    return str(held)
