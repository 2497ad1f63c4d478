"""``s3 rm``: delete objects, or versions, that a plan has named one by one."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from stackpane import AwsError, InvalidInput, Job, Link, Outcome, Plan, Progress, command
from stackpane_s3.calls import (
    DELETE_OBJECT,
    DELETE_OBJECTS,
    GET_BUCKET_VERSIONING,
    HEAD_OBJECT,
    LIST_OBJECT_VERSIONS,
    LIST_OBJECTS,
)
from stackpane_s3.params import S3_URI, no_glob

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.spool import Spool
    from stackpane.tally import Tally
    from stackpane_s3.deletion import Target
    from stackpane_s3.selection import Selection
    from stackpane_s3.uris import S3Uri
    from stackpane_s3.versioning import Versioning


@command(
    "rm",
    calls=(
        DELETE_OBJECT,
        DELETE_OBJECTS,
        GET_BUCKET_VERSIONING,
        HEAD_OBJECT,
        LIST_OBJECTS,
        LIST_OBJECT_VERSIONS,
    ),
)
@click.argument("uris", nargs=-1, required=True, type=S3_URI, metavar="URI...")
@click.option("-r", "--recursive", is_flag=True, help="Take all that is in the folder, or in the folders matched.")
@click.option("--version-id", metavar="ID", help="Delete this version of one object, for good.")
@click.option("--all-versions", is_flag=True, help="Delete all versions and delete markers, for good.")
@click.option("--unconditional", is_flag=True, help="Delete also what changes after the plan; needs no s3:GetObject.")
@no_glob
def rm(
    session: Session,
    uris: tuple[S3Uri, ...],
    recursive: bool,
    version_id: str | None,
    all_versions: bool,
    unconditional: bool,
    no_glob: bool,
) -> Plan:
    """Delete objects: one, those that globs match, or all in a folder.

    The plan names every object with its ETag, and only these are deleted: an object that is added or changed meanwhile
    stays. In a bucket that keeps versions the outcome says how to undo it.
    """
    from stackpane_s3.selection import Selection, one_bucket

    if version_id is not None and (len(uris) > 1 or recursive or all_versions):
        raise InvalidInput("--version-id is for one object", "Name its URI, without --recursive and --all-versions.")
    bucket = one_bucket(uris)
    selections = [Selection(uri, recursive, no_glob or version_id is not None) for uri in uris]
    if any(selection.is_one_key for selection in selections):
        _check_keys(uris)
    return _Removal(session, bucket, selections, version_id, all_versions, unconditional).plan()


def _check_keys(uris: Sequence[S3Uri]) -> None:
    for uri in uris:
        if uri.is_bucket:
            raise InvalidInput(f"{uri} is a bucket", f"Empty it with --recursive, delete it with: s3 rb {uri}")


@dataclass(frozen=True)
class _Removal:
    """One run of the command."""

    session: Session
    bucket: str
    selections: list[Selection]
    version_id: str | None
    all_versions: bool
    unconditional: bool

    @property
    def is_final(self) -> bool:
        """Whether versions go, which nothing brings back."""
        return self.all_versions or self.version_id is not None

    @cached_property
    def client(self) -> Any:
        from stackpane_s3.buckets import bucket_client

        return bucket_client(self.session, self.bucket, raw=True)

    def plan(self) -> Plan:
        """Freeze the targets and say what deleting them means."""
        from stackpane.spool import Spool
        from stackpane_s3.deletion import Target
        from stackpane_s3.versioning import Versioning

        targets = Spool(Target._make, self._targets())
        versioning = Versioning.of(self.session, self.client, self.bucket)
        if not targets:
            meant = ", ".join(str(selection.uri) for selection in self.selections)
            raise AwsError(f"nothing to delete: {meant} means no {self._unit} that is there", self._hint, "NoSuchKey")
        count, unit = len(targets), self._unit
        return Plan(
            title=f"Delete {unit}s in s3://{self.bucket}",
            count=count,
            bytes=sum(target.size for target in targets),
            unit=unit,
            targets=lambda: map(self._name, targets),
            phrase="y" if count == 1 else self.bucket,
            reversible=self._reversible(versioning),
            notes=self._notes(versioning),
            apply=lambda: Job(f"Deleting from s3://{self.bucket}", lambda: self._run(targets, versioning), self._again),
        )

    # What is to go

    def _targets(self) -> Iterator[Target]:
        from stackpane_s3.deletion import Target
        from stackpane_s3.selection import only_first

        for position, selection in enumerate(self.selections):
            if self.all_versions:
                for version in only_first(self.selections, position, selection.versions(self.client)):
                    yield Target(version.key, version.version_id, size=version.size)
            elif not selection.is_one_key:
                for key, size, _modified, etag, _class in only_first(
                    self.selections, position, selection.objects(self.client)
                ):
                    yield Target(key, etag=None if self.unconditional else etag, size=size)
            elif not any(other.takes(selection.uri.key) for other in self.selections[:position]):
                yield self._one(selection.uri)

    def _one(self, uri: S3Uri) -> Target:
        """One object as it is now. Where it is not there S3's own error says so."""
        from botocore.exceptions import ClientError

        from stackpane_s3.deletion import Target
        from stackpane_s3.heads import head_object

        version = {"VersionId": self.version_id} if self.version_id is not None else {}
        try:
            head = head_object(self.client, Bucket=self.bucket, Key=uri.key, **version)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            is_marker = self.version_id is not None and code in ("405", "MethodNotAllowed")
            if is_marker or (code in ("403", "AccessDenied") and self.unconditional):
                return Target(uri.key, self.version_id)
            if code in ("404", "NoSuchKey") and not version:
                raise AwsError(f"there is no object {uri}", self._hint, "NoSuchKey") from error
            raise
        etag = None if self.unconditional or version else head["ETag"]
        return Target(uri.key, self.version_id, etag, head["ContentLength"])

    @property
    def _unit(self) -> str:
        return "version" if self.is_final else "object"

    @property
    def _hint(self) -> str:
        if any(selection.glob is not None for selection in self.selections):
            return "Globs match within one folder; --no-glob takes *, ?, [ and ] as they are."
        if self._recursive:
            return "A folder is meant, s3://BUCKET/FOLDER/; list what there is with s3 ls."
        return "If it is a folder, take all that is in it with --recursive."

    @property
    def _recursive(self) -> bool:
        return self.selections[0].recursive

    def _name(self, target: Target) -> str:
        uri = f"s3://{self.bucket}/{target.key}"
        return uri if target.version_id is None else f"{uri} (version {target.version_id})"

    def _reversible(self, versioning: Versioning) -> str:
        if self.is_final:
            return "Cannot be undone: versions are deleted for good."
        return versioning.deletes_reversibly

    def _notes(self, versioning: Versioning) -> tuple[str, ...]:
        notes = []
        if not self.is_final and not self.unconditional:
            notes.append("Only these, and only as they are now: what is added or changed meanwhile stays.")
        if self.is_final and versioning.mfa_delete:
            notes.append("The bucket wants a code from an MFA device for this (MFA delete): S3 will refuse it without.")
        return tuple(notes)

    # Carrying it out

    def _run(self, targets: Spool[Target], planned: Versioning) -> Generator[Progress, None, Outcome]:
        from stackpane.tally import Tally
        from stackpane_s3.deletion import Deletion, ignores_conditions

        versioning = planned if self.is_final else planned.confirmed(self.session, self.client, self.bucket)
        tally = Tally(len(targets), self._unit)
        markers: list[tuple[str, str]] = []
        deletion = Deletion(self.session, self.client, self.bucket, tally, lambda *marker: markers.append(marker))
        look_first = not (self.is_final or self.unconditional) and ignores_conditions(
            self.session, self.client, self.bucket
        )
        with tally.told_when_cancelled(self.session, "deleted"):
            yield from deletion.run(targets, look_first=look_first)
        tally.raise_if_nothing_done()
        return tally.outcome(
            self._said(tally, targets),
            undo=self._undo(versioning, tally.done, markers),
            resume=self._again if tally.failed else None,
        )

    def _said(self, tally: Tally, targets: Spool[Target]) -> str:
        if tally.done == tally.total == 1:
            return f"Deleted {self._name(next(iter(targets)))}."
        return tally.sentence("Deleted", f"from s3://{self.bucket}")

    def _undo(self, versioning: Versioning, done: int, markers: Sequence[tuple[str, str]]) -> Link | None:
        from stackpane_s3.selection import link_to

        if self.is_final or not versioning.keeps_versions or not done:
            return None
        if len(markers) == done == 1:
            key, marker = markers[0]
            return Link.to("s3 restore", f"s3://{self.bucket}/{key}", version_id=marker, label="Undo")
        clock = versioning.clock
        if clock is None:
            return None
        return link_to(
            "s3 restore",
            self.selections,
            deleted=True,
            since=f"{clock.start:%Y-%m-%dT%H:%M:%SZ}",
            before=f"{clock.end:%Y-%m-%dT%H:%M:%SZ}",
            label="Undo",
        )

    @property
    def _again(self) -> Link:
        from stackpane_s3.selection import link_to

        return link_to(
            "s3 rm",
            self.selections,
            version_id=self.version_id,
            all_versions=self.all_versions,
            unconditional=self.unconditional,
        )
