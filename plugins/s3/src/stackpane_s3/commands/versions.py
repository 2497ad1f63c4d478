"""``s3 versions``: the versions and delete markers of an object, or of all objects in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from stackpane import Column, Link, Page, PageRequest, Row, Table, command
from stackpane_s3.calls import LIST_OBJECT_VERSIONS
from stackpane_s3.globs import is_glob
from stackpane_s3.params import S3_URI, no_glob
from stackpane_s3.places import list_link, object_actions, show_link

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.uris import S3Uri

COLUMNS = (
    Column("Key"),
    Column("VersionId"),
    Column("IsLatest", "bool"),
    Column("Type", "state"),
    Column("Size", "size"),
    Column("LastModified", "time"),
    Column("ETag", wide=True),
    Column("StorageClass", wide=True),
)
VERSION, MARKER = "Version", "DeleteMarker"
_KEY, _ID, _LATEST, _TYPE, _MODIFIED = 0, 1, 2, 3, 5


@command("versions", calls=(LIST_OBJECT_VERSIONS,))
@click.argument("uri", type=S3_URI)
@click.option("--deleted", is_flag=True, help="Only what is deleted now: objects whose latest version is a marker.")
@no_glob
def versions(session: Session, uri: S3Uri, deleted: bool, no_glob: bool) -> Table:
    """List versions and delete markers, newest first.

    A key means that object and what is in the folder of that name; a folder means all below it; globs match as in
    s3 ls --recursive. A delete marker in front is what makes an object deleted.
    """
    uri.need_bucket()
    glob = None if no_glob else uri.glob
    prefix = uri.key if glob is None else glob.prefix

    def wanted(row: Row) -> bool:
        if deleted and not (row[_LATEST] and row[_TYPE] == MARKER):
            return False
        key: str = row[_KEY]
        if glob is not None:
            return glob.covers(key)
        return uri.is_folder or key == uri.key or key.startswith(f"{uri.key}/")

    return Table(
        COLUMNS,
        partial(_pages, session, uri.bucket, prefix, wanted),
        title=f"Versions of {uri}",
        link=partial(_link, uri),
        actions=partial(_actions, uri),
        links=(list_link(uri.at(prefix[: prefix.rfind("/") + 1]), "Objects"),),
    )


def _pages(
    session: Session, bucket: str, prefix: str, wanted: Callable[[Row], bool], request: PageRequest
) -> Iterator[Page]:
    from stackpane_s3.buckets import bucket_client
    from stackpane_s3.pages import VersionMark, version_pages

    mark = VersionMark(*json.loads(request.cursor)) if request.cursor else None
    for page, following in version_pages(bucket_client(session, bucket), bucket, prefix, mark=mark):
        rows = filter(wanted, _rows(page))
        yield Page(list(rows), None if following is None else json.dumps(following))


def _rows(page: Mapping[str, Any]) -> list[Row]:
    """A page's versions and markers in one list, in the order in which they were made, the newest first."""
    rows: list[Row] = [
        (
            entry["Key"],
            entry["VersionId"],
            bool(entry.get("IsLatest")),
            kind,
            entry.get("Size"),
            entry["LastModified"],
            entry.get("ETag"),
            entry.get("StorageClass"),
        )
        for kind, entries in ((VERSION, "Versions"), (MARKER, "DeleteMarkers"))
        for entry in page.get(entries, ())
    ]
    # S3 keeps times to the second; sorting is stable, so of one second S3's own order stays.
    return sorted(rows, key=lambda row: (row[_KEY], not row[_LATEST], -row[_MODIFIED].timestamp()))


def _link(uri: S3Uri, row: Row) -> Link | None:
    return None if row[_TYPE] == MARKER else show_link(uri.at(row[_KEY]), version_id=row[_ID])


def _actions(uri: S3Uri, row: Row) -> Sequence[Link]:
    place = uri.at(row[_KEY])
    if row[_TYPE] == VERSION:
        return object_actions(place, row[_ID])
    return (Link.to("s3 rm", str(place), label="Remove this marker", version_id=row[_ID], no_glob=is_glob(place.key)),)
