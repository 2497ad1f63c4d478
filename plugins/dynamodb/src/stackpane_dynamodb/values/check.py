"""What DynamoDB would refuse, found before anything is sent, with the path to it.

The rules are those of
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html and
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html. Emulators let much of it pass.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane_dynamodb.values.numbers import normal, number_fault
from stackpane_dynamodb.values.sizes import MOST, item_size
from stackpane_dynamodb.values.wire import is_base64

if TYPE_CHECKING:
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["DEEPEST", "faults", "name_fault", "value_faults"]

DEEPEST = 32
"""Levels of lists and maps within each other."""
_NAME_BYTES = 64 * 1024 - 1
_KEY_BYTES = (2048, 1024)
"""Bytes that a partition key's value may have, and a sort key's."""
_TYPES: dict[str, type[Any]] = {
    "S": str,
    "N": str,
    "B": str,
    "BOOL": bool,
    "NULL": bool,
    "L": list,
    "M": dict,
    "SS": list,
    "NS": list,
    "BS": list,
}
_NAMES = {"S": "string", "N": "number", "B": "binary"}


def faults(item: Item, keys: Sequence[tuple[str, str]] = (), indexed: Mapping[str, str] | None = None) -> Iterator[str]:
    """What is wrong with an item, as ``path: reason``; nothing where DynamoDB takes it.

    ``keys`` are the table's key attributes with their types (``S``, ``N``, ``B``), the partition key first; ``indexed``
    are the key attributes of its indexes, which an item need not have.
    """
    for position, (name, kind) in enumerate(keys):
        if name not in item:
            yield f"{name}: the item has no such attribute, and it is the table's {('partition', 'sort')[position]} key"
        else:
            yield from _key_faults(name, kind, item[name], _KEY_BYTES[position])
    own = {name for name, _ in keys}
    for name, kind in (indexed or {}).items():
        if name in item and name not in own:
            yield from _key_faults(name, kind, item[name], _KEY_BYTES[0])
    sound = True
    for name, value in item.items():
        if fault := name_fault(name):
            sound = False
            yield fault
        for fault in value_faults(value, name):
            sound = False
            yield fault
    if sound and (size := item_size(item)) > MOST:
        yield f"the item has {size:,} bytes; DynamoDB takes {MOST:,} (400 KB)"


def _key_faults(name: str, kind: str, value: Value, most: int) -> Iterator[str]:
    if not _is_value(value):
        return  # said of every attribute
    ((given, held),) = value.items()
    if given != kind:
        yield f"{name}: is a {_NAMES.get(given, given)}, but this key is a {_NAMES[kind]}"
    elif kind != "N" and not held:
        yield f"{name}: is empty, and this is a key"
    elif kind != "N" and isinstance(held, str) and (size := _length(kind, held)) > most:
        yield f"{name}: has {size:,} bytes; a key of this kind has {most:,} at most"


def _is_value(value: Any) -> bool:
    return isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in _TYPES


def _length(kind: str, held: str) -> int:
    return len(held.encode()) if kind == "S" else len(held) * 3 // 4


def value_faults(value: Any, path: str, depth: int = 0) -> Iterator[str]:
    """What is wrong with a value in DynamoDB-JSON, as ``path: reason``."""
    if not _is_value(value):
        yield f'{path}: is no value of DynamoDB\'s, such as {{"S": "text"}}'
        return
    kind: str = next(iter(value))
    held: Any = value[kind]
    if not isinstance(held, _TYPES[kind]):
        yield f"{path}: {kind} holds {_TYPES[kind].__name__}, not {type(held).__name__}"
    elif kind in _CHECKS:
        yield from (f"{path}: {reason}" for reason in _CHECKS[kind](held))
    elif kind in ("SS", "NS", "BS"):
        yield from _set_faults(kind, held, path)
    elif kind in ("L", "M"):
        if depth >= DEEPEST:
            yield f"{path}: is nested deeper than {DEEPEST} levels"
            return
        if kind == "M":
            yield from (f"{path}: {fault}" for name in held if (fault := name_fault(name)))
        for name, each in held.items() if kind == "M" else enumerate(held):
            yield from value_faults(each, f"{path}.{name}" if kind == "M" else f"{path}[{name}]", depth + 1)


def name_fault(name: str) -> str | None:
    """What is wrong with the name of an attribute, or of a map's member; ``None`` where DynamoDB takes it."""
    if not name:
        return "there is a name without characters"
    if reasons := [*_text_reasons(name)]:
        return f"the name {name!r} {reasons[0]}"
    if (size := len(name.encode())) > _NAME_BYTES:
        return f"the name {name[:40]}… has {size:,} bytes; DynamoDB takes {_NAME_BYTES:,}"
    return None


def _set_faults(kind: str, held: Sequence[Any], path: str) -> Iterator[str]:
    if not held:
        yield f"{path}: is an empty set, which DynamoDB cannot keep"
    seen: dict[Any, int] = {}
    for number, each in enumerate(held):
        where = f"{path}[{number}]"
        if not isinstance(each, str):
            yield f"{where}: is no text"
            continue
        reasons = list(_CHECKS[kind[0]](each)) if kind[0] in _CHECKS else []
        yield from (f"{where}: {reason}" for reason in reasons)
        same = each if reasons else _SAME[kind](each)
        if same in seen:
            yield f"{where}: is in the set already, at [{seen[same]}]"
        seen.setdefault(same, number)


def _text_reasons(text: str) -> Iterator[str]:
    try:
        text.encode()
    except UnicodeEncodeError:
        yield "has half of a surrogate pair, which is no character"


def _number_reasons(text: str) -> Iterator[str]:
    if reason := number_fault(text):
        yield reason


def _binary_reasons(text: str) -> Iterator[str]:
    if not is_base64(text):
        yield "is no base64"


def _null_reasons(held: bool) -> Iterator[str]:
    if not held:
        yield "NULL holds true and nothing else"


_CHECKS: dict[str, Callable[[Any], Iterator[str]]] = {
    "S": _text_reasons,
    "N": _number_reasons,
    "B": _binary_reasons,
    "NULL": _null_reasons,
}
_SAME: dict[str, Callable[[str], Any]] = {"SS": str, "NS": normal, "BS": lambda text: base64.b64decode(text)}
