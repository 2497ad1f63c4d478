"""Every command before an endpoint with which nothing works: one clear error, the right exit code, nothing sent on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane.errors import ExitCode
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.s3.stage import COMMANDS, assert_honest, assert_one_error, lay_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Mode
    from tests.harness.fixtures import Down
    from tests.harness.sink import Sink

pytestmark = pytest.mark.usefixtures("no_pauses")

CONNECTION, AWS = ExitCode.CONNECTION, ExitCode.AWS
LINES = {name: command.line.format(first="null").split() for name, command in COMMANDS.items()}
every_command = pytest.mark.parametrize("command", LINES)
some_commands = pytest.mark.parametrize(
    "command", ["ls", "ls bucket", "show bucket", "cat", "get", "du", "put", "rm folder", "mv", "mb", "edit tag"]
)
"""One of each way to begin."""


@pytest.fixture
def proxy(moto: Emulator) -> Iterator[FaultProxy]:
    """A proxy that will answer by itself; local files are where commands expect them."""
    lay_out()
    with FaultProxy(moto.url) as running:
        yield running


def assert_fails(result: Result, exit_code: int, says: str) -> None:
    """One error that says so; or one for each file, where files are moved that do not wait for one another."""
    if result.args[:3] == ("s3", "put", "up") and result.exit_code == ExitCode.SOME_FAILED:
        assert_honest(result)
        assert result.errors.count(says) == 2
    else:
        assert says in assert_one_error(result, exit_code)


@every_command
def test_an_endpoint_that_is_down(invoke: Invoke, down: Down, command: str) -> None:
    lay_out()
    assert_fails(invoke(*LINES[command], at=down), CONNECTION, "cannot be reached")


@some_commands
def test_an_endpoint_that_hangs(
    invoke: Invoke, proxy: FaultProxy, impatient: Callable[[float], None], command: str
) -> None:
    impatient(0.2)
    proxy.fault(modes.hang_before())
    assert_fails(invoke(*LINES[command], at=proxy), CONNECTION, "did not answer in time")
    assert len(proxy.requests) == 2


@every_command
@pytest.mark.parametrize("mode", [modes.html200(), modes.empty200()], ids=["a login page", "nothing"])
def test_an_endpoint_that_is_none(invoke: Invoke, proxy: FaultProxy, mode: Mode, command: str) -> None:
    proxy.fault(mode)
    assert_fails(invoke(*LINES[command], at=proxy), AWS, "no AWS service's")
    assert len(proxy.requests) == (2 if command == "put folder" else 1)


@every_command
def test_an_endpoint_that_breaks_every_connection(invoke: Invoke, proxy: FaultProxy, command: str) -> None:
    proxy.fault(modes.reset_before())
    assert_fails(invoke(*LINES[command], at=proxy), CONNECTION, "closed the connection")
    assert len(proxy.requests) <= (8 if command == "put folder" else 4)


FAULTS: dict[str, tuple[Callable[[], Mode], ExitCode, str, int]] = {
    # what it answers, the exit code, what is said, requests at most
    "errors of its own": (lambda: modes.status(500), AWS, "after every retry", 4),
    "throttling": (modes.throttle, AWS, "was throttled", 4),
    "a wrong clock": (modes.skew, CONNECTION, "clock is", 2),
}


@some_commands
@pytest.mark.parametrize("fault", FAULTS)
def test_an_endpoint_that_answers_with(invoke: Invoke, proxy: FaultProxy, command: str, fault: str) -> None:
    mode, exit_code, says, most = FAULTS[fault]
    proxy.fault(mode())
    assert_fails(invoke(*LINES[command], at=proxy), exit_code, says)
    assert len(proxy.requests) <= most


@every_command
def test_a_region_that_is_none(invoke: Invoke, proxy: FaultProxy, command: str) -> None:
    proxy.fault(modes.hostile_region_header("evil.example/#"))
    result = invoke(*LINES[command], at=proxy)
    if command == "mb":  # whatever the region, S3 names one for buckets that exist
        assert "is taken" in assert_one_error(result, ExitCode.REFUSED)
    else:
        assert_fails(result, AWS, "not followed")
    assert "evil.example" not in result.errors
    assert len(proxy.requests) == (2 if command == "put folder" else 1)


@every_command
def test_credentials_that_have_expired(invoke: Invoke, proxy: FaultProxy, command: str) -> None:
    proxy.fault(modes.expired_token())
    result = invoke(*LINES[command], at=proxy)
    # AWS has no words for it where it answers to HEAD
    by_head = proxy.operations[0].startswith("Head")
    assert_fails(result, AWS if by_head else CONNECTION, "expired")
    assert len(proxy.requests) == (2 if command == "put folder" else 1)


@every_command
def test_a_denial_of_everything_names_an_action(invoke: Invoke, proxy: FaultProxy, command: str) -> None:
    proxy.fault(modes.error(403, "AccessDenied", "Access Denied"))
    assert_fails(invoke(*LINES[command], at=proxy), AWS, "it needs s3:")


@every_command
def test_a_redirect_to_another_host(invoke: Invoke, proxy: FaultProxy, sink: Sink, command: str) -> None:
    proxy.fault(modes.redirect(307, f"{sink.url}/photos"))
    assert_fails(invoke(*LINES[command], at=proxy), AWS, "not followed")
    assert len(proxy.requests) == (2 if command == "put folder" else 1)
    sink.assert_untouched()


@some_commands
@pytest.mark.parametrize("number", [301, 302, 308])
def test_a_redirect_of_another_kind(invoke: Invoke, proxy: FaultProxy, sink: Sink, command: str, number: int) -> None:
    proxy.fault(modes.redirect(number, f"{sink.url}/photos"))
    assert_fails(invoke(*LINES[command], at=proxy), AWS, "not followed")
    assert len(proxy.requests) == 1
    sink.assert_untouched()


@every_command
def test_a_redirect_to_another_region_in_circles(invoke: Invoke, proxy: FaultProxy, command: str) -> None:
    proxy.fault(modes.hostile_region_header("eu-west-1", 307))
    result = invoke(*LINES[command], at=proxy)
    if command == "presign":  # the answer names the bucket's region, and that is all that was asked
        assert b"eu-west-1" in result.ok().stdout
    else:
        assert_fails(result, AWS, "in the region eu-west-1")
    # each request is sent once more, to the region that is named, and that was that
    assert len(proxy.requests) <= 2 * len({request.target for request in proxy.requests})
