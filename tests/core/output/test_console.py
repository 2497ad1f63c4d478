"""stdout is data and ends quietly when nobody reads it; stderr is one safe line at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane.cli.output import Console
from stackpane.errors import ExitCode, StackpaneError
from tests.core.output.showing import ENVIRON, Pty

if TYPE_CHECKING:
    from tests.harness.terminal import TerminalFactory

PROGRAM = [sys.executable, "-m", "tests.core.output.program"]


def run(*args: str, redirect: str = "") -> subprocess.CompletedProcess[bytes]:
    """The program with its streams redirected by a shell, whose own exit code is that of the program."""
    return subprocess.run(
        ["bash", "-c", f'"$@" {redirect}; exit "${{PIPESTATUS[0]}}"', "bash", *PROGRAM, *args],
        capture_output=True,
        timeout=60,
    )


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "yaml"])
def test_head_ends_a_list_quietly(form: str) -> None:
    ended = run("endless", form, redirect="| head -n 3")
    assert (ended.returncode, ended.stderr) == (ExitCode.DONE, b"")
    assert len(ended.stdout.splitlines()) == 3


def test_head_ends_a_body_quietly() -> None:
    ended = run("body", redirect="| head -c 100000 | wc -c")
    assert (ended.returncode, ended.stderr, ended.stdout.strip()) == (0, b"", b"100000")


def test_an_outcome_counts_although_nobody_reads_it() -> None:
    ended = run("outcome", "json", redirect="| true")
    assert ended.returncode == ExitCode.SOME_FAILED


def test_both_streams_may_go_away() -> None:
    ended = run("endless", redirect="2>&1 | head -n 1")
    assert (ended.returncode, ended.stderr) == (ExitCode.DONE, b"")


@pytest.mark.parametrize("name", ["endless", "body"])
def test_a_full_disk_is_an_error_in_one_line(name: str) -> None:
    ended = run(name, "json", redirect="> /dev/full")
    assert ended.returncode == ExitCode.OTHER
    assert ended.stderr == b"error: Cannot write to stdout: No space left on device.\n"


def test_what_was_done_is_told_although_the_disk_is_full() -> None:
    ended = run("outcome", "json", redirect="> /dev/full")
    assert ended.returncode == ExitCode.OTHER
    lines = ended.stderr.splitlines()
    assert lines[0] == b"Deleted 2 of 4 objects."
    assert b"Undo: stackpane s3 restore s3://b/a" in lines
    assert lines[-1] == b"error: Cannot write to stdout: No space left on device."


def test_a_closed_stdout_is_an_error_in_one_line() -> None:
    ended = run("table", redirect=">&-")
    assert (ended.returncode, ended.stderr) == (ExitCode.OTHER, b"error: Cannot write to stdout: it is closed.\n")


def test_a_closed_stderr_does_no_harm() -> None:
    ended = run("outcome", redirect="2>&- <&-")
    assert (ended.returncode, ended.stdout.splitlines()[0]) == (ExitCode.SOME_FAILED, b"VersionId  v1")


def test_a_full_disk_for_stderr_does_no_harm() -> None:
    ended = run("outcome", redirect="2> /dev/full")
    assert (ended.returncode, ended.stdout.splitlines()[0]) == (ExitCode.SOME_FAILED, b"VersionId  v1")


def test_narration_is_one_safe_line(tmp_path: Path) -> None:
    with (tmp_path / "stderr").open("wb+") as stderr:
        io = Console(None, None, stderr, ENVIRON)
        io.warn("bucket\n\x1b[31mgone\ud800")
        io.note("done")
    assert (tmp_path / "stderr").read_text() == "warning: bucket␊␛[31mgone<U+D800>\ndone\n"


def test_warnings_of_many_threads_stay_whole_and_above_the_progress_line() -> None:
    with Pty() as terminal:
        io = Console(terminal.stdin, terminal.stdout, terminal.stderr, ENVIRON)
        io.status("working 50%")
        threads = [threading.Thread(target=io.warn, args=(f"thread {number}",)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        io.status("")
    said = terminal.raw.replace(b"\r\x1b[K", b"").replace(b"\rworking 50%\x1b[K", b"").split(b"\r\n")
    assert sorted(said) == sorted([b"", *(f"warning: thread {number}".encode() for number in range(20))])
    assert terminal.raw.endswith(b"\rworking 50%\x1b[K\r\x1b[K")


def test_a_progress_line_is_safe() -> None:
    with Pty() as terminal:
        Console(terminal.stdin, terminal.stdout, terminal.stderr, ENVIRON).status("a\x1b]0;title\x07b\nc")
    assert terminal.raw == "\ra␛]0;title␇b␊c\x1b[K".encode()


def test_narration_starts_on_a_line_of_its_own_on_a_terminal() -> None:
    with Pty() as terminal:
        io = Console(terminal.stdin, terminal.stdout, terminal.stderr, ENVIRON)
        io.write("no line end")
        io.note("said")
        io.write("whole line\n")
        io.note("said")
    assert terminal.raw == b"no line end\r\nsaid\r\nwhole line\r\nsaid\r\n"


@pytest.mark.parametrize(
    ("environ", "width", "color"),
    [({}, 33, True), ({"COLUMNS": "50"}, 50, True), ({"COLUMNS": "x", "NO_COLOR": "1"}, 33, False),
     ({"NO_COLOR": ""}, 33, True), ({"TERM": "dumb", "COLUMNS": "0"}, 33, False)],
)  # fmt: skip
def test_a_terminal_tells_its_width_and_whether_it_takes_colour(
    environ: dict[str, str], width: int, color: bool
) -> None:
    with Pty(33) as terminal:
        io = Console(terminal.stdin, terminal.stdout, terminal.stderr, environ)
        assert (io.width, io.narration_width, io.may_color) == (width, width, color)
        assert io.can_redraw == (environ.get("TERM") != "dumb")


def test_a_file_has_no_width_and_no_colour(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as out:
        io = Console(None, out, out, {"COLUMNS": "50"})
        assert (io.width, io.may_color, io.can_ask, io.can_redraw) == (None, False, False, False)


def test_a_lone_surrogate_is_written_and_not_lost(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb+") as out:
        Console(None, out, None).write("a\ud800")
    assert (tmp_path / "out").read_bytes() == b"a\xed\xa0\x80"


def test_the_pipe_that_breaks_is_told_apart_from_the_disk_that_is_full() -> None:
    with Path("/dev/full").open("wb") as full, pytest.raises(StackpaneError, match="No space left"):
        Console(None, full, None).write("x")


def test_a_terminal_that_is_all_three_streams_shows_the_same_rows_as_a_pipe(terminal: TerminalFactory) -> None:
    piped = run("table").stdout.decode()
    window = terminal.run(*PROGRAM, "table", columns=200)
    assert window.wait() == 0
    assert window.text.splitlines() == [line.rstrip() for line in piped.splitlines()]


def test_output_needs_no_locale() -> None:
    environ = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run([*PROGRAM, "table"], capture_output=True, env=environ, timeout=60)
    assert ended.returncode == 0
    assert "日本語.txt" in ended.stdout.decode()
