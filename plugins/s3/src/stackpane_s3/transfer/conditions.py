"""Writes that replace only what was seen, also on endpoints that do not look at conditions.

AWS compares ``If-None-Match: *`` (nothing is there) and ``If-Match`` (this ETag is there) in the moment it writes:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
Some emulators and S3 look-alikes do not, each for other operations. So on an endpoint that is not AWS's the first
write of each kind is tried out: after a look it is sent with a condition that cannot hold. A right answer is an error,
and the true write follows. If the write is done instead, it is the wanted one, and the endpoint is known and named;
from then on every write there follows a look, which leaves only the moment between the two open.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from stackpane import is_lost
from stackpane.tally import LeftAloneError
from stackpane_s3.heads import head_of

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.transfer.stop import Stop

__all__ = ["ConditionalWrites", "ConflictError", "TakenError"]

_NEVER = {"IfMatch": f'"{"0" * 32}"'}
_CONFLICT = "ConditionalRequestConflict"
_CONFLICTS = 3
"""Times that a write is repeated where another one was under way: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html"""
_EXISTS = ("PreconditionFailed", "412", _CONFLICT)
_UNMET = (*_EXISTS, "NoSuchKey", "404")
_UNKNOWN = ("NotImplemented", "501", "InvalidArgument", "InvalidRequest")

Conditions = Mapping[str, str]
Send = Callable[[Conditions], Mapping[str, Any]]


class TakenError(LeftAloneError):
    """There is something where nothing was expected, or something else than was seen.

    Nothing was written, unless an answer was lost before: then it may be what was to be written.
    """


class ConflictError(TakenError):
    """Somebody else writes the same object at the same time."""


class ConditionalWrites:
    """The conditional writes of one run into one bucket. Safe to share between threads."""

    def __init__(self, session: Session, client: Any, bucket: str, stop: Stop) -> None:
        self._session = session
        self._client = client
        self._bucket = bucket
        self._stop = stop
        self._lock = threading.Lock()
        start: Literal["honoured", "untried"] = "untried" if session.is_emulator else "honoured"
        self._kinds: dict[str, Literal["honoured", "ignored", "unknown", "untried"]] = {
            "PutObject": start,
            "CompleteMultipartUpload": start,
        }

    def write(self, operation: str, key: str, conditions: Conditions, send: Send) -> Mapping[str, Any]:
        """Have ``send`` write ``key`` if ``conditions`` hold. Raises ``TakenError`` where they do not."""
        if self._kinds[operation] == "untried":
            with self._lock:
                if self._kinds[operation] == "untried":
                    answer = self._try_out(operation, key, conditions, send)
                    if answer is not None:
                        return answer
        if self._kinds[operation] != "honoured":
            self._look(key, conditions)
        return self._send(key, {} if self._kinds[operation] == "unknown" else conditions, send)

    def _send(self, key: str, conditions: Conditions, send: Send) -> Mapping[str, Any]:
        for attempt in count():
            try:
                return send(conditions)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                # S3 says of an upload in parts that it has to be begun anew.
                if code != _CONFLICT or error.operation_name != "PutObject" or attempt == _CONFLICTS:
                    if code in (_UNMET if "IfMatch" in conditions else _EXISTS):
                        raise self._taken(key, conditions, conflict=code == _CONFLICT, lost=is_lost(error)) from error
                    raise
            self._stop.wait(0.2 * 2**attempt)
        raise AssertionError("count has no end")

    def _try_out(self, operation: str, key: str, conditions: Conditions, send: Send) -> Mapping[str, Any] | None:
        """Learn what the endpoint makes of conditions; the answer where that wrote the object already."""
        self._look(key, conditions)
        try:
            answer = send(_NEVER)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in (*_UNMET, *_UNKNOWN):
                raise
            self._kinds[operation] = "honoured" if code in _UNMET else "unknown"
            if code in _UNKNOWN:
                self._warn(operation, "does not know")
            return None
        self._kinds[operation] = "ignored"
        self._warn(operation, "ignores")
        return answer

    def _warn(self, operation: str, what: str) -> None:
        self._session.warn(
            f"this endpoint {what} the conditions of {operation}: every object is looked at before it is written"
        )

    def _look(self, key: str, conditions: Conditions) -> None:
        head = head_of(self._client, Bucket=self._bucket, Key=key)
        if (head is None) == ("IfMatch" in conditions) or (head and head["ETag"] != conditions.get("IfMatch")):
            raise self._taken(key, conditions)

    def _taken(self, key: str, conditions: Conditions, *, conflict: bool = False, lost: bool = False) -> TakenError:
        name = f"s3://{self._bucket}/{key}"
        if lost:
            return TakenError(
                f"{name} is not what it was, perhaps by this upload: the answer to a first try is lost",
                "Look at it before you run the command again.",
            )
        if conflict:
            return ConflictError(f"{name} is being written by somebody else", "Run the command again.")
        if "IfMatch" in conditions:
            return TakenError(f"{name} has changed since it was looked at", "Look at it, and run the command again.")
        return TakenError(f"{name} exists already", "Replace it with --overwrite.")
