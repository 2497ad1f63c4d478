"""An object that is uploaded in parts: begun, sent part by part in any order, completed as one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackpane import AwsError
from stackpane_s3.heads import etag_said, head_of
from stackpane_s3.transfer import checksums
from stackpane_s3.transfer.conditions import TakenError
from stackpane_s3.transfer.uploads import Begun

if TYPE_CHECKING:
    from stackpane_s3.transfer.bodies import ReadAt
    from stackpane_s3.transfer.target import Target

__all__ = ["Multipart", "Part"]

_MD5 = re.compile(r'"([0-9a-f]{32})"')


class Part(NamedTuple):
    """A part that S3 has; ``digest`` is that of the target's algorithm."""

    etag: str
    digest: bytes
    size: int


class Multipart:
    """The upload of one object in parts."""

    def __init__(self, target: Target, begun: Begun | None = None) -> None:
        self.target = target
        self.begun = begun or self._begin()
        self._parts: dict[int, Part] = {}

    def _begin(self) -> Begun:
        target = self.target
        kind = {"ChecksumType": "FULL_OBJECT"} if checksums.is_crc(target.algorithm) else {}
        answer = target.client.create_multipart_upload(
            **target.address, **target.settings, ChecksumAlgorithm=target.algorithm, **kind
        )
        # Some servers keep a checksum of the parts' checksums all the same, and would miss that of the whole.
        return Begun(answer["UploadId"], bool(kind) and answer.get("ChecksumType") == "FULL_OBJECT")

    @property
    def _address(self) -> dict[str, str]:
        return {**self.target.address, "UploadId": self.begun.upload_id}

    def at_s3(self) -> dict[int, Mapping[str, Any]] | None:
        """The parts that S3 has, by number, as it describes them; ``None`` where the upload is gone."""
        found: dict[int, Mapping[str, Any]] = {}
        marker = 0
        while True:
            self.target.stop.check()
            try:
                answer = self.target.client.list_parts(**self._address, PartNumberMarker=marker)
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchUpload":
                    return None
                raise
            found |= {part["PartNumber"]: part for part in answer.get("Parts", ())}
            following = answer.get("NextPartNumberMarker") or 0
            if not answer.get("IsTruncated"):
                return found
            if following <= marker:
                raise AwsError("the list of parts repeats itself", "This is a fault of the endpoint.")
            marker = following

    def keep(self, number: int, described: Mapping[str, Any], digest: bytes, size: int) -> None:
        """Take over a part that S3 has already."""
        self._parts[number] = Part(described["ETag"], digest, size)

    def send(self, number: int, read_at: ReadAt, start: int, size: int, digest: bytes) -> None:
        """Upload a part."""
        target = self.target
        with target.body(read_at, start, size) as body:
            answer = target.client.upload_part(**self._address, PartNumber=number, Body=body, **target.checksum(digest))
        self._parts[number] = Part(etag_said(answer, f"part {number} of {target.uri}"), digest, size)

    def complete(self) -> Mapping[str, Any]:
        """Make the object of the parts, if the target's conditions hold. Raises ``TakenError`` where they do not."""
        target = self.target
        parts = [self._parts[number] for number in sorted(self._parts)]
        size = sum(part.size for part in parts)
        whole = {}
        if self.begun.whole:
            value = checksums.combined(target.algorithm, ((part.digest, part.size) for part in parts))
            whole = {**target.checksum(value), "ChecksumType": "FULL_OBJECT"}
        listed = [
            {"PartNumber": number, "ETag": part.etag, **target.checksum(part.digest)}
            for number, part in sorted(self._parts.items())
        ]

        def send(conditions: Mapping[str, str]) -> Mapping[str, Any]:
            answer: Mapping[str, Any] = target.client.complete_multipart_upload(
                **self._address, MultipartUpload={"Parts": listed}, MpuObjectSize=size, **whole, **conditions
            )
            return answer

        try:
            return target.writes.write("CompleteMultipartUpload", target.key, target.conditions, send)
        except (ClientError, TakenError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] != "NoSuchUpload":
                raise
            # A first answer that was lost said "done". Asked again, S3 does not know the upload any more, or finds the
            # object that it has made itself.
            head = head_of(target.client, **target.address)
            if head is None or head["ETag"] != self._etag(parts) or head["ContentLength"] != size:
                raise
            return head

    def _etag(self, parts: list[Part]) -> str:
        """The ETag that the whole will have: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html"""
        md5s = b"".join(bytes.fromhex(found[1]) for part in parts if (found := _MD5.fullmatch(part.etag)))
        return f'"{hashlib.md5(md5s, usedforsecurity=False).hexdigest()}-{len(parts)}"'

    def abort(self) -> None:
        """Take it back: S3 deletes the parts. What is gone already is no error."""
        try:
            self.target.client.abort_multipart_upload(**self._address)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchUpload":
                raise
