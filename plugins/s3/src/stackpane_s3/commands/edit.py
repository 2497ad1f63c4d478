"""``s3 edit``: change an object's text, or its headers, metadata, tags or storage class, and nothing else of it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from stackpane import AwsError, InvalidInput, Job, Outcome, Plan, Progress, command
from stackpane.times import parse_duration, parse_moment
from stackpane_s3.calls import GET_BUCKET_OWNERSHIP_CONTROLS, GET_OBJECT, GET_OBJECT_ACL, PUT_OBJECT
from stackpane_s3.copyargs import CALLS
from stackpane_s3.params import S3_URI

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.copying import Copied
    from stackpane_s3.editing import Edit
    from stackpane_s3.uris import S3Uri


def _expires(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | str | None:
    """A moment, or a length of time from now; the empty text stays what it is."""
    if not value:
        return value
    try:
        return datetime.now(UTC).replace(microsecond=0) + parse_duration(value)
    except InvalidInput:
        return parse_moment(value)


@command("edit", calls=(*CALLS, GET_BUCKET_OWNERSHIP_CONTROLS, GET_OBJECT, GET_OBJECT_ACL, PUT_OBJECT))
@click.argument("uri", type=S3_URI)
@click.option("--content-type", metavar="TYPE", help="The media type; an empty value removes this or any other header.")
@click.option("--metadata", multiple=True, metavar="KEY=VALUE", help="Set an entry of the user metadata.")
@click.option("--remove-metadata", multiple=True, metavar="KEY", help="Remove an entry of the user metadata.")
@click.option("--tag", multiple=True, metavar="KEY=VALUE", help="Set a tag.")
@click.option("--remove-tag", multiple=True, metavar="KEY", help="Remove a tag.")
@click.option("--cache-control", metavar="TEXT", help="The Cache-Control header.")
@click.option("--content-disposition", metavar="TEXT", help="The Content-Disposition header.")
@click.option("--content-encoding", metavar="TEXT", help="The Content-Encoding header.")
@click.option("--content-language", metavar="TEXT", help="The Content-Language header.")
@click.option("--expires", metavar="TIME", callback=_expires, help="The Expires header: a date, or 30d from now.")
@click.option("--storage-class", metavar="CLASS", help="The storage class.")
def edit(
    session: Session,
    uri: S3Uri,
    metadata: tuple[str, ...],
    remove_metadata: tuple[str, ...],
    tag: tuple[str, ...],
    remove_tag: tuple[str, ...],
    **headers: Any,
) -> Plan | Job | Outcome:
    """Change an object's text in the editor, or its headers, user metadata, tags or storage class by options.

    Everything else stays. JSON is checked before it is saved. Where somebody else has changed the object meanwhile,
    nothing is saved, and what was read, what is there now and what you wrote are shown.

    Tags change in place. For the rest S3 makes a new object of the same body: with a new date, and in a bucket that
    keeps versions as a new version. It is only made if the object still is what was looked at.
    """
    from stackpane_s3.editing import HEADERS, Edit, Entries

    wanted = Edit(
        {HEADERS[option]: value or None for option, value in headers.items() if value is not None},
        Entries.of(metadata, remove_metadata, "metadata"),
        Entries.of(tag, remove_tag, "tag"),
    ).checked()
    editing = _Editing(session, uri.need_key(), wanted)
    if wanted == Edit({}, Entries(), Entries()):
        from stackpane_s3.textediting import TextEditing

        return TextEditing(session, editing.client, uri, editing.present).view()
    return editing.view()


@dataclass(frozen=True)
class _Editing:
    """One run of the command."""

    session: Session
    uri: S3Uri
    wanted: Edit

    @cached_property
    def client(self) -> Any:
        from stackpane_s3.buckets import bucket_client

        return bucket_client(self.session, self.uri.bucket)

    @property
    def place(self) -> dict[str, str]:
        return {"Bucket": self.uri.bucket, "Key": self.uri.key}

    @cached_property
    def present(self) -> Mapping[str, Any]:
        """The object as it is seen now. S3 does not name the storage class where it is the usual one."""
        from stackpane_s3.heads import head_of

        if (head := head_of(self.client, **self.place)) is None:
            raise AwsError(f"there is no object {self.uri}", "See what there is with s3 ls.", "NoSuchKey")
        return {"StorageClass": "STANDARD", **head}

    @cached_property
    def tags(self) -> dict[str, str]:
        """The tags as they are now; not asked for where none is to change."""
        if not (self.wanted.tags.set or self.wanted.tags.remove):
            return {}
        answer = self.client.get_object_tagging(**self.place, **_version(self.present.get("VersionId")))
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    def view(self) -> Plan | Job | Outcome:
        """Make the changes, or for a dry run say what they would be."""
        changes = self.wanted.said(self.present, self.tags)
        if not changes:
            return Outcome(f"{self.uri} is like that already.", done=0)
        copies = self.wanted.makes_new(self.present)
        effect = f"{self.uri} gets a new date{' and a new version' if 'VersionId' in self.present else ''}"
        job = Job(f"Edit {self.uri}", self._run)
        undo = self.wanted.undo(self.uri, self.present, self.tags)
        if self.session.dry_run:
            return Plan(
                title=job.title,
                count=1,
                targets=lambda: iter([str(self.uri)]),
                phrase="y",
                apply=lambda: job,
                reversible=f"Can be undone with {self.session.line(undo)}" if undo else "",
                notes=(*changes, f"{effect}.") if copies else changes,
            )
        if copies:
            self.session.warn(effect)
        return job

    def _run(self) -> Generator[Progress, None, Outcome]:
        result: dict[str, str] = {}
        version = self.present.get("VersionId")
        if self.wanted.makes_new(self.present):
            copied = yield from self._copied()
            version = copied.version_id
            result = {"ETag": copied.etag} | _version(version)
        tags = self.wanted.tags.applied(self.tags)
        if tags != self.tags:
            self._tag(tags, version, after_copy=bool(result))
        undo = self.wanted.undo(self.uri, self.present, self.tags)
        return Outcome(f"Changed {self.uri}.", result=result, undo=undo)

    def _copied(self) -> Generator[Progress, None, Copied]:
        """Copy the object onto itself with its new settings."""
        from stackpane_s3.copying import Copier, Source, onto
        from stackpane_s3.settings import SettingsReader

        size, etag = self.present["ContentLength"], self.present["ETag"]
        source = Source(self.uri.bucket, self.uri.key, etag, size, version_id=self.present.get("VersionId"))
        reader = SettingsReader(self.session, self.client, self.uri.bucket)
        settings = self.wanted.settings(reader.read({**self.present, **self.wanted.headers}, self.uri.key))
        copying = Copier(self.session, self.client, self.uri.bucket).copy(source, self.uri.key, onto(etag), settings)
        done = 0
        with closing(copying):
            while True:
                try:
                    done += next(copying)
                except StopIteration as end:
                    copied: Copied = end.value
                    return copied
                yield Progress(done, size, current=str(self.uri))

    def _tag(self, tags: Mapping[str, str], version: str | None, *, after_copy: bool) -> None:
        tag_set = [{"Key": name, "Value": value} for name, value in tags.items()]
        try:
            self.client.put_object_tagging(**self.place, **_version(version), Tagging={"TagSet": tag_set})
        except Exception as error:
            if not after_copy:
                raise
            from stackpane.tally import is_unknown

            reason = self.session.explain(error)
            were = "may not have been" if is_unknown(error) else "were not"
            raise AwsError(
                f"{self.uri} was changed, but its tags {were}: {reason}", "Run the command again."
            ) from error


def _version(version_id: str | None) -> dict[str, str]:
    return {} if version_id is None else {"VersionId": version_id}
