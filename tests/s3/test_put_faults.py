from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from stackpane.errors import AwsError, StackpaneError, UnprovenResponse
from tests.harness import faults as modes
from tests.s3.transfers import MIB, body_of, kill, no_thread_left, noise, start, stop_at, uploads
from tests.s3.writing import Runner, bodies, fill, to_end

if TYPE_CHECKING:
    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode

PART = 5 * MIB
PARTS = ("--part-size", "5MiB", "--workers", "2")
BODY = noise(3 * PART + 123)
WRITES = ("PutObject", "CompleteMultipartUpload")
NEVER = '"00000000000000000000000000000000"'
"""The condition that cannot hold, with which an endpoint is tried out."""


pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def aws(ministack: Emulator) -> Emulator:
    """One is enough where what goes wrong is made by the proxy."""
    ministack.reset()
    return ministack


@pytest.fixture
def s3(faults: FaultProxy) -> Runner:
    return Runner(faults.url)


@pytest.fixture
def big() -> str:
    Path("big").write_bytes(BODY)
    return "big"


@pytest.fixture
def small() -> str:
    Path("small").write_bytes(b"mine")
    return "small"


@pytest.fixture(params=["small", "big"])
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


def sent_parts(faults: FaultProxy) -> list[str]:
    return sorted(request.arg("partNumber") for request in faults.requests if request.operation == "UploadPart")


# Onto nothing that was not seen


def races(proxy: FaultProxy, aws: Emulator, bucket: str, key: str, body: bytes) -> Any:
    """Have somebody else write the object in the very moment before ours is written."""
    done: list[bool] = []

    def write_first(request: Any) -> bool:
        # the first of each is the trial of what the endpoint makes of conditions
        if request.operation in WRITES and request.headers.get("if-match") != NEVER and not done:
            done.append(True)
            fill(aws, bucket, {key: body})
        return False

    return proxy.fault(modes.html200(), write_first)


def test_an_object_that_appears_meanwhile_is_not_replaced(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, name: str
) -> None:
    races(faults, aws, bucket, "x", b"theirs")
    with pytest.raises(AwsError, match="exists already"):
        s3("put", name, f"s3://{bucket}/x", *PARTS)
    assert body_of(aws, bucket, "x") == b"theirs"


def test_an_object_that_changes_meanwhile_is_not_replaced(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, name: str
) -> None:
    fill(aws, bucket, {"x": b"as seen"})
    races(faults, aws, bucket, "x", b"changed")
    with pytest.raises(AwsError, match="has changed since"):
        s3("put", name, f"s3://{bucket}/x", "--overwrite", *PARTS)
    assert body_of(aws, bucket, "x") == b"changed"
    s3("put", name, f"s3://{bucket}/x", "--overwrite", *PARTS)
    assert body_of(aws, bucket, "x") == Path(name).read_bytes()
    assert uploads(aws, bucket) == []


def test_the_conditions_are_sent_as_aws_wants_them(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, name: str
) -> None:
    s3("put", name, f"s3://{bucket}/x", *PARTS)
    etag = aws.client("s3").head_object(Bucket=bucket, Key="x")["ETag"]
    Path(name).write_bytes(noise(len(Path(name).read_bytes()), 9))
    s3("put", name, f"s3://{bucket}/x", "--overwrite", *PARTS)
    last = [request.headers for request in faults.requests if request.operation in WRITES]
    conditions = [(headers.get("if-none-match"), headers.get("if-match")) for headers in last]
    assert conditions == [(None, NEVER), ("*", None), (None, NEVER), (None, etag)]


@pytest.mark.parametrize("more", [(), ("--overwrite",)])
def test_an_endpoint_that_ignores_conditions_is_named_and_looked_at(
    aws: Emulator, bucket: str, name: str, more: tuple[str, ...], ignorant: FaultProxy
) -> None:
    if more:
        fill(aws, bucket, {"x": b"as seen"})
    s3 = Runner(ignorant.url)
    s3("put", name, f"s3://{bucket}/x", *more, *PARTS)
    assert body_of(aws, bucket, "x") == Path(name).read_bytes()
    (warning,) = s3.warnings
    assert "ignores the conditions of" in warning
    assert ("PutObject" if name == "small" else "CompleteMultipartUpload") in warning


def test_where_conditions_are_ignored_nothing_is_replaced_all_the_same(
    aws: Emulator, bucket: str, ignorant: FaultProxy
) -> None:
    fill(aws, bucket, {f"{number}": b"theirs" for number in range(0, 20, 2)})
    Path("d").mkdir()
    for number in range(20):
        Path("d", str(number)).write_bytes(b"mine")
    s3 = Runner(ignorant.url)
    outcome = s3("put", "d", f"s3://{bucket}/")
    assert (outcome.done, len(outcome.failed)) == (10, 10)
    assert bodies(aws, bucket) == {str(number): b"mine" if number % 2 else b"theirs" for number in range(20)}


@pytest.fixture
def ignorant(faults: FaultProxy) -> FaultProxy:
    """An endpoint that does not look at conditions."""

    async def drop(exchange: Any) -> None:
        kept = [(key, value) for key, value in exchange.request.raw_headers if key.lower() not in CONDITIONS]
        exchange.request.raw_headers[:] = kept
        await exchange.reply(await exchange.forward())

    faults.fault(drop, "PutObject CompleteMultipartUpload")
    return faults


CONDITIONS = (b"if-match", b"if-none-match")


def test_an_endpoint_that_refuses_conditions_is_looked_at(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, name: str
) -> None:
    unknown = modes.error(501, "NotImplemented", "A header you provided implies functionality that is not implemented")
    faults.fault(unknown, lambda request: any(key.lower() in CONDITIONS for key, _ in request.raw_headers))
    s3("put", name, f"s3://{bucket}/x", *PARTS)
    assert body_of(aws, bucket, "x") == Path(name).read_bytes()
    assert "does not know the conditions" in s3.warnings[0]
    Path(name).write_bytes(b"other")
    with pytest.raises(AwsError, match="exists already"):
        s3("put", name, f"s3://{bucket}/x", *PARTS)


def test_a_write_that_meets_another_one_is_tried_again(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, small: str
) -> None:
    faults.fault(modes.error(409, "ConditionalRequestConflict", "…"), "PutObject", after=1, times=2)
    s3("put", small, f"s3://{bucket}/x")
    assert body_of(aws, bucket, "x") == b"mine"


# Errors for a while, and for good


@pytest.mark.parametrize("mode", [modes.status(500), modes.throttle(), modes.reset_before(), modes.reset_after_body()])
@pytest.mark.parametrize("operation", ["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"])
def test_errors_for_a_while_are_waited_out(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, small: str, big: str, mode: Mode, operation: str
) -> None:
    name = small if operation == "PutObject" else big
    after = 1 if operation in WRITES else 0  # not the trial
    faults.fault(mode, operation, times=1, after=after)
    outcome = s3("put", name, f"s3://{bucket}/x", *PARTS)
    assert outcome.failed == ()
    assert body_of(aws, bucket, "x") == Path(name).read_bytes()


@pytest.mark.parametrize("mode", [modes.html200(), modes.expired_token(), modes.access_denied("s3:PutObject")])
@pytest.mark.parametrize("operation", ["PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"])
def test_a_refusal_is_one_error_and_no_object(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, small: str, big: str, mode: Mode, operation: str
) -> None:
    name = small if operation == "PutObject" else big
    faults.fault(mode, operation)
    with pytest.raises((UnprovenResponse, ClientError)):
        finish_or_fail(s3, name, f"s3://{bucket}/x")
    assert bodies(aws, bucket) == {}


def finish_or_fail(s3: Runner, name: str, uri: str) -> None:
    """An outcome that nobody knows is no success either."""
    outcome = s3("put", name, uri, *PARTS)
    (failure,) = outcome.failed
    assert failure.unknown
    raise UnprovenResponse(failure.reason)


def test_a_replacement_whose_answer_was_lost_is_found_done(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, name: str
) -> None:
    """Asked once more, S3 says that the object is not the one that was seen: it is ours."""
    fill(aws, bucket, {"x": b"as seen"})
    faults.fault(modes.reset_after_body(), " ".join(WRITES), after=1, times=1)
    outcome = s3("put", name, f"s3://{bucket}/x", "--overwrite", *PARTS)
    assert (outcome.done, outcome.failed) == (1, ())
    assert body_of(aws, bucket, "x") == Path(name).read_bytes()
    assert uploads(aws, bucket) == []


@pytest.mark.parametrize(("status", "code"), [(404, "NoSuchUpload"), (412, "PreconditionFailed")])
@pytest.mark.parametrize("more", [(), ("--overwrite",)])
def test_an_upload_that_was_completed_without_our_knowing_is_found_done(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, big: str, status: int, code: str, more: tuple[str, ...]
) -> None:
    if more:
        fill(aws, bucket, {"x": b"as seen"})
    faults.fault(modes.reset_after_body(), "CompleteMultipartUpload", after=1, times=1)
    faults.fault(modes.error(status, code, "…"), "CompleteMultipartUpload", after=1)
    outcome = s3("put", big, f"s3://{bucket}/x", *more, *PARTS)
    assert (outcome.done, outcome.failed) == (1, ())
    assert body_of(aws, bucket, "x") == BODY
    assert notes() == []


def test_a_lost_answer_is_said_to_be_unknown(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, small: str
) -> None:
    faults.fault(modes.reset_after_body(), "PutObject", after=1)
    faults.fault(modes.reset_before(), "HeadObject", after=1)
    outcome = s3("put", small, f"s3://{bucket}/x")
    assert outcome.done == 0
    assert outcome.failed[0].unknown


def test_expired_credentials_stop_the_job_and_a_new_run_goes_on(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    Path("d").mkdir()
    for number in range(200):
        Path("d", f"{number:03}").write_bytes(b"x" * number)
    faults.fault(modes.expired_token(), "PutObject", after=51)  # one is the trial
    outcome = s3("put", "d", f"s3://{bucket}/", "--workers", "4")
    assert outcome.done == 50
    assert "have expired" in outcome.failed[0].reason
    assert not outcome.failed[0].unknown
    assert faults.count("PutObject") < 60
    faults.clear()
    again = s3.follow(outcome.resume)
    assert (again.done, again.result["Unchanged"], again.failed) == (150, 50, ())
    assert len(bodies(aws, bucket)) == 200


# Stopping and going on


def interrupted(s3: Runner, faults: FaultProxy, bucket: str, *, after: int = 2) -> None:
    """Have an upload of ``big`` stopped when ``after`` parts are at S3."""
    held = faults.fault(modes.hang_before(), "UploadPart", after=after)
    stop_at(s3, held, "put", "big", f"s3://{bucket}/x", "--part-size", "5MiB", "--workers", "1")
    held.release()
    faults.clear()


def test_a_cancel_keeps_the_parts_and_the_next_run_sends_the_rest(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, big: str
) -> None:
    interrupted(s3, faults, bucket)
    assert bodies(aws, bucket) == {}
    assert len(uploads(aws, bucket)) == 1
    s3("put", big, f"s3://{bucket}/x", *PARTS)
    assert body_of(aws, bucket, "x") == BODY
    assert sent_parts(faults) == ["3", "4"]
    assert uploads(aws, bucket) == []
    assert notes() == []


def notes() -> list[Path]:
    folder = Path.home() / ".local/state/stackpane/s3-uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_note_is_private_and_holds_no_more_than_it_must(
    s3: Runner, bucket: str, faults: FaultProxy, big: str
) -> None:
    held = faults.fault(modes.hang_before(), "UploadPart")
    stop_at(s3, held, "put", big, f"s3://{bucket}/x", "--metadata", "who=secret-agent", *PARTS)
    held.release()
    (note,) = notes()
    assert note.stat().st_mode & 0o777 == 0o600
    assert note.parent.stat().st_mode & 0o777 == 0o700
    assert "secret-agent" not in note.read_text()


def test_a_file_that_changed_since_is_never_mixed(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, big: str
) -> None:
    interrupted(s3, faults, bucket)
    Path(big).write_bytes(BODY[::-1])
    s3("put", big, f"s3://{bucket}/x", *PARTS)
    assert body_of(aws, bucket, "x") == BODY[::-1]
    assert sent_parts(faults) == ["1", "2", "3", "4"]
    assert uploads(aws, bucket) == []


def test_a_file_that_changed_and_does_not_show_it_is_never_mixed(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, big: str
) -> None:
    """Parts are compared, not only dates."""
    interrupted(s3, faults, bucket)
    before = Path(big).stat()
    changed = BODY[:10] + b"?" + BODY[11:]
    Path(big).write_bytes(changed)
    os.utime(big, ns=(before.st_atime_ns, before.st_mtime_ns))
    s3("put", big, f"s3://{bucket}/x", *PARTS)
    assert body_of(aws, bucket, "x") == changed
    assert sent_parts(faults) == ["1", "3", "4"]


@pytest.mark.parametrize("change", [("--part-size", "6MiB"), ("--metadata", "a=b"), ("--checksum-algorithm", "SHA256")])
def test_an_upload_with_other_options_is_begun_anew(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, big: str, change: tuple[str, str]
) -> None:
    interrupted(s3, faults, bucket)
    s3("put", big, f"s3://{bucket}/x", "--part-size", "5MiB", *change)
    assert body_of(aws, bucket, "x") == BODY
    assert "1" in sent_parts(faults)
    assert uploads(aws, bucket) == []


def test_what_was_interrupted_can_be_begun_anew_or_given_up(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, big: str
) -> None:
    interrupted(s3, faults, bucket)
    s3("put", big, f"s3://{bucket}/x", "--restart", *PARTS)
    assert sent_parts(faults) == ["1", "2", "3", "4"]
    aws.client("s3").delete_object(Bucket=bucket, Key="x")
    faults.clear()
    interrupted(s3, faults, bucket)
    assert s3("put", big, f"s3://{bucket}/x", "--abort").message == "Gave up 1 interrupted upload."
    assert uploads(aws, bucket) == []
    assert notes() == []
    assert s3("put", big, f"s3://{bucket}/x", "--abort").message == "No upload of it was interrupted."
    assert bodies(aws, bucket) == {}


def test_an_upload_that_somebody_else_gave_up_is_begun_anew(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, big: str
) -> None:
    interrupted(s3, faults, bucket)
    (upload,) = uploads(aws, bucket)
    aws.client("s3").abort_multipart_upload(Bucket=bucket, Key="x", UploadId=upload["UploadId"])
    s3("put", big, f"s3://{bucket}/x", *PARTS)
    assert body_of(aws, bucket, "x") == BODY


def test_a_file_that_is_written_to_meanwhile_is_not_uploaded(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, big: str
) -> None:
    held = faults.fault(modes.hold_before(), "UploadPart", after=1, times=1)
    running = start(s3, "put", big, f"s3://{bucket}/x", *PARTS)
    held.wait()
    with Path(big).open("ab") as file:
        file.write(b"more")
    held.release()
    with pytest.raises(StackpaneError, match="was changed while it was uploaded"):
        to_end(running)
    assert bodies(aws, bucket) == {}
    assert uploads(aws, bucket) == []


def test_a_file_that_becomes_shorter_is_not_uploaded(
    s3: Runner, aws: Emulator, bucket: str, faults: FaultProxy, big: str
) -> None:
    held = faults.fault(modes.hold_before(), "CreateMultipartUpload")
    running = start(s3, "put", big, f"s3://{bucket}/x", *PARTS)
    held.wait()
    os.truncate(big, 10)
    held.release()
    with pytest.raises(StackpaneError, match="was changed while it was uploaded"):
        to_end(running)
    assert bodies(aws, bucket) == {}


@pytest.mark.parametrize("operation", ["HeadObject", "PutObject", "UploadPart", "CompleteMultipartUpload"])
def test_a_cancel_does_not_wait_for_an_endpoint_that_hangs(
    s3: Runner, bucket: str, faults: FaultProxy, small: str, big: str, operation: str
) -> None:
    name = small if operation == "PutObject" else big
    hung = faults.fault(modes.hang_before(), operation)
    with no_thread_left():
        running = start(s3, "put", name, f"s3://{bucket}/x", *PARTS)
        hung.wait()
        running.close()
        hung.release()


def test_ctrl_c_says_how_to_go_on(cli: Cli, aws: Emulator, bucket: str, faults: FaultProxy, big: str) -> None:
    held = faults.fault(modes.hang_before(), "UploadPart", after=2)
    process = cli.start("s3", "put", big, f"s3://{bucket}/x", *PARTS, at=faults)
    held.wait()
    result = cli.interrupt(process)
    assert result.exit_code == 130
    assert f"Go on with: stackpane s3 put --part-size=5242880 {big} s3://{bucket}/x" in result.errors
    held.release()
    faults.clear()
    cli("s3", "put", big, f"s3://{bucket}/x", *PARTS, at=faults).ok()
    assert body_of(aws, bucket, "x") == BODY
    assert len(sent_parts(faults)) <= 2


@pytest.mark.parametrize(
    ("operation", "after", "mode"),
    [
        ("CreateMultipartUpload", 0, modes.hang_after_body()),
        ("UploadPart", 0, modes.hang_before()),
        ("UploadPart", 1, modes.hang_before()),
        ("UploadPart", 3, modes.hang_before()),
        ("CompleteMultipartUpload", 1, modes.hang_before()),
        ("CompleteMultipartUpload", 1, modes.hang_after_body()),
    ],
)
def test_a_killed_upload_goes_on_and_nothing_is_shown_before_it_is_whole(
    cli: Cli, aws: Emulator, bucket: str, faults: FaultProxy, big: str, operation: str, after: int, mode: Mode
) -> None:
    held = faults.fault(mode, operation, after=after)
    process = cli.start("s3", "put", big, f"s3://{bucket}/x", "--part-size", "5MiB", "--workers", "1", at=faults)
    held.wait()
    kill(process)
    before: Mapping[str, bytes] = bodies(aws, bucket)
    assert before in ({}, {"x": BODY})
    held.release()
    faults.clear()
    outcome = Runner(faults.url)("put", big, f"s3://{bucket}/x", *PARTS)
    assert outcome.done + outcome.result["Unchanged"] == 1
    assert body_of(aws, bucket, "x") == BODY
    if operation != "CreateMultipartUpload":
        assert len(sent_parts(faults)) == (4 - after if operation == "UploadPart" else 0)
        assert uploads(aws, bucket) == []


def test_a_killed_upload_of_many_files_goes_on(cli: Cli, aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    Path("d").mkdir()
    wanted = {f"{number:03}": noise(1000, number) for number in range(100)}
    for key, body in wanted.items():
        Path("d", key).write_bytes(body)
    held = faults.fault(modes.hang_after_body(), "PutObject", after=60)
    process = cli.start("s3", "put", "d", f"s3://{bucket}/", "--workers", "4", at=faults)
    held.wait(4)
    kill(process)
    held.release()
    faults.clear()
    outcome = Runner(faults.url)("put", "d", f"s3://{bucket}/")
    assert outcome.done + outcome.result["Unchanged"] == 100
    assert outcome.result["Unchanged"] >= 59
    assert bodies(aws, bucket) == wanted


def test_a_stream_that_cannot_be_sent_leaves_no_parts(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    faults.fault(modes.access_denied("s3:PutObject"), "UploadPart", after=1)
    result = invoke("s3", "put", "-", f"s3://{bucket}/x", *PARTS, at=faults, input=BODY)
    assert result.exit_code == 254
    assert bodies(aws, bucket) == {}
    assert uploads(aws, bucket) == []


def test_an_endpoint_whose_list_of_parts_repeats_itself_is_found_out(
    s3: Runner, bucket: str, faults: FaultProxy, big: str
) -> None:
    interrupted(s3, faults, bucket)
    more = b"<IsTruncated>true</IsTruncated><NextPartNumberMarker>0</NextPartNumberMarker>"
    endless = modes.rewrite(lambda body: body.replace(b"<IsTruncated>false</IsTruncated>", more))
    faults.fault(endless, "ListParts")
    with pytest.raises((AwsError, BotoCoreError), match="repeats itself"):
        s3("put", big, f"s3://{bucket}/x", *PARTS)
