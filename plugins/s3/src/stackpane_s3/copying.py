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

from stackpane import StackpaneError, UnprovenResponse
from stackpane.fanout import as_they_come
from stackpane_s3.annotations import copy_annotations
from stackpane_s3.settings import carried
from stackpane_s3.tally import LeftAloneError

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["ABSENT", "Copied", "Copier", "Source", "etag_of", "head_of", "onto"]

SINGLE_MAX = 5 * 1024**3
"""Bytes that ``CopyObject`` takes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html"""
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
PART_MIN, PART_MAX, PARTS_MAX = 5 * 1024**2, 5 * 1024**3, 10_000
PART = 128 * 1024**2
"""Bytes of a part where the source's own parts cannot be repeated."""
PART_WORKERS = 8
TAGGING_HEADER_MAX = 2048
"""Bytes of tags that are surely taken with the upload; more are put afterwards."""

Conditions = Mapping[str, str]
ABSENT: Conditions = {"IfNoneMatch": "*"}
"""The destination must not exist."""

_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_GONE = frozenset({"NoSuchKey", "NoSuchVersion", "NotFound", "404"})


def onto(etag: str) -> Conditions:
    """The destination must be the object with this ETag."""
    return {"IfMatch": etag}


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
        generator takes a copy in parts back. Raises ``LeftAloneError`` where an end is not as expected.
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
            if (meant := self._meaning(source, key, conditions, error)) is None:
                raise
            raise meant from error

    def verify(self, source: Source, key: str, copied: Copied) -> None:
        """Make sure that ``key`` holds the copy. Raises ``StackpaneError`` where it holds something else."""
        version = {"VersionId": copied.version_id} if copied.version_id is not None else {}
        head = self.client.head_object(Bucket=self.bucket, Key=key, **version)
        if (head["ETag"], head["ContentLength"]) != (copied.etag, source.size):
            raise StackpaneError(
                f"s3://{self.bucket}/{key} does not hold the copy ({copied.etag}, {source.size} bytes) "
                f"but {head['ETag']}, {head['ContentLength']} bytes"
            )

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
        etag = answer.get("CopyObjectResult", {}).get("ETag")
        if not etag:
            raise UnprovenResponse(f"the answer does not say that s3://{self.bucket}/{key} was copied", code="NoETag")
        return Copied(etag, answer.get("VersionId"))

    # In parts

    def _in_parts(
        self, source: Source, key: str, conditions: Conditions, settings: Mapping[str, Any] | None
    ) -> Generator[int, None, Copied]:
        head = self.client.head_object(**source.address, IfMatch=source.etag, ChecksumMode="ENABLED")
        tags = self.client.get_object_tagging(**source.address)["TagSet"]
        tagging = urlencode([(tag["Key"], tag["Value"]) for tag in tags])
        given = dict(settings) if settings is not None else self._as_copied(head, source)
        if tagging and len(tagging) <= TAGGING_HEADER_MAX:
            given["Tagging"] = tagging
        checksum = _full_checksum(head)
        if checksum:
            given |= {"ChecksumAlgorithm": checksum[0], "ChecksumType": "FULL_OBJECT"}
        place = {"Bucket": self.bucket, "Key": key}
        started = self.client.create_multipart_upload(**place, **given)
        upload = {**place, "UploadId": started["UploadId"]}
        # The size and, where S3 has agreed to compute it, the checksum of the whole: S3 refuses a copy that differs.
        proof: dict[str, Any] = {"MpuObjectSize": source.size}
        if checksum and started.get("ChecksumType") == "FULL_OBJECT":
            proof |= {f"Checksum{checksum[0]}": checksum[1], "ChecksumType": "FULL_OBJECT"}
        try:
            parts = yield from self._parts(source, upload)
            answer = self.client.complete_multipart_upload(
                **upload, MultipartUpload={"Parts": parts}, **proof, **conditions
            )
        except BaseException:  # also where the generator is closed: parts that nobody completes are paid for
            self._abort(upload)
            raise
        copied = Copied(answer["ETag"], answer.get("VersionId"))
        target = place if copied.version_id is None else {**place, "VersionId": copied.version_id}
        if len(tagging) > TAGGING_HEADER_MAX:
            self.client.put_object_tagging(**target, Tagging={"TagSet": tags})
        copy_annotations(self.session, self.client, source.address, target)
        return copied

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
        with closing(as_they_come(tasks, PART_WORKERS)) as arriving:
            for part in arriving:
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
        result = answer["CopyPartResult"]
        checksums = {name: value for name, value in result.items() if name.startswith("Checksum")}
        yield {"PartNumber": number, "ETag": result["ETag"], **checksums}

    def _part_size(self, source: Source) -> int:
        """The source's own part size where all its parts have it, so that the copy gets the same ETag."""
        if (count := _part_count(source.etag)) > 1:
            head = self.client.head_object(**source.address, PartNumber=1)
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

    def _meaning(self, source: Source, key: str, conditions: Conditions, error: Exception) -> StackpaneError | None:
        """What an answer of S3 says about the two ends; ``None`` for every other error."""
        if not isinstance(error, ClientError):
            return None
        code = str(error.response["Error"].get("Code", ""))
        reads_source = error.operation_name in _READ_SOURCE
        if code == "InvalidObjectState":
            restore = "Have S3 restore it for a while first: aws s3api restore-object"
            return StackpaneError(f"s3://{source.bucket}/{source.key} is archived and cannot be read", restore)
        if code in _GONE and reads_source:
            return LeftAloneError(f"s3://{source.bucket}/{source.key} is gone")
        if code not in _CHANGED:
            return None
        # S3 names the condition; CopyObject is the one request that may have conditions on both ends.
        condition = str(error.response["Error"].get("Condition", "")).lower()
        if "copy-source" in condition or (reads_source and error.operation_name != "CopyObject"):
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


def _part_count(etag: str) -> int:
    match = _MULTIPART_ETAG.fullmatch(etag)
    return int(match[1]) if match else 1


def _full_checksum(head: Mapping[str, Any]) -> tuple[str, str] | None:
    """The whole object's CRC, by algorithm, where S3 keeps one: the copy must come to the same."""
    if head.get("ChecksumType") != "FULL_OBJECT":
        return None
    names = (name for name in head if name.startswith("ChecksumCRC"))
    return next(((name.removeprefix("Checksum"), head[name]) for name in names), None)


def head_of(client: Any, **address: str) -> Mapping[str, Any] | None:
    """What ``HeadObject`` says of an object; ``None`` where there is none."""
    try:
        head: Mapping[str, Any] = client.head_object(**address)
    except ClientError as error:
        if str(error.response["Error"]["Code"]) in _GONE:
            return None
        raise
    return head


def etag_of(client: Any, **address: str) -> str | None:
    """The ETag of an object; ``None`` where there is none."""
    head = head_of(client, **address)
    return None if head is None else str(head["ETag"])


def _exists(bucket: str, key: str) -> LeftAloneError:
    return LeftAloneError(f"s3://{bucket}/{key} exists already", "Replace it with --overwrite.")


def _changed(bucket: str, key: str) -> LeftAloneError:
    return LeftAloneError(f"s3://{bucket}/{key} has changed since it was looked at", "Run the command again.")
