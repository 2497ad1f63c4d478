"""Buckets and their regions: a bucket in another region than the session's just works.

Neither ``GetBucketLocation`` nor ``ListBuckets`` is needed for it: S3 names a bucket's region in the header
``x-amz-bucket-region`` of its answers, also of refusals.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html

botocore sends a request that went to a wrong region once more, to the right one. It looks the region up with a
``HeadBucket`` where the answer does not name it, which goes round in circles with an endpoint that redirects that as
well. ``bucket_client`` lets it do so only where the answer names a region that can be one, and never where the
connection has an endpoint of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from stackpane import AwsError

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["bucket_client", "bucket_region", "console_url"]

_REGION_HEADER = "x-amz-bucket-region"
_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+")


_known: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
"""The regions that buckets of an opened connection turned out to be in."""


def bucket_client(session: Session, bucket: str, *, raw: bool = False) -> Any:
    """The S3 client for a bucket, wherever it is; ``raw`` as in ``Session.client``. Makes no request.

    It is made for the bucket's region where that is known by now, and learns it from the first answer where it is not:
    so requests that are signed and not sent (presigned ones) want ``bucket_region`` first.
    """
    known = _known.setdefault(session.opened, {})
    client = session.client("s3", region=known.get(bucket), raw=raw)
    only_here = session.is_emulator

    def watch(operation: Any, response: Any, request_dict: Mapping[str, Any], **_: Any) -> None:
        redirect = request_dict.get("context", {}).get("s3_redirect")
        if redirect is None:
            return
        region = None if only_here or response is None else _region_of(response[1])
        if region is None or operation.name == "HeadBucket":
            redirect["redirected"] = True  # botocore's word for "not once more"
        elif redirect.get("bucket"):
            known[redirect["bucket"]] = region

    client.meta.events.register_first("needs-retry.s3", watch, unique_id="stackpane-s3-region")
    if only_here:
        client.meta.events.register_last("before-parameter-build", _unchecked_part, unique_id="stackpane-s3-part")
    return client


def _unchecked_part(params: dict[str, Any], **_: Any) -> None:
    """Keep botocore from asking for the checksum of a range.

    S3 sends one where the range is a part that was uploaded as such; emulators send that of the whole object.
    """
    if "Range" in params:
        params.pop("ChecksumMode", None)


def bucket_region(session: Session, bucket: str) -> str:
    """The region of a bucket, by ``HeadBucket``; no permission on the bucket is needed.

    An endpoint that is not AWS's may name none: then it is the session's own. Raises what AWS answers where that names
    no region, as for a bucket that does not exist.
    """
    from botocore.exceptions import ClientError

    reply: Mapping[str, Any]
    try:
        reply = bucket_client(session, bucket).head_bucket(Bucket=bucket)
    except ClientError as error:
        if _region_of(error.response) is None:
            raise
        reply = error.response
    region = _region_of(reply) or (session.region if session.is_emulator else None)
    if region is None:
        raise AwsError(f"S3 does not say which region the bucket {bucket} is in", "Name it with --region.")
    _known.setdefault(session.opened, {})[bucket] = region
    return region


def console_url(session: Session, path: str, region: str) -> str:
    """The AWS console's page for an S3 path, in the bucket's region."""
    return replace(session, region=region).console_url(path)


def _region_of(reply: Mapping[str, Any]) -> str | None:
    """The region that a parsed answer, or a refusal, names; ``None`` where it names none that can be one."""
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    named = headers.get(_REGION_HEADER) or reply.get("Error", {}).get("Region")
    return named if isinstance(named, str) and _REGION.fullmatch(named) else None
