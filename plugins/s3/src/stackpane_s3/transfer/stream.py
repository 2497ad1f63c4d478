"""An object's bytes in order, for whoever reads them: fetched a little ahead by several requests, proven at the end."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from stackpane.fanout import in_order
from stackpane_s3.transfer import checksums
from stackpane_s3.transfer.download import CorruptError
from stackpane_s3.transfer.proof import proof_of

if TYPE_CHECKING:
    from stackpane_s3.transfer.fetch import Fetch

__all__ = ["read_in_order"]

_WORKERS = 8
_AHEAD = 24
"""Chunks, of at most 1 MiB, that wait to be read; who has more waits, and the network with it."""


def read_in_order(fetch: Fetch, head: Mapping[str, Any], span: int) -> Generator[bytes, None, None]:
    """The bytes of the object that ``head`` describes, in chunks; some 40 MiB are in memory.

    Raises ``CorruptError`` after the last chunk where they do not have the object's checksum.
    """
    pinned = replace(fetch, etag=head["ETag"])
    size: int = head["ContentLength"]
    if size <= span:
        _, chunks, pinned = fetch.whole()
        ordered: Generator[bytes, None, None] = (chunk for chunk in chunks)
    else:
        starts = range(0, size, span)
        tasks = (partial(pinned.span, start, min(start + span, size), size) for start in starts)
        ordered = in_order(tasks, _WORKERS, ahead=_AHEAD)
    proof = proof_of(pinned, head, span)
    digests = checksums.Pieces(proof.expected.algorithm if proof.expected else "CRC32", proof.part or max(1, size))
    with closing(ordered):
        try:
            for chunk in ordered:
                digests.update(chunk)
                yield chunk
        finally:
            fetch.stop.set()
    if proof.expected is None:
        return
    found = digests.digests()
    value = found[0] if proof.part is None else checksums.composite(proof.expected.algorithm, found)
    if value != proof.expected.value:
        raise CorruptError(
            f"s3://{fetch.bucket}/{fetch.key}: what came does not have the object's {proof.name} checksum",
            "Do not use what was written.",
        )
