"""Commands that are not left to end by themselves: by Ctrl-C while the endpoint hangs, by their reader, by a full disk.

Each ends at once with the right exit code and a word about it, loses nothing and claims nothing.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane.errors import ExitCode
from stackpane.options import FORMATS
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.s3.stage import READING, WRITING, assert_honest, bodies, set_up, state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.harness.cli import Cli, Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Mode


@pytest.fixture
def proxy(moto: Emulator) -> Iterator[FaultProxy]:
    """A proxy before an S3 in which every command has something to do."""
    with FaultProxy(moto.url) as running:
        yield running


def interrupted(cli: Cli, proxy: FaultProxy, mode: Mode, operation: str, argv: list[str]) -> Result:
    """The result of a command that gets Ctrl-C while its request for ``operation`` is held back."""
    held = proxy.fault(mode, operation)
    process = cli.start(*argv, at=proxy)
    held.wait()
    result = cli.interrupt(process)
    assert result.exit_code == ExitCode.INTERRUPTED
    assert_honest(result)
    return result


READS: dict[str, tuple[str, Callable[[], Mode]]] = {
    # the last operation of each, or the one that several threads make
    "ls": ("HeadBucket", modes.hang_before),
    "ls bucket": ("ListObjectsV2", modes.hang_before),
    "ls -r": ("ListObjectsV2", lambda: modes.hang_within(20)),
    "ls glob": ("ListObjectsV2", modes.hang_before),
    "show bucket": ("GetBucketPolicyStatus GetBucketLogging", modes.hang_before),
    "show object": ("GetObjectTagging", modes.hang_before),
    "cat": ("GetObject", modes.hang_before),
    "cat --head": ("GetObject", lambda: modes.hang_within(3)),
    "get": ("GetObject", modes.hang_before),
    "get folder": ("GetObject", lambda: modes.hang_within(3)),
    "get -": ("GetObject", lambda: modes.hang_within(3)),
    "du": ("ListObjectsV2", modes.hang_before),
    "du bucket": ("ListObjectsV2", modes.hang_before),
    "versions": ("ListObjectVersions", modes.hang_before),
}


@pytest.mark.parametrize("name", READS)
def test_ctrl_c_ends_a_command_that_waits_for_its_answer(
    cli: Cli, moto: Emulator, proxy: FaultProxy, name: str
) -> None:
    names = set_up(moto)
    operation, mode = READS[name]
    result = interrupted(cli, proxy, mode(), operation, READING[name].line.format(**names).split())
    assert b"a.txt\nsecond line\n".startswith(result.stdout)
    assert ("Interrupted." in result.errors) != ("Stopping" in result.errors)
    assert "Sent and not answered" not in result.errors
    assert not list(Path().glob("got*/*.txt"))
    assert not Path("got.txt").exists()


def test_ctrl_c_ends_a_listing_whose_threads_wait_for_where_to_look(
    cli: Cli, moto: Emulator, proxy: FaultProxy
) -> None:
    set_up(moto)
    moto.client("s3").put_object(Bucket="photos", Key="x/y1/z1/k", Body=b"")
    held = proxy.fault(modes.hang_before(), lambda request: request.arg("prefix").startswith("x/"))
    process = cli.start("s3", "ls", "s3://photos/*/y*/z*/k", at=proxy)
    held.wait()
    result = cli.interrupt(process)
    assert (result.exit_code, result.errors) == (ExitCode.INTERRUPTED, "Interrupted.\n")


CHANGES = [(name, change) for name, command in WRITING.items() for change in command.changes]


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=[f"{name}: {change}" for name, change in CHANGES])
def test_ctrl_c_ends_a_change_that_hangs_and_says_that_nobody_knows(
    cli: Cli, moto: Emulator, proxy: FaultProxy, name: str, change: str
) -> None:
    names = set_up(moto)
    before = state(moto)
    result = interrupted(cli, proxy, modes.hang_before(), change, WRITING[name].line.format(**names).split())
    assert result.stdout == b""
    [line] = [line for line in result.errors.splitlines() if line.startswith("Sent and not answered")]
    assert f"s3:{change} on arn:aws:s3:::" in line
    assert "not tried" not in result.errors or "0 not tried" in result.errors
    assert bodies(before) <= bodies(state(moto))


def test_what_is_not_answered_counts_neither_as_done_nor_as_not_tried(cli: Cli, ministack: Emulator) -> None:
    ministack.reset()
    s3 = ministack.client("s3")
    s3.create_bucket(Bucket="photos")
    for number in range(12):
        s3.put_object(Bucket="photos", Key=f"many/{number:02}\n", Body=b"")  # no XML has these: they go one by one
    with FaultProxy(ministack.url) as proxy:
        held = proxy.fault(modes.hang_after_body(), "DeleteObject", after=3)
        process = cli.start("s3", "rm", "-r", "s3://photos/many/", "--yes", at=proxy)
        held.wait(8)
        result = cli.interrupt(process)
    assert result.exit_code == ExitCode.INTERRUPTED
    assert "stopped: deleted 3 of 12 objects, 8 not answered, 1 not tried" in result.errors
    assert "s3:DeleteObject on arn:aws:s3:::photos/many/" in result.errors
    assert result.errors.splitlines()[-1].endswith(" and 5 more")


# Whoever reads stdout

SHOWING = {
    **{f"ls {name}": ["s3", "ls", "-r", "s3://photos/", "-o", name] for name in FORMATS},
    "show": READING["show object"].argv,
    "cat": READING["cat"].argv,
    "get -": READING["get -"].argv,
    "du": READING["du"].argv,
    "presign": READING["presign"].argv,
    "a dry run": ["s3", "rm", "-r", "s3://photos/", "--dry-run"],
    "a query": ["s3", "ls", "-r", "s3://photos/", "--query", "[].Key"],
}
NO_SPACE = "error: Cannot write to stdout: No space left on device."


@pytest.mark.parametrize("name", SHOWING)
def test_a_reader_that_has_had_enough_is_no_error(cli: Cli, moto: Emulator, name: str) -> None:
    set_up(moto)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stdout:
        result = cli.finish(cli.start(*SHOWING[name], at=moto, stdout=stdout))
    assert result.exit_code == ExitCode.DONE
    assert "error" not in result.errors.lower()
    assert "Traceback" not in result.errors


@pytest.mark.parametrize("name", SHOWING)
def test_an_output_that_cannot_be_written_is_one_error(cli: Cli, moto: Emulator, name: str) -> None:
    set_up(moto)
    with Path("/dev/full").open("wb") as stdout:
        result = cli.finish(cli.start(*SHOWING[name], at=moto, stdout=stdout))
    assert result.exit_code == ExitCode.OTHER
    assert_honest(result)
    assert [line for line in result.errors.splitlines() if "error" in line.lower()] == [NO_SPACE]


def test_what_was_done_is_told_where_the_output_cannot_be_written(cli: Cli, moto: Emulator) -> None:
    set_up(moto)
    with Path("/dev/full").open("wb") as stdout:
        result = cli.finish(cli.start(*WRITING["put"].argv, "-o", "json", at=moto, stdout=stdout))
    assert result.exit_code == ExitCode.OTHER
    assert "Uploaded 1 file (3 B) to s3://photos/up.txt." in result.errors
    assert result.errors.splitlines()[-1] == NO_SPACE
    assert moto.client("s3").get_object(Bucket="photos", Key="up.txt")["Body"].read() == b"up\n"


# The disk


@pytest.fixture
def full_disk(small_disk: Path) -> Path:
    """A disk on which nothing fits any more."""
    filler, page = small_disk / "filler", bytes(4096)
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(page):
            pass
    return small_disk


@pytest.mark.parametrize("name", ["get", "get folder"])
def test_a_download_to_a_full_disk_is_an_error_and_no_file(
    invoke: Invoke, moto: Emulator, full_disk: Path, name: str
) -> None:
    set_up(moto)
    source = READING[name].argv[2]
    result = invoke("s3", "get", source, f"{full_disk}/", at=moto)
    assert_honest(result)
    assert "No space left on device" in result.errors
    assert [path.name for path in full_disk.rglob("*") if path.is_file()] == ["filler"]


@pytest.mark.parametrize("name", ["ls -r", "rm folder", "mv folder", "put folder"])
def test_a_command_works_where_its_own_notes_and_caches_do_not_fit(
    invoke: Invoke, moto: Emulator, full_disk: Path, name: str
) -> None:
    names = set_up(moto)
    homes = dict.fromkeys(("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"), str(full_disk))
    command = (READING | WRITING)[name]
    invoke(*command.line.format(**names).split(), at=moto, env=homes).ok()
