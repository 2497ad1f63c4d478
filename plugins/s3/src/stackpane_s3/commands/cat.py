"""``s3 cat``: an object's body, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Document, InvalidInput, command
from stackpane_s3.calls import GET_OBJECT
from stackpane_s3.params import BYTE_RANGE, S3_URI
from stackpane_s3.places import object_actions, show_link

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.reading import ByteRange
    from stackpane_s3.uris import S3Uri


@command("cat", calls=(GET_OBJECT,))
@click.argument("uri", type=S3_URI)
@click.option(
    "--range", "part", type=BYTE_RANGE, metavar="A-B", help="These bytes only: 0-99, 100-, -50 (the last 50)."
)
@click.option("--head", type=click.IntRange(min=0), metavar="N", help="The first N lines only.")
@click.option("--version-id", metavar="ID", help="This version instead of the latest.")
def cat(session: Session, uri: S3Uri, part: ByteRange | None, head: int | None, version_id: str | None) -> Document:
    """Write an object to standard output, byte for byte.

    A connection that breaks is taken up where it broke. If the object cannot be read to its end, is changed meanwhile,
    or does not have the checksum that came with it, the command fails.
    """
    from stackpane_s3.buckets import bucket_client
    from stackpane_s3.reading import first_lines
    from stackpane_s3.transfer.bodies import prepare
    from stackpane_s3.transfer.fetch import Fetch
    from stackpane_s3.transfer.stop import Stop
    from stackpane_s3.transfer.stream import read_as_wanted

    uri.need_key()
    if part is not None and head is not None:
        raise InvalidInput("--range and --head exclude each other", "--range is bytes, --head is lines.")
    client = prepare(bucket_client(session, uri.bucket))
    reply, chunks = read_as_wanted(Fetch(client, uri.bucket, uri.key, Stop(), version_id=version_id), part)
    return Document(
        chunks if head is None else first_lines(chunks, head),
        media_type=reply.get("ContentType") or "application/octet-stream",
        name=uri.name,
        size=reply["ContentLength"] if head is None else None,
        partial=part is not None or head is not None,
        links=(show_link(uri, version_id=version_id), *object_actions(uri, version_id)),
    )
