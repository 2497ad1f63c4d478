"""A stream of unknown length to one object: parts are read as there is somebody to send them, and never go to disk
before they are large."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from stackpane_s3.copying import ABSENT, onto
from stackpane_s3.heads import head_of
from stackpane_s3.transfer import localio
from stackpane_s3.transfer.bodies import ReadAt, digest
from stackpane_s3.transfer.conditions import TakenError
from stackpane_s3.transfer.engine import Entry, Piece
from stackpane_s3.transfer.multipart import Multipart
from stackpane_s3.transfer.sizes import stream_part_size

if TYPE_CHECKING:
    from stackpane_s3.transfer.upload import Options

__all__ = ["WORKERS", "StreamUpload"]

WORKERS = 4
"""Parts at a time; each is in memory, as nobody can read it twice from where it comes."""
_IN_MEMORY = 32 * 1024**2
_READ = 1024**2


class Readable(Protocol):
    """A stream of bytes, such as that behind ``sys.stdin``."""

    def readinto(self, buffer: memoryview, /) -> int | None:
        """Read at most as much as fits; 0 at the end."""


class StreamUpload(Entry):
    """The upload of what a stream gives. It cannot be resumed: what was read is gone with the process."""

    def __init__(self, options: Options, stream: Readable, key: str, guessed: Mapping[str, Any]) -> None:
        self.target = "stdin"
        self._options = options
        self._stream = stream
        self._key = key
        self._settings = {**guessed, **options.settings}
        self._reading = threading.Lock()
        self._number = 0
        self._ended = False
        self._size = 0
        self._upload: Multipart | None = None

    def start(self) -> Iterable[Piece]:
        """Put what fits into one request, or begin an upload in parts."""
        options, address = self._options, {"Bucket": self._options.bucket, "Key": self._key}
        conditions = ABSENT
        if (head := head_of(options.client, **address)) is not None:
            if not options.overwrite:
                raise TakenError(f"s3://{options.bucket}/{self._key} exists already", "Replace it with --overwrite.")
            conditions = onto(head["ETag"])
        first = self._next()
        target = options.target(self._key, self._settings, conditions)
        if first is not None and not self._ended:
            self._upload = Multipart(target)
            return self._pieces(self._upload, first)
        read_at, size = first[1:] if first else (_nothing, 0)
        checksum = digest(options.algorithm, read_at, 0, size, options.stop)
        options.done(target.put(read_at, size, checksum), size)
        return ()

    def finish(self) -> None:
        """Make the object of the parts."""
        if self._upload is not None:
            self._options.done(self._upload.complete(), self._size)

    def close(self, error: BaseException | None) -> None:
        """Take back what cannot be completed any more."""
        if self._upload is not None and error is not None:
            self._upload.abort()

    def _pieces(self, upload: Multipart, first: tuple[int, ReadAt, int]) -> Iterator[Piece]:
        yield partial(self._send, upload, *first)
        while not self._ended:
            yield partial(self._part, upload)

    def _part(self, upload: Multipart) -> None:
        # Read here and not where pieces are given: a slow stream holds up nobody but its own worker.
        part = self._next()
        if part is not None:
            self._send(upload, *part)

    def _send(self, upload: Multipart, number: int, read_at: ReadAt, size: int) -> None:
        options = self._options
        upload.send(number, read_at, 0, size, digest(options.algorithm, read_at, 0, size, options.stop))

    def _next(self) -> tuple[int, ReadAt, int] | None:
        """The next part: its number, how to read it, its size; ``None`` at the stream's end."""
        with self._reading:
            self._options.stop.check()
            if self._ended:
                return None
            self._number += 1
            wanted = stream_part_size(self._number, self._options.part)
            read_at, size = self._in_memory(wanted) if wanted <= _IN_MEMORY else self._on_disk(wanted)
            self._ended = size < wanted
            self._size += size
            return (self._number, read_at, size) if size else None

    def _in_memory(self, wanted: int) -> tuple[ReadAt, int]:
        data = memoryview(bytearray(wanted))
        size = 0
        while size < wanted and (more := self._stream.readinto(data[size : size + _READ])):
            self._options.stop.check()
            size += more
        return partial(_read_from, data[:size]), size

    def _on_disk(self, wanted: int) -> tuple[ReadAt, int]:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as somebody reads the part
        data = memoryview(bytearray(_READ))
        size = 0
        while size < wanted and (more := self._stream.readinto(data[: wanted - size])):
            self._options.stop.check()
            localio.write_at(file.fileno(), data[:more], size)
            size += more
        return partial(_read_file, file), size


def _nothing(_length: int, _position: int) -> bytes:
    return b""


def _read_from(data: memoryview, length: int, position: int) -> bytes:
    return bytes(data[position : position + length])


def _read_file(file: Any, length: int, position: int) -> bytes:
    return localio.read_at(file.fileno(), length, position)
