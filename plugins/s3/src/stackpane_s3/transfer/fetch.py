"""The bytes of an object, or of a range of it, exactly: cut bodies go on where they ended, nothing else is put right.

botocore repeats a request that fails, but not a body that ends early; and such a body may look complete to whoever
reads it in pieces. So bytes are counted here, and the rest is asked for, of the same ETag.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
)
from urllib3.exceptions import HTTPError

from stackpane import AwsError

if TYPE_CHECKING:
    from stackpane import Lane
    from stackpane_s3.transfer.stop import Stop

__all__ = ["ChangedError", "Fetch"]

_CUT = (IncompleteReadError, ResponseStreamingError, ReadTimeoutError, ConnectionClosedError)
_ATTEMPTS = 4
"""Times in a row that a body may end without having brought anything worth mentioning."""
_WORTH = 1024**2
_SMALLEST, _LARGEST = 16 * 1024, 1024**2
_QUICK, _SLOW = 0.02, 0.3  # seconds for one read


class ChangedError(AwsError):
    """The object is not the one any more that was asked for."""


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

    def head(self) -> dict[str, Any]:
        """The answer of ``HeadObject``, with checksums."""
        answer: dict[str, Any] = self.client.head_object(**self._address, ChecksumMode="ENABLED", **self._pinned)
        return answer

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

    def whole(self) -> tuple[Mapping[str, Any], Iterator[bytes], Fetch]:
        """The answer of ``GetObject`` for all of the object as it is now, its bytes, and itself pinned to it."""
        reply = replace(self, etag=None)._get()
        size = reply["ContentLength"]
        pinned = replace(self, etag=reply["ETag"])
        return reply, pinned.span(0, size, size, reply), pinned

    def span(self, start: int, end: int, size: int, reply: Mapping[str, Any] | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` to before ``end`` of an object of ``size`` bytes.

        ``reply`` is an answer that brings them already. Raises ``ChangedError`` where the object has changed.
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
            except _CUT:
                attempts, good = (0, position) if position - good >= _WORTH else (attempts + 1, good)
                if attempts >= _ATTEMPTS:
                    raise
                self.stop.wait(0.1 * 2**attempts)
            reply = None

    def _range(self, start: int, end: int, size: int) -> Mapping[str, Any]:
        reply = self._get(Range=f"bytes={start}-{end - 1}")
        if reply.get("ContentRange") != f"bytes {start}-{end - 1}/{size}":
            reply["Body"].close()
            raise AwsError(f"{self._name} was asked for a range and answered with another one", _ENDPOINT)
        return reply

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

    def _changed(self) -> ChangedError:
        return ChangedError(f"{self._name} has changed while it was downloaded", "Run the command again.")


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
