"""Many items at once in the plain form, by one expression over their whole text: a third of the work of one by one.

``plain_text`` gives what ``lines`` gives of every item, byte for byte, or ``None`` where it is not sure to. It relies
on this: within a string of JSON a quote is always escaped. So ``{"S":"`` is never part of a string: either its brace
opens an object, or its first quote ends a string, and then no letter could follow. It is no member named ``S`` either,
whose value would be an object. The same is true of ``{"N":"``, ``{"B":"``, ``{"SS":["`` and so on.

The expression takes these values out. What is left, the *frame*, are names, braces and brackets of lists and maps,
booleans and nulls; it is short, and is counted over and over: whatever is none of these does not come out even.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from stackpane_dynamodb.values.numbers import JSON_NUMBER

__all__ = ["plain_text"]

_LEAVES = re.compile(
    rb'\{"(?:S":("[^"]*")\}|N":"([^"]+)"\}|(B":"[^"]*"|[SB]S":\["[^"]*"(?:,"[^"]*")*\])\}|NS":\["([^]]+)"\]\})'
)
"""Strings, numbers, what carries a tag in the plain form, and sets of numbers, where no quote is escaped."""
_GROUPS = 5
"""What ``split`` gives of each: the frame before it, then the groups."""
_SIMPLE_NUMBERS = re.compile(rb"(?:-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\n)*")
_NUMBERS = re.compile(f"(?:{JSON_NUMBER}\n)*".encode())
_HOLE = b"\0"
"""Stands in the frame for a value that was taken out."""
_ESCAPES = ((b"\\\\", b"\x01"), (b'\\"', b"\x02"))
_STRUCTURE = b"{}[]:,\n" + _HOLE


class _MisfitError(Exception):
    """Something is not as DynamoDB sends it, or is one of the rare cases that need to be looked at."""


def plain_text(texts: Sequence[bytes], *, values: bool = False) -> bytes | None:
    """Items in DynamoDB-JSON (or ``values``: ``{"S":"a"}``) as lines in the plain form; ``None``: see to each of them.

    Every text is a JSON object by itself.
    """
    text = b"\n".join(texts)
    if any(mark in text for mark in (_HOLE, *(mark for _, mark in _ESCAPES))):
        return None
    escaped = b"\\" in text
    if escaped:
        for escape, mark in _ESCAPES:
            text = text.replace(escape, mark)
    try:
        found = _plain(text, len(texts), values=values)
    except _MisfitError:
        return None
    if escaped:
        for escape, mark in reversed(_ESCAPES):
            found = found.replace(mark, escape)
    return found + b"\n"


def _plain(text: bytes, count: int, *, values: bool) -> bytes:
    """The plain form of a text of so many lines."""
    parts = _LEAVES.split(text)
    frames = _HOLE.join(parts[::_GROUPS]).split(b"\n")
    if len(frames) != count:
        raise _MisfitError
    number_sets = parts[4::_GROUPS]
    numbers = b"\n".join([*filter(None, parts[2::_GROUPS]), *filter(None, number_sets), b""]).replace(b'","', b"\n")
    if not _SIMPLE_NUMBERS.fullmatch(numbers) and not _NUMBERS.fullmatch(numbers):
        raise _MisfitError
    parts[3::_GROUPS] = [held and b'{"$%b}' % held for held in parts[3::_GROUPS]]
    parts[4::_GROUPS] = [held and b'{"$NS":[%b]}' % held.replace(b'"', b"") for held in number_sets]
    parts[::_GROUPS] = b"\n".join(_reduced(frames, values=values)).split(_HOLE)
    return b"".join(filter(None, parts))


_KNOWN: tuple[dict[bytes, bytes], dict[bytes, bytes]] = ({}, {})
"""Frames of items, and of values, as the plain form has them: items of a table mostly have one of a few frames."""
_MOST_KNOWN, _LONGEST_KNOWN = 1000, 4000


def _reduced(frames: list[bytes], *, values: bool) -> Iterable[bytes]:
    """The frames as the plain form has them: without the types of lists, maps, booleans and nulls."""
    known = _KNOWN[values]
    new = [frame for frame in set(frames) if frame not in known]
    if new:
        reduced = _without_types(b"\n".join(new), 0 if values else len(new)).split(b"\n")
        found = dict(zip(new, reduced, strict=True))
        # Another thread may be reading them, so they are kept as they are once they are many.
        if len(known) + len(new) > _MOST_KNOWN or max(map(len, new)) > _LONGEST_KNOWN:
            return [found.get(frame) or known[frame] for frame in frames]
        known.update(found)
    return map(known.__getitem__, frames)


def _without_types(frame: bytes, objects: int) -> bytes:
    """Frames, one a line, as the plain form has them; so many of their braces are those of items."""
    # An item whose first attribute is named M looks like a map, and a map of one member like a tag.
    if (objects and (frame.startswith(b'{"M":{') or b'\n{"M":{' in frame)) or b'{"M":{"$' in frame or b"\\" in frame:
        raise _MisfitError
    pieces = frame.split(b'"')
    names, words = len(pieces) // 2, b"".join(pieces[::2]).translate(None, _STRUCTURE)
    if any(mark in frame for _, mark in _ESCAPES) or frame.count(b'":') != names or len(pieces) % 2 == 0:
        raise _MisfitError
    frame, nulls = _swapped(frame, b'{"NULL":true}', b"null")
    frame, trues = _swapped(frame, b'{"BOOL":true}', b"true")
    frame, falses = _swapped(frame, b'{"BOOL":false}', b"false")
    if len(words) != 4 * (nulls + trues) + 5 * falses:  # blanks, numbers, or other words
        raise _MisfitError
    frame, lists = _swapped(frame, b'{"L":[', b"[")
    frame, maps = _swapped(frame, b'{"M":{', b"{")
    frame, list_ends = _swapped(frame, b"]}", b"]")
    frame, map_ends = _swapped(frame, b"}}", b"}")
    left = (list_ends, map_ends, frame.count(b"{"), frame.count(b"}"), frame.count(b"["), frame.count(b"]"))
    if left != (lists, maps, objects + maps, objects + maps, lists, lists):
        raise _MisfitError
    return frame


def _swapped(text: bytes, old: bytes, new: bytes) -> tuple[bytes, int]:
    """The text with every ``old`` replaced by the shorter ``new``, and how many there were."""
    found = text.replace(old, new)
    return found, (len(text) - len(found)) // (len(old) - len(new))
