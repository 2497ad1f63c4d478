"""How bytes are held against the checksum S3 keeps of an object: while they come, or by reading a file once more."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane_s3.transfer import checksums, localio
from stackpane_s3.transfer.checksums import Expected, expected
from stackpane_s3.transfer.sizes import MAX_PARTS

if TYPE_CHECKING:
    from stackpane_s3.transfer.fetch import Fetch
    from stackpane_s3.transfer.stop import Stop

__all__ = ["Proof", "digest_of", "proof_of"]

_LARGEST_PART = 4
"""Times the bytes asked for at a time that a part may have, to be got whole: its checksum then takes no second read."""
_READ = 1024**2


@dataclass(frozen=True)
class Proof:
    """The checksum an object must have (``None``: there is none that can be checked here), and how it is come by.

    The object is fetched in ranges of ``span`` bytes, whose every ``piece`` bytes get a digest of ``algorithm``. Those
    make up the checksum, or, where ``reread`` is set, only prove what is on the disk when the download is resumed.
    """

    expected: Expected | None
    size: int
    span: int
    piece: int
    algorithm: str = "CRC32"
    part: int | None = None
    """Bytes of each part of the object, where the checksum is made of theirs."""
    reread: bool = False

    @property
    def name(self) -> str:
        """The algorithm that proves the object; ``length`` where there is none."""
        return self.expected.algorithm if self.expected else "length"

    def holds(self, digests: Mapping[int, list[bytes]], descriptor: int, stop: Stop) -> bool:
        """Whether ``digests`` (of each range), or where they do not tell the file, are of the expected object."""
        if self.expected is None:
            return True
        if self.reread:
            return digest_of(descriptor, self.expected.algorithm, self.part, stop) == self.expected.value
        ordered = [digest for number in sorted(digests) for digest in digests[number]]
        if self.expected.parts is not None:
            return checksums.composite(self.algorithm, ordered) == self.expected.value
        sizes = checksums.lengths(self.size, self.piece)
        return checksums.combined(self.algorithm, zip(ordered, sizes, strict=True)) == self.expected.value


def proof_of(fetch: Fetch, head: Mapping[str, Any], wanted: int, *, guess: int | None = None) -> Proof:
    """How to prove the object that ``head`` describes. Asks for the size of its parts where that matters.

    ``wanted`` is the bytes to ask for at a time. ``guess`` is what the parts' size may be where the endpoint does not
    tell: good enough to find a file the same, not to find it different.
    """
    size: int = head["ContentLength"]
    span = max(wanted, math.ceil(size / MAX_PARTS))  # no more ranges than parts, so that the journal stays small
    wants = expected(head)
    if wants is None:
        return Proof(None, size, span, span)
    if wants.parts is None:
        return (
            Proof(wants, size, span, span, wants.algorithm)
            if checksums.is_crc(wants.algorithm)
            else Proof(wants, size, span, span, reread=True)
        )
    part = _part(fetch, wants.parts, size) or guess
    if part is not None and not checksums.fits(wants.parts, size, part):
        part = None
    if part is None:
        return Proof(None, size, span, span)
    if part > _LARGEST_PART * span:
        return Proof(wants, size, span, span, part=part, reread=True)
    return Proof(wants, size, part * max(1, span // part), part, wants.algorithm, part)


def _part(fetch: Fetch, parts: int, size: int) -> int | None:
    """The bytes of each of the object's parts, where they are all the same and the endpoint tells."""
    first = fetch.size_of_first_part()
    return first if checksums.fits(parts, size, first) else None


def digest_of(descriptor: int, algorithm: str, part: int | None, stop: Stop) -> bytes:
    """The checksum of a file: of the whole, or made of that of its parts of ``part`` bytes."""
    pieces = checksums.Pieces(algorithm, part or max(1, os.fstat(descriptor).st_size))
    position = 0
    while data := localio.read_at(descriptor, _READ, position):
        stop.check()
        pieces.update(data)
        position += len(data)
    digests = pieces.digests()
    return digests[0] if part is None else checksums.composite(algorithm, digests)
