"""A job's progress is one line on a terminal; Ctrl-C stops the job cleanly, a second one at once."""

from __future__ import annotations

import json
import signal
from collections.abc import Generator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane.cli.output import Console
from stackpane.cli.progress import run_job
from stackpane.errors import AwsError, ExitCode
from stackpane.formats.cells import display_width
from stackpane.formats.meter import Meter
from stackpane.links import Link
from stackpane.text import is_plain
from stackpane.views import Failure, Job, Outcome, Progress
from tests.core.output.samples import OUTCOME, job
from tests.core.output.showing import ENVIRON, Pty, on_terminal, shown
from tests.core.output.test_console import PROGRAM
from tests.harness.hostile import texts

if TYPE_CHECKING:
    from tests.harness.terminal import TerminalFactory

MIB = 2**20


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def meter(*steps: tuple[float, Progress], title: str = "Uploading") -> Meter:
    """A meter that was told of each progress at that second."""
    clock = Clock()
    made = Meter(title, clock)
    for seconds, progress in steps:
        clock.now = 1000.0 + seconds
        made.update(progress)
    return made


def test_the_line_says_share_amount_speed_time_left_and_name() -> None:
    made = meter(
        (0, Progress(0, 100 * MIB)), (4, Progress(40 * MIB, 100 * MIB, current="photo.jpg", files=3, files_total=10))
    )
    assert made.line(200) == (
        "Uploading  ████████░░░░░░░░░░░░  40%  40.0 MiB of 100.0 MiB, 3 of 10 files  10.0 MiB/s  6s left  photo.jpg"
    )


def test_without_a_total_the_line_says_how_long_it_has_been() -> None:
    made = meter((0, Progress(0, None, "objects")), (90, Progress(1800, None, "objects", "a")))
    assert made.line(80) == "Uploading  1,800 objects  20/s  1m 30s  a"


def test_the_rate_is_that_of_the_last_seconds() -> None:
    slow_then_fast = [(float(second), Progress(second)) for second in range(10)]
    slow_then_fast += [(10.0 + second, Progress(10 + 100 * second)) for second in range(8)]
    assert meter(*slow_then_fast).rate == pytest.approx(100)


def test_a_job_that_stands_still_has_no_time_left_to_tell() -> None:
    made = meter((0, Progress(5, 10)), (6, Progress(5, 10)), (12, Progress(5, 10)))
    assert made.rate == 0
    assert "left" not in made.line(100)


@given(
    width=st.integers(10, 120),
    name=texts(),
    title=texts(30),
    done=st.integers(0, 10**13),
    total=st.none() | st.integers(0, 10**13),
)
def test_the_line_never_wraps_and_is_safe(width: int, name: str, title: str, done: int, total: int | None) -> None:
    line = meter((0, Progress(0, total)), (1, Progress(done, total, current=name)), title=title).line(width)
    assert display_width(line) <= width
    assert is_plain(line)


def test_a_long_name_is_shown_by_its_end() -> None:
    line = meter((0, Progress(1, 2, current="very/deep/" * 20 + "photo.jpg"))).line(100)
    assert line.endswith("/photo.jpg")
    assert "…" in line


def test_the_line_is_drawn_ten_times_a_second_at_most() -> None:
    clock = Clock()
    made = Meter("x", clock)
    drawn = []
    for tick in range(1000):
        clock.now += 0.01
        drawn.append(made.update(Progress(tick)))
    assert 90 <= sum(drawn) <= 101
    assert drawn[0]


def test_a_terminal_shows_progress_in_one_line_and_leaves_only_the_outcome() -> None:
    result = on_terminal(job(Outcome("Deleted 4 objects.", done=4)))
    assert b"\rDeleting" in result.raw
    assert result.lines == ["Deleted 4 objects."]
    assert result.code == ExitCode.DONE


def test_without_a_terminal_there_are_only_the_first_and_the_last_line() -> None:
    assert shown(job(Outcome("Deleted 4 objects.", done=4))).said == "Deleting\nDeleted 4 objects.\n"


def test_failures_are_listed_up_to_twenty_and_all_of_them_in_json() -> None:
    failures = tuple(Failure(f"s3://b/{number}", "AccessDenied") for number in range(50))
    result = shown(Outcome("Deleted none.", 0, failures), format="json")
    assert result.code == ExitCode.SOME_FAILED
    assert len(json.loads(result.stdout)["Failed"]) == 50
    assert result.said.splitlines()[20:] == ["  s3://b/19: AccessDenied", "  … and 30 more (-o json has them all)"]


def test_what_nobody_knows_is_called_that() -> None:
    said = shown(OUTCOME).said
    assert "s3://b/c: no answer came (nobody knows whether it was done: look before you try again)" in said


def failing(resume: Link | None) -> Job:
    def run() -> Generator[Progress, None, Outcome]:
        yield Progress(3, 10, "objects")
        raise AwsError("The token has expired.")

    return Job("Copying", run, resume)


def test_a_job_that_fails_half_way_says_how_far_it_got_and_how_to_go_on() -> None:
    result = shown(failing(Link.to("s3 cp", "s3://a/", "s3://b/")), fails=AwsError)
    assert isinstance(result.error, AwsError)
    assert result.said == "Copying\nFailed after 3 of 10 objects.\nGo on with: stackpane s3 cp s3://a/ s3://b/\n"
    assert result.stdout == b""


def test_ctrl_c_cleans_up_says_what_was_done_and_how_to_go_on(terminal: TerminalFactory) -> None:
    window = terminal.run(*PROGRAM, "slow", columns=100)
    window.wait_for("name-")
    window.send("\x03")
    assert window.wait() == ExitCode.INTERRUPTED
    said = window.text.splitlines()
    assert said[:3] == ["Stopping … (Ctrl-C again leaves at once)", "cleaning up", "cleaned up"]
    assert said[3].startswith("Stopped after ")
    assert said[3].endswith(" of 1,000 objects.")
    assert said[4:] == ["Go on with: stackpane s3 get --recursive s3://b/ ."]


def test_a_second_ctrl_c_leaves_at_once(terminal: TerminalFactory) -> None:
    window = terminal.run(*PROGRAM, "stubborn", columns=100)
    window.wait_for("name-")
    window.send("\x03")
    window.wait_for("cleaning up")
    window.send("\x03")
    assert window.wait() == ExitCode.INTERRUPTED
    assert "cleaned up" not in window.text


def test_a_process_that_ignores_ctrl_c_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Pty() as terminal:
            io = Console(terminal.stdin, terminal.stdout, terminal.stderr, ENVIRON)
            inside = []

            def run() -> Generator[Progress, None, Outcome]:
                inside.append(signal.getsignal(signal.SIGINT))
                yield Progress(1)
                return Outcome("Done.")

            run_job(Job("x", run), io)
        assert inside == [signal.SIG_IGN]
    finally:
        signal.signal(signal.SIGINT, before)


def test_ctrl_c_is_as_before_when_the_job_is_over() -> None:
    before = signal.getsignal(signal.SIGINT)
    shown(job())
    assert signal.getsignal(signal.SIGINT) is before
