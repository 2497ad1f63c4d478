"""Bodies of requests that are read from a file as they are sent, so that no part has to be in memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stackpane_s3.transfer.checksums import new
from stackpane_s3.transfer.stop import CURRENT

if TYPE_CHECKING:
    from stackpane_s3.transfer.stop import Stop

__all__ = ["ReadAt", "Slice", "digest", "prepare"]

ReadAt = Callable[[int, int], bytes]
"""Gives at most so many bytes from a position."""

_READ = 1024**2


def digest(algorithm: str, read_at: ReadAt, start: int, length: int, stop: Stop) -> bytes:
    """The checksum of a slice. Raises ``EOFError`` where it is not all there."""
    whole, position, end = new(algorithm), start, start + length
    while position < end:
        stop.check()
        data = read_at(min(_READ, end - position), position)
        if not data:
            raise EOFError
        whole.update(data)
        position += len(data)
    return whole.digest()


class Slice(io.RawIOBase):
    """``length`` bytes of something that can be read at positions, from ``start``, as a file of its own.

    ``sent`` is told of bytes as they are sent, and, negative, that they will be sent again. Reading raises ``Stopped``
    once the transfer is cancelled.
    """

    def __init__(self, read_at: ReadAt, start: int, length: int, stop: Stop, sent: Callable[[int], None]) -> None:
        super().__init__()
        self._read_at = read_at
        self._start = start
        self._length = length
        self._stop = stop
        self._sent = sent
        self._position = 0
        self._counted = 0
        self._counting = False

    def __len__(self) -> int:
        return self._length

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is: a request may have to be sent again."""
        return True

    def tell(self) -> int:
        """The position in the slice."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position in the slice."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        self._position = max(0, min(base + offset, self._length))
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; fewer than ``size`` only at the slice's end, or where the file has become shorter."""
        self._stop.check()
        left = self._length - self._position
        size = left if size is None or size < 0 else min(size, left)
        data = self._read_at(size, self._start + self._position) if size else b""
        self._position += len(data)
        if self._counting:
            self._counted += len(data)
            self._sent(len(data))
        return data

    def begin_sending(self) -> None:
        """From now on what is read is sent: what was counted before has to be sent again, or was only looked at."""
        self.take_back()
        self._counting = True

    def take_back(self) -> None:
        """What was sent does not count."""
        self._sent(-self._counted)
        self._counted = 0


def prepare(client: Any) -> Any:
    """The client, with what transfers need put into its events; as often as wanted."""
    events = client.meta.events
    events.register("before-send.s3", _begin_sending, unique_id="stackpane-s3-sending")
    events.register_last("before-parameter-build", _no_checksum_of_ranges, unique_id="stackpane-s3-ranges")
    return client


def _begin_sending(request: Any, **_: Any) -> None:
    if (stop := CURRENT.get()) is not None:
        stop.check()
    # The body is read for its checksum and signature as well; from here on it is read to be sent.
    if isinstance(request.body, Slice):
        request.body.begin_sending()


def _no_checksum_of_ranges(model: Any, params: dict[str, Any], **_: Any) -> None:
    # Some servers answer a range with the whole object's checksum, which botocore then misses in the range.
    if model.name == "GetObject" and "Range" in params:
        params.pop("ChecksumMode", None)
