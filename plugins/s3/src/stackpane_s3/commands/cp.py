"""``s3 cp``: copy objects within S3, without their bodies passing through this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from stackpane import InvalidInput, Job, Plan, command
from stackpane_s3.calls import LIST_OBJECTS
from stackpane_s3.copyargs import CALLS, IN_S3
from stackpane_s3.params import no_glob

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.uris import S3Uri


@command("cp", calls=(*CALLS, LIST_OBJECTS))
@click.argument("sources", nargs=-1, required=True, type=IN_S3, metavar="SRC...")
@click.argument("destination", type=IN_S3, metavar="DST")
@click.option("-r", "--recursive", is_flag=True, help="Take all that is in the folder, or in the folders matched.")
@click.option("--overwrite", is_flag=True, help="Replace objects that exist.")
@click.option("--storage-class", metavar="CLASS", help="The copies' storage class; the originals' unless given.")
@click.option("--version-id", metavar="ID", help="Copy this version of one object.")
@no_glob
def cp(
    session: Session,
    sources: tuple[S3Uri, ...],
    destination: S3Uri,
    recursive: bool,
    overwrite: bool,
    storage_class: str | None,
    version_id: str | None,
    no_glob: bool,
) -> Plan | Job:
    """Copy objects within S3, also to another region: one, those that globs match, or all in a folder.

    Metadata, tags, the headers of the content and the storage class stay. An object that exists is not replaced unless
    told, which is a failure where it differs. Names are kept from the folder on that is named, or from the first part
    with a glob on.
    """
    from stackpane_s3.copyplan import CopyPlan
    from stackpane_s3.selection import Selection

    if version_id is not None and (len(sources) > 1 or recursive):
        raise InvalidInput("--version-id is for one object", "Name its URI, without --recursive.")
    selections = [Selection(uri, recursive, no_glob or version_id is not None) for uri in sources]
    plan = CopyPlan(session, selections, destination, overwrite, storage_class, version_id).plan()
    return plan if session.dry_run else plan.apply()
