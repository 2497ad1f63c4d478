"""Copying one object inside S3, exactly what was seen and onto nothing that was not meant.

Up to 5 GiB it is one ``CopyObject``; above that the object is copied in parts, which carries over nothing by itself, so
its settings and tags are read and given again:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html

Both ends are conditional. The source must still have the ETag that was seen (``CopySourceIfMatch``), and the
destination must be what was expected (``If-None-Match``, ``If-Match`` on ``CopyObject``, ``CompleteMultipartUpload``):
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
Emulators ignore most of these conditions, so there both ends are looked at first, which leaves only a race open.
"""

from __future__ import annotations

import math
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from botocore.exceptions import ClientError

from stackpane import AwsError, StackpaneError, is_lost
from stackpane.fanout import as_they_come
from stackpane.tally import LeftAloneError
from stackpane_s3.annotations import annotations_of
from stackpane_s3.heads import CHANGED, GONE, etag_of, etag_said, head_object, head_of
from stackpane_s3.settings import carried

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["ABSENT", "Copied", "Copier", "ExistsError", "Source", "UnchangedError", "onto"]

SINGLE_MAX = 5 * 1024**3
"""Bytes that ``CopyObject`` takes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
PART_MIN, PART_MAX, PARTS_MAX = 5 * 1024**2, 5 * 1024**3, 10_000
PART = 128 * 1024**2
"""Bytes of a part where the source's own parts cannot be repeated."""
PART_WORKERS = 8
TICK = 0.2
"""Seconds after which it is looked whether the copy is wanted any more."""
TAGGING_HEADER_MAX = 2048
"""Bytes of tags that are surely taken with the upload; more are put afterwards."""

Conditions = Mapping[str, str]
ABSENT: Conditions = {"IfNoneMatch": "*"}
"""The destination must not exist."""


def onto(etag: str) -> Conditions:
    """The destination must be the object with this ETag."""
    return {"IfMatch": etag}


class UnchangedError(AwsError):
    """There is nothing to copy: the copy is there already, the same."""


class ExistsError(LeftAloneError):
    """Something is where nothing was to be."""


class Source(NamedTuple):
    """An object as it was seen; ``version_id`` where exactly that version is meant, ``etag`` with its quotes."""

    bucket: str
    key: str
    etag: str
    size: int
    storage_class: str | None = None
    version_id: str | None = None

    @property
    def address(self) -> dict[str, str]:
        """``Bucket``, ``Key`` and, where it is one, ``VersionId``: botocore encodes it as a ``CopySource``."""
        version = {"VersionId": self.version_id} if self.version_id is not None else {}
        return {"Bucket": self.bucket, "Key": self.key, **version}


class Copied(NamedTuple):
    """What S3 answered: the new object's ETag, and its version id in a bucket with versioning."""

    etag: str
    version_id: str | None


@dataclass(frozen=True)
class Copier:
    """Copies objects into one bucket, with a client that finds every bucket's region."""

    session: Session
    client: Any
    bucket: str

    def copy(
        self, source: Source, key: str, conditions: Conditions, settings: Mapping[str, Any] | None = None
    ) -> Generator[int, None, Copied]:
        """Copy ``source`` to ``key``; yields bytes as they are copied, and returns what S3 confirmed.

        Without ``settings`` the copy is what S3 makes of it: metadata, tags and the headers of the content stay, and so
        does the storage class. With them (of ``SettingsReader``) nothing else is taken over but the tags. Closing the
        generator takes a copy in parts back. Raises ``LeftAloneError`` where an end is not as expected, ``ExistsError``
        where that is because something is there already.
        """
        if self.session.is_emulator:
            self._look_first(source, key, conditions)
        try:
            if source.size <= SINGLE_MAX:
                copied = self._at_once(source, key, conditions, settings)
                yield source.size
                return copied
            return (yield from self._in_parts(source, key, conditions, settings))
        except Exception as error:
            if is_lost(error) and _code(error) in CHANGED and not _is_about_source(error):
                return self._made_by_lost_try(source, key, settings, error)
            if (meant := self._meaning(source, key, conditions, error)) is None:
                raise
            raise meant from error

    def verify(self, source: Source, key: str, copied: Copied) -> None:
        """Make sure that ``key`` holds the copy. Raises ``StackpaneError`` where it holds something else."""
        version = {"VersionId": copied.version_id} if copied.version_id is not None else {}
        head = head_object(self.client, Bucket=self.bucket, Key=key, **version)
        if (head["ETag"], head["ContentLength"]) != (copied.etag, source.size):
            raise StackpaneError(
                f"s3://{self.bucket}/{key} does not hold the copy ({copied.etag}, {source.size} bytes) "
                f"but {head['ETag']}, {head['ContentLength']} bytes"
            )

    def found(self, source: Source, key: str, settings: Mapping[str, Any] | None = None) -> Copied | None:
        """The copy of ``source`` that is at ``key`` already; ``None``: it cannot be shown to be that.

        The body is compared by checksums of the whole where S3 has them for both, else by the ETag; the settings (as
        ``copy`` takes them) and the tags must be the same as well, as far as they may be seen.
        """
        there = head_of(self.client, Bucket=self.bucket, Key=key, ChecksumMode="ENABLED")
        original = head_of(self.client, **source.address, ChecksumMode="ENABLED")
        if there is None or original is None or original["ETag"] != source.etag or not _is_same_body(original, there):
            return None
        wanted = self._as_copied(original, source) if settings is None else settings
        place = {"Bucket": self.bucket, "Key": key}
        if not self._has_settings(there, wanted) or self._tags(original, source.address) != self._tags(there, place):
            return None
        return Copied(there["ETag"], there.get("VersionId"))

    def _has_settings(self, head: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
        usual = {"StorageClass": "STANDARD", "Metadata": {}}
        told = self.client.meta.service_model.operation_model("HeadObject").output_shape.members
        names = _COPIED | {"StorageClass"} | (wanted.keys() & told.keys())
        return all({**usual, **head}.get(name) == {**usual, **wanted}.get(name) for name in names)

    def _tags(self, head: Mapping[str, Any], address: Mapping[str, str]) -> list[tuple[str, str]]:
        if not head.get("TagCount"):
            return []
        return sorted((tag["Key"], tag["Value"]) for tag in self.client.get_object_tagging(**address)["TagSet"])

    def _look_first(self, source: Source, key: str, conditions: Conditions) -> None:
        if etag_of(self.client, **source.address) != source.etag:
            raise _changed(source.bucket, source.key)
        found = etag_of(self.client, Bucket=self.bucket, Key=key)
        if "IfNoneMatch" in conditions and found is not None:
            raise _exists(self.bucket, key)
        if "IfMatch" in conditions and found != conditions["IfMatch"]:
            raise _changed(self.bucket, key)

    def _at_once(self, source: Source, key: str, conditions: Conditions, settings: Mapping[str, Any] | None) -> Copied:
        given = {"StorageClass": source.storage_class} if source.storage_class and settings is None else {}
        if settings is not None:
            given = {**settings, "MetadataDirective": "REPLACE"}
        answer = self.client.copy_object(
            Bucket=self.bucket,
            Key=key,
            CopySource=source.address,
            CopySourceIfMatch=source.etag,
            **given,
            **conditions,
        )
        etag = etag_said(answer.get("CopyObjectResult", {}), f"s3://{self.bucket}/{key}")
        return Copied(etag, answer.get("VersionId"))

    # In parts

    def _in_parts(
        self, source: Source, key: str, conditions: Conditions, settings: Mapping[str, Any] | None
    ) -> Generator[int, None, Copied]:
        head = head_object(self.client, **source.address, IfMatch=source.etag, ChecksumMode="ENABLED")
        tags = self.client.get_object_tagging(**source.address)["TagSet"]
        tagging = urlencode([(tag["Key"], tag["Value"]) for tag in tags])
        given = dict(settings) if settings is not None else self._as_copied(head, source)
        if tagging and len(tagging) <= TAGGING_HEADER_MAX:
            given["Tagging"] = tagging
        checksum = _full_checksum(head)
        if checksum:
            given |= {"ChecksumAlgorithm": checksum[0], "ChecksumType": "FULL_OBJECT"}
        place = {"Bucket": self.bucket, "Key": key}
        with annotations_of(self.session, self.client, source.address, source.etag) as annotations:
            started = self.client.create_multipart_upload(**place, **given)
            upload = {**place, "UploadId": started["UploadId"]}
            # The size and, where S3 has agreed to compute it, the checksum of the whole: S3 refuses what differs.
            proof: dict[str, Any] = {"MpuObjectSize": source.size}
            if checksum and started.get("ChecksumType") == "FULL_OBJECT":
                proof |= {f"Checksum{checksum[0]}": checksum[1], "ChecksumType": "FULL_OBJECT"}
            answer = yield from self._completed(source, upload, {**proof, **conditions})
            copied = Copied(etag_said(answer, f"s3://{self.bucket}/{key}"), answer.get("VersionId"))
            target = place if copied.version_id is None else {**place, "VersionId": copied.version_id}
            if len(tagging) > TAGGING_HEADER_MAX:
                self.client.put_object_tagging(**target, Tagging={"TagSet": tags})
            annotations.put(self.client, target)
        return copied

    def _completed(
        self, source: Source, upload: Mapping[str, str], proof: Mapping[str, Any]
    ) -> Generator[int, None, Mapping[str, Any]]:
        """The answer that the upload is complete, if ``proof`` and conditions hold; else its parts are taken back."""
        try:
            parts = yield from self._parts(source, upload)
            answer: Mapping[str, Any] = self.client.complete_multipart_upload(
                **upload, MultipartUpload={"Parts": parts}, **proof
            )
        except BaseException:  # also where the generator is closed: parts that nobody completes are paid for
            self._abort(upload)
            raise
        return answer

    def _as_copied(self, head: Mapping[str, Any], source: Source) -> dict[str, Any]:
        """What ``CopyObject`` takes over by itself, and the storage class."""
        settings = carried(self.client, head, "CreateMultipartUpload")
        kept = {name: value for name, value in settings.items() if name in _COPIED}
        return kept | ({"StorageClass": source.storage_class} if source.storage_class else {})

    def _parts(self, source: Source, upload: Mapping[str, str]) -> Generator[int, None, list[dict[str, Any]]]:
        size = self._part_size(source)
        ranges = [(start, min(start + size, source.size)) for start in range(0, source.size, size)]
        tasks = (partial(self._part, source, upload, number, *span) for number, span in enumerate(ranges, 1))
        done: list[dict[str, Any]] = []
        # With a tick, so that a cancel is noticed while S3 copies: the parts are taken back then.
        with closing(as_they_come(tasks, PART_WORKERS, tick=TICK)) as arriving:
            for part in arriving:
                if part is None:
                    yield 0
                    continue
                done.append(part)
                start, end = ranges[part["PartNumber"] - 1]
                yield end - start
        return sorted(done, key=lambda part: part["PartNumber"])

    def _part(
        self, source: Source, upload: Mapping[str, str], number: int, start: int, end: int
    ) -> Iterator[dict[str, Any]]:
        answer = self.client.upload_part_copy(
            **upload,
            PartNumber=number,
            CopySource=source.address,
            CopySourceIfMatch=source.etag,
            CopySourceRange=f"bytes={start}-{end - 1}",
        )
        result = answer.get("CopyPartResult", {})
        etag = etag_said(result, f"part {number} of s3://{self.bucket}/{upload['Key']}")
        checksums = {name: value for name, value in result.items() if name.startswith("Checksum")}
        yield {"PartNumber": number, "ETag": etag, **checksums}

    def _part_size(self, source: Source) -> int:
        """The source's own part size where all its parts have it, so that the copy gets the same ETag."""
        if (count := _part_count(source.etag)) > 1:
            head = head_object(self.client, **source.address, PartNumber=1)
            first: int = head["ContentLength"]
            if PART_MIN <= first <= PART_MAX and math.ceil(source.size / first) == count:
                return first
        return max(PART, math.ceil(source.size / PARTS_MAX / PART_MIN) * PART_MIN)

    def _abort(self, upload: Mapping[str, str]) -> None:
        try:
            self.client.abort_multipart_upload(**upload)
        except Exception as error:
            # An upload that is not there any more was completed after all: nothing is left of it.
            if not (isinstance(error, ClientError) and error.response["Error"]["Code"] == "NoSuchUpload"):
                where = f"s3://{upload['Bucket']}/{upload['Key']}"
                self.session.warn(
                    f"parts of {where} stay in upload {upload['UploadId']}: {self.session.explain(error)}"
                )

    def _made_by_lost_try(
        self, source: Source, key: str, settings: Mapping[str, Any] | None, error: Exception
    ) -> Copied:
        """The copy that a first try has made, whose answer was lost. Raises ``AwsError`` where that cannot be shown."""
        unknown = AwsError(
            f"s3://{self.bucket}/{key} is not what it was, perhaps by this copy: the answer to a first try is lost",
            "Look at it before you run the command again.",
            _code(error),
        )
        try:
            made = self.found(source, key, settings)
        except Exception as unseen:
            unknown.message = f"{unknown.message}, and what is there cannot be seen: {self.session.explain(unseen)}"
            raise unknown from error
        if made is None:
            raise unknown from error
        return made

    def _meaning(self, source: Source, key: str, conditions: Conditions, error: Exception) -> StackpaneError | None:
        """What an answer of S3 says about the two ends; ``None`` for every other error."""
        if not isinstance(error, ClientError):
            return None
        code = _code(error)
        reads_source = error.operation_name in _READ_SOURCE
        if code == "InvalidObjectState":
            restore = "Have S3 restore it for a while first: aws s3api restore-object"
            return StackpaneError(f"s3://{source.bucket}/{source.key} is archived and cannot be read", restore)
        if code in GONE and reads_source:
            return LeftAloneError(f"s3://{source.bucket}/{source.key} is gone")
        if code not in CHANGED:
            return None
        if _is_about_source(error):
            return _changed(source.bucket, source.key)
        return _exists(self.bucket, key) if "IfNoneMatch" in conditions else _changed(self.bucket, key)


_READ_SOURCE = frozenset({"CopyObject", "UploadPartCopy", "HeadObject"})
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html
_COPIED = frozenset(
    {
        "CacheControl",
        "ContentDisposition",
        "ContentEncoding",
        "ContentLanguage",
        "ContentType",
        "Expires",
        "Metadata",
    }
)
_MULTIPART_ETAG = re.compile(r'"[0-9a-f]{32}-([0-9]+)"')


def _code(error: Exception) -> str:
    return str(error.response["Error"].get("Code", "")) if isinstance(error, ClientError) else ""


def _is_about_source(error: Exception) -> bool:
    """Whether a condition on the source did not hold. S3 names it; only ``CopyObject`` has conditions on both ends."""
    if not isinstance(error, ClientError):
        return False
    condition = str(error.response["Error"].get("Condition", "")).lower()
    return "copy-source" in condition or error.operation_name in _READ_SOURCE - {"CopyObject"}


def _part_count(etag: str) -> int:
    match = _MULTIPART_ETAG.fullmatch(etag)
    return int(match[1]) if match else 1


def _full_checksum(head: Mapping[str, Any]) -> tuple[str, str] | None:
    """The whole object's CRC, by algorithm, where S3 keeps one: the copy must come to the same."""
    if head.get("ChecksumType") != "FULL_OBJECT":
        return None
    names = (name for name in head if name.startswith("ChecksumCRC"))
    return next(((name.removeprefix("Checksum"), head[name]) for name in names), None)


def _is_same_body(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two answers of ``HeadObject`` are about the same bytes."""
    mine, theirs = _full_checksum(one), _full_checksum(other)
    if mine is not None and theirs is not None and mine[0] == theirs[0]:
        same = mine == theirs
    else:
        same = bool(one["ETag"] == other["ETag"])
    return same and bool(one["ContentLength"] == other["ContentLength"])


def _exists(bucket: str, key: str) -> ExistsError:
    return ExistsError(f"s3://{bucket}/{key} exists already", "Replace it with --overwrite.")


def _changed(bucket: str, key: str) -> LeftAloneError:
    return LeftAloneError(f"s3://{bucket}/{key} has changed since it was looked at", "Run the command again.")
