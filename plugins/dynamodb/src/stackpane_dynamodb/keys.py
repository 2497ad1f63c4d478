"""Primary keys as the words of a command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput
from stackpane_dynamodb.values.numbers import number_fault
from stackpane_dynamodb.values.wire import is_base64

if TYPE_CHECKING:
    from stackpane_dynamodb.tables import Model
    from stackpane_dynamodb.values.plain import Item, Value

__all__ = ["key_in", "key_of", "said", "words_of"]


def key_of(model: Model, words: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The key that the words stand for, the partition key first; binary ones are base64. Raises ``InvalidInput``."""
    if len(words) != len(model.keys):
        names = " ".join(f"{name} ({kind})" for name, kind in model.keys)
        raise InvalidInput(f"an item of {model.name} goes by its key: {names}", f"{len(words)} given.")
    return {name: _value(name, kind, word) for (name, kind), word in zip(model.keys, words, strict=True)}


def key_in(model: Model, item: Item) -> dict[str, Value]:
    """The key of an item that has one, the partition key first."""
    return {name: item[name] for name in model.table.keys}


def words_of(key: Mapping[str, Value]) -> tuple[str, ...]:
    """A key as the words of a command line: the inverse of ``key_of``."""
    return tuple(str(held) for value in key.values() for held in value.values())


def said(model: Model, key: Mapping[str, Value]) -> str:
    """An item as a message names it: its table and the words of its key."""
    return " ".join((model.name, *words_of(key)))


def _value(name: str, kind: str, word: str) -> dict[str, Any]:
    if not word:
        raise InvalidInput(f"{name} is empty, and no key can be")
    if kind == "N" and (fault := number_fault(word)):
        raise InvalidInput(f"{name} is a number: {fault}")
    if kind == "B" and not is_base64(word):
        raise InvalidInput(f"{name} is binary, and {word!r} is no base64")
    return {kind: word}
