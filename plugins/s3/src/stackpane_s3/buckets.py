"""Buckets and their regions: a bucket in another region than the session's just works.

Neither ``GetBucketLocation`` nor ``ListBuckets`` is needed for it: S3 names a bucket's region in the header
``x-amz-bucket-region`` of its answers, also of refusals.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html

botocore sends a request that went to a wrong region once more, to the right one. It looks the region up with a
``HeadBucket`` where the answer does not name it, which goes round in circles with an endpoint that redirects that as
well. ``bucket_client`` lets it do so only where the answer itself names a region that can be one. Where the connection
has an endpoint of its own the request goes there again, signed for that region; no answer can send it to another host.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from stackpane import AwsError

if TYPE_CHECKING:
    from stackpane import Lane, Session
    from stackpane_s3.uris import S3Uri

__all__ = ["bucket_client", "bucket_lane", "bucket_region", "console_url", "learn_region"]

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

    def watch(operation: Any, response: Any, request_dict: Mapping[str, Any], **_: Any) -> None:
        redirect = request_dict.get("context", {}).get("s3_redirect")
        if redirect is None:
            return
        region = None if response is None else _region_of(response[1])
        if region is None or operation.name == "HeadBucket":
            redirect["redirected"] = True  # botocore's word for "not once more"
        elif redirect.get("bucket"):
            known[redirect["bucket"]] = region

    client.meta.events.register_first("needs-retry.s3", watch, unique_id="stackpane-s3-region")
    if session.is_emulator:
        client.meta.events.register_last("before-parameter-build", _unchecked_part, unique_id="stackpane-s3-part")
    return client


def bucket_lane(session: Session, bucket: str) -> Lane | None:
    """A lane for many small requests to a bucket, in its region as far as that is known by now."""
    return session.lane("s3", region=_known.setdefault(session.opened, {}).get(bucket))


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

    if bucket.startswith("arn:"):  # an access point's ARN names it
        return bucket.split(":")[3] or session.region
    reply: Mapping[str, Any]
    try:
        reply = bucket_client(session, bucket).head_bucket(Bucket=bucket)
    except ClientError as error:
        reply = error.response
        if reply.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise AwsError(
                f"there is no bucket {bucket}", "Check the name and the connection.", "NoSuchBucket"
            ) from error
        if _region_of(reply) is None:
            raise
    region = _region_of(reply) or (session.region if session.is_emulator else None)
    if region is None:
        raise AwsError(f"S3 does not say which region the bucket {bucket} is in", "Name it with --region.")
    learn_region(session, bucket, region)
    return region


def learn_region(session: Session, bucket: str, region: str | None) -> None:
    """Remember where a bucket is, as a listing said (``None``: it did not say)."""
    if region is not None and _REGION.fullmatch(region):
        _known.setdefault(session.opened, {})[bucket] = region


def console_url(session: Session, uri: S3Uri) -> str:
    """The AWS console's page for a place, in the bucket's region as far as it is known by now."""
    region = _known.get(session.opened, {}).get(uri.bucket, session.region)
    return replace(session, region=region).console_url(uri.console_path(region))


def _region_of(reply: Mapping[str, Any]) -> str | None:
    """The region that a parsed answer, or a refusal, names; ``None`` where it names none that can be one."""
    headers = reply.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    named = headers.get(_REGION_HEADER) or reply.get("Error", {}).get("Region")
    return named if isinstance(named, str) and _REGION.fullmatch(named) else None
