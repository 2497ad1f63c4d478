"""Ordered, bounded fan-out: several tasks at once, their results as if they had run one after the other.

A task is a callable that returns an iterable of results; it is called and iterated in a worker thread. Prefixes of a
bucket, segments of a scan, slices of time, regions and small files all fit that shape::

    for page in in_order((partial(list_pages, prefix) for prefix in prefixes), workers=16):
        ...

* Results come in the order of the tasks (``in_order``) or as they come (``as_they_come``), each task's own in order.
* Tasks are taken from their iterable one by one when a worker is free, so the iterable may be endless or slow.
* What waits to be read is bounded: a worker that is too far ahead of the reader waits.
* An error comes out in its place: after the results before it. Closing the iterator (or leaving it by an error) makes
  the workers stop after what they are doing, closes their iterables and waits for them, up to their ``patience``. Who
  then still waits for the network is given up: it ends by itself, and what it would send (``check_wanted``) it does
  not send any more.
* ``start=1`` begins with one worker and adds more only while the process has time to spare: threads help where time
  goes by on the network, and cost where it goes into parsing.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar, cast, overload

from stackpane.wanted import WORKS_FOR, Unwanted, check_wanted

__all__ = ["Shelf", "Task", "Unwanted", "as_they_come", "check_wanted", "in_order"]

T = TypeVar("T")
Task = Callable[[], Iterable[T]]
"""Called once, in a worker thread; what it returns is iterated there."""


@dataclass(frozen=True, slots=True)
class Shelf(Generic[T]):
    """How results of later tasks are kept until it is their turn: packed by their worker, at most ``room`` bytes.

    ``pack`` is told whether room is getting scarce, as it is once ``ample`` bytes are taken: to pack well takes time.
    """

    pack: Callable[[T, bool], bytes]
    unpack: Callable[[bytes], T]
    room: int
    ample: int


PATIENCE = 1.0
"""Seconds that a closed fan-out waits for its workers, unless told otherwise."""
# Tasks that were started and not read to their end, however little they hold.
_OPEN_TASKS = 1024
# Another worker is worth its switching while less than this share of one core is in use (the interpreter has one), over
# so many seconds at least.
_BUSY = 0.9
_ROUND = 0.05
# How many times the results of before the last added workers have to bring, or no more are added for some rounds.
_WORTH = 1.25
_REST = 4


@overload
def in_order(
    tasks: Iterable[Task[T]],
    workers: int,
    *,
    start: int | None = ...,
    ahead: int | None = ...,
    shelf: Shelf[T] | None = ...,
    patience: float | None = ...,
    tick: None = ...,
) -> Generator[T, None, None]: ...
@overload
def in_order(
    tasks: Iterable[Task[T]],
    workers: int,
    *,
    start: int | None = ...,
    ahead: int | None = ...,
    shelf: Shelf[T] | None = ...,
    patience: float | None = ...,
    tick: float,
) -> Generator[T | None, None, None]: ...
def in_order(
    tasks: Iterable[Task[T]],
    workers: int,
    *,
    start: int | None = None,
    ahead: int | None = None,
    shelf: Shelf[T] | None = None,
    patience: float | None = PATIENCE,
    tick: float | None = None,
) -> Generator[T | None, None, None]:
    """The results of all tasks in the tasks' order, made by at most ``workers`` threads.

    At most ``ahead`` results (four per worker unless given) wait for the reader; the task that is being read may always
    hand over its next one. Where that holds later tasks up too soon, a ``shelf`` keeps what they have in less room, and
    ``ahead`` is for the task that is being read alone. With ``tick``, ``None`` is given whenever that many seconds went
    by without a result. A ``patience`` of ``None`` waits for the workers however long they take. Threads start when the
    iterator is first advanced.
    """
    return _Run(tasks, workers, start, ahead, shelf, patience, ordered=True).results(tick)


@overload
def as_they_come(
    tasks: Iterable[Task[T]],
    workers: int,
    *,
    start: int | None = ...,
    ahead: int | None = ...,
    patience: float | None = ...,
    tick: None = ...,
) -> Generator[T, None, None]: ...
@overload
def as_they_come(
    tasks: Iterable[Task[T]],
    workers: int,
    *,
    start: int | None = ...,
    ahead: int | None = ...,
    patience: float | None = ...,
    tick: float,
) -> Generator[T | None, None, None]: ...
def as_they_come(
    tasks: Iterable[Task[T]],
    workers: int,
    *,
    start: int | None = None,
    ahead: int | None = None,
    patience: float | None = PATIENCE,
    tick: float | None = None,
) -> Generator[T | None, None, None]:
    """As ``in_order``, but every result as soon as there is one; an error ends it at once."""
    return _Run(tasks, workers, start, ahead, None, patience, ordered=False).results(tick)


@dataclass(frozen=True, slots=True)
class _Result(Generic[T]):
    """A result as it is, or packed."""

    plain: T | None
    packed: bytes | None = None


@dataclass(eq=False, slots=True)
class _Slot(Generic[T]):
    """What one task (ordered) or all of them (unordered) have ready."""

    ready: deque[_Result[T]] = field(default_factory=deque)
    error: BaseException | None = None
    done: bool = False


class _Run(Generic[T]):
    """One fan-out. All state but the tasks' iterator is guarded by ``changed``; the iterator by ``taking``."""

    def __init__(
        self,
        tasks: Iterable[Task[T]],
        workers: int,
        start: int | None,
        ahead: int | None,
        shelf: Shelf[T] | None,
        patience: float | None,
        *,
        ordered: bool,
    ) -> None:
        if workers < 1:
            raise ValueError("workers: wants at least 1")
        self.tasks = iter(tasks)
        self.most = workers
        self.start = min(workers, start or workers)
        self.ahead = 4 * workers if ahead is None else ahead
        self.shelf = shelf
        self.patience = patience
        self.parent = WORKS_FOR.get()  # the fan-out that this one is a part of
        self.changed = threading.Condition()
        self.taking = threading.Lock()
        self.slots: deque[_Slot[T]] = deque()
        self.shared = None if ordered else _Slot[T]()
        self.threads: list[threading.Thread] = []
        self.running = 0  # workers
        self.waiting = 0  # of them, those that wait for the reader
        self.ready = 0  # results that wait as they are
        self.shelved = 0  # bytes of those that wait packed
        self.exhausted = False
        self.cancelled = False
        self.gave_up = False
        self.pace = _Pace()

    # The reader's side

    def results(self, tick: float | None) -> Generator[T | None, None, None]:
        if self.shared is not None:
            self.slots.append(self.shared)
        try:
            with self.changed:
                self._hire(self.start)
            while True:
                got = self._take(tick)
                if got == "end":
                    return
                yield None if got == "tick" else self._plain(got)
        finally:
            self._stop()

    def _plain(self, result: _Result[T]) -> T:
        if result.packed is not None and self.shelf is not None:
            return self.shelf.unpack(result.packed)
        return cast("T", result.plain)

    def _take(self, tick: float | None) -> _Result[T] | Literal["tick", "end"]:
        """The next result; its task's error is raised here."""
        with self.changed:
            while True:
                slot = self.slots[0] if self.slots else None
                if slot is not None and slot.ready:
                    result = slot.ready.popleft()
                    self._count(result, -1)
                    self.changed.notify_all()
                    return result
                if slot is not None and slot.error is not None:
                    raise slot.error
                if slot is not None and slot.done:
                    self.slots.popleft()
                    self.changed.notify_all()
                    continue
                if self.exhausted and not self.running:
                    return "end"
                if not self.changed.wait(tick):
                    return "tick"

    def _stop(self) -> None:
        with self.changed:
            self.cancelled = True
            self.changed.notify_all()
        try:
            with self.changed:
                self.changed.wait_for(lambda: not self.running, self.patience)
        finally:  # also where the user does not wait: a second Ctrl-C
            self.gave_up = self.running > 0
        if self.gave_up:
            return
        for thread in self.threads:
            thread.join()
        if isinstance(self.tasks, Generator):
            self.tasks.close()

    # The workers' side

    def _hire(self, count: int) -> None:
        """Start ``count`` more workers (``changed`` is held)."""
        for _ in range(min(count, self.most - self.running)):
            # Daemons, so that a process can end whose worker hangs in a request.
            context = contextvars.copy_context()
            thread = threading.Thread(target=context.run, args=(self._worker,), name="stackpane-fanout", daemon=True)
            self.threads.append(thread)
            self.running += 1
            thread.start()

    def _worker(self) -> None:
        WORKS_FOR.set(self)
        try:
            while (taken := self._seek()) is not None:
                self._work(*taken)
        finally:
            with self.changed:
                self.running -= 1
                self.changed.notify_all()

    def _seek(self) -> tuple[_Slot[T], Task[T]] | None:
        with self.changed:
            self.pace.seek(1)
        try:
            return self._next()
        finally:
            with self.changed:
                self.pace.seek(-1)

    def _next(self) -> tuple[_Slot[T], Task[T]] | None:
        """The next task and where its results go, in the order of the tasks; ``None``: there is nothing left to do."""
        with self.taking:
            with self.changed:
                while len(self.slots) > _OPEN_TASKS and not self.cancelled:
                    self.changed.wait()
                if self.exhausted or self.cancelled:
                    return None
            slot = self.shared or _Slot[T]()
            task: Task[T] | None = None
            error: BaseException | None = None
            try:
                task = next(self.tasks, None)
            except BaseException as raised:
                error = raised
            with self.changed:
                if task is not None and slot is not self.shared:
                    self.slots.append(slot)
                elif task is None:
                    self.exhausted = True
                    if error is not None:
                        self._fail(slot, error)
                self.changed.notify_all()
        return None if task is None else (slot, task)

    def _fail(self, slot: _Slot[T], error: BaseException) -> None:
        if slot.error is None:
            slot.error = error
        if slot not in self.slots:
            self.slots.append(slot)

    def _work(self, slot: _Slot[T], task: Task[T]) -> None:
        """Run one task to its end, its error or the cancel."""
        results: Iterator[T] | None = None
        error: BaseException | None = None
        try:
            results = iter(task())
            for result in results:
                if not self._put(slot, result):
                    break
        except BaseException as raised:
            error = raised
        finally:
            if isinstance(results, Generator):
                results.close()
        with self.changed:
            if error is not None:
                self._fail(slot, error)
            slot.done = slot is not self.shared
            self.changed.notify_all()

    def _put(self, slot: _Slot[T], plain: T) -> bool:
        """Hand a result to the reader, once there is room; false: nobody wants any more."""
        result = _Result(plain)
        if self.shelf is not None and slot is not self.slots[0]:
            result = _Result(None, self.shelf.pack(plain, self.shelved >= self.shelf.ample))
        with self.changed:
            while not self.cancelled and not self._fits(slot, result):
                self.waiting += 1
                self.changed.wait()
                self.waiting -= 1
            if self.cancelled:
                return False
            slot.ready.append(result)
            self._count(result, 1)
            if self.running < self.most and not self.waiting and not self.exhausted:
                self._hire(self.pace.more(self.running))
            self.changed.notify_all()
            return True

    def _count(self, result: _Result[T], times: int) -> None:
        if result.packed is None:
            self.ready += times
        else:
            self.shelved += times * len(result.packed)

    def _fits(self, slot: _Slot[T], result: _Result[T]) -> bool:
        # What is being read must always move on, or nothing would ever free the room that others take.
        if slot is self.slots[0] and not slot.ready:
            return True
        if self.shelf is None:
            return self.ready < self.ahead
        if slot is self.slots[0]:
            return len(slot.ready) < self.ahead
        return self.shelved + len(result.packed or b"") <= self.shelf.room


class _Pace:
    """Says how many workers to add, by the share of one core that the process used, and by what the last ones brought.

    The share alone would be misled by other processes that take the processor away: then more threads bring nothing.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, cpu: Callable[[], float] = time.process_time
    ) -> None:
        self.clock = clock
        self.cpu = cpu
        self.results = 0
        self.since = (clock(), cpu())
        self.seekers = 0  # workers that look for their next task
        self.sought = 0.0  # seconds that workers spent so since then
        self.counted = clock()
        self.rate = 0.0  # results a second, before workers were last added
        self.rest = 0  # rounds to sit out, and how many it was the last time
        self.last_rest = _REST

    def seek(self, more: int) -> None:
        """One worker more (or less) looks for its next task, which may take a request, and has no results meanwhile."""
        now = self.clock()
        self.sought += self.seekers * (now - self.counted)
        self.seekers += more
        self.counted = now

    def more(self, workers: int) -> int:
        """Workers to add now, after one more result: at most as many again, none while there is too little to go by."""
        self.results += 1
        if self.results < workers or self.clock() - self.since[0] < _ROUND:
            return 0
        self.seek(0)
        now = (self.clock(), self.cpu())
        elapsed, used = now[0] - self.since[0], now[1] - self.since[1]
        working = elapsed - self.sought / workers
        rate = self.results / working if working > 0 else float("inf")
        self.results, self.sought, self.since = 0, 0.0, now
        if self.rest:
            self.rest -= 1
            return 0
        if rate < _WORTH * self.rate:
            self.rest = self.last_rest = 2 * self.last_rest
            self.rate = 0.0
            return 0
        share = max(used / elapsed, 0.01) if elapsed > 0 else 1.0
        added = min(workers, round(workers * (_BUSY / share - 1))) if share < _BUSY else 0
        self.rate = rate if added else 0.0
        return added
