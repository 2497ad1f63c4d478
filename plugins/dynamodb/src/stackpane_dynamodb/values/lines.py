"""Items as lines of text straight from a reply: what an export of millions of items can afford.

``plain_line`` gives what ``plain.item_text`` gives (without blanks), but texts, numbers and binary are copied as they
came, never decoded: about a tenth of the work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from stackpane_dynamodb.values.numbers import JSON_NUMBER
from stackpane_dynamodb.values.plain import TAGS
from stackpane_dynamodb.values.wire import received

__all__ = ["ITEM", "plain_line", "plain_value", "raw_item", "typed_line"]

Held = Mapping[str, msgspec.Raw]
"""A value: its type, and what it holds as JSON text."""

ITEM = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw]])
"""Decodes an item's names and types and leaves what its values hold as it is."""
_LIST = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_TEXTS = msgspec.json.Decoder(list[msgspec.Raw])
_NUMBER = re.compile(f'"({JSON_NUMBER})"'.encode())

_name: Callable[[str], bytes] = lru_cache(4096)(lambda name: msgspec.json.encode(name) + b":")


def raw_item(item: Any) -> bytes:
    """An item of a page as JSON on one line: the slice of the reply, or what botocore made of it put back."""
    if not isinstance(item, msgspec.Raw):
        return msgspec.json.encode(received(item))
    text = bytes(item)
    # Within a text of JSON a line break is always escaped: one that is found stands between tokens.
    return text if b"\n" not in text and b"\r" not in text else msgspec.json.encode(msgspec.json.decode(text))


def typed_line(item: bytes) -> bytes:
    """A line as DynamoDB's own exports have it."""
    return b'{"Item":%b}\n' % item


def plain_line(item: bytes) -> bytes:
    """A line in the plain form."""
    members = ITEM.decode(item).items()
    return b"{" + b",".join([_name(name) + plain_value(value) for name, value in members]) + b"}\n"


def plain_value(value: Held) -> bytes:
    """A value in the plain form."""
    ((kind, held),) = value.items()
    return _KINDS[kind](held)


def _number(held: msgspec.Raw) -> bytes:
    text = bytes(held)
    match = _NUMBER.fullmatch(text)
    return match[1] if match else b'{"$N":%b}' % text


def _list(held: msgspec.Raw) -> bytes:
    return b"[" + b",".join(map(plain_value, _LIST.decode(held))) + b"]"


def _map(held: msgspec.Raw) -> bytes:
    members = ITEM.decode(held)
    text = b"{" + b",".join([_name(name) + plain_value(value) for name, value in members.items()]) + b"}"
    return b'{"$M":%b}' % text if len(members) == 1 and next(iter(members)) in TAGS else text


def _numbers(held: msgspec.Raw) -> bytes:
    return b'{"$NS":[%b]}' % b",".join(map(_number, _TEXTS.decode(held)))


def _tagged(tag: bytes) -> Callable[[msgspec.Raw], bytes]:
    return lambda held: b'{"%b":%b}' % (tag, bytes(held))


_KINDS: dict[str, Callable[[msgspec.Raw], bytes]] = {
    "S": bytes,
    "N": _number,
    "BOOL": bytes,
    "NULL": lambda _held: b"null",
    "L": _list,
    "M": _map,
    "B": _tagged(b"$B"),
    "SS": _tagged(b"$SS"),
    "NS": _numbers,
    "BS": _tagged(b"$BS"),
}
