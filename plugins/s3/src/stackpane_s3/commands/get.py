"""``s3 get``: download objects, whole and proven or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, View, command
from stackpane_s3.calls import GET_OBJECT, HEAD_OBJECT, LIST_OBJECTS
from stackpane_s3.params import BYTES, S3_URI, complete_file, no_glob

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.uris import S3Uri

_WORKERS = 16


@command("get", calls=(GET_OBJECT, HEAD_OBJECT, LIST_OBJECTS))
@click.argument("uri", type=S3_URI)
@click.argument("dest", required=False, shell_complete=complete_file)
@click.option("-r", "--recursive", is_flag=True, help="Take all that is in the folder, or in the folders matched.")
@click.option("--overwrite", is_flag=True, help="Replace local files that differ.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out what this matches below the folder.")
@click.option("--version-id", metavar="ID", help="Get this version of one object.")
@click.option("--restart", is_flag=True, help="Begin anew what was interrupted.")
@click.option("--part-size", type=BYTES, metavar="SIZE", help="Bytes asked for at a time; 16MiB unless given.")
@click.option("--workers", type=click.IntRange(1, 64), default=_WORKERS, show_default=True, help="Requests at a time.")
@no_glob
def get(
    session: Session,
    uri: S3Uri,
    dest: str | None,
    recursive: bool,
    overwrite: bool,
    exclude: tuple[str, ...],
    version_id: str | None,
    restart: bool,
    part_size: int | None,
    workers: int,
    no_glob: bool,
) -> View:
    """Download an object, what a glob matches, or all in a folder (a URI that ends in /).

    DEST is a file or a folder; without it things go here, a folder into one of its own name; - writes to stdout. A file
    appears under its name once it is whole and has the object's checksum. The same command again goes on after an
    interruption, and leaves alone what is here already.
    """
    from stackpane_s3.selection import Selection
    from stackpane_s3.transfer.getting import Retrieval

    if version_id is not None and (recursive or uri.need_bucket().is_bucket):
        raise InvalidInput("--version-id is for one object", "Name its key, without --recursive.")
    retrieval = Retrieval(
        session,
        Selection(
            uri.need_bucket(), recursive or (uri.is_folder and version_id is None), no_glob or version_id is not None
        ),
        dest,
        overwrite=overwrite,
        exclude=exclude,
        version_id=version_id,
        restart=restart,
        part_size=part_size,
        workers=workers,
    )
    if session.dry_run:
        return retrieval.preview()
    return retrieval.document() if dest == "-" else retrieval.job()
