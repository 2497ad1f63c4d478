"""What a writing command acts on: the objects, or the versions, that its URIs mean.

Here a URI means less than in a listing. Without ``--recursive`` and without globs it is that one key, and with
``--recursive`` it is a folder: ``rm --recursive s3://b/2026`` leaves ``2026-backup/`` alone, as in the AWS CLI.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stackpane import InvalidInput, Link
from stackpane_s3.history import Version, versions
from stackpane_s3.listing import find_objects

if TYPE_CHECKING:
    from stackpane_s3.globs import Glob
    from stackpane_s3.lean import ObjectRow
    from stackpane_s3.uris import S3Uri

__all__ = ["Selection", "link_to", "one_bucket", "only_first"]


@dataclass(frozen=True)
class Selection:
    """What one URI means; ``literal`` takes glob characters as they are."""

    uri: S3Uri
    recursive: bool = False
    literal: bool = False

    @cached_property
    def glob(self) -> Glob | None:
        """The URI's key as a glob, where it is one."""
        return None if self.literal else self.uri.glob

    @property
    def is_one_key(self) -> bool:
        """Whether it is one key and can be nothing else."""
        return self.glob is None and not self.recursive

    @property
    def prefix(self) -> str:
        """What the key of everything it means begins with."""
        if self.glob is not None:
            return self.glob.prefix
        key = self.uri.key
        return f"{key}/" if self.recursive and key and not key.endswith("/") else key

    @property
    def base(self) -> str:
        """The folder that names are relative to when they are copied elsewhere."""
        return self.prefix[: self.prefix.rfind("/") + 1]

    def takes(self, key: str) -> bool:
        """Whether it means this key."""
        if self.glob is not None:
            return self.glob.covers(key) if self.recursive else self.glob.matches(key)
        return key.startswith(self.prefix) if self.recursive else key == self.uri.key

    def objects(self, client: Any) -> Iterator[ObjectRow]:
        """The objects in the order of their keys. ``client`` is a raw one. Not for one key: nobody has to list that."""
        uri = self.uri if self.glob is not None else self.uri.at(self.prefix)
        with closing(find_objects(client, uri, recursive=self.recursive, glob=self.glob is not None)) as found:
            for rows in found:
                yield from rows

    def versions(self, client: Any) -> Iterator[Version]:
        """All versions and delete markers, by key and newest first."""
        for version in versions(client, self.uri.bucket, self.prefix):
            if self.takes(version.key):
                yield version
            elif self.is_one_key:  # the key itself comes first among those that begin with it
                return


def one_bucket(uris: Sequence[S3Uri]) -> str:
    """The bucket that all URIs are in. Raises ``InvalidInput`` where there are several, or none."""
    buckets = {uri.need_bucket().bucket for uri in uris}
    if len(buckets) != 1:
        raise InvalidInput(f"one bucket at a time, not {len(buckets)}", "Run the command once per bucket.")
    return buckets.pop()


def only_first(selections: Sequence[Selection], position: int, keys: Iterable[Any]) -> Iterator[Any]:
    """Of the entries that ``selections[position]`` gives, those that no selection of the same bucket before it means.

    So nothing is done twice, and no memory of what was seen is needed. An entry is a row or a ``Version``.
    """
    bucket = selections[position].uri.bucket
    before = [other for other in selections[:position] if other.uri.bucket == bucket]
    for entry in keys:
        key = entry.key if isinstance(entry, Version) else entry[0]
        if not any(other.takes(key) for other in before):
            yield entry


def link_to(command: str, selections: Sequence[Selection], **options: Any) -> Link:
    """The link to a command that takes URIs, for the same selections."""
    literal = any(selection.literal and selection.uri.glob is not None for selection in selections)
    recursive = any(selection.recursive for selection in selections)
    uris = [str(selection.uri) for selection in selections]
    return Link.to(command, *uris, recursive=recursive, no_glob=literal, **options)
