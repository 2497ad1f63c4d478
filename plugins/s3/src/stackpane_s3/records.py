"""The record of an object: every fact that S3 gives, under AWS's name for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackpane import AwsError, Field, Link, Record, Section
from stackpane_s3.buckets import bucket_client, console_url
from stackpane_s3.places import list_link, object_actions, show_link

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.views import Kind
    from stackpane_s3.uris import S3Uri

__all__ = ["field", "object_record", "tags_of"]

_SECTIONS = {
    "Content": (
        "ContentType", "ContentEncoding", "ContentLanguage", "ContentDisposition", "CacheControl", "ExpiresString",
        "WebsiteRedirectLocation", "Metadata",
    ),
    "Encryption": (
        "ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled", "SSECustomerAlgorithm", "SSECustomerKeyMD5",
    ),
    "Lifecycle": (
        "Expiration", "Restore", "ArchiveStatus", "ReplicationStatus", "ObjectLockMode", "ObjectLockRetainUntilDate",
        "ObjectLockLegalHoldStatus", "DeleteMarker",
    ),
}  # fmt: skip
"""Where the members of HeadObject's answer stand; what is not named here comes first, in AWS's order."""
_LEFT_OUT = frozenset({"ResponseMetadata", "AcceptRanges", "RequestCharged", "TagCount", "Expires", "MissingMeta"})
"""What says nothing about the object, or says again what another member says."""


def object_record(session: Session, uri: S3Uri, version_id: str | None) -> Record:
    """All that ``HeadObject`` and ``GetObjectTagging`` say of an object, or of one version of it."""
    address = {"Bucket": uri.bucket, "Key": uri.key} | ({} if version_id is None else {"VersionId": version_id})
    client = bucket_client(session, uri.bucket)
    try:
        head = client.head_object(**address, ChecksumMode="ENABLED")
    except ClientError as error:
        raise _missing(session, error, uri) or error from error
    tags: dict[str, str] | None = None
    with session.part(f"the tags of {uri}"):
        tags = tags_of(client.get_object_tagging(**address))
    return Record(
        title=str(uri),
        sections=_object_sections(uri, head),
        arn=uri.arn(session.partition),
        console_url=console_url(session, uri),
        tags=tags,
        links=(*object_actions(uri, version_id), list_link(uri.parent, "Folder"), show_link(uri.at(""), "Bucket")),
    )


def _missing(session: Session, error: ClientError, uri: S3Uri) -> AwsError | None:
    """A better word for what is not there, where there is one."""
    metadata = error.response.get("ResponseMetadata", {})
    if metadata.get("HTTPHeaders", {}).get("x-amz-delete-marker") == "true":
        hint = f"See what there was: {session.line(Link.to('s3 versions', str(uri)))}"
        return AwsError(f"{uri} is deleted: its latest version is a delete marker", hint, "NoSuchKey")
    if metadata.get("HTTPStatusCode") != 404:
        return None
    near = uri if uri.is_folder else uri.parent
    return AwsError(f"there is no object {uri}", f"See what there is: {session.line(list_link(near))}", "NoSuchKey")


def _object_sections(uri: S3Uri, head: Mapping[str, Any]) -> tuple[Section, ...]:
    # S3 leaves the storage class out of the answer where it is the usual one.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    facts = {"Bucket": uri.bucket, "Key": uri.key, "StorageClass": "STANDARD"} | {
        name: value for name, value in head.items() if name not in _LEFT_OUT and value not in ({}, None)
    }
    placed = {name for names in _SECTIONS.values() for name in names}
    named = {title: [name for name in names if name in facts] for title, names in _SECTIONS.items()}
    first = [name for name in facts if name not in placed]
    return tuple(
        Section(title, tuple(field(name, facts[name]) for name in names))
        for title, names in ({"": first} | named).items()
        if names
    )


def field(name: str, value: Any) -> Field:
    """A fact, shown by what its value is."""
    return Field(name, value, _kind(name, value))


def _kind(name: str, value: Any) -> Kind:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "size" if name == "ContentLength" else "number"
    if isinstance(value, datetime):
        return "time"
    if isinstance(value, (Mapping, list)):
        return "json"
    return "arn" if isinstance(value, str) and value.startswith("arn:") else "text"


def tags_of(reply: Mapping[str, Any]) -> dict[str, str]:
    """The tags of an answer that has a ``TagSet``."""
    return {tag["Key"]: tag["Value"] for tag in reply.get("TagSet", ())}
