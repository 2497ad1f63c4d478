"""Every command that changes something, when just the request that does it goes wrong: done, not done, or nobody knows.

Whatever is said must be so at the emulator, and nothing may be lost.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.errors import ExitCode
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.s3.stage import PART, WRITING, assert_honest, assert_one_error, bodies, set_up, state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Request
    from tests.harness.faultproxy import Fault, Mode

pytestmark = pytest.mark.usefixtures("no_pauses")

CHANGES = [(name, operation) for name, command in WRITING.items() for operation in command.changes]
every_change = pytest.mark.parametrize(
    ("name", "operation"), CHANGES, ids=[f"{name}-{operation}" for name, operation in CHANGES]
)
UNKNOWN = ("nobody knows", "may have been made", "outcome is unknown", "perhaps by this copy")
DELETES = {"rm", "rm folder", "rm versions", "rb"}
TWICE = {"CreateMultipartUpload": ["uploads"], "CopyObject": ["s3://kept"]}
"""What may be there once more when an answer was lost: an upload without parts, whose id nobody knows, and a version
where the endpoint knows no conditional copies, as moto."""

_done: dict[str, dict[str, Any]] = {}


@dataclass
class Stage:
    """One command on a fresh stage behind a fault proxy."""

    invoke: Invoke
    emulator: Emulator
    proxy: FaultProxy
    name: str
    names: dict[str, str]
    before: dict[str, Any]

    def run(self, *more: str) -> Result:
        """Run the command."""
        return self.invoke(*WRITING[self.name].line.format(**self.names).split(), *more, at=self.proxy)

    @property
    def now(self) -> dict[str, Any]:
        """What is at the emulator."""
        return state(self.emulator)

    @property
    def done(self) -> dict[str, Any]:
        """What is at an emulator when the command has worked."""
        if self.name not in _done:
            names = set_up(self.emulator)
            self.invoke(*WRITING[self.name].line.format(**names).split(), at=self.emulator).ok()
            _done[self.name] = state(self.emulator)
        return _done[self.name]

    def assert_done(self, *but: str) -> None:
        """What should be there is there, with the exception of some of it."""
        now, done = self.now, self.done
        assert {name: now[name] for name in now if name not in but} == {
            name: done[name] for name in done if name not in but
        }

    def assert_failed(self, fault: Fault, result: Result, *, partly: bool = False) -> None:
        """It failed honestly, at the fault, and lost nothing."""
        assert fault.requests
        assert_honest(result, partly=partly)
        if self.name not in DELETES:
            assert bodies(self.before) <= bodies(self.now)


@pytest.fixture
def stage(invoke: Invoke, moto: Emulator, name: str) -> Iterator[Stage]:
    """The stage for the command ``name``."""
    names = set_up(moto)
    with FaultProxy(moto.url) as proxy:
        yield Stage(invoke, moto, proxy, name, names, state(moto))


@every_change
def test_what_goes_wrong_for_a_while_is_waited_out(stage: Stage, operation: str) -> None:
    for mode in (modes.reset_before(), modes.status(500), modes.throttle()):
        stage.proxy.fault(mode, operation, times=1)
    result = stage.run().ok()
    assert "failed" not in result.errors
    stage.assert_done()


@every_change
def test_one_answer_that_is_lost_is_asked_for_again(stage: Stage, operation: str) -> None:
    stage.proxy.fault(modes.reset_after_body(), operation, times=1)
    stage.run().ok()
    stage.assert_done(*TWICE.get(operation, ()))


NOTHING_DONE: dict[str, tuple[Callable[[], Mode], str]] = {
    "errors for ever": (lambda: modes.status(500), "InternalError"),
    "throttling for ever": (modes.throttle, "was throttled"),
    "a broken connection": (modes.reset_before, "closed the connection"),
    "a login page": (modes.html200, "no AWS service's"),
    "a denial": (lambda: modes.error(403, "AccessDenied", "Access Denied"), "it needs s3:"),
    "expired credentials": (modes.expired_token, "expired"),
    "a redirect": (lambda: modes.redirect(307, "http://127.0.0.1:1/"), "not followed"),
}


@every_change
@pytest.mark.parametrize("what", NOTHING_DONE)
def test_what_is_not_done_is_not_said_to_be_done(stage: Stage, operation: str, what: str) -> None:
    mode, says = NOTHING_DONE[what]
    fault = stage.proxy.fault(mode(), operation)
    result = stage.run()
    stage.assert_failed(fault, result)
    assert says in result.errors
    first = operation == WRITING[stage.name].changes[0]
    if first:
        assert stage.now == stage.before
    codes = {ExitCode.SOME_FAILED, ExitCode.CONNECTION if what == "expired credentials" else ExitCode.AWS}
    assert result.exit_code in codes | ({ExitCode.CONNECTION} if what == "a broken connection" else set())


@every_change
@pytest.mark.parametrize("mode", [modes.reset_after_body(), modes.no_request_id()], ids=["lost", "unproven"])
def test_what_was_done_without_a_proof_is_said_to_be_unknown(stage: Stage, operation: str, mode: Mode) -> None:
    fault = stage.proxy.fault(mode, operation)
    result = stage.run()
    stage.assert_failed(fault, result)
    assert any(word in result.errors for word in UNKNOWN), result.errors


@every_change
@pytest.mark.parametrize("mode", [modes.status(500), modes.reset_after_body()], ids=["not done", "lost"])
def test_the_same_command_again_ends_what_was_begun(stage: Stage, operation: str, mode: Mode) -> None:
    stage.proxy.fault(mode, operation)
    stage.run()
    stage.proxy.clear()
    result = stage.run()
    if result.exit_code:  # it was done already, and is not done twice
        assert_honest(result)
    stage.assert_done(*TWICE.get(operation, ()))


AFTERWARDS: dict[str, Mode] = {
    "denied": modes.error(403, "AccessDenied", "Access Denied"),
    "expired": modes.expired_token(),
    "not as wanted": modes.error(412, "PreconditionFailed", "At least one of the pre-conditions did not hold"),
}
"""What AWS may say to a repeat of what it has done already."""
PROBES = {("put", "PutObject"): 1, ("put folder", "PutObject"): 1, ("rm folder", "DeleteObjects"): 1}
"""Requests with which an emulator is asked what it makes of conditions; they come first."""


def _about(request: Request) -> tuple[str, list[str] | None]:
    """The object, or the part of it, that a request is about, however it is signed."""
    return request.path, request.query.get("partNumber")


@every_change
@pytest.mark.parametrize("afterwards", AFTERWARDS)
def test_a_refusal_of_the_repeat_is_not_taken_for_one_of_the_first_try(
    stage: Stage, operation: str, afterwards: str
) -> None:
    lost = stage.proxy.fault(modes.reset_after_body(), operation, times=1, after=PROBES.get((stage.name, operation), 0))
    fault = stage.proxy.fault(
        AFTERWARDS[afterwards],
        lambda request: request.operation == operation and _about(request) in map(_about, lost.requests),
    )
    result = stage.run()
    if result.exit_code == 0:  # it was found to be done
        stage.assert_done(*TWICE.get(operation, ()))
    else:
        stage.assert_failed(fault, result, partly=True)
        assert any(word in result.errors for word in UNKNOWN), result.errors


GO_ON = re.compile(r"^Go on with: stackpane (.*)$", re.MULTILINE)
THIS_ONE = re.compile(r"; move this one with: stackpane (.*)$", re.MULTILINE)
moves = pytest.mark.parametrize("name", ["mv", "mv folder"])


def go_on(stage: Stage, line: str) -> Result:
    """Run a line that was printed, as it was printed; what asks is told yes."""
    return stage.invoke(*shlex.split(line), "--yes", at=stage.proxy)


def in_parts(stage: Stage, key: str) -> None:
    """Put an object whose copy gets another ETag, and no checksum that would show it to be a copy."""
    s3 = stage.emulator.client("s3")
    place = {"Bucket": "photos", "Key": key}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]}
        for number, body in enumerate([b"x" * PART, b"y"], 1)
    ]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})


@moves
@pytest.mark.parametrize("mode", [AFTERWARDS["denied"], modes.status(500)], ids=["denied", "broken"])
def test_a_move_whose_originals_stay_goes_on_as_is_printed_and_copies_nothing_twice(stage: Stage, mode: Mode) -> None:
    stage.assert_failed(stage.proxy.fault(mode, "DeleteObject"), result := stage.run())
    stage.proxy.clear()
    copies = stage.proxy.operations.count("CopyObject")
    go_on(stage, GO_ON.findall(result.errors)[-1]).ok()
    assert stage.proxy.operations.count("CopyObject") == copies
    stage.assert_done()


@pytest.mark.parametrize("name", ["mv"])
def test_a_copy_that_cannot_be_told_for_one_is_made_again_by_the_line_that_is_printed(stage: Stage) -> None:
    in_parts(stage, "a.txt")
    stage.proxy.fault(AFTERWARDS["denied"], "DeleteObject")
    result = stage.run()
    assert_honest(result)
    stage.proxy.clear()
    go_on(stage, GO_ON.findall(result.errors)[-1]).ok()
    assert [key for key, _, _ in stage.now["s3://photos"] if key in ("a.txt", "z.txt")] == ["z.txt"]


@pytest.mark.parametrize("name", ["mv folder"])
def test_in_a_folder_such_a_copy_gets_a_line_of_its_own(stage: Stage) -> None:
    in_parts(stage, "folder/c.txt")
    stage.proxy.fault(AFTERWARDS["denied"], "DeleteObject")
    result = stage.run()
    assert_honest(result)
    stage.proxy.clear()
    (line,) = THIS_ONE.findall(result.errors)
    go_on(stage, line).ok()
    go_on(stage, GO_ON.findall(result.errors)[-1]).ok()
    keys = [key for key, _, _ in stage.now["s3://photos"]]
    assert keys == ["a.txt", "b.txt", "copy/c.txt", "copy/d.txt"]


@pytest.mark.parametrize("name", ["mv"])
@pytest.mark.parametrize(
    "other",
    [
        {"Body": b"other"},
        {"Metadata": {"by": "another"}},
        {"ContentType": "text/html"},
        {"CacheControl": "no-cache"},
        {"Tagging": "a=b"},
        {"StorageClass": "STANDARD_IA"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_differs_from_the_original_is_not_taken_for_its_copy(stage: Stage, other: dict[str, Any]) -> None:
    same = {"Body": b"a.txt\nsecond line\n", "Metadata": {"by": "stage"}}
    stage.emulator.client("s3").put_object(Bucket="photos", Key="z.txt", **{**same, **other})
    before = stage.now
    assert "exists already" in assert_one_error(stage.run(), ExitCode.REFUSED)
    assert stage.now == before


@pytest.mark.parametrize("name", ["restore"])
def test_a_restore_whose_last_look_fails_says_that_the_marker_is_gone(stage: Stage) -> None:
    fault = stage.proxy.fault(modes.status(500), "HeadObject")
    result = stage.run()
    stage.assert_failed(fault, result)
    assert "Removed a delete marker of s3://kept/gone, but whether the object is back is not known." in result.errors
    assert "Go on with" not in result.errors
    stage.assert_done()


@pytest.mark.parametrize("name", ["rm", "cp", "mv", "edit metadata", "edit tag", "restore version"])
@pytest.mark.parametrize("header", ["ETag", "Content-Length"])
def test_an_endpoint_that_does_not_say_what_an_object_is_gets_one_clear_error(stage: Stage, header: str) -> None:
    fault = stage.proxy.fault(modes.without(header.lower()), "HeadObject")
    result = stage.run()
    assert f"has no {header.replace('-', '')}" in assert_one_error(result, ExitCode.AWS)
    assert fault.requests
    assert stage.now == stage.before


def refused_entries(stage: Stage, code: str) -> Fault:
    """The answer to a first deletion is lost, and the repeat is answered with this error for every entry."""
    entries = "".join(f"<Error><Key>folder/{key}.txt</Key><Code>{code}</Code></Error>" for key in "cd")
    refusal = modes.answer(200, f"<DeleteResult>{entries}</DeleteResult>".encode(), {"x-amz-request-id": "made-up"})
    probes = PROBES["rm folder", "DeleteObjects"]
    stage.proxy.fault(modes.reset_after_body(), "DeleteObjects", times=1, after=probes)
    return stage.proxy.fault(refusal, "DeleteObjects", after=probes)


@pytest.mark.parametrize("name", ["rm folder"])
def test_an_entry_that_is_refused_after_a_lost_answer_may_be_gone(stage: Stage) -> None:
    fault = refused_entries(stage, "AccessDenied")
    result = stage.run()
    stage.assert_failed(fault, result)
    assert any(word in result.errors for word in UNKNOWN), result.errors


@pytest.mark.parametrize("name", ["rm folder"])
def test_an_entry_that_is_gone_when_it_is_asked_for_again_was_deleted_by_the_lost_try(stage: Stage) -> None:
    fault = refused_entries(stage, "InternalError")
    assert "Deleted 2 objects" in stage.run().ok().errors
    assert fault.requests
    stage.assert_done()
