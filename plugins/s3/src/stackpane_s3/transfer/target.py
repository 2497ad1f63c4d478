"""Where an object is to be written, with what, and on which conditions."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from stackpane import LostAnswer
from stackpane_s3.transfer.bodies import ReadAt, Slice

if TYPE_CHECKING:
    from stackpane import Lane
    from stackpane_s3.transfer.conditions import ConditionalWrites
    from stackpane_s3.transfer.engine import Report
    from stackpane_s3.transfer.stop import Stop

__all__ = ["Target"]


class Target(NamedTuple):
    """Where an object is to be written, and with what."""

    client: Any
    bucket: str
    key: str
    settings: Mapping[str, Any]
    conditions: Mapping[str, str]
    writes: ConditionalWrites
    algorithm: str
    stop: Stop
    report: Report
    lane: Lane | None = None

    @property
    def address(self) -> dict[str, str]:
        """As requests name it."""
        return {"Bucket": self.bucket, "Key": self.key}

    @property
    def uri(self) -> str:
        """As messages name it."""
        return f"s3://{self.bucket}/{self.key}"

    def checksum(self, digest: bytes) -> dict[str, str]:
        """A checksum as requests say it."""
        return {f"Checksum{self.algorithm}": base64.b64encode(digest).decode()}

    @contextmanager
    def body(self, read_at: ReadAt, start: int, size: int) -> Iterator[Slice]:
        """A request's body; what was sent of it does not count where the request fails."""
        body = Slice(read_at, start, size, self.stop, self.report.moving)
        try:
            yield body
        except BaseException:
            body.take_back()
            raise

    def put(self, content: bytes | ReadAt, size: int, digest: bytes) -> Mapping[str, Any]:
        """Write the object by one request, if the conditions hold. Raises ``TakenError`` where they do not.

        What is in memory is sent without waiting for the server's "go on", and through the lane if there is one.
        """
        checksum = self.checksum(digest)

        def send(conditions: Mapping[str, str]) -> Mapping[str, Any]:
            request = {**self.address, **self.settings, **checksum, **conditions}
            if not isinstance(content, bytes):
                with self.body(content, 0, size) as body:
                    answer: Mapping[str, Any] = self.client.put_object(**request, Body=body)
                return answer
            answer = self._put(request, content, conditions)
            self.report.moving(size)
            return answer

        return self.writes.write("PutObject", self.key, self.conditions, send)

    def _put(self, request: Mapping[str, Any], content: bytes, conditions: Mapping[str, str]) -> Mapping[str, Any]:
        put: Callable[[], Mapping[str, Any]] = partial(self.client.put_object, **request, Body=content)
        # Trying out what the endpoint makes of conditions is meant to fail, which the lane has no answer for.
        if self.lane is None or conditions not in (self.conditions, {}):
            return put()
        try:
            reply = self.lane.send("put_object", request, content)
        except LostAnswer as lost:
            self.stop.check()
            return lost.repeat(put)
        self.stop.check()
        return put() if reply is None else reply.members
