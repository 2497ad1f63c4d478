"""Many files at once, each whole or in pieces, by one set of workers; failures stay with their file.

An ``Entry`` is one file to move. A worker starts it; it moves all there is, or gives pieces that any worker may take;
after the last piece somebody finishes it. Workers take pieces of what is started before they start something new, so
little is open at a time, and entries are taken from their iterator only as they are needed.
"""

from __future__ import annotations

import contextvars
import threading
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import EndpointConnectionError, HTTPClientError

from stackpane import ConnectionProblem, Progress, StackpaneError
from stackpane.fanout import Task, as_they_come
from stackpane.tally import is_unknown
from stackpane_s3.transfer.stop import CURRENT, Stop, Stopped

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane.tally import Tally

__all__ = ["Entry", "Report", "transfer"]

_TICK = 0.2
"""Seconds between two reports, a little less than a view promises."""
_PATIENCE = 1.0
"""Seconds that a cancel waits for the workers. What then still hangs in a request sends nothing more."""
_STRIKES = 3
"""Files in a row, with none done between, that the network may fail before the rest is not tried."""

Piece = Callable[[], None]


class Entry(ABC):
    """One file to move. ``target`` names it in messages."""

    target: str

    @abstractmethod
    def start(self) -> Iterable[Piece]:
        """Move the file, or make ready and give its pieces. The iterable must be quick to ask."""

    @abstractmethod
    def finish(self) -> None:
        """All pieces are done: make the file whole, or nothing of it."""

    @abstractmethod
    def close(self, error: BaseException | None) -> None:
        """Let go of everything; ``error`` is what kept it from being finished. Called once, whatever happens."""


@dataclass
class Report:
    """What happens, as it happens: bytes for the progress, files for the outcome. Safe to share between threads."""

    session: Session
    tally: Tally
    writes: bool = False
    """Whether AWS is changed, so that nobody may know whether a lost answer said "done"."""
    total: int = 0
    moved: int = 0
    listed: bool = False
    """Whether ``total`` is final."""
    current: str = ""
    likely_there: bool = False
    """Whether the last file that was looked for was there: then a look at the next one pays, before it is sent."""
    proofs: Counter[str] = field(default_factory=Counter)
    """How many files were proven whole, by algorithm."""
    _strikes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def found(self, files: int, size: int) -> None:
        """More files are to be moved."""
        with self._lock:
            self.tally.total += files
            self.total += size

    def moving(self, size: int) -> None:
        """Bytes were moved, or, negative, have to be moved again."""
        with self._lock:
            self.moved += size

    def did(self, size: int) -> None:
        """A file of so many bytes is done."""
        self._strikes = 0
        self.tally.did(size=size)

    def same(self, size: int) -> None:
        """A file is there already, so it does not count among those to move."""
        with self._lock:
            self.tally.same()
            self.likely_there = True
            self.total -= size

    def proven(self, algorithm: str) -> None:
        """A file was held against the checksum S3 has of it."""
        with self._lock:
            self.proofs[algorithm] += 1

    def failed(self, target: str, error: Exception) -> None:
        """A file was not moved. The rest is not tried where it would fare no better."""
        error = local(error)
        explained = self.session.explain(error)
        hopeless = isinstance(error, NoRoomError) or isinstance(explained, ConnectionProblem)
        lost = error.__cause__ if isinstance(error, StackpaneError) else error
        if isinstance(lost, HTTPClientError) and not isinstance(lost, EndpointConnectionError):
            with self._lock:
                self._strikes += 1
            hopeless = self._strikes >= _STRIKES
        self.tally.fail(target, str(explained) or type(error).__name__, unknown=self.writes and is_unknown(error))
        self.tally.error = self.tally.error or error
        self.tally.stopped = self.tally.stopped or hopeless

    def progress(self) -> Progress:
        """How far it is."""
        return Progress(
            done=self.moved,
            total=self.total if self.listed else None,
            current=self.current,
            files=self.tally.accounted,
            files_total=self.tally.total if self.listed else None,
        )


class LocalError(StackpaneError):
    """A file or folder of this computer cannot be read or written."""


class NoRoomError(LocalError):
    """Nothing more can be written."""


def local(error: Exception) -> Exception:
    """An error of the operating system in words; any other as it is."""
    import errno

    # botocore's time-outs are OSErrors as well, of a library that it was built on once
    if not isinstance(error, OSError) or isinstance(error, HTTPClientError):
        return error
    where = f"{error.filename}: " if isinstance(error.filename, str) else ""
    kind = NoRoomError if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS) else LocalError
    return kind(f"{where}{error.strerror or error}")


def transfer(entries: Iterator[Entry], workers: int, stop: Stop, report: Report) -> Generator[Progress, None, None]:
    """Move all entries; yields at least every quarter of a second. Closing it cancels, within about a second.

    Raises what ``entries`` raises. What becomes of each entry is in ``report``.
    """
    work = _Work(entries, stop, report)
    ended = threading.Event()
    errors: list[BaseException] = []

    def conduct() -> None:
        CURRENT.set(stop)
        try:
            # Nothing is let go of while a worker may still use it; what hangs is hung up by the stop.
            with closing(as_they_come(work.tasks(), workers, patience=None)) as results:
                for _ in results:
                    pass
        except BaseException as error:
            errors.append(error)
        finally:
            work.close()
            ended.set()

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(conduct,), name="stackpane-transfer", daemon=True).start()
    try:
        while not ended.wait(_TICK):
            yield report.progress()
    finally:
        stop.set()
        ended.wait(_PATIENCE)
    yield report.progress()
    for error in errors:
        raise error


@dataclass(eq=False)
class _Open:
    """An entry that was started and has pieces."""

    entry: Entry
    pieces: Iterator[Piece]
    running: int = 0
    given: bool = False
    """Whether all pieces were taken."""
    error: Exception | None = None


class _Work:
    """What is left to do, as tasks for a fan-out."""

    def __init__(self, entries: Iterator[Entry], stop: Stop, report: Report) -> None:
        self._entries = entries
        self._stop = stop
        self._report = report
        self._changed = threading.Condition()
        self._starting = 0
        self._open: deque[_Open] = deque()
        self._unfinished: set[_Open] = set()

    def tasks(self) -> Generator[Task[None], None, None]:
        """The tasks, in the order in which they are best begun. To be advanced by one thread at a time."""
        while not self._report.tally.stopped:
            self._stop.check()
            task = self._piece()
            if task is None and (entry := next(self._entries, None)) is not None:
                with self._changed:
                    self._starting += 1
                task = partial(self._start, entry)
            if task is not None:
                yield task
            elif not self._more():
                return

    def close(self) -> None:
        """Let go of what was started and cannot be finished."""
        for opened in self._unfinished:
            opened.entry.close(Stopped())
        if isinstance(self._entries, Generator):
            self._entries.close()

    def _more(self) -> bool:
        """Wait for pieces of what is being started; false: there will be none."""
        with self._changed:
            while self._starting and not self._open:
                self._changed.wait()
            return bool(self._open)

    def _piece(self) -> Task[None] | None:
        with self._changed:
            while self._open:
                opened = self._open[0]
                piece = None if opened.error else next(opened.pieces, None)
                if piece is not None:
                    opened.running += 1
                    return partial(self._run, opened, piece)
                self._open.popleft()
                opened.given = True
                if not opened.running:
                    return partial(self._finish, opened)
            return None

    def _start(self, entry: Entry) -> tuple[()]:
        self._report.current = entry.target
        opened = _Open(entry, iter(()))
        first: Piece | None = None
        try:
            opened.pieces = iter(entry.start())
            first = next(opened.pieces, None)
        except Exception as error:
            opened.error = error
        except BaseException as error:
            entry.close(error)
            self._started(None)
            raise
        self._started(None if first is None else opened)
        return self._finish(opened) if first is None else self._run(opened, first)

    def _started(self, opened: _Open | None) -> None:
        with self._changed:
            self._starting -= 1
            if opened is not None:
                opened.running = 1
                self._unfinished.add(opened)
                self._open.append(opened)
            self._changed.notify_all()

    def _run(self, opened: _Open, piece: Piece) -> tuple[()]:
        try:
            self._stop.check()
            if opened.error is None:
                self._report.current = opened.entry.target
                piece()
        except Exception as error:
            opened.error = opened.error or error
        with self._changed:
            opened.running -= 1
            last = opened.given and not opened.running
        return self._finish(opened) if last else ()

    def _finish(self, opened: _Open) -> tuple[()]:
        self._unfinished.discard(opened)
        error: BaseException | None = opened.error
        try:
            if error is None:
                opened.entry.finish()
        except BaseException as raised:
            error = raised
        opened.entry.close(error)
        if isinstance(error, Exception):
            self._report.failed(opened.entry.target, error)
        elif error is not None:
            raise error
        return ()
