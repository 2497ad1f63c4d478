"""Reading an object's body as a stream: whole or not at all, and all of it of one version.

botocore's stream says nothing of a body that was cut while it is read piece by piece, so the bytes are counted here. A
connection that breaks is taken up again where it broke, with ``Range`` and ``If-Match``, so no two states of an object
are ever joined. The checksum that S3 keeps for an object is verified by botocore when a body is read in one go.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stackpane import AwsError
from stackpane.errors import InvalidInput

__all__ = ["Body", "ByteRange", "first_lines"]

_CHUNK = 256 * 1024
_STALLS = 3
"""Broken connections in a row, without a byte between them, after which it is given up."""

_RANGE = re.compile(r"(?:bytes=)?(?:([0-9]+)-([0-9]*)|-([0-9]+))")
_CONTENT_RANGE = re.compile(r"bytes ([0-9]+)-([0-9]+)/([0-9]+|\*)")


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes ``first`` to ``last`` (both included), from ``first`` on, or (only ``last``) the last so many.

    https://www.rfc-editor.org/rfc/rfc9110#name-byte-ranges
    """

    first: int | None
    last: int | None

    @classmethod
    def parse(cls, text: str) -> ByteRange:
        """``0-99``, ``100-`` or ``-50``, as in a ``Range`` header. Raises ``InvalidInput``."""
        match = _RANGE.fullmatch(text.strip())
        found = match and cls(int(match[1]) if match[1] else None, int(match[2] or match[3] or -1))
        if not found or (found.first is None and not found.last) or 0 <= (found.last or 0) < (found.first or 0):
            raise InvalidInput(
                f"{text!r} is not a range of bytes",
                "Write 0-99 (the first 100), 100- (from there on) or -50 (the last 50).",
            )
        return cls(found.first, None if found.last == -1 else found.last)

    def __str__(self) -> str:
        return f"bytes={'' if self.first is None else self.first}-{'' if self.last is None else self.last}"


@dataclass
class Body:
    """An object's body, opened: ``reply`` is the answer's head, ``size`` the bytes that ``chunks`` will give.

    ``request`` is what was asked for (``Bucket``, ``Key``, ``VersionId``, ``Range``).
    """

    client: Any
    request: Mapping[str, str]
    reply: Mapping[str, Any] = field(init=False)
    size: int = field(init=False)
    _start: int = field(init=False)

    def __post_init__(self) -> None:
        self.reply = self.client.get_object(**self.request)
        self.size = self.reply["ContentLength"]
        self._start = self._first_byte(self.reply)

    def chunks(self) -> Generator[bytes, None, None]:
        """The bytes, each once and all of them; raises where they cannot be had."""
        stream, done, stalls = self.reply["Body"], 0, 0
        try:
            while True:
                before = done
                error: Exception | None = None
                try:
                    for chunk in _pieces(stream):
                        done += len(chunk)
                        yield chunk
                except _broken() as raised:
                    error = raised
                if done == self.size:
                    return
                stalls = 0 if done > before else stalls + 1
                if done > self.size or stalls > _STALLS:
                    raise AwsError(self._cut(done), "Nothing of it counts as whole; run the command again.") from error
                stream.close()
                stream = self._resumed(done)
        finally:
            stream.close()

    def _resumed(self, done: int) -> Any:
        """The stream of what is missing, of the very same object."""
        from botocore.exceptions import ClientError

        start = self._start + done
        rest = {**self.request, "Range": f"bytes={start}-{self._start + self.size - 1}", "IfMatch": self.reply["ETag"]}
        try:
            reply = self.client.get_object(**rest)
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") != 412:
                raise
            raise AwsError(
                f"{self._name} was changed while it was read, after {done:,} bytes",
                "Run the command again.",
                "PreconditionFailed",
            ) from error
        if self._first_byte(reply) != start or reply.get("ETag") != self.reply["ETag"]:
            reply["Body"].close()
            raise AwsError(self._cut(done), "The endpoint did not go on where it was asked to.")
        return reply["Body"]

    @property
    def _name(self) -> str:
        return f"s3://{self.request['Bucket']}/{self.request['Key']}"

    def _cut(self, done: int) -> str:
        return f"{self._name} was cut: {done:,} of {self.size:,} bytes came"

    @staticmethod
    def _first_byte(reply: Mapping[str, Any]) -> int:
        match = _CONTENT_RANGE.fullmatch(reply.get("ContentRange") or "")
        return int(match[1]) if match else 0


def _pieces(stream: Any) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _broken() -> tuple[type[Exception], ...]:
    from botocore import exceptions

    return (exceptions.ResponseStreamingError, exceptions.IncompleteReadError, exceptions.ReadTimeoutError)


def first_lines(chunks: Generator[bytes, None, None], lines: int) -> Generator[bytes, None, None]:
    """The bytes up to and with the ``lines``-th line feed; no more is read than that takes."""
    try:
        for chunk in chunks:
            position = 0
            while lines and (end := chunk.find(b"\n", position)) >= 0:
                position, lines = end + 1, lines - 1
            if not lines:
                yield chunk[:position]
                return
            yield chunk
    finally:
        chunks.close()
