"""The fan-out: results in order, bounded, cancelled without leaving threads."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from itertools import count
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.fanout import Shelf, Task, Unwanted, _Pace, as_they_come, check_wanted, in_order

T = TypeVar("T")
SIZES = st.lists(st.integers(0, 7), max_size=12)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """No test may end with more threads than it began with."""
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def task(name: int, size: int) -> Task[tuple[int, int]]:
    return lambda: ((name, position) for position in range(size))


def tasks(sizes: Iterable[int]) -> Iterator[Task[tuple[int, int]]]:
    return (task(name, size) for name, size in enumerate(sizes))


def collect(results: Iterable[T], seen: list[T]) -> None:
    """Keep what came before an error."""
    for result in results:
        seen.append(result)  # noqa: PERF402


def sequential(sizes: list[int]) -> list[tuple[int, int]]:
    return [(name, position) for name, size in enumerate(sizes) for position in range(size)]


@given(SIZES, st.integers(1, 9), st.integers(1, 9), st.integers(0, 20))
def test_results_come_as_if_the_tasks_had_run_one_after_the_other(
    sizes: list[int], workers: int, start: int, ahead: int
) -> None:
    assert list(in_order(tasks(sizes), workers, start=start, ahead=ahead)) == sequential(sizes)


@given(SIZES, st.integers(1, 9), st.integers(0, 20))
def test_as_they_come_gives_the_same_results_each_tasks_in_order(sizes: list[int], workers: int, ahead: int) -> None:
    results = list(as_they_come(tasks(sizes), workers, ahead=ahead))
    assert sorted(results) == sequential(sizes)
    for name in range(len(sizes)):
        assert [result for result in results if result[0] == name] == [(name, p) for p in range(sizes[name])]


@given(SIZES, st.integers(1, 5), st.integers(0, 30))
def test_closing_at_any_point_stops_everything(sizes: list[int], workers: int, read: int) -> None:
    closed = []

    def watched(name: int, size: int) -> Task[int]:
        def run() -> Generator[int, None, None]:
            try:
                yield from range(size)
            finally:
                closed.append(name)

        return run

    started = []
    source = (watched(name, size) for name, size in enumerate(sizes) if not started.append(name))  # type: ignore[func-returns-value]
    results = in_order(source, workers)
    for _ in range(read):
        next(results, None)
    results.close()
    assert threading.active_count() == 1
    assert set(closed) <= set(started)
    if read and sizes and sum(sizes):
        assert closed


@given(SIZES.filter(lambda sizes: len(sizes) > 0), st.integers(1, 5), st.data())
def test_an_error_comes_in_its_place(sizes: list[int], workers: int, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, len(sizes) - 1))

    def failing() -> Iterator[tuple[int, int]]:
        yield from task(bad, sizes[bad])()
        raise OSError(f"task {bad}")

    given_tasks = [failing if name == bad else task(name, size) for name, size in enumerate(sizes)]
    seen: list[tuple[int, int]] = []
    with pytest.raises(OSError, match=f"task {bad}"):
        collect(in_order(given_tasks, workers), seen)
    assert seen == sequential(sizes[: bad + 1])


def test_of_two_errors_the_earlier_tasks_comes_out_even_when_it_happened_later() -> None:
    second_failed = threading.Event()

    def first() -> Iterable[int]:
        second_failed.wait()
        raise OSError("first")

    def second() -> Iterable[int]:
        second_failed.set()
        raise OSError("second")

    with pytest.raises(OSError, match="first"):
        list(in_order([first, second], 2))


@pytest.mark.parametrize("fan_out", [in_order, as_they_come])
def test_an_error_in_making_the_tasks_comes_after_the_tasks_before_it(fan_out: Callable[..., Iterator[int]]) -> None:
    def source() -> Iterator[Task[int]]:
        yield lambda: [1]
        yield lambda: [2]
        raise LookupError("no more prefixes")

    seen: list[int] = []
    with pytest.raises(LookupError, match="no more prefixes"):
        collect(fan_out(source(), 1), seen)
    assert seen == [1, 2]


def test_nothing_runs_before_the_first_result_is_asked_for() -> None:
    ran: list[int] = []
    results = in_order([lambda: [ran.append(1)]], 4)  # type: ignore[func-returns-value]
    assert not ran
    assert list(results) == [None]
    assert ran == [1]


def test_workers_wait_for_a_slow_reader() -> None:
    made = count()
    reached = threading.Semaphore(0)

    def endless() -> Iterator[int]:
        while True:
            reached.release()
            yield next(made)

    results = in_order([endless for _ in range(3)], 3, ahead=6)
    next(results)
    # One was read, six wait and each of the three workers holds one that has no room: ten. The task that is being read
    # may hand over one more where none of those that wait is its own.
    for _ in range(10):
        reached.acquire()
    reached.acquire(timeout=0.05)
    assert not reached.acquire(timeout=0.05)
    results.close()


def shelf(room: int) -> Shelf[tuple[int, int]]:
    return Shelf(lambda result, _scarce: bytes(result), lambda packed: (packed[0], packed[1]), room, room // 2)


@given(SIZES, st.integers(1, 9), st.integers(1, 5), st.integers(0, 50))
def test_a_shelf_changes_nothing_about_the_results(sizes: list[int], workers: int, ahead: int, room: int) -> None:
    assert list(in_order(tasks(sizes), workers, ahead=ahead, shelf=shelf(room))) == sequential(sizes)


def test_later_tasks_fill_the_shelf_and_no_more_and_pack_well_once_room_is_scarce() -> None:
    packed = threading.Semaphore(0)
    scarce: list[bool] = []
    first_may_go = threading.Event()

    def first() -> Iterator[tuple[int, int]]:
        first_may_go.wait()
        yield (0, 0)

    def pack(result: tuple[int, int], is_scarce: bool) -> bytes:
        scarce.append(is_scarce)
        packed.release()
        return bytes(result)

    kept = Shelf(pack, lambda data: (data[0], data[1]), room=20, ample=10)
    results = in_order([first, task(1, 100), task(2, 100)], 3, ahead=1, shelf=kept, tick=0.01)
    assert next(results) is None
    # Ten results of two bytes are on the shelf, and each of the two workers holds one more.
    for _ in range(12):
        packed.acquire()
    assert not packed.acquire(timeout=0.05)
    # The workers may both have looked before either of them had put the fifth there.
    assert (scarce[:5], scarce[6:]) == ([False] * 5, [True] * 6)
    first_may_go.set()
    assert [result for result in results if result is not None] == [(0, 0), *sequential([0, 100, 100])]


def test_tasks_that_give_nothing_are_bounded_too_and_all_run() -> None:
    assert list(in_order(tasks([0] * 5000 + [1]), 4)) == [(5000, 0)]


def test_a_tick_is_given_while_nothing_comes() -> None:
    go_on = threading.Event()

    def slow() -> Iterator[str]:
        go_on.wait()
        yield "done"

    results = in_order([slow], 1, tick=0.01)
    assert next(results) is None
    go_on.set()
    assert [result for result in results if result is not None] == ["done"]


def test_workers_see_the_readers_context() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    variable.set("the reader's")
    assert list(in_order([lambda: [variable.get()]] * 3, 2)) == ["the reader's"] * 3


def test_the_iterable_of_tasks_is_closed_too() -> None:
    closed = []

    def source() -> Iterator[Task[int]]:
        try:
            while True:
                yield lambda: [1]
        finally:
            closed.append(True)

    results = in_order(source(), 2)
    next(results)
    results.close()
    assert closed == [True]


def test_no_worker_is_no_fan_out() -> None:
    with pytest.raises(ValueError, match="workers"):
        in_order([], 0)


class Clock:
    """A clock and a processor-time clock that a test moves."""

    def __init__(self) -> None:
        self.now = self.used = 0.0

    def pace(self) -> _Pace:
        return _Pace(lambda: self.now, lambda: self.used)


def test_workers_double_while_the_network_is_waited_for() -> None:
    clock = Clock()
    pace = clock.pace()
    workers = 1
    for expected in (2, 4, 8):
        for _ in range(workers):
            clock.now += 0.1 / workers
            clock.used += 0.005
            added = pace.more(workers)
        workers += added
        assert workers == expected


def test_no_more_are_added_for_a_while_where_the_last_ones_brought_nothing() -> None:
    clock = Clock()
    pace = clock.pace()

    def rounds(workers: int, count: int) -> list[int]:
        """What is said in each round, while a result takes 0.1 s however many workers there are."""
        said = []
        for _ in range(count):
            for _ in range(workers):
                clock.now += 0.1
                clock.used += 0.01
                added = pace.more(workers)
            said.append(added)
        return said

    assert rounds(1, 1) == [1]
    assert rounds(2, 9) == [0] * 9
    assert rounds(2, 1) == [2]
    assert rounds(4, 17) == [0] * 17
    assert rounds(4, 1) == [4]


def test_a_worker_that_looks_for_its_next_task_is_not_taken_for_one_that_brings_nothing() -> None:
    clock = Clock()
    pace = clock.pace()
    clock.now += 0.1
    assert pace.more(1) == 1
    pace.seek(1)  # one of the two walks through folders, the other one lists on as before
    clock.now += 0.1
    assert pace.more(2) == 0
    clock.now += 0.1
    assert pace.more(2) == 2


def test_no_worker_is_added_where_parsing_fills_the_time() -> None:
    clock = Clock()
    pace = clock.pace()
    for _ in range(10):
        clock.now += 0.007
        clock.used += 0.005
        assert pace.more(1) == 0


# Workers that hang when the reader goes


class Hang:
    """A task that stops in its tracks until it is let go, and then asks whether it is still wanted."""

    def __init__(self) -> None:
        self.reached, self.go_on, self.ended = threading.Event(), threading.Event(), threading.Event()
        self.wanted = True

    def __call__(self) -> Iterator[int]:
        yield 1
        self.reached.set()
        self.go_on.wait()
        try:
            check_wanted()
        except Unwanted:
            self.wanted = False
            raise
        finally:
            self.ended.set()

    def release(self) -> None:
        """Let it go, and wait for its thread's end."""
        self.go_on.set()
        self.ended.wait()
        for thread in threading.enumerate():
            if thread.name == "stackpane-fanout":
                thread.join()


@pytest.mark.parametrize("fan_out", [in_order, as_they_come])
def test_a_worker_that_hangs_is_given_up_and_told_so(fan_out: Callable[..., Generator[int, None, None]]) -> None:
    hang = Hang()
    results = fan_out([hang], 1, patience=0.01)
    assert next(results) == 1
    hang.reached.wait()
    results.close()
    assert not hang.ended.is_set()
    hang.release()
    assert not hang.wanted


def test_a_part_of_what_was_given_up_is_not_wanted_either() -> None:
    hang = Hang()

    def outer() -> Iterator[int]:
        yield from in_order([hang], 1)

    results = in_order([outer], 1, patience=0.01)
    assert next(results) == 1
    hang.reached.wait()
    results.close()
    hang.release()
    assert not hang.wanted


def test_tasks_that_are_being_asked_for_when_all_is_given_up_are_no_second_error() -> None:
    hang = Hang()

    def source() -> Iterator[Task[int]]:
        yield lambda: [0]
        yield from ((lambda n=n: [n]) for n in hang())

    results = in_order(source(), 2, patience=0.01)
    assert [next(results), next(results)] == [0, 1]
    hang.reached.wait()
    results.close()
    hang.release()
    assert not hang.wanted


def test_a_fan_out_may_be_told_to_wait_for_its_workers_however_long_they_take() -> None:
    hang = Hang()
    results = in_order([hang], 1, patience=None)
    next(results)
    hang.reached.wait()
    closing = threading.Thread(target=results.close)
    closing.start()
    hang.go_on.set()
    closing.join()
    assert hang.ended.is_set()
    assert hang.wanted
