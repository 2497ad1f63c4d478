"""What ``cognito export`` does: reads a pool to its end, and writes a file that is whole or not there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from stackpane import Document, Field, Job, Link, Outcome, Progress, Record, Section
from stackpane.text import human_count
from stackpane.unfinished import ExistsError, Unfinished, local
from stackpane_cognito.moving.files import Kind, convert
from stackpane_cognito.moving.reading import Counts, PoolReader
from stackpane_cognito.places import users_link

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Export"]

_MEDIA = {"json": "application/json", "jsonl": "application/jsonl", "csv": "text/csv"}


@dataclass(frozen=True)
class Export:
    """One run of the command, with its options."""

    session: Session
    pool: str
    file: str
    kind: Kind
    filter: str | None = None
    overwrite: bool = False

    def view(self) -> Job | Document | Record:
        """The export into a file, to standard output, or for a dry run what would be written."""
        if self.session.dry_run:
            facts = (Field("UserPoolId", self.pool), Field("File", self.file), Field("Format", self.kind))
            return Record(f"{self.pool} would be exported", (Section("", facts),), links=(users_link(self.pool),))
        if self.file == "-":
            return Document(self._streamed(), _MEDIA[self.kind], name=f"{self.pool}.{self.kind}")
        if not self.overwrite and self._path.exists():
            raise ExistsError(f"{self.file} exists already", "Replace it with --overwrite.")
        return Job(f"Exporting the users of {self.pool} to {self.file}", self._run, self._again)

    @property
    def _path(self) -> Path:
        return Path(self.file).expanduser()

    @property
    def _again(self) -> Link:
        return Link.to(
            "cognito export",
            self.pool,
            self.file,
            format=self.kind,
            filter=self.filter,
            overwrite=self.overwrite,
            label="Go on",
        )

    def _run(self) -> Generator[Progress, None, Outcome]:
        counts = Counts()
        unfinished = Unfinished(self._path, {"version": 1, "pool": self.pool, "format": self.kind})
        try:
            unfinished.restart()
            unfinished.resume()
            unfinished.file.flush()
            unfinished.part.chmod(0o600)  # people's addresses
            with closing(PoolReader(self.session, self.pool, counts, self.filter).lines()) as lines:
                yield Progress(0, None, "users")
                for line in lines:
                    unfinished.write(line or b"")
                    total = counts.total
                    yield Progress(counts.users, max(total, counts.users) if total else None, "users")
            yield from self._published(unfinished, counts)
        finally:
            unfinished.discard()
        groups = f" and {human_count(counts.groups, 'group')}" if counts.groups else ""
        if self.kind == "csv" and counts.groups:
            self.session.note("A sheet says who is in which group, and not what the groups are; JSON has both.")
        return Outcome(
            f"Exported {human_count(counts.users, 'user')}{groups} of {self.pool} to {self.file}.",
            done=counts.users,
            result={"UserPoolId": self.pool, "File": self.file, "Users": counts.users, "Groups": counts.groups},
            links=(users_link(self.pool),),
        )

    def _published(self, unfinished: Unfinished, counts: Counts) -> Iterator[Progress]:
        """Give the file its name; of another form than lines, once that was made of them."""
        if self.kind == "jsonl":
            unfinished.publish(overwrite=self.overwrite)
            return
        whole = unfinished.part.with_name(f"{unfinished.part.name}.whole")
        try:
            with whole.open("wb") as out:
                whole.chmod(0o600)
                for done in convert(self.kind, lambda: _again(unfinished.part), out):
                    yield Progress(done, counts.users, "users", current=f"writing {self.kind}")
            unfinished.publish(whole, overwrite=self.overwrite)
        except OSError as error:
            raise local(error) from error
        finally:
            whole.unlink(missing_ok=True)

    # To standard output

    def _streamed(self) -> Iterator[bytes]:
        lines = PoolReader(self.session, self.pool, Counts(), self.filter).lines()
        if self.kind == "jsonl":
            yield from (line for line in lines if line)
            return
        with tempfile.TemporaryFile() as spool, tempfile.TemporaryFile() as out:
            spool.writelines(line for line in lines if line)
            for _ in convert(self.kind, lambda: _from_start(spool), out):
                pass
            out.seek(0)
            while piece := out.read(shutil.COPY_BUFSIZE):  # type: ignore[attr-defined]
                yield piece


def _again(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def _from_start(file: IO[bytes]) -> IO[bytes]:
    file.seek(0)
    return file
