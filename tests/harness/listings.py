"""Changes to S3's XML answers, for ``rewrite``: page tokens that repeat, empty pages, partial failures, lost fields."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.harness.faults import made_up, rewrite

if TYPE_CHECKING:
    from tests.harness.exchange import Exchange
    from tests.harness.faultproxy import Mode

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
PAGES = {"ListBucketResult": "NextContinuationToken", "ListAllMyBucketsResult": "ContinuationToken"}
_ENTRIES = ("Contents", "CommonPrefixes", "Version", "DeleteMarker", "Upload", "Part")


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


def next_tokens(*tokens: str, element: str = "NextContinuationToken") -> Mode:
    """Every page says there is another, and gives these tokens in turn: one is A-A-A, two are A-B-A-B.

    The emulator is asked for what the client sends, so its own tokens should be left out by ``match``.
    """
    turns = itertools.cycle(tokens)

    def more(root: ET.Element) -> None:
        set_text(root, "IsTruncated", "true")
        set_text(root, element, next(turns))

    return rewrite(edit_xml(more))


def empty_page() -> Mode:
    """A page without a single entry, though with the token of the next one, as S3 may send it."""

    def empty(root: ET.Element) -> None:
        for name in _ENTRIES:
            for entry in root.findall(name):
                root.remove(entry)
        set_text(root, "KeyCount", "0")

    return rewrite(edit_xml(empty))


def without(*names: str) -> Mode:
    """The answer lacks all elements of these names."""

    def lose(root: ET.Element) -> None:
        for parent in list(root.iter()):
            for child in [child for child in parent if child.tag in names]:
                parent.remove(child)

    return rewrite(edit_xml(lose))


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
