from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from stackpane.errors import AwsError, StackpaneError, UnprovenResponse
from stackpane_s3.transfer import localio
from tests.harness import faults as modes
from tests.s3.transfers import MIB, files, kill, leftovers, no_thread_left, noise, start, stop_at
from tests.s3.writing import Runner, fill, to_end

if TYPE_CHECKING:
    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode
    from tests.harness.fixtures import Down

RANGES = ("--part-size", "1MiB", "--workers", "2")
BODY = noise(4 * MIB + 123)


pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def aws(ministack: Emulator) -> Emulator:
    """One is enough here: what goes wrong is made by the proxy."""
    ministack.reset()
    return ministack


@pytest.fixture
def s3(faults: FaultProxy) -> Runner:
    return Runner(faults.url)


@pytest.fixture
def big(aws: Emulator, bucket: str) -> str:
    fill(aws, bucket, {"big": BODY})
    return f"s3://{bucket}/big"


# Bodies that end early, or are wrong


@pytest.mark.parametrize("size", [100, 4 * MIB + 123])
@pytest.mark.parametrize("mode", [modes.cut, modes.reset_after])
@pytest.mark.parametrize("length", [0, 1, 99])
def test_a_body_that_ends_early_goes_on_where_it_ended(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, size: int, mode: Callable[[int], Mode], length: int
) -> None:
    fill(aws, bucket, {"x": BODY[:size]})
    faults.fault(mode(length), "GetObject", times=2)
    s3("get", f"s3://{bucket}/x", *RANGES)
    assert files(Path()) == {"x": BODY[:size]}
    asked = [request.headers.get("range", "all") for request in faults.requests if request.operation == "GetObject"]
    assert asked.count("all") == (1 if size == 100 else 0)


@pytest.mark.parametrize("size", [100, 4 * MIB + 123])
def test_a_body_that_never_comes_whole_is_an_error_and_no_file(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, size: int
) -> None:
    fill(aws, bucket, {"x": BODY[:size]})
    Path("x").write_bytes(b"mine")
    faults.fault(modes.cut(10), "GetObject")
    with pytest.raises(AwsError, match=f"s3://{bucket}/x was cut: "):
        s3("get", f"s3://{bucket}/x", "--overwrite", *RANGES)
    assert files(Path()) == {"x": b"mine"}


@pytest.mark.parametrize("size", [100, 4 * MIB + 123])
@pytest.mark.parametrize("mode", [modes.corrupt(50), modes.wrong_length(-5)])
def test_a_body_with_other_bytes_is_never_shown(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, size: int, mode: Mode
) -> None:
    fill(aws, bucket, {"x": BODY[:size]})
    Path("x").write_bytes(b"mine")
    faults.fault(mode, "GetObject")
    with pytest.raises((AwsError, BotoCoreError)):
        s3("get", f"s3://{bucket}/x", "--overwrite", *RANGES)
    assert files(Path()) == {"x": b"mine"}
    faults.clear()
    s3("get", f"s3://{bucket}/x", "--overwrite", *RANGES)
    assert files(Path()) == {"x": BODY[:size]}
    assert leftovers(Path()) == []


@pytest.mark.parametrize("size", [100, 4 * MIB + 123])
def test_a_wrong_length_never_makes_a_wrong_file(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, size: int
) -> None:
    fill(aws, bucket, {"x": BODY[:size]})
    faults.fault(modes.wrong_length(5), "GetObject")
    try:
        s3("get", f"s3://{bucket}/x", *RANGES)
    except (AwsError, BotoCoreError, ClientError):
        assert files(Path()) == {}
    else:
        assert files(Path()) == {"x": BODY[:size]}


@pytest.mark.parametrize("mode", [modes.corrupt(50), modes.wrong_length(-5)])
def test_an_object_of_which_s3_keeps_no_checksum_is_proven_by_its_etag(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, mode: Mode
) -> None:
    client = aws.client("s3", config=Config(request_checksum_calculation="when_required"))
    client.put_object(Bucket=bucket, Key="p/x", Body=BODY[:100])
    assert s3("get", f"s3://{bucket}/p/x", "one").result["Verified"] == {"MD5": 1}
    faults.fault(mode, "GetObject")
    for uri in (f"s3://{bucket}/p/x", f"s3://{bucket}/p/"):  # alone, and as one of many
        with pytest.raises(AwsError, match="does not have the object's MD5 checksum"):
            s3("get", uri, "out/")
    assert files(Path()) == {"one": BODY[:100]}


def test_an_object_that_changes_between_its_ranges_is_not_mixed(
    s3: Runner, aws: Emulator, bucket: str, big: str, faults: FaultProxy
) -> None:
    held = faults.fault(modes.hold_before(), "GetObject", after=2, times=1)
    running = start(s3, "get", big, *RANGES)
    held.wait()
    fill(aws, bucket, {"big": BODY[::-1]})
    held.release()
    with pytest.raises(AwsError, match="has changed while it was read"):
        to_end(running)
    assert files(Path()) == {}
    assert leftovers(Path()) == []
    assert all(request.headers["if-match"] for request in faults.requests if request.operation == "GetObject")


def test_an_endpoint_that_ignores_ranges_is_found_out(s3: Runner, big: str, faults: FaultProxy) -> None:
    faults.fault(modes.rewrite(lambda body: body, status=206, **{"Content-Range": "bytes 0-4/5"}), "GetObject")
    with pytest.raises(AwsError, match="answered with another one"):
        s3("get", big, *RANGES)
    assert files(Path()) == {}


# Errors for a while, and for good


@pytest.mark.parametrize("mode", [modes.status(500), modes.status(503), modes.throttle(), modes.reset_before()])
def test_errors_for_a_while_are_waited_out(s3: Runner, big: str, faults: FaultProxy, mode: Mode) -> None:
    faults.fault(mode, "GetObject", times=2)
    s3("get", big, *RANGES)
    assert files(Path()) == {"big": BODY}


@pytest.mark.parametrize("mode", [modes.expired_token(), modes.access_denied("s3:GetObject"), modes.skew()])
@pytest.mark.parametrize("operation", ["HeadObject", "GetObject"])
def test_a_refusal_is_one_error_and_no_file(
    s3: Runner, big: str, faults: FaultProxy, mode: Mode, operation: str
) -> None:
    faults.fault(mode, operation)
    with pytest.raises(ClientError):
        s3("get", big, *RANGES)
    assert files(Path()) == {}


def test_a_login_page_is_no_object(s3: Runner, big: str, faults: FaultProxy) -> None:
    faults.fault(modes.html200())
    with pytest.raises(UnprovenResponse):
        s3("get", big, *RANGES)
    assert files(Path()) == {}


def test_an_endpoint_that_is_down_is_one_error(aws: Emulator, down: Down, invoke: Invoke) -> None:
    result = invoke("s3", "get", "s3://bucket/x", at=down)
    assert result.exit_code == 253
    assert "cannot be reached" in result.errors


def test_a_fault_in_one_file_fails_that_file_only(s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, [f"p/{number}" for number in range(20)])
    faults.fault(modes.access_denied("s3:GetObject"), lambda request: request.path.endswith("p/7"))
    faults.fault(modes.cut(0), lambda request: request.path.endswith("p/9"))
    outcome = s3("get", f"s3://{bucket}/p/", "out")
    assert sorted(failure.target for failure in outcome.failed) == [f"s3://{bucket}/p/7", f"s3://{bucket}/p/9"]
    assert outcome.done == 18
    assert len(files(Path("out"))) == 18
    faults.clear()
    again = s3.follow(outcome.resume)
    assert (again.done, again.result["Unchanged"]) == (2, 18)


def test_expired_credentials_stop_the_job_and_a_new_run_goes_on(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    fill(aws, bucket, [f"p/{number:03}" for number in range(200)])
    faults.fault(modes.expired_token(), "GetObject", after=50)
    outcome = s3("get", f"s3://{bucket}/p/", "out", "--workers", "4")
    assert outcome.done == 50
    assert "have expired" in outcome.failed[0].reason
    assert faults.count("GetObject") < 60
    assert "not tried" in outcome.message
    faults.clear()
    again = s3.follow(outcome.resume)
    assert (again.done, again.result["Unchanged"], again.failed) == (150, 50, ())
    assert faults.count("GetObject") == 150
    assert len(files(Path("out"))) == 200


def test_a_listing_that_fails_half_way_is_an_error_and_no_whole(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    fill(aws, bucket, ["p/a", "p/b"])
    more = b"<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
    cut_short = modes.rewrite(lambda body: body.replace(b"<IsTruncated>false</IsTruncated>", more))
    faults.fault(cut_short, "ListObjectsV2", times=1)
    faults.fault(modes.access_denied("s3:ListBucket"), "ListObjectsV2")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3("get", f"s3://{bucket}/p/", "out")
    faults.clear()
    assert s3("get", f"s3://{bucket}/p/", "out").failed == ()
    assert files(Path("out")) == {"a": b"p/a", "b": b"p/b"}


# Stopping and going on


def test_a_cancel_keeps_what_came_and_the_next_run_asks_for_the_rest(s3: Runner, big: str, faults: FaultProxy) -> None:
    Path("big").write_bytes(b"mine")
    held = faults.fault(modes.hang_within(1000), "GetObject", after=3)
    stop_at(s3, held, "get", big, "--overwrite", "--part-size", "1MiB", "--workers", "1")
    assert files(Path()) == {"big": b"mine"}
    assert len(leftovers(Path())) == 2
    faults.clear()
    s3("get", big, "--overwrite", *RANGES)
    assert files(Path()) == {"big": BODY}
    assert faults.count("GetObject") == 2
    assert leftovers(Path()) == []


def test_what_was_interrupted_can_be_begun_anew(s3: Runner, big: str, faults: FaultProxy) -> None:
    held = faults.fault(modes.hang_within(1000), "GetObject", after=3)
    stop_at(s3, held, "get", big, "--part-size", "1MiB", "--workers", "1")
    faults.clear()
    s3("get", big, "--restart", *RANGES)
    assert faults.count("GetObject") == 5


def test_a_range_that_is_damaged_on_the_disk_is_asked_for_again(s3: Runner, big: str, faults: FaultProxy) -> None:
    """As after a power failure: the journal may be on the disk, and what it speaks of not."""
    held = faults.fault(modes.hang_within(1000), "GetObject", after=3)
    stop_at(s3, held, "get", big, "--part-size", "1MiB", "--workers", "1")
    (part,) = (path for path in leftovers(Path()) if path.name.endswith("part"))
    with part.open("r+b") as file:
        file.seek(MIB + 5)
        file.write(b"\x00\x00\x00")
    faults.clear()
    s3("get", big, *RANGES)
    assert files(Path()) == {"big": BODY}
    assert faults.count("GetObject") == 3


def test_an_object_that_changed_since_is_begun_anew(
    s3: Runner, aws: Emulator, bucket: str, big: str, faults: FaultProxy
) -> None:
    held = faults.fault(modes.hang_within(1000), "GetObject", after=3)
    stop_at(s3, held, "get", big, "--part-size", "1MiB", "--workers", "1")
    fill(aws, bucket, {"big": BODY[::-1]})
    faults.clear()
    s3("get", big, *RANGES)
    assert files(Path()) == {"big": BODY[::-1]}


@pytest.mark.parametrize("operation", ["HeadObject", "ListObjectsV2", "GetObject"])
def test_a_cancel_does_not_wait_for_an_endpoint_that_hangs(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, operation: str
) -> None:
    fill(aws, bucket, {"p/big": BODY})
    hung = faults.fault(modes.hang_before(), operation)
    with no_thread_left():
        running = start(s3, "get", f"s3://{bucket}/p/", "out", "--part-size", "1MiB", "--workers", "1")
        hung.wait()
        running.close()
        hung.release()
    assert files(Path()) == {}
    assert faults.count(operation) == 1  # and nothing is sent once more


@pytest.mark.parametrize("key", ["big", "small"])
def test_a_cancel_ends_a_read_that_hangs(s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, key: str) -> None:
    fill(aws, bucket, {"p/big": BODY, "q/small": b"12345678"})
    hung = faults.fault(modes.hang_within(5), "GetObject")
    with no_thread_left():
        folder = "p" if key == "big" else "q"
        running = start(s3, "get", f"s3://{bucket}/{folder}/", "out", *RANGES)
        hung.wait()
        running.close()
    assert files(Path()) == {}
    hung.release()


def test_ctrl_c_says_how_to_go_on(cli: Cli, aws: Emulator, bucket: str, faults: FaultProxy, big: str) -> None:
    held = faults.fault(modes.hang_within(1000), "GetObject", after=2)
    process = cli.start("s3", "get", big, *RANGES, at=faults)
    held.wait()
    result = cli.interrupt(process)
    assert result.exit_code == 130
    assert f"Go on with: stackpane s3 get --part-size=1048576 {big}" in result.errors
    assert "Traceback" not in result.errors
    assert files(Path()) == {}
    faults.clear()
    cli("s3", "get", big, *RANGES, at=faults).ok()
    assert files(Path()) == {"big": BODY}


@pytest.mark.parametrize(("after", "length"), [(0, 0), (0, 700_000), (1, 1), (2, MIB - 1), (4, 100)])
def test_a_killed_download_goes_on_and_nothing_is_shown_before_it_is_whole(
    cli: Cli, bucket: str, faults: FaultProxy, big: str, after: int, length: int
) -> None:
    Path("big").write_bytes(b"mine")
    held = faults.fault(modes.hang_within(length), "GetObject", after=after)
    process = cli.start("s3", "get", big, "--overwrite", *RANGES, at=faults)
    held.wait()
    kill(process)
    assert files(Path()) == {"big": b"mine"}
    faults.clear()
    Runner(faults.url)("get", big, "--overwrite", *RANGES)
    assert files(Path()) == {"big": BODY}
    # One part more is asked for where none was finished: the first answer then comes before it is known what is kept.
    assert faults.count("GetObject") <= 5 - max(0, after - 1) + (after == 0)
    assert leftovers(Path()) == []


def test_a_killed_download_of_many_files_goes_on(cli: Cli, aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    bodies = {f"p/{number:03}": noise(1000, number) for number in range(100)}
    fill(aws, bucket, bodies)
    held = faults.fault(modes.hang_within(500), "GetObject", after=60)
    process = cli.start("s3", "get", f"s3://{bucket}/p/", "out", "--workers", "4", at=faults)
    held.wait(4)
    kill(process)
    assert all(bodies[f"p/{name}"] == body for name, body in files(Path("out")).items())
    faults.clear()
    outcome = Runner(faults.url)("get", f"s3://{bucket}/p/", "out")
    assert outcome.result["Unchanged"] + outcome.done == 100
    assert outcome.result["Unchanged"] >= 56
    assert {f"p/{name}": body for name, body in files(Path("out")).items()} == bodies
    assert leftovers(Path("out")) == []


# The disk


def test_a_full_disk_is_one_error_and_what_was_there_stays(
    s3: Runner, aws: Emulator, bucket: str, big: str, small_disk: Path, faults: FaultProxy
) -> None:
    (small_disk / "big").write_bytes(b"mine")
    with pytest.raises(StackpaneError, match="No space left"):
        s3("get", big, str(small_disk), "--overwrite", *RANGES)
    assert files(small_disk) == {"big": b"mine"}
    assert leftovers(small_disk) == []
    assert faults.count("GetObject") == 0  # it was known beforehand


def test_a_disk_that_fills_up_stops_the_job(s3: Runner, aws: Emulator, bucket: str, small_disk: Path) -> None:
    bodies = {f"p/{number:02}": noise(MIB // 4, number) for number in range(40)}
    fill(aws, bucket, bodies)
    outcome = s3("get", f"s3://{bucket}/p/", str(small_disk), "--workers", "2")
    assert 0 < outcome.done <= 8
    assert "No space left" in outcome.failed[0].reason
    assert outcome.failed[-1].reason == "not tried after the errors before"
    assert all(bodies[f"p/{name}"] == body for name, body in files(small_disk).items())
    assert leftovers(small_disk) == []


def test_a_disk_that_fails_leaves_what_was_there(s3: Runner, big: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("big").write_bytes(b"mine")

    def fail(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(localio, "write_at", fail)
    with pytest.raises(StackpaneError, match="Input/output error"):
        s3("get", big, "--overwrite", *RANGES)
    assert files(Path()) == {"big": b"mine"}


# stdout


def test_a_stream_goes_on_where_it_was_cut(invoke: Invoke, big: str, faults: FaultProxy) -> None:
    faults.fault(modes.cut(1000), "GetObject", times=3)
    assert invoke("s3", "get", big, "-", *RANGES, at=faults).ok().stdout == BODY


@pytest.mark.parametrize("mode", [modes.corrupt(50), modes.cut(0)])
def test_a_stream_that_is_wrong_does_not_end_well(invoke: Invoke, big: str, faults: FaultProxy, mode: Mode) -> None:
    faults.fault(mode, "GetObject")
    result = invoke("s3", "get", big, "-", *RANGES, at=faults)
    assert result.exit_code == 254
    assert result.stdout != BODY


def test_a_stream_of_an_object_that_changes_is_not_mixed(
    invoke: Invoke, aws: Emulator, bucket: str, big: str, faults: FaultProxy
) -> None:
    changed: list[Any] = []

    def change_it(request: Any) -> bool:
        if request.operation == "GetObject" and not changed:
            changed.append(request)
            fill(aws, bucket, {"big": BODY[::-1]})
        return False

    faults.fault(modes.html200(), change_it)
    result = invoke("s3", "get", big, "-", *RANGES, at=faults)
    assert result.exit_code != 0
    assert "has changed" in result.errors


def test_a_reader_that_goes_away_is_no_error_and_leaves_no_thread(
    s3: Runner, big: str, cli: Cli, faults: FaultProxy
) -> None:
    process = cli.start("s3", "get", big, "-", *RANGES, at=faults)
    assert process.stdout is not None
    assert process.stdout.read(10) == BODY[:10]
    process.stdout.close()
    assert process.wait(60) == 0
