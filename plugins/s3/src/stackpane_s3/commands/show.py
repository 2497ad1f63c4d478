"""``s3 show``: the record of a bucket, of an object, or of one version of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Record, command
from stackpane_s3.calls import (
    GET_BUCKET_ENCRYPTION,
    GET_BUCKET_LIFECYCLE,
    GET_BUCKET_LOGGING,
    GET_BUCKET_NOTIFICATION,
    GET_BUCKET_OWNERSHIP_CONTROLS,
    GET_BUCKET_POLICY_STATUS,
    GET_BUCKET_REPLICATION,
    GET_BUCKET_TAGGING,
    GET_BUCKET_VERSIONING,
    GET_OBJECT_LOCK,
    GET_OBJECT_TAGGING,
    GET_PUBLIC_ACCESS_BLOCK,
    HEAD_BUCKET,
    HEAD_OBJECT,
)
from stackpane_s3.params import S3_URI

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.uris import S3Uri


@command(
    "show",
    calls=(
        HEAD_BUCKET,
        GET_BUCKET_VERSIONING,
        GET_BUCKET_ENCRYPTION,
        GET_PUBLIC_ACCESS_BLOCK,
        GET_BUCKET_OWNERSHIP_CONTROLS,
        GET_BUCKET_POLICY_STATUS,
        GET_BUCKET_LIFECYCLE,
        GET_BUCKET_NOTIFICATION,
        GET_BUCKET_REPLICATION,
        GET_BUCKET_LOGGING,
        GET_OBJECT_LOCK,
        GET_BUCKET_TAGGING,
        HEAD_OBJECT,
        GET_OBJECT_TAGGING,
    ),
)
@click.argument("uri", type=S3_URI)
@click.option("--version-id", metavar="ID", help="This version of the object instead of the latest.")
def show(session: Session, uri: S3Uri, version_id: str | None) -> Record:
    """Show all there is to know of a bucket or an object."""
    from stackpane_s3.bucketrecord import bucket_record
    from stackpane_s3.records import object_record

    if uri.need_bucket().key:
        return object_record(session, uri, version_id)
    if version_id is not None:
        raise InvalidInput("--version-id is for objects", "Write s3://BUCKET/KEY.")
    return bucket_record(session, uri)
