"""Items as lines of text straight from a reply: what an export of millions of items can afford.

``plain_line`` gives what ``plain.item_text`` gives (without blanks), but texts, numbers and binary are copied as they
came, never decoded: about a tenth of the work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from stackpane_dynamodb.values.bulk import plain_text
from stackpane_dynamodb.values.numbers import JSON_NUMBER
from stackpane_dynamodb.values.plain import TAGS
from stackpane_dynamodb.values.wire import received

__all__ = [
    "ITEM", "MEMBERS", "plain_line", "plain_lines", "plain_value", "raw_item", "raw_items", "raw_lines", "typed_lines",
]  # fmt: skip

Held = Mapping[str, msgspec.Raw]
"""A value: its type, and what it holds as JSON text."""

ITEM = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw]])
"""Decodes an item's names and types and leaves what its values hold as it is."""
MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
"""Decodes names, of an item or of a type, and leaves what stands under them as it is."""
_LIST = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_TEXTS = msgspec.json.Decoder(list[msgspec.Raw])
_NUMBER = re.compile(f'"({JSON_NUMBER})"'.encode())

_MANY = 100
"""Items at once: what a processor has near by is quicker, and one that is odd does not hold up many."""

_name: Callable[[str], bytes] = lru_cache(4096)(lambda name: msgspec.json.encode(name) + b":")


def raw_items(items: Sequence[Any]) -> Sequence[bytes]:
    """The items of a page as JSON, each on one line."""
    if all(isinstance(item, msgspec.Raw) for item in items):
        texts = list(map(bytes, items))
        text = b"".join(texts)
        if b"\n" not in text and b"\r" not in text:
            return texts
    return list(map(raw_item, items))


def raw_item(item: Any) -> bytes:
    """An item of a page as JSON on one line: the slice of the reply, or what botocore made of it put back."""
    if not isinstance(item, msgspec.Raw):
        return msgspec.json.encode(received(item))
    text = bytes(item)
    # Within a text of JSON a line break is always escaped: one that is found stands between tokens.
    return text if b"\n" not in text and b"\r" not in text else msgspec.json.encode(msgspec.json.decode(text))


def typed_lines(items: Sequence[bytes]) -> bytes:
    """Lines as DynamoDB's own exports have them."""
    return b'{"Item":' + b'}\n{"Item":'.join(items) + b"}\n" if items else b""


def raw_lines(items: Sequence[bytes]) -> bytes:
    """Lines of nothing but the items."""
    return b"\n".join([*items, b""])


def plain_lines(items: Sequence[bytes]) -> bytes:
    """Lines in the plain form, many at once where that can be."""
    parts = [items[start : start + _MANY] for start in range(0, len(items), _MANY)]
    return b"".join([plain_text(part) or b"".join(map(plain_line, part)) for part in parts])


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
