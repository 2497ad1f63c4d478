"""Changes to S3's XML answers, for ``rewrite``: pages small or empty, tokens that repeat, failures, lost fields."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, urlencode
from xml.etree import ElementTree as ET

from tests.harness.faults import made_up, rewrite

if TYPE_CHECKING:
    from tests.harness.exchange import Exchange, Reply
    from tests.harness.faultproxy import Mode

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_ENTRIES = ("Contents", "CommonPrefixes", "Version", "DeleteMarker", "Upload", "Part", "Buckets")


class Paging(NamedTuple):
    """How an operation pages: what requests call the place to go on and the size of a page, what answers call it."""

    marker: str
    size: str
    following: str


PAGING = {
    "ListBuckets": Paging("continuation-token", "max-buckets", "ContinuationToken"),
    "ListObjectsV2": Paging("continuation-token", "max-keys", "NextContinuationToken"),
    "ListObjectVersions": Paging("key-marker", "max-keys", "NextKeyMarker"),
    "ListMultipartUploads": Paging("key-marker", "max-uploads", "NextKeyMarker"),
    "ListParts": Paging("part-number-marker", "max-parts", "NextPartNumberMarker"),
}
"""By operation. Versions and uploads have a second marker, for what has the same key."""


def edit_xml(change: Callable[[ET.Element], None]) -> Callable[[bytes], bytes]:
    """A body change that works on the parsed document, whose names have lost their namespace."""

    def edit(body: bytes) -> bytes:
        root = ET.fromstring(body)
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
        change(root)
        root.set("xmlns", NAMESPACE)
        return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))

    return edit


def set_text(parent: ET.Element, name: str, text: str) -> None:
    """Give ``parent`` one child ``name`` with this text."""
    child = parent.find(name)
    if child is None:
        child = ET.SubElement(parent, name)
    child.text = text


def next_tokens(*tokens: str) -> Mode:
    """Every page says there is another, and gives these tokens in turn: one is A-A-A, two are A-B-A-B.

    The emulator is always asked for the first page, as it would be by an endpoint that does not look at tokens.
    """
    turns = itertools.cycle(tokens)

    async def mode(exchange: Exchange) -> None:
        paging = PAGING[exchange.request.operation]

        def more(root: ET.Element) -> None:
            set_text(root, "IsTruncated", "true")
            set_text(root, paging.following, next(turns))

        await exchange.reply(await _edited(await _asked(exchange, paging, ""), more))

    return mode


def no_token() -> Mode:
    """A page that says there is another, and not where."""

    async def mode(exchange: Exchange) -> None:
        def more(root: ET.Element) -> None:
            _lose(root, PAGING[exchange.request.operation].following)
            set_text(root, "IsTruncated", "true")

        await exchange.reply(await _edited(await exchange.forward(), more))

    return mode


def small_pages(size: int, *, empty: int = 0) -> Mode:
    """The emulator's own pages, of ``size`` entries; ``empty`` pages without any before each, and one behind the last.

    A token is the number of the empty page, and the emulator's token; the first and the last page have none of that.
    """

    async def mode(exchange: Exchange) -> None:
        paging = PAGING[exchange.request.operation]
        number, _, token = exchange.request.arg(paging.marker).partition(".")
        if not empty:
            await exchange.reply(await _asked(exchange, paging, exchange.request.arg(paging.marker), size))
            return
        done = int(number or 0)
        reply = await _asked(exchange, paging, "" if token == "end" else token, size)

        def spread(root: ET.Element) -> None:
            following = root.findtext(paging.following, "")
            is_last = token == "end"
            if is_last or done < empty:
                _lose(root, *_ENTRIES)
                following = f"{done + 1}.{token}"
            else:
                following = f"0.{following or 'end'}"
            if is_last:
                _lose(root, paging.following)
            else:
                set_text(root, paging.following, following)
            set_text(root, "IsTruncated", "false" if is_last else "true")

        await exchange.reply(await _edited(reply, spread))

    return mode


async def _asked(exchange: Exchange, paging: Paging, marker: str, size: int | None = None) -> Reply:
    """The emulator's answer to the request for another place, or another size of page."""
    request = exchange.request
    asked = {name: values[0] for name, values in request.query.items() if name != paging.marker}
    asked |= {paging.marker: marker} if marker else {}
    asked |= {paging.size: str(size)} if size is not None else {}
    target, path = request.target, request.target.partition("?")[0]
    try:
        request.target = f"{path}?{urlencode(asked, quote_via=quote)}"
        return await exchange.forward()
    finally:
        request.target = target  # the log keeps what came


async def _edited(reply: Reply, change: Callable[[ET.Element], None]) -> Reply:
    reply.replace_body(edit_xml(change)(await reply.read()))
    return reply


def empty_page() -> Mode:
    """A page without a single entry, though with the token of the next one, as S3 may send it."""

    def empty(root: ET.Element) -> None:
        _lose(root, *_ENTRIES)
        set_text(root, "KeyCount", "0")

    return rewrite(edit_xml(empty))


def without(*names: str) -> Mode:
    """The answer lacks all elements of these names."""

    return rewrite(edit_xml(lambda root: _lose(root, *names)))


def _lose(root: ET.Element, *names: str) -> None:
    for parent in list(root.iter()):
        for child in [child for child in parent if child.tag in names]:
            parent.remove(child)


def delete_errors(errors: Mapping[str, str]) -> Mode:
    """``DeleteObjects`` that fails for some keys: ``errors`` gives a code (``AccessDenied``) for each.

    These keys are taken from the request, so the emulator keeps them, and the answer (200) has an ``Error`` for each
    that was asked for.
    """

    async def mode(exchange: Exchange) -> None:
        await exchange.drain()
        failed: list[tuple[str, str]] = []

        def keep(root: ET.Element) -> None:
            for item in root.findall("Object"):
                if (key := item.findtext("Key", "")) in errors:
                    failed.append((key, item.findtext("VersionId", "")))
                    root.remove(item)

        def report(root: ET.Element) -> None:
            for key, version in failed:
                entry = ET.SubElement(root, "Error")
                for name, text in {"Key": key, "VersionId": version, "Code": errors[key], "Message": "made up"}.items():
                    if text:
                        set_text(entry, name, text)

        request = edit_xml(keep)(exchange.request.body)
        if b"<Key>" in request:
            reply = await exchange.forward(request)
        else:  # a request without keys would be malformed
            headers = {"Content-Type": "application/xml", "x-amz-request-id": "FAULT0000000000"}
            reply = made_up(200, f'<DeleteResult xmlns="{NAMESPACE}"/>'.encode(), headers)
        reply.replace_body(edit_xml(report)(await reply.read()))
        await exchange.reply(reply)

    return mode
