"""The history of keys in a bucket with versioning, and what has to be done to go back in it.

``ListObjectVersions`` gives versions and delete markers newest first. botocore hands them over as two lists, so they
are put back in order by time, which S3 keeps to the second: of a version and a marker of the same second the version is
taken as the newer one unless S3 says which is the latest. To bring an object back is the smaller mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Any, NamedTuple

from stackpane_s3.pages import version_pages

__all__ = ["Change", "Step", "Version", "histories", "steps_as_of", "steps_to_undelete", "versions"]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a key, or a delete marker (``is_marker``: then without ETag, size and storage class)."""

    key: str
    version_id: str
    is_latest: bool
    modified: datetime
    is_marker: bool = False
    etag: str = ""
    size: int = 0
    storage_class: str | None = None


def versions(client: Any, bucket: str, prefix: str = "") -> Iterator[Version]:
    """All versions and delete markers below ``prefix``: by key, and newest first."""
    for page, _mark in version_pages(client, bucket, prefix):
        entries = [_version(entry, is_marker=False) for entry in page.get("Versions", ())]
        entries += [_version(entry, is_marker=True) for entry in page.get("DeleteMarkers", ())]
        yield from sorted(entries, key=_newest_first)


def histories(found: Iterable[Version]) -> Iterator[list[Version]]:
    """The versions of each key, newest first."""
    for _key, history in groupby(found, key=lambda version: version.key):
        yield list(history)


def _version(entry: Mapping[str, Any], *, is_marker: bool) -> Version:
    return Version(
        key=entry["Key"],
        version_id=entry["VersionId"],
        is_latest=bool(entry.get("IsLatest")),
        modified=entry["LastModified"],
        is_marker=is_marker,
        etag=entry.get("ETag", ""),
        size=entry.get("Size", 0),
        storage_class=entry.get("StorageClass"),
    )


def _newest_first(version: Version) -> tuple[str, bool, float, bool]:
    # Sorting is stable: versions of one second, and markers, keep the order in which S3 gave them.
    return version.key, not version.is_latest, -version.modified.timestamp(), version.is_marker


class Change(StrEnum):
    """What is done to a key to take it back to an earlier state."""

    COPY = "copy"
    """An earlier version is copied onto the key."""
    UNMARK = "unmark"
    """A delete marker is removed, and the version below it is the object again."""
    MARK = "mark"
    """A delete marker is set: the object did not exist."""


class Step(NamedTuple):
    """One change to one key, as values that can be spooled.

    ``version_id`` is the version to copy or the marker to remove, with its ``etag``, ``size`` and ``storage_class``.
    ``current_etag`` is of the object that is there now; ``None`` where there is none.
    """

    change: str
    key: str
    version_id: str | None = None
    etag: str | None = None
    size: int = 0
    storage_class: str | None = None
    current_etag: str | None = None

    def __str__(self) -> str:
        match self.change:
            case Change.COPY:
                return f"{self.key}: copy version {self.version_id} onto it"
            case Change.UNMARK:
                return f"{self.key}: remove the delete marker {self.version_id}"
            case _:
                return f"{self.key}: set a delete marker"


def steps_to_undelete(
    history: list[Version], since: datetime | None = None, before: datetime | None = None
) -> list[Step]:
    """What brings a deleted key back: the delete markers above its newest version are removed.

    Nothing where the key is not deleted, or never had a version, or was deleted at another time than asked for.
    """
    markers = _markers_on_top(history)
    if not markers:
        return []
    deleted = markers[-1].modified  # when it went; markers above that only say so again
    if (since is not None and deleted < since) or (before is not None and deleted >= before):
        return []
    return [Step(Change.UNMARK, marker.key, marker.version_id) for marker in markers]


def steps_as_of(history: list[Version], moment: datetime) -> list[Step]:
    """What takes a key back to what it was at ``moment``, to the second; nothing where it still is that."""
    current = history[0]
    # AWS cuts the times of versions to the second, an emulator may not: it is made to agree.
    then = next((version for version in history if version.modified.replace(microsecond=0) <= moment), None)
    if then is None or then.is_marker:
        return (
            [] if current.is_marker else [Step(Change.MARK, current.key, size=current.size, current_etag=current.etag)]
        )
    return steps_to(history, then)


def steps_to(history: list[Version], then: Version) -> list[Step]:
    """What makes ``then``, a version of the history, the object again; nothing where it is the object."""
    current = history[0]
    if current is then:
        return []
    if current.is_marker and then is next(version for version in history if not version.is_marker):
        return [Step(Change.UNMARK, marker.key, marker.version_id) for marker in _markers_on_top(history)]
    etag = None if current.is_marker else current.etag
    return [Step(Change.COPY, then.key, then.version_id, then.etag, then.size, then.storage_class, etag)]


def _markers_on_top(history: list[Version]) -> list[Version]:
    """The markers that hide the newest version; also one of the same second, which may lie above or below it."""
    newest = next((version for version in history if not version.is_marker), None)
    if newest is None or not history[0].is_marker:
        return []
    return [version for version in history if version.is_marker and version.modified >= newest.modified]
