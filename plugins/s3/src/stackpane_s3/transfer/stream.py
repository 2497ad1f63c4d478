"""An object's bytes in order, for whoever reads them, proven at the end.

They come by one request, as they are wanted, or are fetched a little ahead by several.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane.fanout import in_order
from stackpane_s3.transfer import checksums
from stackpane_s3.transfer.proof import proof_of
from stackpane_s3.transfer.sizes import MAX_OBJECT

if TYPE_CHECKING:
    from stackpane_s3.reading import ByteRange
    from stackpane_s3.transfer.checksums import Expected
    from stackpane_s3.transfer.fetch import Fetch

__all__ = ["read_as_wanted", "read_in_order"]

_WORKERS = 8
_AHEAD = 24
"""Chunks, of at most 1 MiB, that wait to be read; who has more waits, and the network with it."""


def read_as_wanted(
    fetch: Fetch, part: ByteRange | None = None
) -> tuple[Mapping[str, Any], Generator[bytes, None, None]]:
    """The answer of ``GetObject``, and the object's bytes (or those of ``part``), no more of them than are taken.

    Raises ``CorruptError`` after the last chunk where they do not have a checksum of the whole object that came along.
    """
    reply, chunks, _ = fetch.whole(part)
    wants = checksums.expected(reply) if part is None else None
    # What is made of the parts' checksums takes another request to know the parts.
    return reply, _proven(fetch, chunks, None if wants is None or wants.parts is not None else wants)


def read_in_order(fetch: Fetch, head: Mapping[str, Any], span: int) -> Generator[bytes, None, None]:
    """The bytes of the object that ``head`` describes, in chunks; some 40 MiB are in memory.

    Raises ``CorruptError`` after the last chunk where they do not have the object's checksum.
    """
    pinned = replace(fetch, etag=head["ETag"])
    size: int = head["ContentLength"]
    ordered: Generator[bytes, None, None]
    if size <= span:
        _, ordered, pinned = fetch.whole()
    else:
        starts = range(0, size, span)
        tasks = (partial(pinned.span, start, min(start + span, size), size) for start in starts)
        ordered = in_order(tasks, _WORKERS, ahead=_AHEAD)
    proof = proof_of(pinned, head, span)
    yield from _proven(fetch, ordered, proof.expected, proof.part)


def _proven(
    fetch: Fetch, chunks: Generator[bytes, None, None], wants: Expected | None, part: int | None = None
) -> Generator[bytes, None, None]:
    """The chunks; raises ``CorruptError`` after the last one where they do not make up what is expected.

    ``part`` is the bytes of each of the object's parts, where the checksum is made of theirs.
    """
    digests = None if wants is None else checksums.Pieces(wants.algorithm, part or MAX_OBJECT)
    with closing(chunks):
        try:
            for chunk in chunks:
                if digests is not None:
                    digests.update(chunk)
                yield chunk
        finally:
            fetch.stop.set()
    if wants is None or digests is None:
        return
    found = digests.digests()
    value = found[0] if part is None else checksums.composite(wants.algorithm, found)
    if value != wants.value:
        raise fetch.corrupt(wants.algorithm)
