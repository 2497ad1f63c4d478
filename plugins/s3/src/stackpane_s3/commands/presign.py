"""``s3 presign``: a URL that gives one object to, or takes one from, somebody without credentials."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from stackpane import Document, InvalidInput, StackpaneError, command
from stackpane.text import human_duration, human_time
from stackpane.times import parse_duration
from stackpane_s3.calls import GET_OBJECT, HEAD_BUCKET, PUT_OBJECT
from stackpane_s3.params import S3_URI

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.uris import S3Uri

LONGEST = timedelta(days=7)
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html#PresignedUrl-Expiration"""


def _lifetime(_ctx: click.Context, _param: click.Parameter, value: str) -> timedelta:
    length = parse_duration(value)
    if not timedelta(seconds=1) <= length <= LONGEST:
        raise InvalidInput(f"a presigned URL is good for a second to 7 days, not {value}")
    return length


@command("presign", calls=(GET_OBJECT, HEAD_BUCKET, PUT_OBJECT))
@click.argument("uri", type=S3_URI)
@click.option("--expires", default="1h", metavar="TIME", callback=_lifetime, help="How long it is good for: 15m, 2d.")
@click.option("--put", "put", is_flag=True, help="A URL to upload to (PUT) instead of one to download from (GET).")
@click.option("--content-type", metavar="TYPE", help="The media type to answer with, or the one the upload must have.")
@click.option("--version-id", metavar="ID", help="This version of the object.")
def presign(
    session: Session, uri: S3Uri, expires: timedelta, put: bool, content_type: str | None, version_id: str | None
) -> Document:
    """Print a URL for one object that works without credentials, no longer than the ones it is made with.

    The URL has the rights of this connection for this one request. Whoever has it needs nothing else, so treat it as a
    secret. It is not checked that the object is there.
    """
    from stackpane_s3.buckets import bucket_client, bucket_region

    if put and version_id is not None:
        raise InvalidInput("--put makes a new version, so it goes without --version-id")
    bucket_region(session, uri.need_key().bucket)
    client = bucket_client(session, uri.bucket)
    params = {"Bucket": uri.bucket, "Key": uri.key}
    if content_type is not None:
        params["ContentType" if put else "ResponseContentType"] = content_type
    if version_id is not None:
        params["VersionId"] = version_id
    end = session.credentials_end()
    lifetime = expires if end is None else max(min(expires, end - datetime.now(UTC)), timedelta(seconds=1))
    url = client.generate_presigned_url(
        "put_object" if put else "get_object", Params=params, ExpiresIn=int(lifetime.total_seconds())
    )
    if "X-Amz-Signature=" not in url:
        raise StackpaneError("the URL was not signed with signature version 4, so it is not given out")
    # A URL ends with the credentials that signed it, and only temporary ones have a token.
    if end is not None and lifetime < expires:
        session.warn(f"the URL ends with the credentials at {human_time(end)}, not after {human_duration(expires)}")
    elif end is None and "X-Amz-Security-Token=" in url:
        session.warn(
            f"the credentials are temporary: the URL works for {human_duration(expires)} or until they end, "
            "whichever comes first"
        )
    if put and content_type is not None:
        session.warn(f"the upload must have the header Content-Type: {content_type}")
    return Document(f"{url}\n".encode(), "text/plain; charset=utf-8")
