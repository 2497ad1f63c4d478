"""Tallies: what a job on many entries has really done, counted where the answers arrive.

Workers add to it from their threads, so it also holds the truth when the job is cancelled while answers are under way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from stackpane.aws.lost import is_lost
from stackpane.calls import Call, Effect
from stackpane.errors import AwsError, ConnectionProblem, StackpaneError, UnprovenResponse
from stackpane.text import human_count, human_size
from stackpane.views import Failure, Outcome

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

    from stackpane.session import Session

__all__ = ["LeftAloneError", "Tally", "is_unknown"]

T = TypeVar("T")

_HOPELESS = 1000
"""Failures in a row, with nothing done between them, after which the rest is not tried: nobody wants a million."""
_LISTED = 10_000
"""Failures, and skips, that are kept one by one; a million of them would not fit in memory, nor be read."""


class LeftAloneError(AwsError):
    """Nothing was done because something is not what it was when it was looked at."""


@dataclass(slots=True)
class Tally:
    """What became of each of ``total`` entries: done, failed, or left alone on purpose. Safe to share between threads.

    ``error`` is the first error that a request raised; ``stopped`` says that no more entries are to be tried.
    """

    total: int
    unit: str = "object"
    done: int = 0
    bytes: int = 0
    error: Exception | None = None
    stopped: bool = False
    unchanged: int = 0
    """Entries that were there already, the same; they are not among ``total``."""
    _failed: list[Failure] = field(default_factory=list)
    _skipped: list[Failure] = field(default_factory=list)
    _failures: int = 0
    _in_a_row: int = 0
    _unknown: int = 0
    _skips: int = 0
    _trying: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def did(self, count: int = 1, size: int = 0) -> None:
        """AWS confirmed ``count`` entries of together ``size`` bytes."""
        with self._lock:
            self.done += count
            self.bytes += size
            self._in_a_row = 0

    def fail(self, target: str, reason: str, *, unknown: bool = False) -> None:
        """An entry was not done; ``unknown``: nobody can tell."""
        with self._lock:
            self._failures += 1
            self._unknown += unknown
            self._in_a_row += 1
            self.stopped = self.stopped or self._in_a_row >= _HOPELESS
            if len(self._failed) < _LISTED:
                self._failed.append(Failure(target, reason, unknown=unknown))

    @contextmanager
    def trying(self, count: int = 1) -> Iterator[None]:
        """Entries that AWS is asked to change within the block, at the end of which their outcome is added."""
        with self._lock:
            self._trying += count
        try:
            yield
        finally:
            with self._lock:
                self._trying -= count

    def until_stopped(self, tasks: Iterable[T]) -> Iterator[T]:
        """The tasks, as long as more entries are to be tried."""
        for task in tasks:
            if self.stopped:
                return
            yield task

    def raised(self, session: Session, error: Exception, *targets: str) -> None:
        """The request for these entries raised an error. No more are tried where the next would fare no better."""
        explained = session.explain(error)
        reason = str(explained) or type(error).__name__
        for target in targets:
            self.fail(target, reason, unknown=is_unknown(error))
        with self._lock:
            self.error = self.error or error
            self.stopped = self.stopped or len(targets) > 1 or isinstance(explained, ConnectionProblem)

    def same(self) -> None:
        """An entry is there already, the same, so it does not count among those to do."""
        with self._lock:
            self.unchanged += 1
            self.total -= 1

    def skip(self, target: str, reason: str, error: LeftAloneError | None = None) -> None:
        """An entry was left alone on purpose."""
        with self._lock:
            self.error = self.error or error or LeftAloneError(f"{target}: {reason}", "Look at it again.")
            self._skips += 1
            if len(self._skipped) < _LISTED:
                self._skipped.append(Failure(target, reason))

    def raise_if_nothing_done(self) -> None:
        """Raise what the first request was refused with, where nothing at all was done: it says more than a list."""
        if self.error is not None and not self.done and not self._unknown and (self.total == 1 or self._gave_up):
            raise self.error

    @property
    def _gave_up(self) -> bool:
        return self.stopped and not self._skips

    @property
    def accounted(self) -> int:
        """Entries of which it is known what became of them (or that nobody can know it); at most all there are."""
        return min(self.total, self.done + self._failures + self._skips)

    @property
    def untried(self) -> int:
        """Entries that were never asked for."""
        return self.total - self.accounted

    @property
    def failed(self) -> tuple[Failure, ...]:
        """The failures one by one, those beyond the first thousands as one, and what was not tried as one."""
        more = self._failures - len(self._failed)
        rest = [Failure(f"{human_count(more, 'further ' + self.unit)}", "failed as well")] if more else []
        if self.untried and self.stopped:
            rest.append(Failure(human_count(self.untried, self.unit), "not tried after the errors before"))
        return (*_sorted(self._failed), *rest)

    @property
    def skipped(self) -> tuple[Failure, ...]:
        """The entries left alone one by one, those beyond the first thousands as one."""
        more = self._skips - len(self._skipped)
        rest = [Failure(f"{human_count(more, 'further ' + self.unit)}", "left alone as well")] if more else []
        return (*_sorted(self._skipped), *rest)

    def sentence(self, verb: str, where: str) -> str:
        """ "Deleted 3 objects (1.2 KiB) from s3://b.", and what is missing or was there already, where something is."""
        done = self._sentence(verb, where)
        if not self.unchanged:
            return done
        there = f"{human_count(self.unchanged, 'object')} {'was' if self.unchanged == 1 else 'were'} there already"
        return f"{done.removesuffix('.')}; {there}, the same." if self.total else f"{there.capitalize()}, the same."

    def _sentence(self, verb: str, where: str) -> str:
        size = f" ({human_size(self.bytes)})" if self.bytes else ""
        if self.done == self.total:
            return f"{verb} {human_count(self.done, self.unit)}{size} {where}."
        missing = [
            f"{count:,} {what}"
            for count, what in (
                (self._failures, "failed"),
                (self._skips, "left alone"),
                (self.untried, "not tried"),
            )
            if count
        ]
        return f"{verb} {self.done:,} of {human_count(self.total, self.unit)}{size} {where}: {', '.join(missing)}."

    def outcome(self, message: str, **more: Any) -> Outcome:
        """The outcome of the job, with what became of the entries; ``more`` is what else there is to an ``Outcome``."""
        return Outcome(message, self.done, self.failed, self.skipped, **more)

    @contextmanager
    def told_when_cancelled(self, session: Session, verb: str, left: str = "not tried") -> Iterator[None]:
        """Say how far the job came where it is cancelled: its ``Outcome`` can then not be returned any more.

        What is still being tried then was waited for in vain; of the rest it is said that it is ``left``.
        """
        try:
            yield
        except (GeneratorExit, KeyboardInterrupt):
            trying = min(self._trying, self.untried)
            unknown = f", {trying:,} not answered" if trying else ""
            session.warn(
                f"stopped: {verb} {self.done:,} of {human_count(self.total, self.unit)}{unknown}, "
                f"{self.untried - trying:,} {left}"
            )
            raise


def _sorted(entries: list[Failure]) -> list[Failure]:
    # Answers come in any order; a list for a person has one.
    return sorted(entries, key=lambda entry: entry.target)


def is_unknown(error: BaseException) -> bool:
    """Whether AWS may have done what was asked although this error came back.

    It has not where it was only to be read, where it says so itself (HTTP 3xx, 4xx) and no try before was lost, where
    the request never reached it, or where we say so.
    """
    from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ParamValidationError

    if is_lost(error):
        return True
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return not (300 <= status < 500 or _only_reads(error)) or status == 408
    if getattr(error, "only_read", False):  # the guard's mark
        return False
    if isinstance(error, UnprovenResponse):
        return True
    if isinstance(error, StackpaneError):
        return error.__cause__ is not None and is_unknown(error.__cause__)
    return not isinstance(error, (ConnectTimeoutError, EndpointConnectionError, ParamValidationError))


def _only_reads(error: ClientError) -> bool:
    """Whether the call that was refused changes nothing: as it was declared, by its name where nobody can tell."""
    from stackpane.aws.guard import CALL

    noted: tuple[Call, Any] | None = error.response.get("ResponseMetadata", {}).get(CALL)  # type: ignore[assignment]
    if noted is not None:
        return noted[0].effect is Effect.READ
    return error.operation_name.startswith(("Get", "Head", "List"))
