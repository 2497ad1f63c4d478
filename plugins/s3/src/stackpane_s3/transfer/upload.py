"""One file to one object: by one request or in parts, resumable, and onto nothing that was not seen."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from botocore.exceptions import ClientError

from stackpane import StackpaneError, is_lost
from stackpane_s3.copying import ABSENT, onto
from stackpane_s3.heads import head_of
from stackpane_s3.transfer import localio
from stackpane_s3.transfer.bodies import digest
from stackpane_s3.transfer.conditions import ConditionalWrites, ConflictError, TakenError
from stackpane_s3.transfer.engine import Entry, Piece, Report
from stackpane_s3.transfer.fetch import Fetch
from stackpane_s3.transfer.multipart import Multipart
from stackpane_s3.transfer.proof import digest_of, proof_of
from stackpane_s3.transfer.sizes import PIECE, part_size
from stackpane_s3.transfer.target import Target
from stackpane_s3.transfer.uploads import Note, NoteFile, digest_of_settings

if TYPE_CHECKING:
    from stackpane import Lane
    from stackpane_s3.transfer.stop import Stop

__all__ = ["Options", "Upload"]

_IN_MEMORY = 1024**2
"""Bytes of a file that is read at once."""
_USELESS = ("InvalidPart", "InvalidPartOrder", "BadDigest", "EntityTooSmall", "InvalidRequest")
"""What S3 says of parts that cannot become the object."""


@dataclass(frozen=True)
class Options:
    """What is the same for all files of a run.

    ``settings`` are the headers, metadata and so on that were asked for, as ``PutObject`` takes them; ``place`` tells
    endpoints apart; ``part`` is the bytes of a part that was asked for. ``answers`` keeps S3's last answer.
    """

    client: Any
    bucket: str
    stop: Stop
    report: Report
    writes: ConditionalWrites
    place: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    overwrite: bool = False
    restart: bool = False
    part: int | None = None
    algorithm: str = "CRC32"
    lane: Lane | None = None
    answers: list[Mapping[str, Any]] = field(default_factory=list)

    def target(self, key: str, settings: Mapping[str, Any], conditions: Mapping[str, str]) -> Target:
        """Where an object is to be written."""
        return Target(
            client=self.client,
            bucket=self.bucket,
            key=key,
            settings=settings,
            conditions=conditions,
            writes=self.writes,
            algorithm=self.algorithm,
            stop=self.stop,
            report=self.report,
            lane=self.lane,
        )

    def done(self, answer: Mapping[str, Any], size: int) -> None:
        """S3 has the object."""
        self.answers[:] = [answer]
        self.report.did(size)


class Upload(Entry):
    """The upload of one file; ``guessed`` are settings that come from the file, such as its content type."""

    def __init__(self, options: Options, path: Path, key: str, guessed: Mapping[str, Any]) -> None:
        self.target = str(path)
        self._options = options
        self._path = path
        self._key = key
        self._settings = {**guessed, **options.settings}
        self._descriptor: int | None = None
        self._conditions: Mapping[str, str] = ABSENT
        self._found: os.stat_result | None = None
        self._large: Multipart | None = None
        self._notes = NoteFile(options.place, options.bucket, key, str(path.absolute()))

    def start(self) -> Iterable[Piece]:
        """Put a small file, or make ready for a large one; leave alone what is there already."""
        descriptor = os.open(self._path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
        self._descriptor = descriptor
        found = self._found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise StackpaneError(f"{self._path} is no regular file")
        is_large = found.st_size > (self._options.part or PIECE)
        looks = self._options.overwrite or is_large or self._options.report.likely_there
        if looks and self._is_there(descriptor, found):
            return ()
        if is_large:
            return self._in_parts(descriptor, found)
        self._at_once(descriptor, found)
        return ()

    def finish(self) -> None:
        """Make the object of the parts."""
        if self._large is None or self._found is None or self._descriptor is None:
            return
        try:
            self._check(self._descriptor, self._found)
            answer = self._large.complete()
        except (_FileChangedError, ConflictError):
            self._give_up(self._large)
            raise
        except ClientError as error:
            if error.response["Error"]["Code"] in _USELESS:
                self._give_up(self._large)
            raise
        self._notes.remove()
        self._options.done(answer, self._found.st_size)

    def close(self, error: BaseException | None) -> None:
        """Let go of the file; parts stay at S3 for a later run."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def abandon(self) -> bool:
        """Delete what an interrupted upload left at S3; false: there is nothing."""
        noted = self._notes.read()
        if noted is None:
            return False
        self._give_up(Multipart(self._target(), noted[1]))
        return True

    def _give_up(self, upload: Multipart) -> None:
        upload.abort()
        self._notes.remove()

    def _target(self) -> Target:
        return self._options.target(self._key, self._settings, self._conditions)

    # What is there already

    def _is_there(self, descriptor: int, found: os.stat_result) -> bool:
        """Whether the object is this file already. If not, it may be replaced, or ``TakenError`` is raised."""
        head = self._head()
        if head is None:
            self._options.report.likely_there = False
            return False
        if self._has_settings(head) and self._is_same(head, descriptor, found):
            self._options.report.same(found.st_size)
            return True
        if not self._options.overwrite:
            raise TakenError(f"s3://{self._options.bucket}/{self._key} exists already", "Replace it with --overwrite.")
        self._conditions = onto(head["ETag"])
        return False

    def _found_same(self, descriptor: int, found: os.stat_result) -> Mapping[str, Any] | None:
        """The object, if it is this file by now."""
        head = self._head()
        is_same = head is not None and self._has_settings(head) and self._is_same(head, descriptor, found)
        return head if is_same else None

    def _head(self) -> Mapping[str, Any] | None:
        address = {"Bucket": self._options.bucket, "Key": self._key}
        return head_of(self._options.client, **address, ChecksumMode="ENABLED")

    def _has_settings(self, head: Mapping[str, Any]) -> bool:
        """Whether the object has what was asked for, as far as ``HeadObject`` tells; tags are only counted."""
        wanted = dict(self._options.settings)
        tags = len(parse_qsl(wanted.pop("Tagging", ""), keep_blank_values=True))
        has = {"StorageClass": "STANDARD", **head}
        return tags in (0, has.get("TagCount", 0)) and all(has.get(name) == value for name, value in wanted.items())

    def _is_same(self, head: Mapping[str, Any], descriptor: int, found: os.stat_result) -> bool:
        if head["ContentLength"] != found.st_size:
            return False
        options = self._options
        fetch = Fetch(options.client, options.bucket, self._key, options.stop, head["ETag"])
        proof = proof_of(fetch, head, PIECE, guess=part_size(found.st_size, options.part))
        if proof.expected is None:
            return False
        return digest_of(descriptor, proof.expected.algorithm, proof.part, options.stop) == proof.expected.value

    # A small file

    def _at_once(self, descriptor: int, found: os.stat_result) -> None:
        size, options, target = found.st_size, self._options, self._target()
        read_at = partial(localio.read_at, descriptor)
        content = read_at(size, 0) if size <= _IN_MEMORY else read_at
        reads = read_at if not isinstance(content, bytes) else partial(_read_from, content)
        checksum = self._digest(reads, 0, size)
        self._check(descriptor, found)
        try:
            answer = target.put(content, size, checksum)
        except TakenError as error:
            # It may be this very file, from a run that was interrupted, or from a request whose answer was lost.
            if (head := self._found_same(descriptor, found)) is None:
                raise
            if self._conditions is ABSENT and not (error.__cause__ and is_lost(error.__cause__)):
                options.report.same(size)
            else:
                options.done(head, size)
            return
        options.done(answer, size)

    def _digest(self, read_at: Any, start: int, length: int) -> bytes:
        try:
            return digest(self._options.algorithm, read_at, start, length, self._options.stop)
        except EOFError:
            raise _FileChangedError(self._path) from None

    def _check(self, descriptor: int, before: os.stat_result) -> None:
        """Raise if the file was written to since it was looked at."""
        now = os.fstat(descriptor)
        if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise _FileChangedError(self._path)

    # A large one

    def _in_parts(self, descriptor: int, found: os.stat_result) -> Iterator[Piece]:
        target = self._target()
        note = Note(
            bucket=target.bucket,
            key=target.key,
            path=str(self._path.absolute()),
            size=found.st_size,
            modified=found.st_mtime_ns,
            part_size=part_size(found.st_size, self._options.part),
            algorithm=target.algorithm,
            settings=digest_of_settings(target.settings),
        )
        here = self._resume(target, note)
        upload = self._large
        if upload is None:
            upload = self._large = Multipart(target)
            self._notes.write(note, upload.begun)
        starts = range(0, note.size, note.part_size)
        return (
            partial(self._part, upload, descriptor, number, start, min(note.part_size, note.size - start), here)
            for number, start in enumerate(starts, 1)
        )

    def _resume(self, target: Target, note: Note) -> Mapping[int, Mapping[str, Any]]:
        """The parts that S3 has of this very file from an earlier run, whose upload then goes on."""
        noted = self._notes.read()
        if noted is None:
            return {}
        upload = Multipart(target, noted[1])
        if noted[0] == note and not self._options.restart:
            parts = upload.at_s3()
            if parts is not None:
                self._large = upload
                return parts
        self._give_up(upload)
        return {}

    def _part(
        self,
        upload: Multipart,
        descriptor: int,
        number: int,
        start: int,
        size: int,
        here: Mapping[int, Mapping[str, Any]],
    ) -> None:
        read_at = partial(localio.read_at, descriptor)
        found = self._digest(read_at, start, size)
        if number in here and self._has_part(here[number], upload.target, found, partial(read_at, size, start)):
            upload.keep(number, here[number], found, size)
            self._options.report.moving(size)
        else:
            upload.send(number, read_at, start, size, found)

    def _has_part(self, described: Mapping[str, Any], target: Target, found: bytes, read: Any) -> bool:
        """Whether S3's part is this part of the file: by its checksum, else by its ETag."""
        ((name, value),) = target.checksum(found).items()
        if name in described:
            return bool(described[name] == value)
        return bool(described["ETag"] == f'"{hashlib.md5(read(), usedforsecurity=False).hexdigest()}"')


class _FileChangedError(StackpaneError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} was changed while it was uploaded", "Run the command again when it is at rest.")


def _read_from(data: bytes, length: int, position: int) -> bytes:
    return data[position : position + length]
