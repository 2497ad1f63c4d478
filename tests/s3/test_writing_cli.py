"""The writing commands at the command line: what goes to stdout, what is asked, which exit code comes."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from stackpane.aws import waiting
from stackpane.links import Link
from tests.harness import faults as modes
from tests.s3.writing import Runner, fill, finish, keys, to_end, version_on

if TYPE_CHECKING:
    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy


def writes(faults: FaultProxy) -> list[str]:
    return [request.operation for request in faults.requests if request.method not in ("GET", "HEAD")]


@pytest.mark.parametrize(
    "argv", [["rm", "s3://{b}/x/", "-r"], ["mv", "s3://{b}/x/1", "s3://{b}/y"], ["rb", "s3://{b}", "--force"]]
)
def test_without_a_terminal_and_a_yes_nothing_is_sent(
    invoke: Invoke, bucket: str, aws: Emulator, faults: FaultProxy, argv: list[str]
) -> None:
    fill(aws, bucket, ["x/1", "x/2"])
    result = invoke("s3", *(word.format(b=bucket) for word in argv), at=faults)
    assert (result.exit_code, result.stdout, writes(faults)) == (3, b"", [])
    assert "--yes" in result.errors
    assert f"s3://{bucket}/x/1" in result.errors
    dry = invoke("s3", *(word.format(b=bucket) for word in argv), "--dry-run", at=faults)
    assert (dry.exit_code, writes(faults)) == (0, [])
    assert dry.lines[0] == "Target"
    assert keys(aws, bucket) == ["x/1", "x/2"]


def test_exit_codes_say_what_became_of_it(invoke: Invoke, bucket: str, aws: Emulator, faults: FaultProxy) -> None:
    fill(aws, bucket, ["x/1", "x/2"])
    rm = ("s3", "rm", f"s3://{bucket}/x/", "-r", "--yes")
    error = (
        b"<DeleteResult><Deleted><Key>x/1</Key></Deleted><Error><Key>x/2</Key><Code>Nope</Code></Error></DeleteResult>"
    )
    headers = {"x-amz-request-id": "MADEUP", "Content-Type": "application/xml"}
    faults.fault(modes.answer(200, error, headers), "DeleteObjects", after=1, times=1)
    partly = invoke(*rm, at=faults)
    assert partly.exit_code == 1
    assert f"s3://{bucket}/x/2: Nope" in partly.errors
    assert invoke(*rm, at=faults).exit_code == 0
    assert invoke(*rm, at=faults).exit_code == 254  # there is nothing any more
    assert invoke("s3", "rm", "no-uri", at=faults).exit_code == 252


def test_the_undo_line_can_be_typed_as_it_is(invoke: Invoke, bucket: str, aws: Emulator) -> None:
    version_on(aws, bucket)
    names = ["it's; $(odd)", "-rf *", "a?[b]", "\u202egpj", "tab\there"]
    fill(aws, bucket, names)
    for name in names:
        result = invoke("s3", "rm", f"s3://{bucket}/{name}", "--no-glob", "--yes", at=aws).ok()
        [line] = [line for line in result.errors.splitlines() if line.startswith("Undo: ")]
        invoke(*Link.from_address(line.removeprefix("Undo: ")).to_argv(), at=aws).ok()
    assert keys(aws, bucket) == sorted(names)


def test_a_presigned_url_is_all_of_stdout(invoke: Invoke, bucket: str, aws: Emulator) -> None:
    result = invoke("s3", "presign", f"s3://{bucket}/a", "--put", "--content-type", "a/b", at=aws).ok()
    assert (len(result.lines), result.stdout[-1:]) == (1, b"\n")
    assert result.text.startswith(f"{aws.url}/{bucket}/a?X-Amz-Algorithm=AWS4-HMAC-SHA256")
    assert "Content-Type: a/b" in result.errors


def test_an_outcome_in_json_has_what_a_program_wants(invoke: Invoke, bucket: str, aws: Emulator) -> None:
    fill(aws, bucket, ["a"])
    outcome = invoke("s3", "cp", f"s3://{bucket}/a", f"s3://{bucket}/b", "-o", "json", at=aws).ok().json()
    assert (outcome["Done"], outcome["Failed"], outcome["Result"]["ETag"]) == (
        1,
        [],
        '"0cc175b9c0f1b6a831c399e269772661"',
    )
    assert outcome["Undo"] == f"stackpane s3 rm s3://{bucket}/b"


def test_ctrl_c_ends_it_cleanly_and_says_how_far_it_came(
    cli: Cli, ministack: Emulator, faults_of_ministack: FaultProxy
) -> None:
    # Keys that XML cannot carry go one by one, eight at a time.
    fill(ministack, "bucket", [f"{number:02}\n" for number in range(20)])
    held = faults_of_ministack.fault(modes.hold_before(), "DeleteObject")
    process = cli.start("s3", "rm", "s3://bucket", "-r", "--yes", at=faults_of_ministack)
    held.wait(8)
    os.killpg(process.pid, signal.SIGINT)
    assert process.stderr is not None
    said = b""
    while b"Stopping" not in said:
        said += process.stderr.readline()
    held.release()
    result = cli.finish(process)
    assert result.exit_code == 130
    assert "stopped: deleted 8 of 20 objects, 12 not tried" in result.errors
    assert "Go on with: stackpane s3 rm --recursive s3://bucket/" in result.errors
    assert len(keys(ministack, "bucket")) == 12


@pytest.fixture
def faults_of_ministack(ministack: Emulator) -> object:
    from tests.harness.faultproxy import FaultProxy

    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    with FaultProxy(ministack.url) as proxy:
        yield proxy


def test_while_an_endpoint_hangs_progress_goes_on_and_the_end_is_told(
    bucket: str, aws: Emulator, faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_READ_TIMEOUT", 1)
    fill(aws, bucket, ["a", "b"])
    s3 = Runner(faults.url)
    faults.fault(modes.hang_after_body(), "DeleteObjects", after=1)
    steps: list[int] = []
    outcome = to_end(s3.plan("rm", f"s3://{bucket}", "-r").apply().run(), lambda step: steps.append(step.done))
    assert len(steps) > 5
    assert (outcome.done, [failure.unknown for failure in outcome.failed]) == (0, [True, True])
    assert keys(aws, bucket) == []  # it was done all the same, and nobody has said so


def test_a_copy_that_hangs_is_unknown_and_its_original_stays(
    bucket: str, aws: Emulator, faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "_READ_TIMEOUT", 1)
    fill(aws, bucket, ["a"])
    faults.fault(modes.hang_after_body(), "CopyObject")
    outcome = finish(Runner(faults.url).view("mv", f"s3://{bucket}/a", f"s3://{bucket}/b"))
    assert (outcome.done, [failure.unknown for failure in outcome.failed]) == (0, [True])
    assert "a" in keys(aws, bucket)
