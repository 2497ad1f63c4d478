"""S3's listings page by page: botocore's answers as they come, guarded against endpoints that never come to an end.

botocore's own paginators stop at a token that is repeated at once, and run for ever on a cycle of two.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from stackpane import AwsError
from stackpane_s3.lean import ObjectRow, object_rows

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["MORE", "PAGE", "ObjectPage", "Tokens", "VersionMark", "bucket_pages", "object_pages", "version_pages"]

PAGE = 1000
"""Entries that S3 gives at most in a page: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html"""

_EMPTY_PAGES = 1000
"""Pages without an entry that may follow one another. AWS may send some; a listing that only sends those has no end."""


class Tokens:
    """The page tokens of one listing: none of them may come twice, and they must lead to entries now and then."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._empty = 0

    def check(self, token: Hashable, *, empty: bool) -> None:
        """Note the token of the next page, and whether the page it came with was empty. Raises ``AwsError``."""
        if not token:
            raise AwsError("the listing says that it goes on, but not where", _ENDLESS, "MissingToken")
        # Only hashes are kept: ten thousand pages are a small set, however long their tokens are.
        mark = hash(token)
        if mark in self._seen:
            raise AwsError("the listing repeats itself: a page token came twice", _ENDLESS, "RepeatedToken")
        self._seen.add(mark)
        self._empty = self._empty + 1 if empty else 0
        if self._empty >= _EMPTY_PAGES:
            message = f"the listing goes on, but its last {_EMPTY_PAGES:,} pages were empty"
            raise AwsError(message, _ENDLESS, "EmptyPages")


_ENDLESS = "It was stopped, and what came before is all that can be had. This is a fault of the endpoint."


MORE = ""


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
