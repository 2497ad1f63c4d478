"""Lean parsers of S3's listings (see ``stackpane.aws.lean``): all entries of a page by one regular expression.

A page is parsed in tiers, and a tier that does not fit all of its entries leaves them to the next:

1. where rows are wanted: an expression made of the first entry, as most pages' entries differ in few of their elements;
2. one expression that knows an entry's elements in the order in which AWS sends them, most of them optional;
3. entry by entry, the elements in any order, with XML's entities;
4. botocore: elements that are unknown here, white space between elements, comments, values in other forms, broken XML.

Tiers 1 to 3 account for every character of what they take, so a page that botocore would understand differently, or
refuse, is never taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property, lru_cache
from itertools import product
from typing import Any
from urllib.parse import unquote_plus

__all__ = ["ObjectRow", "list_object_versions", "list_objects_v2", "object_listing", "object_rows"]

ObjectRow = tuple[str, int, str, str, str | None]
"""An object of a raw page: key (decoded), size in bytes, last change (ISO 8601 in UTC, as sent), ETag with its quotes,
storage class."""


def list_objects_v2(body: bytes, *, raw: bool = False) -> tuple[bytes, dict[str, Any]] | None:
    """The objects and common prefixes of a ``ListObjectsV2`` page; raw: ``Contents`` as ``ObjectRow`` tuples.

    All names in a raw page are decoded, and it has no ``EncodingType``, so botocore does not decode them once more. As
    botocore asks for the encoding by itself and decodes what it parses, callers do not pass ``EncodingType``.
    """
    try:
        page = _Page.of(body, "Contents", "CommonPrefixes")
        return _raw_objects(page) if raw else page.taken(Contents=_OBJECT, CommonPrefixes=_PREFIX)
    except ValueError:  # a misfit, or a value in another form than AWS's: botocore's parser decides
        return None


def list_object_versions(body: bytes, *, raw: bool = False) -> tuple[bytes, dict[str, Any]] | None:  # noqa: ARG001
    """The versions, delete markers and common prefixes of a ``ListObjectVersions`` page; there is no raw form."""
    try:
        page = _Page.of(body, "Version", "DeleteMarker", "CommonPrefixes")
        return page.taken(Versions=_VERSION, DeleteMarkers=_DELETE_MARKER, CommonPrefixes=_PREFIX)
    except ValueError:  # as above
        return None


def object_listing(body: bytes) -> dict[str, Any] | None:
    """A whole page of ``ListObjectsV2`` without botocore: raw ``Contents``, prefixes and where the next page begins.

    ``None`` where anything in it is not as AWS sends it.
    """
    rest, bulk = list_objects_v2(body, raw=True) or (body, {})  # there may be no entries, too
    try:
        root = _ROOT.fullmatch(rest.decode())
        if root is None or _FORBIDDEN.search(root[1]):
            return None
        members = _structure(_EMPTY.sub("", root[1]), _LISTING)
    except ValueError:  # as above; also where entries are left in the rest
        return None
    if "IsTruncated" not in members:
        return None
    return {name: members[name] for name in ("IsTruncated", "NextContinuationToken") if name in members} | bulk


def object_rows(page: Mapping[str, Any]) -> list[ObjectRow]:
    """The objects of a page of ``ListObjectsV2`` from a raw client, also where botocore had to parse it."""
    contents: list[Any] = page.get("Contents", [])
    if contents and isinstance(contents[0], dict):
        return [
            (item["Key"], item["Size"], item["LastModified"].isoformat(), item["ETag"], item.get("StorageClass"))
            for item in contents
        ]
    return contents


class _MisfitError(ValueError):
    """The page, or an entry, is not of the expected form."""


# Kinds of elements


@dataclass(frozen=True, slots=True)
class _Kind:
    """An element's value: the form it has, and what it is parsed to. Values in another form are left to botocore."""

    form: str
    parse: Callable[[str], Any]
    free: bool = False
    """Whether every text is a value, also an empty one and one with entities."""
    around: str = ""
    """The form of what stands around the value, and is not given to ``parse``."""


# Without ampersands, as entities are for tier 3; without what XML does not allow in a text, or changes.
_CHARACTER_FORM = r"[^<>&\x00-\x1f]"
_TEXT = _Kind(f"{_CHARACTER_FORM}+", str, free=True)
# Quotes have a name, but for Go's XML writer they have a number, and some leave them as they are.
_ETAG = _Kind(_TEXT.form, '"{}"'.format, free=True, around='(?:&quot;|&#34;|")')
_INTEGER = _Kind(r"[0-9]+", int)
_BOOLEAN = _Kind(r"true|false", "true".__eq__)
_TIME = _Kind(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?Z", datetime.fromisoformat
)
_TIME_AS_SENT = _Kind(_TIME.form, str)

_Structure = Mapping[str, _Kind]
_Element = _Kind | _Structure | list[_Kind]
"""A value, a structure of values, or (a list of one kind) an element that may come several times."""

_LEAF_OR_STRUCTURE = re.compile(r"<(\w+)>([^<]*)</\1>|<(\w+)>((?:<(\w+)>[^<]*</\5>)+)</\3>")
_FORBIDDEN = re.compile(r"[\x00-\x1f]|]]>")
"""What XML does not allow within a text, or (white space) may change."""
_ENTITY = re.compile(r"&(#?\w*;?)")
_CHARACTERS = {"amp;": "&", "lt;": "<", "gt;": ">", "quot;": '"', "#34;": '"', "apos;": "'"}


class _Entry:
    """The entries of one tag: their elements, in the order in which AWS sends them.

    Its expressions are compiled when they are first used, as that takes longer than parsing a page.
    """

    def __init__(self, tag: str, required: tuple[str, ...], elements: Mapping[str, _Element]) -> None:
        self.tag = tag
        self._required = required
        self._elements = elements
        self._parsers = [(name, _parser(element)) for name, element in elements.items()]

    @cached_property
    def ordered(self) -> re.Pattern[str]:
        """Finds an entry as AWS sends it, with a group for each element."""
        return self.picking(*self._elements)

    def picking(self, *names: str) -> re.Pattern[str]:
        """The same with groups for these elements only."""
        forms = [
            _form(name, element, name in self._required, "(" if name in names else "(?:")
            for name, element in self._elements.items()
        ]
        return re.compile(f"<{self.tag}>{''.join(forms)}</{self.tag}>")

    def parse(self, page: _Page) -> list[dict[str, Any]]:
        """All entries of this tag in the page. Raises ``ValueError`` where one of them does not fit."""
        expected = page.counts.get(self.tag, 0)
        if not expected:
            return []
        found = self.ordered.findall(page.entries)
        if len(found) == expected:
            # A findall of one group gives texts, of several tuples of texts.
            rows = found if len(self._parsers) > 1 else [(text,) for text in found]
            return [
                {name: parse(text) for (name, parse), text in zip(self._parsers, row, strict=True) if text}
                for row in rows
            ]
        inner = re.findall(f"<{self.tag}>(.*?)</{self.tag}>", page.entries, re.DOTALL)
        if len(inner) != expected or _FORBIDDEN.search(page.entries):
            raise _MisfitError(self.tag)
        return [_structure(content, self._elements) for content in inner]


def _form(name: str, element: _Element, required: bool, group: str) -> str:
    """The expression of an element, with one group (``(?:``: none that counts) for its content."""
    if isinstance(element, list):
        return f"{group}(?:<{name}>{element[0].form}</{name}>)*)"
    if isinstance(element, _Kind):
        content = f"{element.around}{group}{element.form}){element.around}"
    else:
        content = rf"{group}(?:<(?:{'|'.join(element)})>{_TEXT.form}</\w+>)+)"
    return f"<{name}>{content}</{name}>" if required else f"(?:<{name}>{content}</{name}>)?"


def _parser(element: _Element) -> Callable[[str], Any]:
    """What makes the value of what ``_form``'s group has matched."""
    if isinstance(element, list):
        return lambda text: [element[0].parse(content) for _, content, *_ in _LEAF_OR_STRUCTURE.findall(text)]
    return element.parse if isinstance(element, _Kind) else lambda text: _structure(text, element)


def _structure(text: str, elements: Mapping[str, _Element]) -> dict[str, Any]:
    """The value of elements in any order. Raises ``ValueError`` for what is unknown or has another form."""
    found: dict[str, Any] = {}
    covered = 0
    for name, leaf, structure, members, _ in _LEAF_OR_STRUCTURE.findall(text):
        element = elements.get(name or structure)
        if isinstance(element, list) and name:
            found.setdefault(name, []).append(_value(leaf, element[0]))
        elif isinstance(element, _Kind) and name and name not in found:
            found[name] = _value(leaf, element)
        elif isinstance(element, Mapping) and (name or structure) not in found:
            found[name or structure] = _structure(leaf or members, element)
        else:
            raise _MisfitError(name or structure)
        covered += 2 * len(name or structure) + len(leaf or members) + len("<></>")
    if covered != len(text):
        raise _MisfitError(text)
    return found


def _value(text: str, kind: _Kind) -> Any:
    if kind.free:
        return _ENTITY.sub(_character, text) if "&" in text else text
    if not re.fullmatch(kind.form, text):
        raise _MisfitError(text)
    return kind.parse(text)


def _character(entity: re.Match[str]) -> str:
    try:
        return _CHARACTERS[entity[1]]
    except KeyError:
        raise _MisfitError(entity[0]) from None


# Pages

# The root's start tag and, before the first entry, nothing but elements without elements of their own: so entries are
# the root's children.
_HEAD = re.compile(r"\s*(?:<\?xml[^<>]*\?>)?\s*<\w+(?:\s[^<>]*[^<>/])?>(?:<(\w+)>[^<]*</\1>|<\w+ ?/>)*")


@dataclass(frozen=True)
class _Page:
    """A page without its entries (``rest``), the entries from the first to the last, and the tags that they have."""

    rest: str
    entries: str
    tags: tuple[str, ...]

    @classmethod
    def of(cls, body: bytes, *tags: str) -> _Page:
        """A page with entries of these tags. Raises ``ValueError`` where there are none of them."""
        text = body.decode()
        starts = {tag: at for tag in tags if (at := text.find(f"<{tag}>")) >= 0}
        start = min(starts.values(), default=0)
        end = max((text.rfind(f"</{tag}>") + len(f"</{tag}>") for tag in starts), default=0)
        head, entries = text[:start], text[start:end]
        if not _HEAD.fullmatch(head):
            raise _MisfitError("head")
        if "\ufffe" in entries or "\uffff" in entries:  # no characters to XML
            raise _MisfitError("text")
        return cls(head + text[end:], entries, tuple(starts))

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many entries each tag has. Raises ``ValueError`` where there are other things between them."""
        # An entry has two of its tags. If an expression later finds so many entries, they have all of the tags, and
        # these lines say that nothing is between them.
        tags_seen = {tag: self.entries.count(f"{tag}>") for tag in self.tags}
        touching = sum(self.entries.count(f"</{one}><{other}>") for one, other in product(self.tags, self.tags))
        if any(seen % 2 for seen in tags_seen.values()) or touching + 1 != sum(tags_seen.values()) // 2:
            raise _MisfitError("entries")
        return {tag: seen // 2 for tag, seen in tags_seen.items()}

    def taken(self, **entries: _Entry) -> tuple[bytes, dict[str, Any]]:
        """What a lean parser returns, with the entries under the names of their members."""
        parsed = {member: entry.parse(self) for member, entry in entries.items()}
        return self.rest.encode(), {member: found for member, found in parsed.items() if found}


_OWNER = {"ID": _TEXT, "DisplayName": _TEXT}
_RESTORE_STATUS = {"IsRestoreInProgress": _BOOLEAN, "RestoreExpiryDate": _TIME}
_OBJECT_ELEMENTS: dict[str, _Element] = {
    "Key": _TEXT,
    "LastModified": _TIME,
    "ETag": _ETAG,
    "ChecksumAlgorithm": [_TEXT],
    "ChecksumType": _TEXT,
    "Size": _INTEGER,
    "Owner": _OWNER,
    "StorageClass": _TEXT,
    "RestoreStatus": _RESTORE_STATUS,
}
_MARKER_ELEMENTS: dict[str, _Element] = {
    "Key": _TEXT,
    "VersionId": _TEXT,
    "IsLatest": _BOOLEAN,
    "LastModified": _TIME,
    "Owner": _OWNER,
}
_VERSION_ELEMENTS: dict[str, _Element] = {"Key": _TEXT, "VersionId": _TEXT, "IsLatest": _BOOLEAN, **_OBJECT_ELEMENTS}
_ALWAYS = ("Key", "LastModified", "ETag", "Size")

_OBJECT = _Entry("Contents", _ALWAYS, _OBJECT_ELEMENTS)
_VERSION = _Entry("Version", (*_ALWAYS, "VersionId", "IsLatest"), _VERSION_ELEMENTS)
_DELETE_MARKER = _Entry("DeleteMarker", ("Key", "VersionId", "IsLatest", "LastModified"), _MARKER_ELEMENTS)
_PREFIX = _Entry("CommonPrefixes", ("Prefix",), {"Prefix": _TEXT})


# What is around the entries of a page of objects
_ROOT = re.compile(
    r"\s*(?:<\?xml[^<>]*\?>)?\s*<ListBucketResult(?:\s[^<>]*[^<>/])?>(.*)</ListBucketResult>\s*", re.DOTALL
)
_EMPTY = re.compile(r"<\w+ ?/>")
_LISTING: dict[str, _Element] = {
    "Name": _TEXT,
    "Prefix": _TEXT,
    "Delimiter": _TEXT,
    "StartAfter": _TEXT,
    "ContinuationToken": _TEXT,
    "NextContinuationToken": _TEXT,
    "MaxKeys": _INTEGER,
    "KeyCount": _INTEGER,
    "EncodingType": _TEXT,
    "IsTruncated": _BOOLEAN,
}


# Raw objects

_OBJECT_AS_SENT = _Entry("Contents", _ALWAYS, {**_OBJECT_ELEMENTS, "LastModified": _TIME_AS_SENT})
_SENT = {"Key": _TEXT, "LastModified": _TIME_AS_SENT, "ETag": _ETAG, "Size": _INTEGER, "StorageClass": _TEXT}
"""What is in a row, in the order in which it is sent."""
_ENCODED = "<EncodingType>url</EncodingType>"
_ENCODED_NAME = re.compile(r"<(Prefix|Delimiter|StartAfter)>([^<&]*)</\1>")
"""What S3 encodes, besides the entries' names:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html#API_ListObjectsV2_RequestParameters"""


def _raw_objects(page: _Page) -> tuple[bytes, dict[str, Any]]:
    rows = _rows_alike(page)
    prefixes: list[str] = []
    if rows is None:
        rows = _object_rows(page)
        prefixes = [entry["Prefix"] for entry in _PREFIX.parse(page)]
    rest = page.rest
    bulk: dict[str, Any] = {}
    if _ENCODED in rest:
        rest = rest.replace(_ENCODED, "")
        bulk = {name: unquote_plus(text) for name, text in _ENCODED_NAME.findall(rest)}
        prefixes = [unquote_plus(prefix) for prefix in prefixes]
        if "%" in page.entries or "+" in page.entries:
            rows = [(unquote_plus(row[0]), *row[1:]) if "%" in row[0] or "+" in row[0] else row for row in rows]
    if rows:
        bulk["Contents"] = rows
    if prefixes:
        bulk["CommonPrefixes"] = [{"Prefix": prefix} for prefix in prefixes]
    return rest.encode(), bulk


@cache
def _row() -> re.Pattern[str]:
    """Finds an object as AWS sends it, with groups for what is in a row, in the order in which it is sent."""
    return _OBJECT_AS_SENT.picking(*_SENT)


@lru_cache(maxsize=64)
def _alike(*fixed: str) -> re.Pattern[str]:
    """As ``_row``, for objects that have these texts before, between and behind what is in a row."""
    values = [f"({kind.form})" for kind in _SENT.values()]
    return re.compile("".join(re.escape(text) + value for text, value in zip(fixed, [*values, ""], strict=True)))


def _rows_alike(page: _Page) -> list[ObjectRow] | None:
    """The rows of a page of nothing but objects that are alike in all that is in no row; ``None`` of other pages."""
    first = _row().match(page.entries)
    if first is None or first[len(_SENT)] is None:
        return None
    edges = iter([first.start(), *(at for group in first.regs[1:] for at in group), first.end()])
    fixed = [page.entries[start:end] for start, end in zip(edges, edges, strict=True)]
    alike = _alike(*fixed)
    # The last one is a sample: to find out late that they are not alike costs more than there is to gain.
    if not alike.fullmatch(page.entries, page.entries.rfind(fixed[0])):
        return None
    found = alike.findall(page.entries)
    # They are as long as the whole, so there is nothing between them.
    values = sum(len("".join(column)) for column in zip(*found, strict=True))
    return _rows(found) if len(found) * len("".join(fixed)) + values == len(page.entries) else None


def _object_rows(page: _Page) -> list[ObjectRow]:
    """The rows of a page, however its objects differ. Raises ``ValueError`` where one of them does not fit."""
    found = _row().findall(page.entries)
    if len(found) == page.counts.get("Contents", 0):
        return _rows(found)
    objects = _OBJECT_AS_SENT.parse(page)
    if not all(name in item for item in objects for name in _ALWAYS):
        raise _MisfitError("Contents")
    rows = [(o["Key"], o["Size"], o["LastModified"], o["ETag"], o.get("StorageClass")) for o in objects]
    _check_days(rows)
    return rows


def _rows(found: list[tuple[str, str, str, str, str]]) -> list[ObjectRow]:
    """The rows of objects as they were sent: the values of ``_SENT``, the ETag without its quotes."""
    rows = [(key, int(size), changed, f'"{tag}"', storage or None) for key, changed, tag, size, storage in found]
    _check_days(rows)
    return rows


def _check_days(rows: list[ObjectRow]) -> None:
    """Raise ``ValueError`` where there is no such day; the expressions have looked at the time of day."""
    for day in {row[2][:10] for row in rows}:
        datetime.fromisoformat(day)
