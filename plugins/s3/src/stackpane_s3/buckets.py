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
from typing import TYPE_CHECKING, Any

from stackpane import AwsError

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["bucket_client", "bucket_region", "console_url"]

_REGION_HEADER = "x-amz-bucket-region"
_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+")


def bucket_client(session: Session, *, region: str | None = None, raw: bool = False) -> Any:
    """The session's S3 client, for buckets of any region; ``region`` where it is known saves a redirect.

    The client is shared, learns where a bucket is from its first answer, and is safe to use in threads. ``raw`` as in
    ``Session.client``.
    """
    client = session.client("s3", region=region, raw=raw)
    only_here = session.is_emulator

    def watch(operation: Any, response: Any, request_dict: Mapping[str, Any], **_: Any) -> None:
        redirect = request_dict.get("context", {}).get("s3_redirect")
        if redirect is not None and (only_here or operation.name == "HeadBucket" or not _named_region(response)):
            redirect["redirected"] = True  # botocore's word for "not once more"

    client.meta.events.register_first("needs-retry.s3", watch, unique_id="stackpane-s3-region")
    return client


def bucket_region(session: Session, bucket: str) -> str:
    """The region of a bucket, by ``HeadBucket``; no permission on the bucket is needed. The session's own elsewhere
    than on AWS. Raises what AWS answers where it names no region."""
    from botocore.exceptions import ClientError

    if session.is_emulator:
        return session.region
    try:
        reply = bucket_client(session).head_bucket(Bucket=bucket)
    except ClientError as error:
        if region := _region_of(error.response):
            return region
        raise
    region = _region_of(reply)
    if region is None:
        raise AwsError(f"S3 does not say which region the bucket {bucket} is in", "Give it with --region.")
    return region


def console_url(session: Session, path: str, region: str) -> str:
    """The AWS console's page for an S3 path, in the bucket's region."""
    return session.console_url(path).replace(session.region, region, 1)


def _region_of(reply: Mapping[str, Any]) -> str | None:
    """The region that a parsed answer, or a refusal, names; ``None`` where it names none that can be one."""
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    named = headers.get(_REGION_HEADER) or reply.get("Error", {}).get("Region") or reply.get("BucketRegion")
    return named if isinstance(named, str) and _REGION.fullmatch(named) else None


def _named_region(response: Any) -> str | None:
    """As ``_region_of``, for botocore's pair of raw and parsed response, which is ``None`` after a broken connection."""
    return None if response is None else _region_of(response[1])
