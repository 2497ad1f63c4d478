"""The one reader of objects: the bytes of one, or of a range of it, exactly, for ``cat`` as for ``get``.

A cut body goes on where it ended, nothing else is put right.

botocore repeats a request that fails, but not a body that ends early; and such a body may look complete to whoever
reads it in pieces. So bytes are counted here, and the rest is asked for, of the same ETag.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    FlexibleChecksumError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from urllib3.exceptions import HTTPError

from stackpane import AwsError
from stackpane_s3.heads import head_object

if TYPE_CHECKING:
    from stackpane import Lane
    from stackpane_s3.reading import ByteRange
    from stackpane_s3.transfer.stop import Stop

__all__ = ["ChangedError", "CorruptError", "CutError", "Fetch"]

_CUT = (IncompleteReadError, ResponseStreamingError, ReadTimeoutError, ConnectionClosedError)
_ATTEMPTS = 4
"""Times in a row that a body may end without having brought anything worth mentioning."""
_WORTH = 1024**2
_SMALLEST, _LARGEST = 16 * 1024, 1024**2
_QUICK, _SLOW = 0.02, 0.3  # seconds for one read
_CONTENT_RANGE = re.compile(r"bytes (?P<first>[0-9]+)-(?P<last>[0-9]+)/(?P<size>[0-9]+)")


class ChangedError(AwsError):
    """The object is not the one any more that was asked for."""


class CorruptError(AwsError):
    """What came is not what S3 says the object is."""


class CutError(AwsError):
    """The body ended early, again and again; the cause is how it did the last time."""


@dataclass(frozen=True)
class Fetch:
    """Gets bytes of one object. ``etag`` pins the object, ``version_id`` the version."""

    client: Any
    bucket: str
    key: str
    stop: Stop
    etag: str | None = None
    version_id: str | None = None
    lane: Lane | None = None

    def head(self) -> Mapping[str, Any]:
        """The answer of ``HeadObject``, with checksums."""
        return head_object(self.client, **self._address, ChecksumMode="ENABLED", **self._pinned)

    def size_of_first_part(self) -> int:
        """The bytes of the object's first part, or of all of it where the endpoint does not tell."""
        # Not pinned: some servers compare the part's ETag then. A wrong size proves nothing, so it does no harm.
        answer = self.client.head_object(**self._address, PartNumber=1)
        size: int = answer["ContentLength"]
        return size

    def small(self) -> tuple[Mapping[str, Any], Iterator[bytes], Fetch] | None:
        """As ``whole``, for an object that fits into memory, through the lane; ``None`` where that has no answer."""
        self.stop.check()
        reply = self.lane.send("get_object", {**self._address, "ChecksumMode": "ENABLED"}) if self.lane else None
        self.stop.check()
        if reply is None or reply.members.get("ContentLength") != len(reply.body) or "ETag" not in reply.members:
            return None
        return reply.members, iter((reply.body,)), replace(self, etag=reply.members["ETag"])

    def whole(self, part: ByteRange | None = None) -> tuple[Mapping[str, Any], Generator[bytes, None, None], Fetch]:
        """The answer of ``GetObject`` for the object as it is now, its bytes, and itself pinned to it.

        With ``part`` the answer and the bytes are of that range only.
        """
        reply = replace(self, etag=None)._get(**({} if part is None else {"Range": str(part)}))
        try:
            start, end, size = self._extent(reply, part)
            pinned = replace(self, etag=self._need_etag(reply))
        except AwsError:
            reply["Body"].close()
            raise
        return reply, pinned.span(start, end, size, reply), pinned

    def span(
        self, start: int, end: int, size: int, reply: Mapping[str, Any] | None = None
    ) -> Generator[bytes, None, None]:
        """The bytes from ``start`` to before ``end`` of an object of ``size`` bytes.

        ``reply`` is an answer that brings them already. Raises ``ChangedError`` where the object has changed,
        ``CutError`` where they do not come, and ``CorruptError`` where botocore finds that they are others.
        """
        position, attempts, good = start, 0, start
        while position < end or reply is not None:
            try:
                if reply is None:
                    reply = self._range(position, end, size)
                for chunk in self._chunks(reply["Body"]):
                    if position + len(chunk) > end:
                        raise AwsError(f"{self._name} brought more bytes than it has", _ENDPOINT)
                    position += len(chunk)
                    yield chunk
                if position < end:
                    raise IncompleteReadError(actual_bytes=position - start, expected_bytes=end - start)
            except _CUT as error:
                attempts, good = (0, position) if position - good >= _WORTH else (attempts + 1, good)
                if attempts >= _ATTEMPTS:
                    if isinstance(error, (IncompleteReadError, ResponseStreamingError)):
                        raise self._cut(position - start, end - start) from error
                    raise
                self.stop.wait(0.1 * 2**attempts)
            except FlexibleChecksumError as error:
                raise self.corrupt() from error
            reply = None

    def _range(self, start: int, end: int, size: int) -> Mapping[str, Any]:
        reply = self._get(Range=f"bytes={start}-{end - 1}")
        if reply.get("ContentRange") != f"bytes {start}-{end - 1}/{size}":
            reply["Body"].close()
            raise self._other_range()
        return reply

    def _extent(self, reply: Mapping[str, Any], part: ByteRange | None) -> tuple[int, int, int]:
        """The first byte that ``reply`` brings, the one behind its last, and the size of the object."""
        if part is None:
            return 0, reply["ContentLength"], reply["ContentLength"]
        match = _CONTENT_RANGE.fullmatch(reply.get("ContentRange") or "")
        if match is None:
            raise self._other_range()
        start, end, size = int(match["first"]), int(match["last"]) + 1, int(match["size"])
        if (start, end) != part.within(size):
            raise self._other_range()
        return start, end, size

    def _need_etag(self, reply: Mapping[str, Any]) -> str:
        """The answer's ETag, without which two answers cannot be known to be of the same object."""
        etag: str | None = reply.get("ETag")
        if etag is None:
            raise AwsError(f"the endpoint sent no ETag of {self._name}", _ENDPOINT)
        return etag

    def _get(self, **more: str) -> dict[str, Any]:
        self.stop.check()
        try:
            reply: dict[str, Any] = self.client.get_object(**self._address, **self._pinned, **more)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "412"):
                raise self._changed() from error
            raise
        except HTTPError as error:  # botocore lets it through where the body of a refusal is cut
            raise ResponseStreamingError(error=error) from error
        if self.etag and reply.get("ETag") != self.etag:  # the endpoint does not look at conditions
            reply["Body"].close()
            raise self._changed()
        return reply

    def _chunks(self, body: Any) -> Iterator[bytes]:
        """Pieces as large as a fraction of a second brings, so that progress is smooth and few calls are made."""
        amount = _SMALLEST
        try:
            with self.stop.hanging_up(partial(_hang_up, body)):
                while True:
                    before = time.monotonic()
                    chunk = body.read(amount)
                    took = time.monotonic() - before
                    self.stop.check()
                    if not chunk:
                        return
                    yield chunk
                    if took < _QUICK:
                        amount = min(2 * amount, _LARGEST)
                    elif took > _SLOW:
                        amount = max(amount // 2, _SMALLEST)
        except _CUT:
            self.stop.check()  # it was hung up
            raise
        finally:
            body.close()

    @property
    def _address(self) -> dict[str, str]:
        version = {"VersionId": self.version_id} if self.version_id is not None else {}
        return {"Bucket": self.bucket, "Key": self.key, **version}

    @property
    def _pinned(self) -> dict[str, str]:
        return {"IfMatch": self.etag} if self.etag else {}

    @property
    def _name(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def corrupt(self, algorithm: str = "") -> CorruptError:
        """The error for bytes that are not the object's."""
        of = f"{algorithm} checksum" if algorithm else "checksum"
        message = f"{self._name}: what came does not have the object's {of}"
        return CorruptError(message, "Nothing of it is good; run the command again.")

    def _changed(self) -> ChangedError:
        return ChangedError(f"{self._name} has changed while it was read", "Run the command again.")

    def _cut(self, done: int, size: int) -> CutError:
        return CutError(f"{self._name} was cut: {done:,} of {size:,} bytes came", "Run the command again.")

    def _other_range(self) -> AwsError:
        return AwsError(f"{self._name} was asked for a range and answered with another one", _ENDPOINT)


_ENDPOINT = "This is a fault of the endpoint."


def _hang_up(body: Any) -> None:
    # urllib3's way to end a read in another thread; botocore's body does not pass it on.
    # https://urllib3.readthedocs.io/en/stable/reference/urllib3.response.html#urllib3.response.HTTPResponse.shutdown
    shutdown = getattr(getattr(body, "_raw_stream", None), "shutdown", None)
    if shutdown is not None:
        try:
            shutdown()
        except (OSError, RuntimeError, ValueError):
            return  # it ended by itself in this moment
