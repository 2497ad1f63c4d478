"""The entries of a file in their order: users and groups that can be sent, and what cannot, with the reason."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from stackpane.unfinished import local
from stackpane_cognito.moving.entries import EntryError, Group, User, entry_of
from stackpane_cognito.moving.files import Kind, objects
from stackpane_cognito.moving.index import Names

if TYPE_CHECKING:
    from stackpane_cognito.moving.rules import Rules

__all__ = ["Entry", "Source"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: where it stands, what it is, and why it cannot be sent (empty: it can)."""

    number: int
    found: User | Group | None
    reason: str = ""

    @property
    def target(self) -> str:
        """What it is called where it is spoken of."""
        name = self.found.name if self.found is not None else "?"
        return f"{name} (entry {self.number})" if self.found is not None else f"entry {self.number}"


@dataclass(frozen=True)
class Source:
    """A file, read as often as needed; of a ``stream`` a copy is made that can be. ``spool`` is such a copy at hand."""

    file: str
    kind: Kind
    stream: IO[bytes] | None = field(default=None, compare=False)
    spool: IO[bytes] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.spool is not None:
            weakref.finalize(self, self.spool.close)

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(self.file).expanduser()

    @property
    def identity(self) -> list[Any] | None:
        """What tells it from a file that was changed since; ``None`` for a stream."""
        if self._is_stream:
            return None
        try:
            found = self.path.stat()
        except OSError as error:
            raise local(error) from error
        return [str(self.path.resolve()), found.st_size, found.st_mtime_ns]

    @property
    def _is_stream(self) -> bool:
        return self.stream is not None or self.spool is not None

    @cached_property
    def _copy(self) -> IO[bytes]:
        if self.spool is not None:
            return self.spool
        spool = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as this
        weakref.finalize(self, spool.close)
        if self.stream is not None:
            shutil.copyfileobj(self.stream, spool)
        return spool

    def _opened(self) -> IO[bytes]:
        if self._is_stream:
            self._copy.seek(0)
            return self._copy
        try:
            return self.path.open("rb")
        except OSError as error:
            raise local(error) from error

    def entries(self, rules: Rules) -> Generator[Entry, None, None]:
        """All entries. A user that stands twice can be sent the first time alone."""
        seen, file = Names(), self._opened()
        try:
            with closing(self._checked(file, rules, seen)) as found:
                yield from found
        finally:
            seen.close()
            if not self._is_stream:
                file.close()

    def _checked(self, file: IO[bytes], rules: Rules, seen: Names) -> Generator[Entry, None, None]:
        for number, given in objects(self.kind, file):
            if isinstance(given, ValueError):
                yield Entry(number, None, str(given))
                continue
            try:
                found = entry_of(given)
            except EntryError as error:
                yield Entry(number, None, str(error))
                continue
            reasons = list(_reasons(found, number, rules, seen))
            yield Entry(number, found, "; ".join(reasons))


def _reasons(found: User | Group, number: int, rules: Rules, seen: Names) -> Iterator[str]:
    if isinstance(found, Group):
        return
    before = seen.first(rules.name_of(found) or found.name, number)
    if before is not None:
        yield f"stands in entry {before} already"
    yield from rules.faults(found)
