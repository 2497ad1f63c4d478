"""What a bucket's versioning promises: whether a change can be taken back, and when it was made by AWS's clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from stackpane import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stackpane import Session

__all__ = ["AwsClock", "Versioning"]

_TICK = 0.2


@dataclass(frozen=True, slots=True)
class AwsClock:
    """AWS's time as of one answer, and counted on from there; this computer's own clock may be off."""

    start: datetime
    _at: float

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> AwsClock | None:
        """The clock of an answer (to the second, rounded down); ``None`` where it bears no date."""
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        return cls(parsedate_to_datetime(date).astimezone(UTC), time.monotonic()) if date else None

    @property
    def end(self) -> datetime:
        """A whole second that has surely not begun yet."""
        return self.start + timedelta(seconds=int(time.monotonic() - self._at) + 2)

    def let_second_pass(self) -> Iterator[None]:
        """Wait until the second of the answer is over, a tick at a time.

        S3 keeps times to the second: what is changed from then on can be told from what was there before.
        """
        while (left := 1.0 - (time.monotonic() - self._at)) > 0:
            time.sleep(min(left, _TICK))
            yield


@dataclass(frozen=True, slots=True)
class Versioning:
    """A bucket's versioning: ``Enabled``, ``Suspended``, ``""`` for never, ``None`` where it may not be read.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html
    """

    status: str | None
    mfa_delete: bool = False
    clock: AwsClock | None = None

    @classmethod
    def of(cls, session: Session, client: Any, bucket: str) -> Versioning:
        """The versioning that S3 says the bucket has."""
        with session.part(f"the versioning of s3://{bucket}", on_fault=False):
            answer = client.get_bucket_versioning(Bucket=bucket)
            return cls(answer.get("Status", ""), answer.get("MFADelete") == "Enabled", AwsClock.of(answer))
        return cls(None)

    def confirmed(self, session: Session, client: Any, bucket: str) -> Versioning:
        """The versioning now. Raises ``Refused`` where what this one promised does not hold any more."""
        if self.status is None:
            return self
        now = Versioning.of(session, client, bucket)
        if self.keeps_versions and not now.keeps_versions:
            raise Refused(
                f"nothing was done: s3://{bucket} does not keep versions any more, so it could not be undone",
                "Run the command again and look at its new plan.",
            )
        return now

    @property
    def keeps_versions(self) -> bool:
        """Whether S3 keeps what is overwritten or deleted."""
        return self.status == "Enabled"

    @property
    def deletes_reversibly(self) -> str:
        """Whether deleting objects (not versions) can be undone, in one sentence."""
        match self.status:
            case "Enabled":
                return "Can be undone with s3 restore: the bucket keeps versions, and the objects get delete markers."
            case "Suspended":
                return (
                    "Cannot be undone for objects written since the bucket's versioning was suspended; "
                    "older ones can be brought back with s3 restore."
                )
            case "":
                return "Cannot be undone: the bucket does not keep versions."
            case _:
                return "It is not known whether this can be undone: the bucket's versioning may not be read."
