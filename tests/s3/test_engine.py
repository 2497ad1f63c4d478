from __future__ import annotations

import random
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from hypothesis import given, settings
from hypothesis import strategies as st

from stackpane.errors import ConnectionProblem, StackpaneError
from stackpane.tally import Tally
from stackpane_s3.transfer.engine import Entry, NoRoomError, Piece, Report, local, transfer
from stackpane_s3.transfer.stop import Stop, Stopped
from tests.s3.transfers import no_thread_left

if TYPE_CHECKING:
    from stackpane.session import Session


class FakeSession:
    """As far as a report needs one: explains what the network does."""

    def explain(self, error: BaseException) -> BaseException:
        is_network = isinstance(error, (EndpointConnectionError, ReadTimeoutError))
        return ConnectionProblem("the network") if is_network else error


def a_report(total: int = 0) -> Report:
    return Report(cast("Session", FakeSession()), Tally(total))


@dataclass(eq=False)
class Recorded(Entry):
    """An entry that notes what is done with it. ``fails`` names the step that does: a piece's number, or a word."""

    target: str
    pieces: int
    report: Report
    fails: object = None
    before: Callable[[object], object] = lambda _step: None
    done: list[object] = field(default_factory=list)
    closed: list[BaseException | None] = field(default_factory=list)

    def step(self, name: object) -> None:
        assert not self.closed
        self.before(name)
        if self.fails == name:
            raise StackpaneError(f"{self.target}: {name}")
        self.done.append(name)

    def start(self) -> Iterable[Piece]:
        self.step("start")
        return (lambda number=number: self.step(number) for number in range(self.pieces))  # type: ignore[misc]

    def finish(self) -> None:
        assert set(range(self.pieces)) <= set(self.done)
        self.step("finish")
        self.report.did(1)

    def close(self, error: BaseException | None) -> None:
        self.closed.append(error)


def run(entries: Iterator[Entry], report: Report, workers: int = 4) -> None:
    with no_thread_left():
        for _ in transfer(entries, workers, Stop(), report):
            pass


_steps = st.one_of(st.none(), st.sampled_from(["start", "finish"]), st.integers(0, 5))


@settings(max_examples=60, deadline=None)
@given(shapes=st.lists(st.tuples(st.integers(0, 6), _steps), max_size=12), workers=st.integers(1, 6))
def test_every_entry_is_finished_or_fails_alone_and_is_closed_once(
    shapes: list[tuple[int, object]], workers: int
) -> None:
    report = a_report(len(shapes))
    entries = [Recorded(str(number), pieces, report, fails) for number, (pieces, fails) in enumerate(shapes)]
    run(iter(entries), report, workers)
    failing = [e for e in entries if e.fails in ("start", "finish") or (e.fails in range(e.pieces))]
    assert sorted(failure.target for failure in report.tally.failed) == sorted(entry.target for entry in failing)
    assert report.tally.done == len(entries) - len(failing)
    for entry in entries:
        (error,) = entry.closed
        assert (error is None) == (entry not in failing)
        assert ("finish" in entry.done) == (error is None)
        assert len(entry.done) == len(set(entry.done))


def test_pieces_of_one_entry_run_at_the_same_time() -> None:
    meeting = threading.Barrier(4)
    report = a_report(1)

    def meet(step: object) -> None:
        if isinstance(step, int):
            meeting.wait(20)

    entry = Recorded("x", 4, report, before=meet)
    run(iter([entry]), report)
    assert report.tally.done == 1


def test_entries_are_taken_only_as_they_are_needed() -> None:
    taken, report = [0], a_report()
    gate = threading.Event()

    def entries() -> Generator[Recorded, None, None]:
        for number in range(1000):
            taken[0] += 1
            yield Recorded(str(number), 0, report, before=lambda _step: gate.wait(20))

    with no_thread_left():
        running = transfer(entries(), 3, Stop(), report)
        next(running)
        assert taken[0] <= 5
        gate.set()
        running.close()


def test_a_cancel_closes_what_was_begun_and_finishes_nothing() -> None:
    report, stop = a_report(2), Stop()
    begun = threading.Event()

    def wait(step: object) -> None:
        if step == 1:
            begun.set()
            stop.wait(20)

    entries = [Recorded("a", 5, report, before=wait), Recorded("b", 5, report, before=wait)]
    with no_thread_left():
        running = transfer(iter(cast("list[Entry]", entries)), 2, stop, report)
        next(running)
        assert begun.wait(20)
        running.close()
    assert all(isinstance(error, Stopped) for entry in entries for error in entry.closed)
    assert len(entries[0].closed) == 1
    assert not any("finish" in entry.done for entry in entries)
    assert report.tally.failed == ()


def test_an_error_of_the_listing_comes_out_and_closes_what_was_begun() -> None:
    report = a_report(1)
    started = threading.Event()
    entry = Recorded("a", 0, report, before=lambda _step: started.set())

    def entries() -> Generator[Entry, None, None]:
        yield entry
        assert started.wait(20)
        raise StackpaneError("the listing broke")

    with pytest.raises(StackpaneError, match="the listing broke"):
        run(entries(), report)
    assert len(entry.closed) == 1


# What stops a job


@pytest.mark.parametrize(
    ("errors", "stops"),
    [
        ([ReadTimeoutError(endpoint_url="…")] * 2, False),
        ([ReadTimeoutError(endpoint_url="…")] * 3, True),
        ([EndpointConnectionError(endpoint_url="…")], True),
        ([ConnectionProblem("expired")], True),
        ([OSError(28, "No space left on device")], True),
        ([OSError(13, "Permission denied")] * 9, False),
        ([StackpaneError("exists")] * 9, False),
    ],
)
def test_what_would_fail_for_the_rest_as_well_stops_the_job(errors: list[Exception], stops: bool) -> None:
    report = a_report(100)
    for error in errors:
        report.failed("x", error)
    assert report.tally.stopped == stops


def test_a_network_that_works_now_and_then_does_not_stop_the_job() -> None:
    report = a_report(100)
    for _ in range(10):
        report.failed("x", ReadTimeoutError(endpoint_url="…"))
        report.failed("x", ReadTimeoutError(endpoint_url="…"))
        report.did(1)
    assert not report.tally.stopped


def test_nothing_of_a_download_is_unknown_but_a_lost_upload_is() -> None:
    for writes in (False, True):
        report = Report(cast("Session", FakeSession()), Tally(2), writes=writes)
        report.failed("x", ReadTimeoutError(endpoint_url="…"))
        assert report.tally.failed[0].unknown == writes


def test_errors_of_the_system_are_said_in_words() -> None:
    error = local(OSError(28, "No space left on device", "/tmp/x"))
    assert isinstance(error, NoRoomError)
    assert error.message == "/tmp/x: No space left on device"
    plain = ValueError("x")
    assert local(plain) is plain


@given(events=st.lists(st.tuples(st.sampled_from(["found", "moving", "did", "same"]), st.integers(0, 100))))
def test_progress_adds_up(events: list[tuple[str, int]]) -> None:
    report = a_report()
    total = moved = files = there = 0
    for kind, size in events:
        if kind == "found":
            report.found(1, size)
            total, files = total + size, files + 1
        elif kind == "moving":
            report.moving(size)
            moved += size
        elif kind == "same":
            report.same(size)
            total, files, there = total - size, files - 1, there + 1
        else:
            report.did(size)
    report.listed = True
    progress = report.progress()
    assert (progress.done, progress.total, progress.files_total) == (moved, total, files)
    assert report.tally.unchanged == there


# Stopping


def test_what_waits_is_woken_and_what_reads_is_hung_up() -> None:
    stop, hung_up = Stop(), threading.Event()
    ended: list[str] = []

    def wait() -> None:
        try:
            with stop.hanging_up(hung_up.set):
                stop.wait(60)
        except Stopped:
            ended.append("woken")

    waiting = threading.Thread(target=wait)
    waiting.start()
    stop.set()
    waiting.join(20)
    assert ended == ["woken"]
    with pytest.raises(Stopped), stop.hanging_up(lambda: None):
        raise AssertionError("it is too late to begin")


def test_what_is_over_is_not_hung_up() -> None:
    stop, called = Stop(), []
    with stop.hanging_up(lambda: called.append(1)):
        stop.check()
    stop.set()
    assert not called


def test_many_threads_may_wait_while_somebody_stops() -> None:
    for seed in range(20):
        stop, order = Stop(), random.Random(seed)

        def use(stop: Stop = stop, amount: int = order.randrange(50)) -> None:
            try:
                for _ in range(amount):
                    with stop.hanging_up(lambda: None):
                        stop.check()
            except Stopped:
                return

        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        stop.set()
        for thread in threads:
            thread.join(20)
        assert not any(thread.is_alive() for thread in threads)
