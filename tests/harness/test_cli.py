import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Protocol

import pytest

from tests.harness.cli import Cli, Invoke, Result


class Runner(Protocol):
    def __call__(self, *args: str) -> Result: ...


@pytest.fixture(params=["cli", "invoke"])
def run(request: pytest.FixtureRequest) -> Runner:
    runner: Runner = request.getfixturevalue(request.param)
    return runner


def test_output_and_exit_code_come_back(run: Runner) -> None:
    result = run("--version")
    assert result.exit_code == 0
    assert result.text.startswith("stackpane ")
    assert result.stderr == b""


def test_a_usage_error_comes_on_standard_error(run: Runner) -> None:
    result = run("no-such-thing")
    assert result.exit_code == 252
    assert result.stdout == b""
    assert "no-such-thing" in result.errors
    with pytest.raises(AssertionError, match="no-such-thing"):
        result.ok()


def test_a_command_is_led_to_an_emulator_by_its_environment(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    def show(url: str) -> int:
        sys.stdout.write(url)
        return 0

    monkeypatch.setattr("tests.harness.cli.main", lambda _: show(os.environ["AWS_ENDPOINT_URL"]))
    assert invoke(at=SimpleNamespace(url="http://127.0.0.1:1")).text == "http://127.0.0.1:1"
    assert "AWS_ENDPOINT_URL" not in os.environ


def test_commands_follow_each_other_in_one_process(invoke: Invoke) -> None:
    assert [invoke("no-such-thing").exit_code for _ in range(2)] == [252, 252]


def test_a_process_that_was_started_does_not_outlive_the_test(cli: Cli) -> None:
    process = cli.start("--version", stdin=subprocess.PIPE)
    cli.close()
    assert process.poll() is not None


def test_what_a_child_writes_is_captured_in_process_too(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    def main(args: tuple[str, ...]) -> int:
        subprocess.run(["cat"], check=True)  # input and output are those of the command
        return len(args)

    monkeypatch.setattr("tests.harness.cli.main", main)
    result = invoke("a", "b", input=b"\xff\x00")
    assert (result.exit_code, result.stdout) == (2, b"\xff\x00")


def test_the_environment_of_a_command_is_the_tests(cli: Cli, home: Path) -> None:
    assert cli("--version", env={"PYTHONDONTWRITEBYTECODE": "1"}).exit_code == 0
    assert list(home.iterdir()) == []
