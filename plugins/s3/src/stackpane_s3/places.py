"""Links to places in S3, and what a text from elsewhere leads to."""

from __future__ import annotations

from stackpane import Link
from stackpane_s3.globs import is_glob
from stackpane_s3.uris import S3Uri

__all__ = ["link_of", "link_to", "list_link", "preview_link", "show_link"]

_PREVIEWED = 2 * 1024**2
"""Bytes up to which an object is previewed whole."""
_GLANCE = 64 * 1024
"""Bytes that are previewed of a bigger one."""
_ARCHIVED = frozenset({"GLACIER", "DEEP_ARCHIVE"})
"""The storage classes whose objects cannot be read before they are restored.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html"""


def list_link(uri: S3Uri, label: str = "List", **options: object) -> Link:
    """To the listing of a bucket or folder, taken literally."""
    arguments = () if uri.is_root else (str(uri),)
    return Link.to("s3 ls", *arguments, label=label, no_glob=is_glob(uri.key), **options)


def show_link(uri: S3Uri, label: str = "Show", version_id: str | None = None) -> Link:
    """To the record of a bucket or object, or of a version."""
    return Link.to("s3 show", str(uri), label=label, version_id=version_id)


def preview_link(uri: S3Uri, size: int, storage_class: str | None) -> Link | None:
    """To the body of an object, or its beginning where it is big; ``None`` for what first has to be restored."""
    if not size or storage_class in _ARCHIVED:
        return None
    return Link.to("s3 cat", str(uri), range=f"0-{_GLANCE - 1}" if size > _PREVIEWED else None)


def link_to(uri: S3Uri) -> Link:
    """To what there is to see first: the listing of what has something below it, the record of an object."""
    return show_link(uri) if uri.key and not uri.is_folder else list_link(uri)


def bucket_actions(bucket: S3Uri) -> tuple[Link, ...]:
    """What can be done with a bucket."""
    return (
        show_link(bucket),
        Link.to("s3 du", str(bucket), label="Sizes"),
        Link.to("s3 versions", str(bucket), label="Versions"),
        Link.to("s3 rb", str(bucket), label="Remove"),
    )


def folder_actions(folder: S3Uri) -> tuple[Link, ...]:
    """What can be done with a folder, taken literally."""
    literal = is_glob(folder.key)
    return (
        Link.to("s3 du", str(folder), label="Sizes"),
        Link.to("s3 versions", str(folder), label="Versions", no_glob=literal),
        Link.to("s3 get", str(folder), label="Download", recursive=True, no_glob=literal),
        Link.to("s3 rm", str(folder), label="Delete", recursive=True, no_glob=literal),
    )


def object_actions(uri: S3Uri, version_id: str | None = None) -> tuple[Link, ...]:
    """What can be done with an object, or with a version of it."""
    literal = is_glob(uri.key)
    place = str(uri)
    reading = (
        Link.to("s3 cat", place, label="Read", version_id=version_id),
        Link.to("s3 get", place, label="Download", version_id=version_id, no_glob=literal),
        Link.to("s3 presign", place, label="Presign", version_id=version_id),
    )
    if version_id is not None:
        return (
            *reading,
            Link.to("s3 restore", place, label="Restore", version_id=version_id),
            Link.to("s3 rm", place, label="Delete this version", version_id=version_id, no_glob=literal),
        )
    return (
        *reading,
        Link.to("s3 versions", place, label="Versions", no_glob=literal),
        Link.to("s3 edit", place, label="Edit"),
        Link.to("s3 rm", place, label="Delete", no_glob=literal),
    )


def link_of(target: str) -> Link | None:
    """The link that an ``s3://`` URI, an ARN or a console address leads to; ``None`` where it is none of S3's.

    A bucket's ARN leads to the bucket's record, as an ARN stands for the resource and not for what is in it. Raises
    ``InvalidInput`` for an ``s3://`` URI that names nothing.
    """
    if target.startswith("s3://"):
        return link_to(S3Uri.parse(target))
    if target.startswith("arn:"):
        uri = S3Uri.from_arn(target)
        return None if uri is None else show_link(uri) if uri.is_bucket else link_to(uri)
    uri = S3Uri.from_console_url(target)
    return None if uri is None else link_to(uri)
