"""Every command that changes something, when just the request that does it goes wrong: done, not done, or nobody knows.

Whatever is said must be so at the emulator, and nothing may be lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.errors import ExitCode
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.s3.stage import WRITING, assert_honest, bodies, set_up, state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Fault, Mode

pytestmark = pytest.mark.usefixtures("no_pauses")

CHANGES = [(name, operation) for name, command in WRITING.items() for operation in command.changes]
every_change = pytest.mark.parametrize(
    ("name", "operation"), CHANGES, ids=[f"{name}-{operation}" for name, operation in CHANGES]
)
UNKNOWN = ("nobody knows", "may have been made", "outcome is unknown")
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

    def assert_failed(self, fault: Fault, result: Result) -> None:
        """It failed honestly, at the fault, and lost nothing."""
        assert fault.requests
        assert_honest(result)
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
    # a move does not take what it finds at its destination for the copy it made: who knows it is told to say so
    result = stage.run(*(["--overwrite"] if stage.name.startswith("mv") else []))
    if result.exit_code:  # it was done already, and is not done twice
        assert_honest(result)
    stage.assert_done(*TWICE.get(operation, ()))
