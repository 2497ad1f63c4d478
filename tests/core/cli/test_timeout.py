"""``--timeout``: how long an answer is waited for, what is said meanwhile and in the end, and that links keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane.app import App
from stackpane.errors import ExitCode
from stackpane.options import Settings
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def hanging(moto: Emulator) -> Iterator[FaultProxy]:
    """An endpoint that takes requests and answers none."""
    with FaultProxy(moto.url) as proxy:
        proxy.fault(modes.hang_before())
        yield proxy


def test_an_endpoint_that_hangs_is_given_up_after_that_time_and_it_is_said_why(
    invoke: Invoke, hanging: FaultProxy
) -> None:
    result = invoke("s3", "ls", "--timeout", "0.1", at=hanging)
    assert result.exit_code == ExitCode.CONNECTION
    assert result.errors.splitlines() == [
        *(f"no answer within 0.1 s; trying again ({attempt} of 4)" for attempt in (2, 3, 4)),
        f"error: {hanging.url} accepted the request and did not answer in time (env): waited 0.1 s, 4 times",
        "Wait longer for each try with --timeout SECONDS.",
    ]
    assert len(hanging.requests) == 4


def test_a_change_that_hangs_may_have_been_made(invoke: Invoke, hanging: FaultProxy) -> None:
    hanging.clear()
    hanging.fault(modes.hang_after_body(), "CreateBucket")
    result = invoke("s3", "mb", "s3://new-bucket", "--timeout", "0.3", at=hanging)
    assert result.exit_code == ExitCode.CONNECTION
    assert "waited 0.3 s, 4 times" in result.errors
    assert "--timeout SECONDS. A change may have been made" in result.errors


def test_the_variable_holds_where_the_option_is_not_given(invoke: Invoke, hanging: FaultProxy) -> None:
    variable = {"STACKPANE_TIMEOUT": "0.1"}
    assert "waited 0.1 s" in invoke("s3", "ls", at=hanging, env=variable).errors
    for argv in (["--timeout", "0.2", "s3", "ls"], ["s3", "ls", "--timeout", "0.2"]):
        assert "waited 0.2 s" in invoke(*argv, at=hanging, env=variable).errors


@pytest.mark.parametrize("value", ["", "0", "-1", "nan", "inf", "soon", "86401"])
def test_what_is_no_time_is_not_understood(invoke: Invoke, hanging: FaultProxy, value: str) -> None:
    result = invoke("s3", "ls", f"--timeout={value}", at=hanging)
    assert result.exit_code == ExitCode.USAGE
    assert "no number of seconds" in result.errors
    if value:
        result = invoke("s3", "ls", at=hanging, env={"STACKPANE_TIMEOUT": value})
        assert result.exit_code == ExitCode.USAGE
        assert "STACKPANE_TIMEOUT is no number of seconds" in result.errors
    assert hanging.requests == []


def test_links_keep_it() -> None:
    run, _view = App().run(["plugins", "--timeout", "2.5"])
    assert run.settings.place == ("--timeout", "2.5")
    assert Settings().place == ()
