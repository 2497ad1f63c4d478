"""Deleting exactly what a plan has frozen, and knowing of every entry what became of it.

* Up to 1,000 entries go into one ``DeleteObjects``; keys that XML 1.0 cannot carry unchanged go alone, in the URL.
* An entry without a version id is deleted only while its ETag is the one the plan saw. S3 evaluates that itself:
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
  Endpoints that are not AWS may ignore it; they are found out beforehand, and then every entry is looked at first.
* What the answer does not mention is unknown, what it mentions without being asked is an error: neither counts as done.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackpane import Progress, is_lost
from stackpane.fanout import as_they_come
from stackpane_s3.heads import CHANGED, GONE, head_object

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.tally import Tally

__all__ = ["Deletion", "Target", "ignores_conditions"]

BATCH = 1000
"""Entries of one request: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html"""
WORKERS = 8
"""Requests at a time. S3 counts every key of a batch against its 3,500 writes a second and prefix."""
TICK = 0.2
"""Seconds after which progress is said again although nothing moved."""
PATIENCE = 3.0
"""Seconds that a cancel waits for answers: what S3 has not answered by then counts as unknown."""

_ROUNDS = 3
# What S3 says of an entry that may well work when it is asked for again.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_PASSING = frozenset({"InternalError", "SlowDown", "ServiceUnavailable", "OperationAborted", "RequestTimeout"})
# Characters that are not in XML 1.0, or that XML parsers replace: https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile("[^\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Target(NamedTuple):
    """One entry to delete, as it was when the plan was made.

    With ``version_id`` exactly that version (or delete marker) goes, for good. Without it the object goes, or gets a
    delete marker, if its ETag still is ``etag`` (``None``: whatever it is by then).
    """

    key: str
    version_id: str | None = None
    etag: str | None = None
    size: int = 0

    @property
    def condition(self) -> str | None:
        """The ETag that S3 is to compare. It does so for current objects only; a version's id never changes hands."""
        return self.etag if self.version_id is None else None


@dataclass(frozen=True, slots=True)
class Deletion:
    """The work of one job: ``run`` deletes the targets and adds to ``tally`` what S3 answered.

    ``marked`` is told the delete marker's version id of every key that got one; it is called from worker threads.
    """

    session: Session
    client: Any
    bucket: str
    tally: Tally
    marked: Callable[[str, str], None] = lambda _key, _version: None
    verb: str = "deleted"
    _again: list[Target] = field(default_factory=list)
    _doubtful: set[Target] = field(default_factory=set)
    """Those of ``_again`` that an earlier request may have deleted, whose answer was lost."""

    def run(self, targets: Iterable[Target], *, look_first: bool = False) -> Generator[Progress, None, None]:
        """Delete the targets; ``look_first`` compares ETags here because the endpoint does not."""
        pending: Iterable[Target] = targets
        for last in (False,) * (_ROUNDS - 1) + (True,):
            yield from self._round(pending, look_first=look_first, last=last)
            pending = list(self._again)
            self._again.clear()
            if not pending or self.tally.stopped:
                break
        for target in pending:
            reason = "S3 asked to try again later, and then other errors came in between"
            self.tally.fail(self.name(target), reason, unknown=target in self._doubtful)

    def _round(self, targets: Iterable[Target], *, look_first: bool, last: bool) -> Generator[Progress, None, None]:
        tasks = (partial(self._work, chunk, look_first=look_first, last=last) for chunk in chunks(targets))
        with closing(as_they_come(self.tally.until_stopped(tasks), WORKERS, patience=PATIENCE, tick=TICK)) as steps:
            for step in steps:
                yield Progress(self.tally.accounted, self.tally.total, self.tally.unit + "s", current=step or "")

    def name(self, target: Target) -> str:
        """The target as a person knows it."""
        uri = f"s3://{self.bucket}/{target.key}"
        return uri if target.version_id is None else f"{uri} (version {target.version_id})"

    def _work(self, chunk: list[Target], *, look_first: bool, last: bool) -> Iterator[str]:
        if look_first:
            chunk = [target for target in chunk if target.condition is None or self._is_unchanged(target)]
        with self.tally.trying(len(chunk)):
            if len(chunk) == 1:
                self._delete_one(chunk[0], last=last)
            elif chunk:
                self._delete_batch(chunk, last=last)
        yield chunk[-1].key if chunk else ""

    def _is_unchanged(self, target: Target) -> bool:
        """Whether the object still is what the plan saw; otherwise it is skipped with the reason."""
        try:
            seen = head_object(self.client, Bucket=self.bucket, Key=target.key)["ETag"]
        except ClientError as error:
            self._not_done(target, str(error.response["Error"]["Code"]), str(self.session.explain(error)), last=True)
            return False
        except Exception as error:
            self.tally.raised(self.session, error, self.name(target))
            return False
        if seen != target.etag:
            self._not_done(target, "PreconditionFailed", "", last=True)
        return bool(seen == target.etag)

    # One entry by itself

    def _delete_one(self, target: Target, *, last: bool) -> None:
        conditions = {"VersionId": target.version_id, "IfMatch": target.condition}
        given = {name: value for name, value in conditions.items() if value is not None}
        try:
            answer = self.client.delete_object(Bucket=self.bucket, Key=target.key, **given)
        except Exception as error:
            code = str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""
            if code in CHANGED | GONE:
                self._not_done(target, code, "", last=last, lost=is_lost(error))
            else:
                self.tally.raised(self.session, error, self.name(target))
            return
        self._done(target, answer.get("VersionId") if answer.get("DeleteMarker") else None)

    # A thousand at once

    def _delete_batch(self, chunk: list[Target], *, last: bool) -> None:
        asked = {"Objects": [_identifier(target) for target in chunk], "Quiet": False}
        try:
            answer = self.client.delete_objects(Bucket=self.bucket, Delete=asked)
        except Exception as error:
            self.tally.raised(self.session, error, *map(self.name, chunk))
            return
        waiting = _Waiting(chunk)
        lost = is_lost(answer)
        for entry in answer.get("Deleted", ()):
            if (target := waiting.take(entry)) is None:
                self._not_asked(entry, "deleted")
            else:
                self._done(target, entry.get("DeleteMarkerVersionId") if entry.get("DeleteMarker") else None)
        for entry in answer.get("Errors", ()):
            if (target := waiting.take(entry, loosely=True)) is None:
                self._not_asked(entry, f"not deleted ({entry.get('Code')})")
            else:
                code, message = entry.get("Code", ""), entry.get("Message", "")
                self._not_done(target, code, message, last=last, lost=lost)
        for target in waiting.left():
            self.tally.fail(self.name(target), "the answer does not say what became of it", unknown=True)

    # What became of an entry

    def _done(self, target: Target, marker: str | None) -> None:
        if marker is not None and target.version_id is None:
            self.marked(target.key, marker)
        self.tally.did(size=target.size)

    def _not_done(self, target: Target, code: str, message: str, *, last: bool, lost: bool = False) -> None:
        """``lost``: the request was sent before, and this may be the work of a first try whose answer was lost."""
        name = self.name(target)
        lost = lost or target in self._doubtful
        if lost and code in GONE:
            self._done(target, None)
        elif lost and code in CHANGED:
            reason = "it has changed since the plan was made, or was deleted by the first try, whose answer was lost"
            self.tally.fail(name, reason, unknown=True)
        elif lost and (code not in _PASSING or last):
            reason = f"{code}: {message}" if message else code or "S3 gives no reason"
            self.tally.fail(name, f"{reason}; the answer to a first try was lost", unknown=True)
        elif code in CHANGED:
            self.tally.skip(name, "it has changed since the plan was made")
        elif code in GONE:
            self.tally.skip(name, "it was gone already")
        elif code in _PASSING and not last:
            self._again.append(target)
            if lost:
                self._doubtful.add(target)
        elif code == "AccessDenied" and target.condition is not None:
            hint = "deleting only what the plan saw needs s3:DeleteObject and s3:GetObject"
            self.tally.fail(name, f"{code}: {message or 'denied'} ({hint})")
        else:
            self.tally.fail(name, f"{code}: {message}" if message else code or "S3 gives no reason")

    def _not_asked(self, entry: Mapping[str, str], became: str) -> None:
        target = Target(entry.get("Key", ""), entry.get("VersionId"))
        reason = f"the answer says it was {became}, and nobody asked for that"
        self.tally.fail(self.name(target), reason, unknown=True)


class _Waiting:
    """The targets of one request that its answer has not mentioned yet."""

    def __init__(self, chunk: Iterable[Target]) -> None:
        self._by_name: dict[tuple[str, str | None], Target] = {(each.key, each.version_id): each for each in chunk}

    def take(self, entry: Mapping[str, str], *, loosely: bool = False) -> Target | None:
        """The target that an entry of the answer is about; ``None``: no such target, or it was mentioned before."""
        key, version = entry.get("Key", ""), entry.get("VersionId")
        exact = self._by_name.pop((key, version), None)
        if exact is not None or version is not None or not loosely:
            return exact
        # Some endpoints leave the version out of an error. It can only be meant where one version of the key is left.
        versions = [name for name in self._by_name if name[0] == key]
        return self._by_name.pop(versions[0]) if len(versions) == 1 else None

    def left(self) -> Iterable[Target]:
        """Those that were never mentioned."""
        return self._by_name.values()


def chunks(targets: Iterable[Target]) -> Iterator[list[Target]]:
    """The targets in the order given, up to 1,000 together; a key that XML cannot carry comes alone, at once."""
    batch: list[Target] = []
    for target in targets:
        if _NOT_IN_XML.search(target.key):
            yield [target]
            continue
        batch.append(target)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _identifier(target: Target) -> dict[str, str]:
    given = {"Key": target.key, "VersionId": target.version_id, "ETag": target.condition}
    return {name: value for name, value in given.items() if value is not None}


def ignores_conditions(session: Session, client: Any, bucket: str) -> bool:
    """Whether the endpoint would delete an entry whatever ETag the request names; says so, by the endpoint's name.

    AWS does not. An emulator is asked to delete a version that cannot exist if its ETag is one that cannot be: a right
    answer is an error, and nothing can happen either way.
    """
    if not session.is_emulator:
        return False
    nothing = {"Key": f"stackpane-{uuid.uuid4()}", "VersionId": "null", "ETag": '"0"'}
    answer = client.delete_objects(Bucket=bucket, Delete={"Objects": [nothing], "Quiet": False})
    ignored = bool(answer.get("Deleted"))
    if ignored:
        session.warn(
            "this endpoint ignores the conditions of DeleteObjects: every object is looked at before it is deleted"
        )
    return ignored
