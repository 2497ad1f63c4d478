"""One object to one file: by one request or by ranges, resumable, and proven before it is shown."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from stackpane_s3.transfer import localio
from stackpane_s3.transfer.checksums import Pieces, expected, new
from stackpane_s3.transfer.engine import Entry, Piece, Report
from stackpane_s3.transfer.fetch import ChangedError, CorruptError, Fetch
from stackpane_s3.transfer.folders import exists
from stackpane_s3.transfer.partfiles import PartFile, room_for
from stackpane_s3.transfer.proof import Proof, digest_of, proof_of
from stackpane_s3.transfer.sizes import PIECE

if TYPE_CHECKING:
    from stackpane import Lane
    from stackpane_s3.transfer.folders import Spot
    from stackpane_s3.transfer.stop import Stop

__all__ = ["Download", "Options", "Source"]

_SECOND = 10**9
_READ = 1024**2


class Source(NamedTuple):
    """An object as it was listed; ``etag`` with its quotes."""

    key: str
    size: int
    etag: str
    modified: datetime
    version_id: str | None = None


@dataclass(frozen=True)
class Options:
    """What is the same for all objects of a run; ``piece`` is the bytes that one request asks for at least."""

    client: Any
    bucket: str
    stop: Stop
    report: Report
    overwrite: bool = False
    restart: bool = False
    piece: int = PIECE
    lane: Lane | None = None


class Download(Entry):
    """The download of one object to the place that ``place`` finds (or makes)."""

    def __init__(self, options: Options, source: Source, place: Callable[[], Spot]) -> None:
        self.target = f"s3://{options.bucket}/{source.key}"
        self._options = options
        self._source = source
        self._place = place
        self._fetch = Fetch(
            options.client, options.bucket, source.key, options.stop, source.etag, source.version_id, options.lane
        )
        self._modified = source.modified
        self._size = source.size
        self._part: PartFile | None = None
        self._proof: Proof | None = None
        self._digests: dict[int, list[bytes]] = {}
        self._skipped = False
        self._resumable = False

    def start(self) -> Iterable[Piece]:
        """Get a small object, or make ready for a large one; leave alone what is there already."""
        spot = self._place()
        if (there := spot.existing()) is not None:
            parent, found = there
            if self._is_same(parent.open, spot.name, found):
                self._skip()
                return ()
            if not self._options.overwrite:
                raise exists(parent.path / spot.name)
        self._part = PartFile(spot, f"{self._options.bucket}/{self._source.key}?{self._source.version_id}")
        if self._source.size > self._options.piece:
            return self._ranges(self._part)
        self._whole(self._part)
        return ()

    def finish(self) -> None:
        """Prove the file, flush it, and give it its name."""
        if self._skipped or self._part is None:
            return
        if self._proof is not None:
            if not self._proof.holds(self._digests, self._part.descriptor, self._options.stop):
                raise self._fetch.corrupt(self._proof.name)
            self._options.report.proven(self._proof.name)
        self._options.stop.check()
        self._part.publish(_nanoseconds(self._modified), overwrite=self._options.overwrite)
        self._options.report.did(self._size)

    def close(self, error: BaseException | None) -> None:
        """Keep what a later run can go on with."""
        if self._part is None:
            return
        if error is not None and (not self._resumable or isinstance(error, (CorruptError, ChangedError))):
            self._part.discard()
        self._part.close()

    # What is there already

    def _is_same(self, opened: Callable[[str, int], int], name: str, found: os.stat_result) -> bool:
        """Whether the local file is the object: dated as it is, or with its checksum."""
        if not stat.S_ISREG(found.st_mode) or found.st_size != self._source.size:
            return False
        # Dated to the second exactly, as downloads are: what is written otherwise hardly ever is.
        if found.st_mtime_ns == _nanoseconds(self._modified):
            return True
        proof = proof_of(self._fetch, self._fetch.head(), self._options.piece)
        if proof.expected is None:
            return False
        descriptor = opened(name, os.O_RDONLY)
        try:
            found_digest = digest_of(descriptor, proof.expected.algorithm, proof.part, self._options.stop)
        finally:
            os.close(descriptor)
        return found_digest == proof.expected.value

    def _skip(self) -> None:
        self._skipped = True
        self._options.report.same(self._source.size)

    # A small object

    def _whole(self, part: PartFile) -> None:
        part.begin()
        small = self._fetch.small() if self._source.size <= _READ else None
        reply, chunks, pinned = small or self._fetch.whole()
        # It may have changed since it was listed: what is got is one object all the same.
        self._modified, self._size = reply["LastModified"], reply["ContentLength"]
        self._options.report.found(0, self._size - self._source.size)
        wants = expected(reply)
        digest = new(wants.algorithm) if wants is not None and wants.parts is None else None
        position = 0
        for chunk in chunks:
            localio.write_at(part.descriptor, chunk, position)
            position += len(chunk)
            if digest is not None:
                digest.update(chunk)
            self._options.report.moving(len(chunk))
        if wants is None or digest is None:
            self._proof = replace(proof_of(pinned, reply, self._options.piece), reread=True)
            return
        if digest.digest() != wants.value:
            raise self._fetch.corrupt(wants.algorithm)
        self._options.report.proven(wants.algorithm)

    # A large one

    def _ranges(self, part: PartFile) -> Iterator[Piece]:
        head = self._fetch.head()
        self._modified = head["LastModified"]
        proof = self._proof = proof_of(self._fetch, head, self._options.piece)
        header = self._header(proof)
        here = None if self._options.restart else part.resume(header)
        if here is None:
            part.begin(header)
        size = self._source.size
        room_for(part.spot.parent.path, size - getattr(os.fstat(part.descriptor), "st_blocks", 0) * 512)
        os.ftruncate(part.descriptor, size)
        self._resumable = True
        return (
            partial(self._range, part, proof, number, (here or {}).get(number))
            for number in range((size + proof.span - 1) // proof.span)
        )

    def _header(self, proof: Proof) -> Mapping[str, Any]:
        return {
            "stackpane": 1,
            "bucket": self._options.bucket,
            "key": self._source.key,
            "version": self._source.version_id,
            "etag": self._source.etag,
            "size": self._source.size,
            "span": proof.span,
            "piece": proof.piece,
            "algorithm": proof.algorithm,
        }

    def _range(self, part: PartFile, proof: Proof, number: int, here: list[bytes] | None) -> None:
        start = number * proof.span
        end = min(start + proof.span, self._source.size)
        if here is not None and self._on_disk(part, proof, start, end) == here:
            self._digests[number] = here
            self._options.report.moving(end - start)
            return
        digests, position = Pieces(proof.algorithm, proof.piece), start
        try:
            for chunk in self._fetch.span(start, end, self._source.size):
                localio.write_at(part.descriptor, chunk, position)
                digests.update(chunk)
                position += len(chunk)
                self._options.report.moving(len(chunk))
        except BaseException:
            self._options.report.moving(start - position)
            raise
        self._digests[number] = digests.digests()
        part.received(number, self._digests[number])

    def _on_disk(self, part: PartFile, proof: Proof, start: int, end: int) -> list[bytes]:
        digests = Pieces(proof.algorithm, proof.piece)
        for position in range(start, end, _READ):
            self._options.stop.check()
            digests.update(localio.read_at(part.descriptor, min(_READ, end - position), position))
        return digests.digests()


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * _SECOND
