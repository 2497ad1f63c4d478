"""``s3 ls``: buckets; folders and objects; all objects below, or what a glob matches."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from stackpane import AwsError, Column, Link, Page, PageRequest, Row, Table, command
from stackpane.times import MOMENT
from stackpane_s3.calls import HEAD_BUCKET, LIST_BUCKETS, LIST_OBJECTS
from stackpane_s3.params import BYTES, S3_URI, no_glob
from stackpane_s3.places import bucket_actions, folder_actions, list_link, object_actions, preview_link, show_link
from stackpane_s3.uris import S3Uri

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.filters import Filter
    from stackpane_s3.globs import Glob
    from stackpane_s3.lean import ObjectRow

BUCKETS = (Column("Name"), Column("BucketRegion"), Column("CreationDate", "time"), Column("Pin", "uri", wide=True))
# In the order of the lean rows, so that a million of them need not be made anew.
OBJECTS = (
    Column("Key"),
    Column("Size", "size"),
    Column("LastModified", "time"),
    Column("ETag", wide=True),
    Column("StorageClass"),
)
_REGION_WORKERS = 8


@command("ls", calls=(LIST_BUCKETS, HEAD_BUCKET, LIST_OBJECTS))
@click.argument("uri", type=S3_URI, required=False, metavar="[URI]")
@click.option("-r", "--recursive", is_flag=True, help="List the objects in all folders below, too.")
@click.option("--since", type=MOMENT, metavar="TIME", help="Only objects changed since then: 15m, 3d, 2026-11-22.")
@click.option("--before", type=MOMENT, metavar="TIME", help="Only objects last changed before then.")
@click.option("--min-size", type=BYTES, metavar="SIZE", help="Only objects of this size or more: 500k, 5MiB.")
@click.option("--max-size", type=BYTES, metavar="SIZE", help="Only objects of this size or less.")
@no_glob
def ls(
    session: Session,
    uri: S3Uri | None,
    recursive: bool,
    since: datetime | None,
    before: datetime | None,
    min_size: int | None,
    max_size: int | None,
    no_glob: bool,
) -> Table:
    """List buckets, or the folders and objects whose keys begin with a URI's.

    The URI's key may have globs: * and ? within a part, ** across folders, [a-z]. Each page shows its folders first.
    Conditions on time and size choose objects, and leave folders out.
    """
    from stackpane_s3.buckets import console_url
    from stackpane_s3.filters import Filter

    if uri is None or uri.is_root:
        return _buckets(session)
    listing = _Listing(
        session, uri, recursive, None if no_glob else uri.glob, Filter(since, before, min_size, max_size)
    )
    return Table(
        OBJECTS,
        listing.pages,
        title=str(uri),
        link=partial(_object_link, uri),
        actions=partial(_object_actions, uri),
        preview=partial(_preview, uri),
        links=(
            list_link(uri.parent, "Up"),
            show_link(uri.at(""), "Bucket"),
            Link.to("s3 du", str(uri), label="Sizes"),
            Link.to("s3 versions", str(uri), label="Versions"),
        ),
        console_url=console_url(session, uri),
    )


# Buckets


def _buckets(session: Session) -> Table:
    def pages(request: PageRequest) -> Iterator[Page]:
        pins = _pinned(session.connection.pins)
        if not pins:
            yield from _listed(session, request.cursor)
            return
        with session.part("every bucket but the pinned ones"):
            yield from _listed(session, request.cursor)
            return
        regions = _regions(session, [pin.bucket for pin in pins])
        yield Page([(pin.bucket, region, None, str(pin)) for pin, region in zip(pins, regions, strict=True)])

    url = session.console_url(f"s3/buckets?region={session.region}")
    return Table(BUCKETS, pages, title="Buckets", link=_bucket_link, actions=_bucket_actions, console_url=url)


def _listed(session: Session, cursor: str | None) -> Iterator[Page]:
    from stackpane_s3.buckets import learn_region
    from stackpane_s3.pages import bucket_pages

    for buckets, token in bucket_pages(session.client("s3"), token=cursor):
        unknown = [bucket["Name"] for bucket in buckets if not bucket.get("BucketRegion")]
        regions = dict(zip(unknown, _regions(session, unknown), strict=True))
        rows: list[Row] = []
        for bucket in buckets:
            name, region = bucket["Name"], bucket.get("BucketRegion")
            learn_region(session, name, region)
            # S3 lists the buckets of all regions, whichever it is asked in.
            if len(session.regions) < 2 or (region or regions[name]) in (session.region, None):
                rows.append((name, region or regions[name], bucket.get("CreationDate"), None))
        yield Page(rows, token)


def _regions(session: Session, buckets: Iterable[str]) -> list[str | None]:
    """The buckets' regions, where the listing did not have them; ``None`` of one that cannot be had."""
    from botocore.exceptions import ClientError, ParamValidationError

    from stackpane.fanout import in_order
    from stackpane_s3.buckets import bucket_region

    def look(bucket: str) -> Iterator[str | None]:
        try:
            yield bucket_region(session, bucket)
        except (ClientError, AwsError, ParamValidationError) as error:  # the last: AWS would not give such a name
            session.warn(f"the region of {bucket} left out: {session.explain(error)}")
            yield None

    return list(in_order([partial(look, bucket) for bucket in buckets], _REGION_WORKERS))


def _pinned(pins: Iterable[str]) -> list[S3Uri]:
    """The places in S3 among a connection's pins."""
    uris = (S3Uri.parse(pin) if pin.startswith("s3://") else S3Uri.from_arn(pin) for pin in pins)
    return [uri for uri in uris if uri is not None and not uri.is_root]


def _bucket_link(row: Row) -> Link:
    return list_link(S3Uri.parse(row[3]) if row[3] else S3Uri(row[0]))


def _bucket_actions(row: Row) -> Sequence[Link]:
    return bucket_actions(S3Uri(row[0]))


# Folders and objects


@dataclass(frozen=True, slots=True)
class _Listing:
    """The pages of a listing.

    A page's cursor is ``t:`` and S3's token, or ``k:`` and the name that the page begins behind.
    """

    session: Session
    uri: S3Uri
    recursive: bool
    glob: Glob | None
    wanted: Filter

    def pages(self, request: PageRequest) -> Iterator[Page]:
        """The pages from the request's cursor on; says so where there is nothing at all."""
        from stackpane_s3.lister import Lister

        kind, _, place = (request.cursor or "").partition(":")
        client = Lister(self.session, self.uri.bucket)
        if self.recursive or self.glob is not None:
            found = self._by_name(client, place if kind == "k" else "")
        else:
            found = self._by_token(client, place if kind == "t" else None)
        some = False
        with closing(found), closing(client):
            for page in found:
                some = some or bool(page.rows)
                yield page
        if not some and not request.cursor and self.uri.key:
            self.session.warn(self._nothing())

    def _by_token(self, client: Any, token: str | None) -> Generator[Page, None, None]:
        from stackpane_s3.pages import object_pages

        for page in object_pages(client, self.uri.bucket, self.uri.key, delimiter="/", token=token):
            rows = self._rows(page.folders, page.objects)
            yield Page(rows, None if page.token is None else f"t:{page.token}")

    def _by_name(self, client: Any, after: str) -> Generator[Page, None, None]:
        from stackpane_s3.below import pages_below
        from stackpane_s3.listing import matching

        if self.glob is not None:
            found = matching(client, self.uri.bucket, self.glob, below=self.recursive, after=after)
        else:
            found = pages_below(client, self.uri.bucket, self.uri.key, after=after)
        with closing(found):
            for folders, objects, token in found:
                last = max([*folders[-1:], *(row[0] for row in objects[-1:])], default=None)
                if token is None:
                    yield Page(self._rows(folders, objects))
                    return
                if last is not None:
                    yield Page(self._rows(folders, objects), f"k:{last}")
        yield Page(())

    def _rows(self, folders: Iterable[str], objects: list[ObjectRow]) -> Sequence[Row]:
        if self.wanted:
            return self.wanted(objects)
        return [*((folder, None, None, None, None) for folder in folders), *objects] if folders else objects

    def _nothing(self) -> str:
        if self.glob is not None:
            return f"nothing matches {self.uri}; --no-glob takes its *, ?, [ and ] as they are"
        return f"nothing begins with {self.uri}" + (" and meets the conditions" if self.wanted else "")


def _place(uri: S3Uri, row: Row) -> tuple[S3Uri, bool]:
    """Where a row leads to, and whether it is a folder: an object whose key ends in a slash has a size."""
    return uri.at(row[0]), row[1] is None


def _object_link(uri: S3Uri, row: Row) -> Link:
    place, is_folder = _place(uri, row)
    return list_link(place) if is_folder else show_link(place)


def _object_actions(uri: S3Uri, row: Row) -> Sequence[Link]:
    place, is_folder = _place(uri, row)
    return folder_actions(place) if is_folder else object_actions(place)


def _preview(uri: S3Uri, row: Row) -> Link | None:
    place, is_folder = _place(uri, row)
    return None if is_folder else preview_link(place, row[1], row[4])
