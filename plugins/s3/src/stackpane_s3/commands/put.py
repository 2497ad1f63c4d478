"""``s3 put``: upload files, onto nothing that was not meant to be replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click

from stackpane import InvalidInput, View, command
from stackpane_s3.calls import (
    ABORT_MULTIPART_UPLOAD,
    COMPLETE_MULTIPART_UPLOAD,
    CREATE_MULTIPART_UPLOAD,
    HEAD_OBJECT,
    LIST_PARTS,
    PUT_OBJECT,
    UPLOAD_PART,
)
from stackpane_s3.params import BYTES, S3_URI, complete_file_or_uri, no_glob

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.uris import S3Uri

_WORKERS = 16
_ALGORITHMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")
_SETTINGS = {
    "content_type": "ContentType",
    "cache_control": "CacheControl",
    "content_disposition": "ContentDisposition",
    "content_encoding": "ContentEncoding",
    "content_language": "ContentLanguage",
    "storage_class": "StorageClass",
    "sse": "ServerSideEncryption",
    "sse_kms_key_id": "SSEKMSKeyId",
}


@command(
    "put",
    calls=(
        ABORT_MULTIPART_UPLOAD,
        COMPLETE_MULTIPART_UPLOAD,
        CREATE_MULTIPART_UPLOAD,
        HEAD_OBJECT,
        LIST_PARTS,
        PUT_OBJECT,
        UPLOAD_PART,
    ),
)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", shell_complete=complete_file_or_uri)
@click.argument("uri", type=S3_URI)
@click.option("--overwrite", is_flag=True, help="Replace objects that differ, if they still are as seen.")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out what this matches below the folder.")
@click.option("--content-type", metavar="TYPE", help="The media type; guessed from the name unless given.")
@click.option("--metadata", multiple=True, metavar="KEY=VALUE", help="An entry of the user metadata.")
@click.option("--tag", multiple=True, metavar="KEY=VALUE", help="A tag.")
@click.option("--cache-control", metavar="TEXT", help="The Cache-Control header.")
@click.option("--content-disposition", metavar="TEXT", help="The Content-Disposition header.")
@click.option("--content-encoding", metavar="TEXT", help="The Content-Encoding header.")
@click.option("--content-language", metavar="TEXT", help="The Content-Language header.")
@click.option("--storage-class", metavar="CLASS", help="The storage class.")
@click.option("--sse", metavar="KIND", help="Server-side encryption: AES256, aws:kms or aws:kms:dsse.")
@click.option("--sse-kms-key-id", metavar="ID", help="The KMS key to encrypt with.")
@click.option(
    "--checksum-algorithm", type=click.Choice(_ALGORITHMS), default=_ALGORITHMS[0], help="What S3 verifies and keeps."
)
@click.option("--restart", is_flag=True, help="Begin anew what was interrupted.")
@click.option("--abort", is_flag=True, help="Upload nothing; delete what interrupted uploads left at S3.")
@click.option("--part-size", type=BYTES, metavar="SIZE", help="Bytes of a part; 16MiB or what is needed unless given.")
@click.option("--workers", type=click.IntRange(1, 64), default=_WORKERS, show_default=True, help="Requests at a time.")
@no_glob
def put(session: Session, paths: tuple[str, ...], uri: S3Uri, abort: bool, **options: Any) -> View:
    """Upload files, folders with all in them, or stdin (-).

    An object that exists is not replaced unless told, and then only if it still is what was looked at. Under a URI that
    ends in / files keep their names; what is in a folder goes right under the URI. The same command again goes on after
    an interruption, and leaves alone what is there already.
    """
    from stackpane_s3.transfer.putting import Storing

    how = {name: options.pop(name) for name in _HOW}
    again = {**options, **how, "restart": False, "workers": None}
    if how["checksum_algorithm"] == _ALGORITHMS[0]:
        again["checksum_algorithm"] = None
    storing = Storing(session, paths, uri.need_bucket(), _settings(**options), **how, again=again)
    if session.dry_run:
        return storing.preview()
    return storing.abandoned() if abort else storing.job()


_HOW = ("overwrite", "exclude", "restart", "part_size", "workers", "checksum_algorithm", "no_glob")
"""The options that say how to upload; the others say what the objects are to be."""


def _settings(metadata: tuple[str, ...], tag: tuple[str, ...], **headers: str | None) -> dict[str, Any]:
    """What the objects are to be, as ``PutObject`` takes it. Raises ``InvalidInput``."""
    from stackpane_s3.editing import assigned, check_fields

    settings: dict[str, Any] = {_SETTINGS[name]: value for name, value in headers.items() if value is not None}
    entries = {name.lower(): value for name, value in assigned(metadata, "metadata").items()}
    check_fields(settings, entries)
    if entries:
        settings["Metadata"] = entries
    if tag:
        settings["Tagging"] = urlencode(assigned(tag, "tag"))
    if "SSEKMSKeyId" in settings and "ServerSideEncryption" not in settings:
        raise InvalidInput("--sse-kms-key-id needs to know the kind of encryption", "Add --sse aws:kms.")
    return settings
