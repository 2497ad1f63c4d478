"""Links to places in S3, and what a text from elsewhere leads to."""

from __future__ import annotations

from stackpane import Link
from stackpane_s3.globs import is_glob
from stackpane_s3.uris import S3Uri

__all__ = ["link_of", "link_to", "list_link", "show_link"]


def list_link(uri: S3Uri, label: str = "List", **options: object) -> Link:
    """To the listing of a bucket or folder, taken literally."""
    arguments = () if uri.is_root else (str(uri),)
    return Link.to("s3 ls", *arguments, label=label, no_glob=is_glob(uri.key), **options)


def show_link(uri: S3Uri, label: str = "Show", version_id: str | None = None) -> Link:
    """To the record of a bucket or object, or of a version."""
    return Link.to("s3 show", str(uri), label=label, version_id=version_id)


def link_to(uri: S3Uri) -> Link:
    """To what there is to see first: the listing of what has something below it, the record of an object."""
    return show_link(uri) if uri.key and not uri.is_folder else list_link(uri)


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
