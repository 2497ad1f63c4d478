"""Taking keys back to an earlier state: the frozen steps of a restore, described and carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stackpane import Progress
from stackpane.spool import Spool
from stackpane_s3.copying import ABSENT, Copier, Source, onto
from stackpane_s3.copyjob import CopyJob
from stackpane_s3.deletion import Deletion, Target, ignores_conditions
from stackpane_s3.heads import head_object
from stackpane_s3.history import Change, Step, Version
from stackpane_s3.settings import SettingsReader

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.tally import Tally
    from stackpane_s3.versioning import Versioning

__all__ = ["Restoring"]

_SAID = {
    Change.COPY: ("older version is copied onto its key", "older versions are copied onto their keys"),
    Change.UNMARK: ("delete marker is removed", "delete markers are removed"),
    Change.MARK: ("object gets a delete marker", "objects get delete markers"),
}


@dataclass
class Restoring:
    """The steps of one restore, frozen; ``lost`` counts current objects that no version would remain of."""

    session: Session
    client: Any
    bucket: str
    steps: Spool[Step] = field(default_factory=lambda: Spool(Step._make))
    counts: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    lost: int = 0
    made: list[str] = field(default_factory=list)
    """The version ids of the copies and delete markers that were made, the first few of them."""

    def freeze(self, history: list[Version], steps: Iterable[Step], versioning: Versioning) -> None:
        """Add the steps that one key needs."""
        for step in steps:
            self.steps.append(step)
            self.counts[step.change] += 1
            if step.change == Change.COPY:
                self.bytes += step.size
            if step.change != Change.UNMARK and not versioning.keeps_versions:
                # Without versioning what is written takes the place of the version "null", wherever that stands.
                self.lost += any(
                    version.version_id == "null" and not version.is_marker and step.version_id != "null"
                    for version in history
                )

    def names(self) -> Iterator[str]:
        """Every step as a person reads it."""
        return (f"s3://{self.bucket}/{step}" for step in self.steps)

    def notes(self) -> tuple[str, ...]:
        """How many steps of each kind there are."""
        return tuple(
            f"{self.counts[change]:,} {one if self.counts[change] == 1 else many}."
            for change, (one, many) in _SAID.items()
            if self.counts[change]
        )

    @property
    def reversible(self) -> str:
        """Whether the steps can be undone, in one sentence."""
        if self.lost:
            return f"Cannot be undone for {self.lost:,} of them: the bucket keeps no version of what is there now."
        if self.counts[Change.UNMARK]:
            return "No version is lost; objects that come back can be deleted again with s3 rm."
        return "Can be undone with s3 restore: all versions stay."

    def run(self, tally: Tally) -> Generator[Progress, None, None]:
        """Carry all steps out: delete markers first, then the copies."""
        with tally.told_when_cancelled(self.session, "restored"):
            if self.counts[Change.MARK] or self.counts[Change.UNMARK]:
                look_first = self.counts[Change.MARK] > 0 and ignores_conditions(self.session, self.client, self.bucket)
                deletion = Deletion(self.session, self.client, self.bucket, tally, self._made)
                yield from deletion.run(map(_target, self._of(Change.MARK, Change.UNMARK)), look_first=look_first)
            if self.counts[Change.COPY]:
                job = CopyJob(self.session, tally, self._name, self._copy)
                for step in job.run(self._of(Change.COPY), self.bytes):
                    yield Progress(tally.accounted, tally.total, tally.unit + "s", current=step.current)

    def _of(self, *changes: str) -> Iterator[Step]:
        return (step for step in self.steps if step.change in changes)

    def _name(self, step: Step) -> str:
        return f"s3://{self.bucket}/{step.key}"

    def _made(self, _key: str, version_id: str) -> None:
        if len(self.made) < 2:
            self.made.append(version_id)

    def _copy(self, step: Step) -> Generator[int, None, int]:
        version = {"VersionId": step.version_id}
        head = head_object(self.client, Bucket=self.bucket, Key=step.key, **version)
        source = Source(self.bucket, step.key, step.etag or "", step.size, step.storage_class, step.version_id)
        conditions = ABSENT if step.current_etag is None else onto(step.current_etag)
        settings = self._settings.read(head, step.key)
        copied = yield from self._copier.copy(source, step.key, conditions, settings)
        if copied.version_id is not None:
            self._made(step.key, copied.version_id)
        return step.size

    @cached_property
    def _settings(self) -> SettingsReader:
        return SettingsReader(self.session, self.client, self.bucket)

    @cached_property
    def _copier(self) -> Copier:
        return Copier(self.session, self.client, self.bucket)


def _target(step: Step) -> Target:
    if step.change == Change.UNMARK:
        return Target(step.key, step.version_id)
    return Target(step.key, etag=step.current_etag, size=step.size)
