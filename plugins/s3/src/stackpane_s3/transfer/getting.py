"""What ``s3 get`` does: from a URI to objects, from their keys to files, and what there is to say of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackpane import AwsError, Column, Document, InvalidInput, Job, Link, Outcome, Progress, Table
from stackpane.fanout import in_order
from stackpane.tally import Tally
from stackpane.text import human_size
from stackpane_s3.buckets import bucket_client, bucket_lane
from stackpane_s3.globs import Glob
from stackpane_s3.listing import find_objects
from stackpane_s3.localnames import NATIVE, encode
from stackpane_s3.pages import object_pages
from stackpane_s3.transfer.bodies import prepare
from stackpane_s3.transfer.download import Download, Options, Source
from stackpane_s3.transfer.engine import Report, local, transfer
from stackpane_s3.transfer.fetch import Fetch
from stackpane_s3.transfer.folders import Dir, Folder, Spot
from stackpane_s3.transfer.sizes import PIECE
from stackpane_s3.transfer.stop import Stop, lane_until_stopped
from stackpane_s3.transfer.stream import read_in_order

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_s3.lean import ObjectRow
    from stackpane_s3.selection import Selection

__all__ = ["Retrieval"]

_SMALLEST = 64 * 1024
_AHEAD = 10
"""Pages that are listed ahead, so that the total of 10,000 objects is known early."""


@dataclass(frozen=True)
class Retrieval:
    """One run of the command, with its options."""

    session: Session
    selection: Selection
    dest: str | None
    overwrite: bool = False
    exclude: tuple[str, ...] = ()
    version_id: str | None = None
    restart: bool = False
    part_size: int | None = None
    workers: int = 16

    def __post_init__(self) -> None:
        if self.part_size is not None and self.part_size < _SMALLEST:
            raise InvalidInput(f"less than {human_size(_SMALLEST)} at a time is not worth a request")

    # Views

    def job(self) -> Job:
        """The download. One object is looked at now, so that it is known whether it is there."""
        is_small = self.selection.is_one_key and self._object.size <= self._piece
        return Job(f"Downloading {self.selection.uri}", self._run, None if is_small else self._again)

    def document(self) -> Document:
        """The one object's bytes."""
        if not self.selection.is_one_key:
            raise InvalidInput("only one object can go to stdout", "Name its key, or a folder as DEST.")
        fetch = self._fetch(Stop())
        head = self._head(fetch)
        return Document(
            read_in_order(fetch, head, self.part_size or PIECE // 2),
            head.get("ContentType", "application/octet-stream"),
            name=self.selection.uri.name,
            size=head["ContentLength"],
        )

    def preview(self) -> Table:
        """What would be downloaded, and where to."""

        def rows() -> Iterator[tuple[Any, ...]]:
            for source in self._sources(Report(self.session, Tally(0))):
                yield source.key, source.size, str(self._path_of(source.key))

        columns = (Column("Key"), Column("Size", "size"), Column("Path"))
        return Table.of(columns, rows(), title=f"{self.selection.uri} would be downloaded")

    # The run

    def _run(self) -> Generator[Progress, None, Outcome]:
        stop, tally = Stop(), Tally(0)
        report = Report(self.session, tally)
        lane = None if self.selection.is_one_key else bucket_lane(self.session, self._bucket)
        options = Options(self._client, self._bucket, stop, report, self.overwrite, self.restart, self._piece, lane)
        with tally.told_when_cancelled(self.session, "downloaded", "not finished"), lane_until_stopped(lane, stop):
            yield from transfer(self._entries(options), self.workers, stop, report)
        if not tally.unchanged:
            tally.raise_if_nothing_done()
        if not tally.total and not tally.unchanged:
            raise InvalidInput(f"nothing is there that {self.selection.uri} means", self._hint)
        return tally.outcome(
            tally.sentence("Downloaded", f"to {self._shown}"),
            result={
                "Path": self._shown,
                "Files": tally.done,
                "Bytes": tally.bytes,
                "Unchanged": tally.unchanged,
                "Verified": dict(report.proofs),
            },
            resume=self._again if tally.failed else None,
        )

    def _entries(self, options: Options) -> Generator[Download, None, None]:
        place = self._places()
        with closing(self._sources(options.report)) as sources:
            for source in sources:
                yield Download(options, source, partial(place, source.key))

    @property
    def _bucket(self) -> str:
        return self.selection.uri.bucket

    @cached_property
    def _client(self) -> Any:
        return prepare(bucket_client(self.session, self._bucket, raw=True))

    @property
    def _piece(self) -> int:
        """The bytes to ask for at a time."""
        return self.part_size or PIECE

    @property
    def _hint(self) -> str:
        if self.selection.glob is not None:
            return "Globs match within one folder; --no-glob takes *, ?, [ and ] as they are."
        return ""

    @property
    def _again(self) -> Link:
        return Link.to(
            "s3 get",
            str(self.selection.uri),
            *([] if self.dest is None else [self.dest]),
            recursive=self.selection.recursive and not self.selection.uri.is_folder,
            overwrite=self.overwrite,
            exclude=self.exclude,
            version_id=self.version_id,
            part_size=self.part_size,
            no_glob=self.selection.literal and self.version_id is None,
            label="Go on",
        )

    # The objects

    def _sources(self, report: Report) -> Generator[Source, None, None]:
        """The objects, the larger part of them listed ahead."""
        if self.selection.is_one_key:
            report.found(1, self._object.size)
            report.listed = True
            yield self._object
            return
        with closing(in_order([partial(self._pages, report)], 1, ahead=_AHEAD)) as pages:
            for page in pages:
                for key, size, modified, etag, _class in page:
                    yield Source(key, size, etag, datetime.fromisoformat(modified))

    @cached_property
    def _object(self) -> Source:
        """The one object as it is now."""
        head = self._head(self._fetch(Stop()))
        return Source(
            self.selection.uri.key, head["ContentLength"], head["ETag"], head["LastModified"], self.version_id
        )

    def _pages(self, report: Report) -> Generator[list[ObjectRow], None, None]:
        selection = self.selection
        uri = selection.uri if selection.glob is not None else selection.uri.at(selection.prefix)
        globs = [Glob(pattern) for pattern in self.exclude]
        found = find_objects(self._client, uri, recursive=selection.recursive, glob=selection.glob is not None)
        with closing(found):
            for rows in found:
                taken = [row for row in rows if not any(glob.covers(self._relative(row[0])) for glob in globs)]
                report.found(len(taken), sum(row[1] for row in taken))
                yield taken
        report.listed = True

    def _fetch(self, stop: Stop) -> Fetch:
        return Fetch(self._client, self._bucket, self.selection.uri.key, stop, None, self.version_id)

    def _head(self, fetch: Fetch) -> Mapping[str, Any]:
        """The one object as it is now. Where it is not there, says what is."""
        uri = self.selection.uri
        try:
            return fetch.head()
        except ClientError as error:
            if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NoSuchVersion"):
                raise
            below = next(object_pages(self._client, uri.bucket, f"{uri.key}/", delimiter="/"))
            folder = f"It is a folder; get all in it with {uri}/" if below.objects or below.folders else ""
            raise AwsError(f"there is no object {uri}", folder, "NoSuchKey") from error

    # Their files

    def _relative(self, key: str) -> str:
        """The part of the key that names the file below the target folder."""
        base = len(self.selection.base) if not self.selection.is_one_key else key.rfind("/") + 1
        return key[base:]

    @property
    def _target(self) -> Path:
        if self.dest is not None:
            return Path(self.dest).expanduser()
        if self.selection.recursive and self.selection.glob is None:
            return Path(*encode(self.selection.uri.name.removesuffix("/")))
        return Path()

    @cached_property
    def _file(self) -> Path | None:
        """The one file that DEST names, where it does."""
        if self.dest is None or not self.selection.is_one_key:
            return None
        is_folder = self._target.is_dir() or self.dest.endswith(("/", "\\") if NATIVE.windows else "/")
        return None if is_folder else self._target

    @property
    def _shown(self) -> str:
        if self.selection.is_one_key:
            return str(self._path_of(self.selection.uri.key))
        return str(self._target)

    def _path_of(self, key: str) -> Path:
        return self._file or self._target.joinpath(*encode(self._relative(key)))

    def _places(self) -> Any:
        """What finds the place of a key, below a folder that is opened now, and made where it is not there."""
        top = self._file.parent if self._file else self._target
        try:
            top.mkdir(parents=True, exist_ok=True)
            folder = Folder(Dir.top(top))
        except OSError as error:
            raise local(error) from error
        if self._file is not None:
            named = Spot(folder, folder.top, self._file.name)
            return lambda _key: named
        return lambda key: folder.spot(self._relative(key))
