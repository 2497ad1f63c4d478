"""``s3 restore``: bring back what was deleted or overwritten in a bucket that keeps versions."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from stackpane import (
    AwsError,
    Failure,
    InvalidInput,
    Job,
    Link,
    Outcome,
    Plan,
    Progress,
    Refused,
    StackpaneError,
    command,
)
from stackpane.times import MOMENT
from stackpane_s3.calls import (
    DELETE_OBJECT,
    DELETE_OBJECTS,
    GET_BUCKET_OWNERSHIP_CONTROLS,
    GET_BUCKET_VERSIONING,
    GET_OBJECT_ACL,
    LIST_OBJECT_VERSIONS,
)
from stackpane_s3.copyargs import CALLS
from stackpane_s3.params import S3_URI, no_glob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stackpane import Session
    from stackpane_s3.history import Step, Version
    from stackpane_s3.restoring import Restoring
    from stackpane_s3.selection import Selection
    from stackpane_s3.uris import S3Uri
    from stackpane_s3.versioning import Versioning


@command(
    "restore",
    calls=(
        *CALLS,
        DELETE_OBJECT,
        DELETE_OBJECTS,
        GET_BUCKET_OWNERSHIP_CONTROLS,
        GET_BUCKET_VERSIONING,
        GET_OBJECT_ACL,
        LIST_OBJECT_VERSIONS,
    ),
)
@click.argument("uris", nargs=-1, required=True, type=S3_URI, metavar="URI...")
@click.option(
    "--version-id", metavar="ID", help="Make this version the object; a delete marker's id: remove the marker."
)
@click.option("--as-of", type=MOMENT, metavar="TIME", help="Take all that the URIs mean back to what it was then.")
@click.option("--deleted", is_flag=True, help="Bring back what was deleted, and change nothing else.")
@click.option("--since", type=MOMENT, metavar="TIME", help="With --deleted: only what was deleted then or later.")
@click.option("--before", type=MOMENT, metavar="TIME", help="With --deleted: only what was deleted before.")
@click.option("-r", "--recursive", is_flag=True, help="Take all that is in the folder, or in the folders matched.")
@no_glob
def restore(
    session: Session,
    uris: tuple[S3Uri, ...],
    version_id: str | None,
    as_of: datetime | None,
    deleted: bool,
    since: datetime | None,
    before: datetime | None,
    recursive: bool,
    no_glob: bool,
) -> Plan | Job | Outcome:
    """Bring back what was deleted or overwritten, in a bucket that keeps versions.

    One object: undo its deletion, or make an older version the object again. Many: as they were at a time, or those
    that were deleted. A delete marker that hides the version wanted is removed; otherwise the version is copied onto
    its key. A folder (s3://b/2026/) means all that is in it.
    """
    from stackpane_s3.selection import Selection, one_bucket

    one_bucket(uris)
    if sum((version_id is not None, as_of is not None, deleted)) > 1:
        raise InvalidInput("--version-id, --as-of and --deleted exclude one another")
    if (since is not None or before is not None) and not deleted:
        raise InvalidInput("--since and --before go with --deleted", "A state at one time is --as-of.")
    many = as_of is not None or deleted
    literal = no_glob or version_id is not None
    selections = [Selection(uri, recursive or (many and uri.is_folder), literal) for uri in uris]
    run = _Restore(session, selections, version_id, as_of, deleted, since, before)
    if many:
        return run.plan_many()
    if len(uris) > 1 or not selections[0].is_one_key:
        raise InvalidInput(
            "this is more than one object", "Say to when with --as-of TIME, or --deleted to undo deletions."
        )
    uris[0].need_key()
    return run.one()


@dataclass(frozen=True)
class _Restore:
    """One run of the command."""

    session: Session
    selections: list[Selection]
    version_id: str | None
    as_of: datetime | None
    deleted: bool
    since: datetime | None
    before: datetime | None

    @property
    def bucket(self) -> str:
        return self.selections[0].uri.bucket

    @cached_property
    def client(self) -> Any:
        from stackpane_s3.buckets import bucket_client

        return bucket_client(self.session, self.bucket, raw=True)

    @cached_property
    def versioning(self) -> Versioning:
        from stackpane_s3.versioning import Versioning

        return Versioning.of(self.session, self.client, self.bucket)

    # One object

    def one(self) -> Plan | Job | Outcome:
        """Restore one object at once, by a plan only where the present object would be lost."""
        uri = self.selections[0].uri
        history = list(self.selections[0].versions(self.client))
        if not history:
            raise AwsError(f"{uri} has no versions", f"See what there is: {_versions(uri.parent)}", "NoSuchKey")
        steps = self._steps_of_one(uri, history)
        if not steps:
            return Outcome(f"{uri} is that version already.", done=0)
        restoring = self._restoring()
        restoring.freeze(history, steps, self.versioning)
        plan = self._plan(restoring, f"Restore {uri}", lambda: self._run_one(restoring, uri))
        return plan if restoring.lost or self.session.dry_run else plan.apply()

    def _steps_of_one(self, uri: S3Uri, history: list[Version]) -> list[Step]:
        from stackpane_s3.history import Change, Step, steps_to, steps_to_undelete

        if self.version_id is None:
            if not history[0].is_marker:
                raise InvalidInput(f"{uri} is not deleted", f"Choose a version: {_versions(uri)}")
            if not (steps := steps_to_undelete(history)):
                raise InvalidInput(f"{uri} has delete markers only, and no version to bring back")
            return steps
        wanted = next((version for version in history if version.version_id == self.version_id), None)
        if wanted is None:
            raise AwsError(f"{uri} has no version {self.version_id}", f"See: {_versions(uri)}", "NoSuchVersion")
        if not wanted.is_marker:
            return steps_to(history, wanted)
        if wanted is not history[0]:
            raise Refused(
                f"{uri} has been written since that delete marker was set; removing it would change nothing",
                f"See what there is: {_versions(uri)}",
            )
        return [Step(Change.UNMARK, wanted.key, wanted.version_id)]

    def _run_one(self, restoring: Restoring, uri: S3Uri) -> Generator[Progress, None, Outcome]:
        from stackpane.tally import Tally

        tally = Tally(len(restoring.steps), "change")
        yield from restoring.run(tally)
        tally.raise_if_nothing_done()
        if tally.done < tally.total:
            return Outcome(tally.sentence("Made", f"to {uri}"), tally.done, tally.failed, tally.skipped)
        new = restoring.made[0] if restoring.made else None
        if new is None and (not_back := self._not_back(uri)) is not None:
            return not_back
        literal = new is None and uri.glob is not None
        undo = None if restoring.lost else Link.to("s3 rm", str(uri), version_id=new, no_glob=literal, label="Undo")
        return Outcome(f"Restored {uri}.", result={"VersionId": new} if new else {}, undo=undo)

    def _not_back(self, uri: S3Uri) -> Outcome | None:
        """What there is to say where no object is seen though its marker is gone; ``None`` also where none may look."""
        from stackpane_s3.heads import head_of

        removed = f"Removed a delete marker of {uri}"
        try:
            with self.session.part(f"whether {uri} is back", on_fault=False):
                if head_of(self.client, Bucket=self.bucket, Key=uri.key) is None:
                    return Outcome(f"{removed}, but there still is no object to see.")
        except Exception as error:
            explained = self.session.explain(error)
            if not isinstance(explained, StackpaneError):
                raise
            return Outcome(
                f"{removed}, but whether the object is back is not known. See: {_versions(uri)}",
                failed=(Failure(f"the last look at {uri}", explained.message),),
            )
        return None

    # Many

    def plan_many(self) -> Plan:
        """Freeze what has to be done to every key, and say so."""
        if self.versioning.status == "":
            raise Refused(f"s3://{self.bucket} has never kept versions: there is nothing to go back to")
        restoring = self._restoring()
        for history in self._histories():
            restoring.freeze(history, self._steps(history), self.versioning)
        return self._plan(restoring, f"Restore in s3://{self.bucket}", lambda: self._run_many(restoring))

    def _histories(self) -> Iterator[list[Version]]:
        from stackpane_s3.history import histories
        from stackpane_s3.selection import only_first

        for position, selection in enumerate(self.selections):
            yield from histories(only_first(self.selections, position, selection.versions(self.client)))

    def _steps(self, history: list[Version]) -> list[Step]:
        from stackpane_s3.history import steps_as_of, steps_to_undelete

        if self.as_of is not None:
            return steps_as_of(history, self.as_of)
        return steps_to_undelete(history, self.since, self.before)

    def _restoring(self) -> Restoring:
        from stackpane_s3.restoring import Restoring

        return Restoring(self.session, self.client, self.bucket)

    def _plan(self, restoring: Restoring, title: str, run: Any) -> Plan:
        count = len(restoring.steps)
        notes = restoring.notes()
        if self.as_of is not None:
            notes += ("Versions that a lifecycle rule has removed cannot come back.",)
        return Plan(
            title=title,
            count=count,
            bytes=restoring.bytes or None,
            unit="change",
            targets=restoring.names,
            phrase="y" if count == 1 else self.bucket,
            reversible=restoring.reversible,
            notes=notes,
            apply=lambda: Job(title, run, self._again),
        )

    def _run_many(self, restoring: Restoring) -> Generator[Progress, None, Outcome]:
        from stackpane.tally import Tally
        from stackpane_s3.history import Change

        tally = Tally(len(restoring.steps), "change")
        undo = None
        clock = self.versioning.confirmed(self.session, self.client, self.bucket).clock
        if clock is not None and not restoring.lost and not restoring.counts[Change.UNMARK]:
            for _ in clock.let_second_pass():
                yield Progress(0, tally.total, "changes")
            undo = self._link(as_of=_iso(clock.start), label="Undo")
        yield from restoring.run(tally)
        tally.raise_if_nothing_done()
        return tally.outcome(
            tally.sentence("Made", f"in s3://{self.bucket}"),
            undo=undo if tally.done else None,
            resume=self._again if tally.failed else None,
        )

    @property
    def _again(self) -> Link:
        return self._link(
            version_id=self.version_id,
            as_of=_iso(self.as_of),
            deleted=self.deleted,
            since=_iso(self.since),
            before=_iso(self.before),
        )

    def _link(self, **options: Any) -> Link:
        from stackpane_s3.selection import link_to

        return link_to("s3 restore", self.selections, **options)


def _versions(uri: S3Uri) -> str:
    """The command line that lists the versions of what a URI means."""
    return Link.to("s3 versions", str(uri), no_glob=uri.glob is not None).command_line


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
