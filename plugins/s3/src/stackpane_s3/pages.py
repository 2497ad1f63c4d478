"""S3's listings page by page: botocore's answers as they come, guarded against endpoints that never come to an end."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple

from stackpane import Tokens
from stackpane_s3.lean import ObjectRow, object_rows

__all__ = ["MORE", "PAGE", "ObjectPage", "VersionMark", "bucket_pages", "object_pages", "version_pages"]

PAGE = 1000
"""Entries that S3 gives at most in a page: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html"""


MORE = ""
"""A page's token where only a further request can say whether there is more."""


class ObjectPage(NamedTuple):
    """One page of a listing: folders (common prefixes) and objects, each in the order of their names."""

    folders: list[str]
    objects: list[ObjectRow]
    token: str | None
    """Where the next page begins; ``None``: there is none; ``MORE``: nobody knows yet whether there is one."""


def object_pages(
    client: Any, bucket: str, prefix: str = "", *, delimiter: str = "", after: str = "", token: str | None = None
) -> Generator[ObjectPage, None, None]:
    """The pages of ``ListObjectsV2``, from ``token`` or the first name behind ``after`` on.

    ``client`` is a raw one. With the delimiter ``/`` only the objects and folders directly below ``prefix``.
    """
    request = {"Bucket": bucket, "Prefix": prefix, "Delimiter": delimiter, "StartAfter": after}
    request = {name: value for name, value in request.items() if value}
    tokens = Tokens()
    while True:
        reply = client.list_objects_v2(**request, **({} if token is None else {"ContinuationToken": token}))
        objects = object_rows(reply)
        folders = [entry["Prefix"] for entry in reply.get("CommonPrefixes", ())]
        token = reply.get("NextContinuationToken") if reply.get("IsTruncated") else None
        if reply.get("IsTruncated"):
            tokens.check(token, empty=not objects and not folders)
        yield ObjectPage(folders, objects, token)
        if token is None:
            return


class VersionMark(NamedTuple):
    """Where a page of versions begins."""

    key: str
    version_id: str | None = None


def version_pages(
    client: Any, bucket: str, prefix: str = "", *, delimiter: str = "", mark: VersionMark | None = None
) -> Generator[tuple[Mapping[str, Any], VersionMark | None], None, None]:
    """The pages of ``ListObjectVersions`` as botocore gives them, each with where the next one begins.

    ``Versions`` and ``DeleteMarkers`` of a page are separate lists, each sorted by key and then newest first.
    """
    request = {"Bucket": bucket, "Prefix": prefix, "Delimiter": delimiter}
    request = {name: value for name, value in request.items() if value}
    tokens = Tokens()
    while True:
        reply = client.list_object_versions(**request, **_marker(mark))
        mark = None
        if reply.get("IsTruncated"):
            mark = VersionMark(reply.get("NextKeyMarker", ""), reply.get("NextVersionIdMarker") or None)
            entries = any(reply.get(name) for name in ("Versions", "DeleteMarkers", "CommonPrefixes"))
            tokens.check(mark if mark.key else None, empty=not entries)
        yield reply, mark
        if mark is None:
            return


def _marker(mark: VersionMark | None) -> dict[str, str]:
    if mark is None:
        return {}
    return {"KeyMarker": mark.key} | ({"VersionIdMarker": mark.version_id} if mark.version_id else {})


def bucket_pages(
    client: Any, *, token: str | None = None
) -> Generator[tuple[list[Mapping[str, Any]], str | None], None, None]:
    """The pages of ``ListBuckets``, each with the token of the next one."""
    tokens = Tokens()
    while True:
        reply = client.list_buckets(MaxBuckets=PAGE, **({} if token is None else {"ContinuationToken": token}))
        buckets = list(reply.get("Buckets", ()))
        token = reply.get("ContinuationToken") or None
        if token is not None:
            tokens.check(token, empty=not buckets)
        yield buckets, token
        if token is None:
            return
