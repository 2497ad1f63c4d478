"""``s3 rb``: delete a bucket, and with ``--force`` all that is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from stackpane import Job, Link, Outcome, Plan, Progress, Refused, command
from stackpane_s3.calls import (
    ABORT_MULTIPART_UPLOAD,
    DELETE_BUCKET,
    DELETE_OBJECT,
    DELETE_OBJECTS,
    HEAD_BUCKET,
    LIST_MULTIPART_UPLOADS,
    LIST_OBJECT_VERSIONS,
)
from stackpane_s3.params import S3_BUCKET

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.spool import Spool
    from stackpane.tally import Tally
    from stackpane_s3.deletion import Target
    from stackpane_s3.uris import S3Uri


class Upload(NamedTuple):
    """A multipart upload that nobody has completed."""

    key: str
    upload_id: str


@command(
    "rb",
    calls=(
        ABORT_MULTIPART_UPLOAD,
        DELETE_BUCKET,
        DELETE_OBJECT,
        DELETE_OBJECTS,
        HEAD_BUCKET,
        LIST_MULTIPART_UPLOADS,
        LIST_OBJECT_VERSIONS,
    ),
)
@click.argument("uri", type=S3_BUCKET, metavar="s3://BUCKET")
@click.option("--force", is_flag=True, help="Delete all versions and unfinished uploads in it first.")
def rb(session: Session, uri: S3Uri, force: bool) -> Plan:
    """Delete a bucket. It must be empty of objects, old versions and unfinished uploads, unless --force is given.

    The plan names all that --force would delete; what is added meanwhile stays, and so does the bucket then.
    """
    from stackpane_s3.buckets import bucket_region

    removal = _Removal(session, uri.need_bucket_only().bucket)
    bucket_region(session, removal.bucket)  # a bucket that is not there is an error now, not after the question
    return removal.forced() if force else removal.plain()


@dataclass(frozen=True)
class _Removal:
    """One run of the command."""

    session: Session
    bucket: str
    counts: Counter[str] = field(default_factory=Counter)
    """What the plan names of each kind."""

    @cached_property
    def client(self) -> Any:
        from stackpane_s3.buckets import bucket_client

        return bucket_client(self.session, self.bucket)

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}"

    def plain(self) -> Plan:
        """The plan for an empty bucket. Raises ``Refused`` with what is in it where it is not."""
        if content := self._content():
            raise Refused(
                f"{self.uri} is not empty: it has {content}",
                f"Delete all of that as well: {self.session.line(Link.to('s3 rb', self.uri, force=True))}",
            )
        return self._plan(_spool_targets(()), _spool_uploads(()))

    def forced(self) -> Plan:
        """The plan for the bucket and everything in it."""
        return self._plan(_spool_targets(self._targets()), _spool_uploads(self._uploads()))

    def _content(self) -> str:
        """What is in the bucket, as far as one page of each listing tells; empty where nothing is."""
        found: list[str] = []
        with self.session.part(f"the versions in {self.uri}"):
            page = self.client.list_object_versions(Bucket=self.bucket)
            current = [version for version in page.get("Versions", ()) if version.get("IsLatest")]
            older = len(page.get("Versions", ())) - len(current)
            more = bool(page.get("IsTruncated"))
            for count, name in (
                (len(current), "object"),
                (older, "older version"),
                (len(page.get("DeleteMarkers", ())), "delete marker"),
            ):
                found += [_counted(count, name, more=more)] if count else []
        with self.session.part(f"the unfinished uploads in {self.uri}"):
            page = self.client.list_multipart_uploads(Bucket=self.bucket)
            count = len(page.get("Uploads", ()))
            found += [_counted(count, "unfinished upload", more=bool(page.get("IsTruncated")))] if count else []
        return ", ".join(found)

    def _targets(self) -> Iterator[Target]:
        from stackpane_s3.deletion import Target
        from stackpane_s3.history import versions

        for version in versions(self.client, self.bucket):
            self.counts["delete marker" if version.is_marker else "version"] += 1
            yield Target(version.key, version.version_id, size=version.size)

    def _uploads(self) -> Iterator[Upload]:
        from stackpane import Tokens

        tokens, place = Tokens(), {"Bucket": self.bucket}
        while True:
            page = self.client.list_multipart_uploads(**place)
            found = page.get("Uploads", ())
            self.counts["unfinished upload"] += len(found)
            yield from (Upload(upload["Key"], upload["UploadId"]) for upload in found)
            if not page.get("IsTruncated"):
                return
            marks = {"KeyMarker": page.get("NextKeyMarker", ""), "UploadIdMarker": page.get("NextUploadIdMarker", "")}
            tokens.check(tuple(marks.values()) if marks["KeyMarker"] else None, empty=not found)
            place = {"Bucket": self.bucket, **marks}

    def _plan(self, targets: Spool[Target], uploads: Spool[Upload]) -> Plan:
        def names() -> Iterator[str]:
            yield from (f"{self.uri}/{target.key} (version {target.version_id})" for target in targets)
            yield from (f"{self.uri}/{upload.key} (unfinished upload {upload.upload_id})" for upload in uploads)
            yield self.uri

        notes = tuple(_counted(count, name) + "." for name, count in self.counts.items() if count)
        return Plan(
            title=f"Delete the bucket {self.uri}" + (" and all that is in it" if targets or uploads else ""),
            count=len(targets) + len(uploads) + 1,
            bytes=sum(target.size for target in targets),
            unit="item",
            targets=names,
            phrase=self.bucket,
            reversible="Cannot be undone; another account may then take the name.",
            notes=notes,
            apply=lambda: Job(f"Deleting {self.uri}", lambda: self._run(targets, uploads)),
        )

    # Carrying it out

    def _run(self, targets: Spool[Target], uploads: Spool[Upload]) -> Generator[Progress, None, Outcome]:
        from stackpane.tally import Tally
        from stackpane_s3.deletion import Deletion

        tally = Tally(len(targets) + len(uploads) + 1, "item")
        with tally.told_when_cancelled(self.session, "deleted"):
            yield from Deletion(self.session, self.client, self.bucket, tally).run(targets)
            for upload in uploads if not tally.stopped else ():
                yield Progress(tally.accounted, tally.total, "items", current=upload.key)
                self._abort(upload, tally)
        tally.raise_if_nothing_done()
        if tally.done < tally.total - 1:
            tally.skip(self.uri, "it is not empty yet")
        else:
            self._delete_bucket(tally)
        tally.raise_if_nothing_done()
        if tally.done == tally.total:
            return Outcome(f"Deleted {self.uri}.", done=tally.done)
        return tally.outcome(tally.sentence("Deleted", f"of {self.uri}"))

    def _abort(self, upload: Upload, tally: Tally) -> None:
        from botocore.exceptions import ClientError

        try:
            self.client.abort_multipart_upload(Bucket=self.bucket, Key=upload.key, UploadId=upload.upload_id)
        except Exception as error:
            if not (isinstance(error, ClientError) and error.response["Error"]["Code"] == "NoSuchUpload"):
                tally.raised(self.session, error, f"{self.uri}/{upload.key} (unfinished upload {upload.upload_id})")
                return
        tally.did()

    def _delete_bucket(self, tally: Tally) -> None:
        from botocore.exceptions import ClientError

        from stackpane import is_lost

        try:
            self.client.delete_bucket(Bucket=self.bucket)
        except Exception as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
            if code == "BucketNotEmpty":
                tally.skip(self.uri, "something has come into it since the plan was made")
                return
            if not (code == "NoSuchBucket" and is_lost(error)):
                tally.raised(self.session, error, self.uri)
                return
        tally.did()


def _spool_targets(targets: Any) -> Spool[Target]:
    from stackpane.spool import Spool
    from stackpane_s3.deletion import Target

    return Spool(Target._make, targets)


def _spool_uploads(uploads: Any) -> Spool[Upload]:
    from stackpane.spool import Spool

    return Spool(Upload._make, uploads)


def _counted(count: int, name: str, *, more: bool = False) -> str:
    from stackpane.text import human_count

    return ("at least " if more else "") + human_count(count, name)
