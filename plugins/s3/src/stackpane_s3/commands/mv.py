"""``s3 mv``: copy objects within S3, check the copies, then delete the originals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import Plan, command
from stackpane_s3.calls import DELETE_OBJECT, GET_BUCKET_VERSIONING, LIST_OBJECTS
from stackpane_s3.copyargs import CALLS, IN_S3
from stackpane_s3.params import no_glob

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.uris import S3Uri


@command("mv", calls=(*CALLS, DELETE_OBJECT, GET_BUCKET_VERSIONING, LIST_OBJECTS))
@click.argument("sources", nargs=-1, required=True, type=IN_S3, metavar="SRC...")
@click.argument("destination", type=IN_S3, metavar="DST")
@click.option("-r", "--recursive", is_flag=True, help="Take all that is in the folder, or in the folders matched.")
@click.option("--overwrite", is_flag=True, help="Replace objects that exist.")
@click.option("--storage-class", metavar="CLASS", help="The copies' storage class; the originals' unless given.")
@no_glob
def mv(
    session: Session,
    sources: tuple[S3Uri, ...],
    destination: S3Uri,
    recursive: bool,
    overwrite: bool,
    storage_class: str | None,
    no_glob: bool,
) -> Plan:
    """Move objects within S3, also to another region: one, those that globs match, or all in a folder.

    An original is deleted when its copy has been made and checked, and only if it still is what was copied. A copy that
    is there already, the same in content, settings and tags, need not be made: so a move that was cut short goes on.
    """
    from stackpane_s3.copyplan import CopyPlan
    from stackpane_s3.selection import Selection

    selections = [Selection(uri, recursive, no_glob) for uri in sources]
    return CopyPlan(session, selections, destination, overwrite, storage_class, moves=True).plan()
