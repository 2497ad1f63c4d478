"""Every command with one right missing: it goes without that part and says so, or fails with the right's name.

What a command sends is found out by running it; then each of its operations is refused in turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane.errors import ExitCode
from tests.dynamodb.lineup import CALLS, COMMANDS, set_up, state
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.harness.honest import assert_honest

if TYPE_CHECKING:
    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator

pytestmark = pytest.mark.usefixtures("no_pauses", "ticks", "home")

DISPENSABLE = {
    "ls --long": {"DescribeTable": 3},
    "show": {"DescribeTimeToLive": 1, "ListTagsOfResource": 1, "DescribeContinuousBackups": 1},
    "sql": {"DescribeTable": 1},
    "rm --table": {"DescribeContinuousBackups": 1},
}
"""What a command can do without, and how many warnings then say so; it can do nothing without what is not here."""


def run(invoke: Invoke, emulator: Emulator, name: str, denied: str = "") -> tuple[Result, FaultProxy]:
    """Run the command on a fresh stage, where an operation is denied."""
    set_up(emulator)
    with FaultProxy(emulator.url) as proxy:
        if denied:
            message = f"User: arn:aws:iam::123456789012:user/u is not authorized to perform: {CALLS[denied].actions[0]}"
            proxy.fault(modes.error(400, "AccessDeniedException", message), denied)
        return invoke(*COMMANDS[name].argv, at=proxy), proxy


@pytest.mark.parametrize("name", COMMANDS)
def test_each_right_may_be_missing(invoke: Invoke, moto: Emulator, name: str) -> None:
    set_up(moto)
    before = state(moto)
    result, proxy = run(invoke, moto, name)
    result.ok()
    assert set(COMMANDS[name].changes) <= set(proxy.operations)
    done = state(moto)
    for operation in dict.fromkeys(proxy.operations):
        result, _ = run(invoke, moto, name, operation)
        action = CALLS[operation].of({"Statement": COMMANDS[name].line.partition("'")[2]}).actions[0]
        warnings = DISPENSABLE.get(name, {}).get(operation)
        if warnings is not None:
            assert result.errors.count(f"left out: {action} is denied") == warnings, result.errors
            assert state(moto) == done, operation
            continue
        assert_honest(result, partly=True)
        assert result.exit_code in (ExitCode.AWS, ExitCode.SOME_FAILED), operation
        assert "it needs dynamodb:" in result.errors, (operation, result.errors)
        assert (" on *" if operation == "ListTables" else ":table/") in result.errors, (operation, result.errors)
        if operation != "UpdateTimeToLive":  # by then the table was made, or nothing else was to be done
            assert changed_tables(before, state(moto)) <= {"other"}, operation
        assert result.errors.count("error: ") <= 1


def changed_tables(before: dict[str, object], after: dict[str, object]) -> set[str]:
    """The tables that differ; ``other`` is made by a copy before the first item is read."""
    return {name for name in before | after if before.get(name) != after.get(name)}
