"""``s3 du``: how many objects there are, and how many bytes they take, by folder."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from stackpane import Column, Link, Page, PageRequest, Row, Table, command
from stackpane_s3.calls import LIST_BUCKETS, LIST_OBJECT_VERSIONS, LIST_OBJECTS
from stackpane_s3.params import S3_URI
from stackpane_s3.places import list_link
from stackpane_s3.uris import S3Uri

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.fanout import Task

COLUMNS = (Column("Uri", "uri"), Column("Objects", "number"), Column("Size", "size"))
_BUCKET_WORKERS = 4


@command("du", calls=(LIST_BUCKETS, LIST_OBJECTS, LIST_OBJECT_VERSIONS))
@click.argument("uri", type=S3_URI, required=False, metavar="[URI]")
@click.option("--depth", type=click.IntRange(min=0), default=1, show_default=True, help="Levels of folders to show.")
@click.option("--versions", is_flag=True, help="Count every version, not only the latest ones.")
def du(session: Session, uri: S3Uri | None, depth: int, versions: bool) -> Table:
    """Sum up sizes by folder; the last row is the whole.

    A folder's numbers have all that is below it. Without a URI there is one row per bucket. A key that does not end in
    a slash stands for all keys that begin so.
    """
    if uri is None or uri.is_root:
        fetch = partial(_bucket_pages, session, versions)
    else:
        fetch = partial(_folder_pages, session, uri, depth, versions)
    return Table(COLUMNS, fetch, title=f"Sizes of {uri or S3Uri()}", link=_link)


def _link(row: Row) -> Link:
    return list_link(S3Uri.parse(row[0]))


def _folder_pages(session: Session, uri: S3Uri, depth: int, versions: bool, request: PageRequest) -> Iterator[Page]:
    from stackpane_s3.sums import Sums

    sums = Sums.read(request.cursor, uri.key, depth)
    with closing(_entries(session, uri, versions, sums.last)) as batches:
        for batch in batches:
            for folder, count, size in sums.add(batch):
                yield Page([(str(uri.at(folder)), count, size)], sums.cursor)
    yield Page([(str(uri.at(folder)), count, size) for folder, count, size in sums.rest()])


def _bucket_pages(session: Session, versions: bool, request: PageRequest) -> Iterator[Page]:
    """A row per bucket; a cursor is the name of the last bucket shown."""
    from stackpane.fanout import in_order

    def total(bucket: str) -> Iterator[Page]:
        uri = S3Uri(bucket)
        with session.part(f"the size of {uri}"):
            for page in _folder_pages(session, uri, 0, versions, PageRequest()):
                yield Page(page.rows, bucket)

    def tasks() -> Iterator[Task[Page]]:
        with closing(_buckets(session, request.cursor or "")) as names:
            yield from (partial(total, name) for name in names)

    with closing(in_order(tasks(), _BUCKET_WORKERS)) as pages:
        yield from pages
    yield Page(())


def _buckets(session: Session, after: str) -> Generator[str, None, None]:
    from stackpane_s3.buckets import learn_region
    from stackpane_s3.pages import bucket_pages

    for buckets, _token in bucket_pages(session.client("s3")):
        for bucket in buckets:
            learn_region(session, bucket["Name"], bucket.get("BucketRegion"))
            if bucket["Name"] > after:
                yield bucket["Name"]


def _entries(session: Session, uri: S3Uri, versions: bool, after: str) -> Generator[Iterable[Any], None, None]:
    """Batches of what is to be counted, in the order of the keys: tuples that begin with a key and a size."""
    from stackpane_s3.below import objects_below
    from stackpane_s3.buckets import bucket_client
    from stackpane_s3.lister import Lister
    from stackpane_s3.pages import VersionMark, version_pages

    if not versions:
        client = Lister(session, uri.bucket)
        with closing(objects_below(client, uri.bucket, uri.key, after=after)) as batches, closing(client):
            yield from batches
        return
    mark = VersionMark(after) if after else None
    with closing(version_pages(bucket_client(session, uri.bucket), uri.bucket, uri.key, mark=mark)) as pages:
        for page, _mark in pages:
            yield [(version["Key"], version["Size"]) for version in page.get("Versions", ())]
