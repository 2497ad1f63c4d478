"""What ``cp`` and ``mv`` do: which objects become which keys, frozen, shown and carried out."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError

from stackpane import AwsError, InvalidInput, Job, Link, Outcome, Plan, Progress, Refused, StackpaneError, is_lost
from stackpane.spool import Spool
from stackpane.tally import LeftAloneError, Tally, is_unknown
from stackpane_s3.copying import ABSENT, Copied, Copier, ExistsError, Source, UnchangedError, onto
from stackpane_s3.copyjob import CopyJob
from stackpane_s3.heads import CHANGED, GONE, etag_of, head_object
from stackpane_s3.selection import Selection, link_to, only_first
from stackpane_s3.uris import S3Uri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stackpane import Session
    from stackpane_s3.versioning import Versioning

__all__ = ["CopyPlan"]


class Item(NamedTuple):
    """One copy to make: the source as it was seen (see ``Source``), and the key it gets."""

    bucket: str
    key: str
    etag: str
    size: int
    storage_class: str | None
    version_id: str | None
    to: str

    @property
    def source(self) -> Source:
        """The object as it was seen."""
        return Source(self.bucket, self.key, self.etag, self.size, self.storage_class, self.version_id)


@dataclass
class CopyPlan:
    """One run of ``cp``, or of ``mv`` where ``moves``."""

    session: Session
    selections: list[Selection]
    destination: S3Uri
    overwrite: bool = False
    storage_class: str | None = None
    version_id: str | None = None
    moves: bool = False
    copied: Copied | None = field(default=None, init=False)
    """What S3 answered to the last copy."""
    _remake: bool = field(default=False, init=False)
    """Whether the copy of the one object is there, and the same command might not know it for one."""

    @property
    def is_single(self) -> bool:
        """Whether it is one object, whatever is there."""
        return len(self.selections) == 1 and self.selections[0].is_one_key

    @property
    def verb(self) -> str:
        """What has happened to an object that is done."""
        return "Moved" if self.moves else "Copied"

    def plan(self) -> Plan:
        """Freeze what is to be copied. Raises where it cannot be meant, or one object's destination exists."""
        self._check()
        items: Spool[Item] = Spool(Item._make, self._items())
        if not items:
            meant = ", ".join(str(selection.uri) for selection in self.selections)
            raise AwsError(f"nothing to copy: {meant} means no object that is there", _HINT, "NoSuchKey")
        conditions = self._conditions(next(iter(items)))
        total = sum(item.size for item in items)
        title = f"{'Move' if self.moves else 'Copy'} to {self.destination}"
        count = len(items)
        return Plan(
            title=title,
            count=count,
            bytes=total,
            targets=lambda: (f"s3://{item.bucket}/{item.key} → {self._target(item)}" for item in items),
            phrase="y" if count == 1 else self.selections[0].uri.bucket,
            reversible=self._reversible(),
            notes=("Objects that exist are replaced.",) if self.overwrite else (),
            apply=lambda: Job(title, lambda: self._run(items, total, conditions), self._again),
        )

    # What becomes what

    def _check(self) -> None:
        self.destination.need_bucket()
        for selection in self.selections:
            selection.uri.need_bucket()
            if selection.is_one_key and selection.uri.is_bucket:
                raise InvalidInput(f"{selection.uri} is a bucket", "Copy what is in it with --recursive.")
        if len(self.selections) > 1 and not self.destination.is_folder:
            raise InvalidInput(
                f"{self.destination} is no folder", f"Several sources go to s3://BUCKET/ or {self.destination}/"
            )

    def _items(self) -> Iterator[Item]:
        names: set[int] = set()
        for item in self._found():
            if item.bucket == self.destination.bucket:
                self._check_apart(item)
            if len(self.selections) > 1:
                # One selection never gives a name twice, so only these have to be remembered, and their hashes will do.
                if (mark := hash(item.to)) in names:
                    raise InvalidInput(f"two of the sources would become {self._target(item)}", "Copy them one by one.")
                names.add(mark)
            yield item

    def _found(self) -> Iterator[Item]:
        for position, selection in enumerate(self.selections):
            bucket = selection.uri.bucket
            if selection.is_one_key:
                yield self._one(selection.uri)
                continue
            folder = self.destination.key
            folder = folder if not folder or folder.endswith("/") else f"{folder}/"
            for key, size, _modified, etag, kind in only_first(
                self.selections, position, selection.objects(self._client_of(bucket))
            ):
                yield Item(bucket, key, etag, size, self._class(kind), None, folder + key[len(selection.base) :])

    def _one(self, uri: S3Uri) -> Item:
        version = {"VersionId": self.version_id} if self.version_id is not None else {}
        try:
            head = head_object(self._client_of(uri.bucket), Bucket=uri.bucket, Key=uri.key, **version)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                raise AwsError(f"there is no object {uri}", _HINT, "NoSuchKey") from error
            raise
        into = self.destination
        to = into.key + uri.name if into.is_folder else into.key
        kind = self._class(head.get("StorageClass"))
        return Item(uri.bucket, uri.key, head["ETag"], head["ContentLength"], kind, self.version_id, to)

    def _class(self, found: str | None) -> str | None:
        return self.storage_class or found

    def _check_apart(self, item: Item) -> None:
        if item.to == item.key and item.version_id is None:
            raise InvalidInput(f"s3://{item.bucket}/{item.key} would be copied onto itself", "Change it with s3 edit.")
        if any(other.uri.bucket == item.bucket and other.takes(item.to) for other in self.selections) and (
            item.to != item.key
        ):
            raise InvalidInput(
                f"{self._target(item)} would be both a source and a destination",
                "Copy to a folder outside of what is copied.",
            )

    def _target(self, item: Item) -> str:
        return str(self.destination.at(item.to))

    def _conditions(self, first: Item) -> Mapping[str, str]:
        """What every destination must be. One object's is looked at now, so that what is replaced is what was seen."""
        if not self.is_single:
            return {} if self.overwrite else ABSENT
        found = etag_of(self._client_of(self.destination.bucket), Bucket=self.destination.bucket, Key=first.to)
        if found is None:
            return ABSENT
        if not self.overwrite and self._is_copied(first):
            return ABSENT
        if not self.overwrite:
            raise Refused(f"{self._target(first)} exists already; nothing was copied", "Replace it with --overwrite.")
        return onto(found)

    def _is_copied(self, item: Item) -> bool:
        """Whether a move was begun before: the copy is there, and only the original has to go."""
        return self.moves and self._copier.found(item.source, item.to) is not None

    # Saying what it means

    def _reversible(self) -> str:
        if not self.moves:
            return ""
        if self._source_versioning.keeps_versions:
            return "Can be undone: the originals' bucket keeps versions, so s3 restore brings them back."
        return "Can be undone by moving back: an original is deleted only when its copy is there and was checked."

    @cached_property
    def _source_versioning(self) -> Versioning:
        from stackpane_s3.versioning import Versioning

        bucket = self.selections[0].uri.bucket
        return Versioning.of(self.session, self._client_of(bucket), bucket)

    # Carrying it out

    def _run(self, items: Spool[Item], total: int, conditions: Mapping[str, str]) -> Generator[Progress, None, Outcome]:
        tally = Tally(len(items))

        def work(item: Item) -> Generator[int, None, int]:
            return self._copy(item, conditions)

        job = CopyJob(self.session, tally, lambda item: f"s3://{item.bucket}/{item.key}", work)
        with tally.told_when_cancelled(self.session, self.verb.lower()):
            yield from job.run(items, total)
        if not self._remake:  # an error would not say how to go on
            tally.raise_if_nothing_done()
        done = tally.done == len(items) == 1
        first = next(iter(items))
        return tally.outcome(
            f"{self.verb} s3://{first.bucket}/{first.key} to {self._target(first)}."
            if done
            else tally.sentence(self.verb, f"to {self.destination}"),
            result=self._result if done else {},
            undo=self._undo(first, replaced=conditions is not ABSENT) if done else None,
            resume=self._again if tally.failed else None,
        )

    def _copy(self, item: Item, conditions: Mapping[str, str]) -> Generator[int, None, int]:
        source = item.source
        try:
            copied = yield from self._copier.copy(source, item.to, conditions)
        except ExistsError:
            found = self._copier.found(source, item.to)
            if found is None:
                raise
            if not self.moves:
                raise UnchangedError(f"{self._target(item)} is there already, the same") from None
            copied = found
        self.copied = copied
        if self.moves:
            self._copier.verify(source, item.to, copied)
            self._delete(item, copied)
        return item.size

    def _delete(self, item: Item, copied: Copied) -> None:
        """Delete the original, if it still is what was copied."""
        source = item.source
        try:
            self._client_of(source.bucket).delete_object(Bucket=source.bucket, Key=source.key, IfMatch=source.etag)
        except Exception as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
            if code in GONE or (code in CHANGED and is_lost(error) and self._is_gone(source)):
                return
            if code in CHANGED and not is_lost(error):
                raise LeftAloneError("copied, but the original has changed since, so it stays") from error
            raise self._copied_only(error, item, copied) from error

    def _is_gone(self, source: Source) -> bool:
        """Whether the original is not there any more; not so where that cannot be seen."""
        try:
            return etag_of(self._client_of(source.bucket), Bucket=source.bucket, Key=source.key) is None
        except Exception as error:
            name = f"s3://{source.bucket}/{source.key}"
            self.session.warn(f"whether {name} is gone cannot be seen: {self.session.explain(error)}")
            return False

    def _copied_only(self, error: Exception, item: Item, copied: Copied) -> Exception:
        """What went wrong when the original was to go, in the place of the whole move's error."""
        explained = self.session.explain(error)
        if not isinstance(explained, StackpaneError):
            return error
        stays = "may still be there" if is_unknown(error) else "stays"
        message = f"copied, but the original {stays}: {explained.message}"
        if copied.etag != item.etag:
            # ``Copier.found`` may not know this copy for one: to go on is to make it once more.
            if self.is_single:
                self._remake = True
            elif not self.destination.at(item.to).is_folder:  # which would mean another key
                message = f"{message}; move this one with: {self.session.line(self._move(item))}"
        return type(explained)(message, explained.hint)

    def _move(self, item: Item) -> Link:
        original, target = S3Uri(item.bucket, item.key), self.destination.at(item.to)
        options: dict[str, Any] = {"overwrite": True, "storage_class": self.storage_class}
        return Link.to("s3 mv", str(original), str(target), no_glob=original.glob is not None, **options)

    @cached_property
    def _copier(self) -> Copier:
        bucket = self.destination.bucket
        return Copier(self.session, self._client_of(bucket), bucket)

    def _client_of(self, bucket: str) -> Any:
        from stackpane_s3.buckets import bucket_client

        return bucket_client(self.session, bucket, raw=True)

    # The way on and back

    @property
    def _result(self) -> dict[str, str]:
        if self.copied is None:
            return {}
        version = {"VersionId": self.copied.version_id} if self.copied.version_id is not None else {}
        return {"ETag": self.copied.etag, **version}

    def _undo(self, item: Item, *, replaced: bool) -> Link | None:
        """The way back for one object; none where the destination has lost what was there before."""
        target = self.destination.at(item.to)
        literal = target.glob is not None
        if self.moves:
            original = S3Uri(item.bucket, item.key)
            # A destination that ends in a slash is a folder, in which a key of that form keeps its own name.
            back = original.parent if original.is_folder else original
            if replaced or self.storage_class or (original.is_folder and original.name != target.name):
                return None
            return Link.to("s3 mv", str(target), str(back), no_glob=literal, label="Undo")
        version = self._result.get("VersionId", "null")
        if version != "null":
            return Link.to("s3 rm", str(target), version_id=version, label="Undo")
        return None if replaced else Link.to("s3 rm", str(target), no_glob=literal, label="Undo")

    @property
    def _again(self) -> Link:
        command = "s3 mv" if self.moves else "s3 cp"
        options = {
            "overwrite": self.overwrite or self._remake,
            "storage_class": self.storage_class,
            "version_id": self.version_id,
        }
        link = link_to(command, self.selections, **options)
        return Link((*link.argv, str(self.destination)))


_HINT = "A folder is taken with --recursive; globs match within one folder, and --no-glob takes them as they are."
