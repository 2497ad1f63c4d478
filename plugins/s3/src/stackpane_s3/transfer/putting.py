"""What ``s3 put`` does: from paths to files, from their names to keys, and what there is to say of it."""

from __future__ import annotations

import mimetypes
import sys
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from stackpane import Column, InvalidInput, Job, Link, Outcome, Progress, Table
from stackpane.fanout import in_order
from stackpane.tally import Tally
from stackpane_s3.buckets import bucket_client, bucket_lane
from stackpane_s3.globs import Glob
from stackpane_s3.places import link_to
from stackpane_s3.transfer.bodies import prepare
from stackpane_s3.transfer.checksums import is_available
from stackpane_s3.transfer.conditions import ConditionalWrites
from stackpane_s3.transfer.engine import Entry, Report, transfer
from stackpane_s3.transfer.sizes import PIECE, part_size
from stackpane_s3.transfer.sources import LocalFile, Tree, given_paths
from stackpane_s3.transfer.stdin import WORKERS, StreamUpload
from stackpane_s3.transfer.stop import Stop, lane_until_stopped
from stackpane_s3.transfer.upload import Options, Upload

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.transfer.stdin import Readable
    from stackpane_s3.uris import S3Uri

__all__ = ["Storing"]

_AHEAD = 10_000
"""Files that are looked up ahead, so that their total is known early."""
_STDIN = "-"
# What is compressed is what it is; a type that the content would have without that is no help to whoever reads it.
_COMPRESSED = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


@dataclass(frozen=True)
class Storing:
    """One run of the command, with its options. ``settings`` are as ``PutObject`` takes them."""

    session: Session
    paths: tuple[str, ...]
    uri: S3Uri
    settings: Mapping[str, Any] = field(default_factory=dict)
    overwrite: bool = False
    exclude: tuple[str, ...] = ()
    restart: bool = False
    part_size: int | None = None
    workers: int = 16
    checksum_algorithm: str = "CRC32"
    no_glob: bool = False
    again: Mapping[str, Any] = field(default_factory=dict)
    """The options that say all this on a command line."""

    def __post_init__(self) -> None:
        if self.is_stdin and (len(self.paths) > 1 or self.uri.is_folder):
            raise InvalidInput("stdin is one object", "Name its key, and no other file.")
        if self.part_size is not None:
            part_size(0, self.part_size)
        if not is_available(self.checksum_algorithm):
            raise InvalidInput(f"{self.checksum_algorithm} needs the package awscrt", "Install it, or use CRC32.")
        if len(self._given) > 1 and not self.uri.is_folder:
            raise InvalidInput(f"{self.uri} is one object, not a folder", f"Write {self.uri}/")

    # Views

    def job(self) -> Job:
        """The upload."""
        paths = self._given
        is_small = len(paths) == 1 and paths[0].is_file() and paths[0].stat().st_size <= (self.part_size or PIECE)
        return Job(f"Uploading to {self.uri}", self._run, None if self.is_stdin or is_small else self._again)

    def preview(self) -> Table:
        """What would be uploaded, and where to."""
        tree = self._tree(Report(self.session, Tally(0)))

        def rows() -> Iterator[tuple[Any, ...]]:
            for file in tree.files():
                yield str(file.path), file.size, str(self.uri.at(self._key(file, tree)))

        columns = (Column("Path"), Column("Size", "size"), Column("Uri", "uri"))
        return Table.of(columns, rows() if not self.is_stdin else [(_STDIN, None, str(self.uri))])

    def abandoned(self) -> Outcome:
        """Delete the parts that interrupted uploads of these files left at S3."""
        options = self._options(Stop(), Report(self.session, Tally(0)))
        tree = self._tree(options.report)
        gone = sum(self._upload(options, tree, file).abandon() for file in tree.files())
        what = "No upload of it was interrupted" if not gone else f"Gave up {gone} interrupted upload{'s'[: gone > 1]}"
        return Outcome(f"{what}.", done=gone)

    # The run

    def _run(self) -> Generator[Progress, None, Outcome]:
        stop, tally = Stop(), Tally(0, unit="file")
        report = Report(self.session, tally, writes=True)
        lane = bucket_lane(self.session, self.uri.bucket) if self.uri.is_folder and not self.is_stdin else None
        options = replace(self._options(stop, report), lane=lane)
        workers = min(WORKERS, self.workers) if self.is_stdin else self.workers
        with tally.told_when_cancelled(self.session, "uploaded", "not finished"), lane_until_stopped(lane, stop):
            yield from transfer(self._entries(options), workers, stop, report)
        if not tally.unchanged:
            tally.raise_if_nothing_done()
        if not tally.total and not tally.unchanged:
            raise InvalidInput("no file is there to upload", "Folders without files cannot be uploaded.")
        one = options.answers[0] if tally.total == 1 and options.answers else {}
        return tally.outcome(
            tally.sentence("Uploaded", f"to {self.uri}"),
            result={
                "Uri": str(self.uri),
                "Files": tally.done,
                "Bytes": tally.bytes,
                "Unchanged": tally.unchanged,
                **{name: one[name] for name in ("ETag", "VersionId") if name in one},
            },
            resume=self._again if tally.failed and not self.is_stdin else None,
            links=(link_to(self.uri),),
        )

    def _options(self, stop: Stop, report: Report) -> Options:
        client = prepare(bucket_client(self.session, self.uri.bucket))
        return Options(
            client=client,
            bucket=self.uri.bucket,
            stop=stop,
            report=report,
            writes=ConditionalWrites(self.session, client, self.uri.bucket, stop),
            place=client.meta.endpoint_url,
            settings=self.settings,
            overwrite=self.overwrite,
            restart=self.restart,
            part=self.part_size,
            algorithm=self.checksum_algorithm,
        )

    def _entries(self, options: Options) -> Generator[Entry, None, None]:
        if self.is_stdin:
            options.report.found(1, 0)
            yield StreamUpload(options, cast("Readable", sys.stdin.buffer), self.uri.key, self._guess(self.uri.key))
            return
        tree = self._tree(options.report)
        with closing(in_order([partial(self._found, tree, options.report)], 1, ahead=_AHEAD)) as files:
            for file in files:
                yield self._upload(options, tree, file)

    def _upload(self, options: Options, tree: Tree, file: LocalFile) -> Upload:
        return Upload(options, file.path, self._key(file, tree), self._guess(file.path.name))

    def _found(self, tree: Tree, report: Report) -> Iterator[LocalFile]:
        for file in tree.files():
            report.found(1, file.size)
            yield file
        report.listed = True

    @cached_property
    def _given(self) -> list[Path]:
        return [] if self.is_stdin else given_paths(self.paths, literal=self.no_glob)

    @property
    def is_stdin(self) -> bool:
        """Whether stdin is uploaded."""
        return _STDIN in self.paths

    def _tree(self, report: Report) -> Tree:
        def fail(path: str, error: Exception) -> None:
            report.found(1, 0)
            report.failed(path, error)

        return Tree(self._given, [Glob(pattern) for pattern in self.exclude], self.session.warn, fail)

    def _key(self, file: LocalFile, tree: Tree) -> str:
        if tree.is_one_file:
            return self.uri.key + file.key if self.uri.is_folder else self.uri.key
        folder = self.uri.key if self.uri.is_folder else f"{self.uri.key}/"
        return folder + file.key

    def _guess(self, name: str) -> dict[str, str]:
        if "ContentType" in self.settings:
            return {}
        kind, encoding = mimetypes.guess_type(name)
        kind = _COMPRESSED.get(encoding, "application/octet-stream") if encoding else kind
        return {"ContentType": kind} if kind else {}

    @cached_property
    def _again(self) -> Link:
        arguments = (*self.paths, str(self.uri))
        return Link.to("s3 put", *arguments, label="Go on", **self.again)
