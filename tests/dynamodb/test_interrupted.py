"""Commands that are not left to end by themselves: by Ctrl-C while the endpoint hangs, by their reader, read-only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ParamValidationError

from stackpane.errors import ExitCode, Refused
from stackpane.options import FORMATS
from tests.core.support import REGION, opened
from tests.dynamodb.lineup import CALLS, READING, WRITING, set_up, state
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.harness.honest import assert_honest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.sink import Sink


@pytest.fixture
def proxy(moto: Emulator) -> Iterator[FaultProxy]:
    """A proxy before a DynamoDB in which every command has something to do."""
    set_up(moto)
    with FaultProxy(moto.url) as running:
        yield running


READS = {"ls": "ListTables", "show": "ListTagsOfResource", "scan": "Scan", "export": "Scan", "diff": "Scan"}


@pytest.mark.parametrize("name", READS)
def test_ctrl_c_ends_a_command_that_waits_for_its_answer(cli: Cli, proxy: FaultProxy, name: str) -> None:
    held = proxy.fault(modes.hang_before(), READS[name])
    process = cli.start(*READING[name].argv, at=proxy)
    held.wait()
    result = cli.interrupt(process)
    assert result.exit_code == ExitCode.INTERRUPTED
    assert_honest(result)
    assert result.stdout == b""
    assert "Sent and not answered" not in result.errors


CHANGES = ("put", "edit", "edit key", "rm --find", "rm --table", "create", "edit table", "import", "copy", "sql change")


@pytest.mark.parametrize("name", CHANGES)
def test_ctrl_c_ends_a_change_that_hangs_and_says_that_nobody_knows(
    cli: Cli, moto: Emulator, proxy: FaultProxy, name: str
) -> None:
    command, before = WRITING[name], state(moto)
    change = command.changes[0]
    held = proxy.fault(modes.hang_before(), change)
    process = cli.start(*command.argv, at=proxy)
    held.wait()
    result = cli.interrupt(process)
    assert result.exit_code == ExitCode.INTERRUPTED
    assert_honest(result, partly=True)
    assert result.stdout == b""
    [line] = [line for line in result.errors.splitlines() if line.startswith("Sent and not answered")]
    assert f"dynamodb:{change}" in line
    assert state(moto) == before


SHOWING = {
    **{f"scan {name}": ["dynamodb", "scan", "shop", "--all", "-o", name] for name in FORMATS},
    "export -": READING["export -"].argv,
    "show": READING["show"].argv,
}


@pytest.mark.parametrize("name", SHOWING)
def test_a_reader_that_has_had_enough_is_no_error(cli: Cli, proxy: FaultProxy, name: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as stdout:
        result = cli.finish(cli.start(*SHOWING[name], at=proxy, stdout=stdout))
    assert result.exit_code == ExitCode.DONE
    assert "error" not in result.errors.lower()
    assert "Traceback" not in result.errors


@pytest.mark.parametrize("name", WRITING)
def test_a_read_only_connection_sends_no_change(invoke: Invoke, moto: Emulator, proxy: FaultProxy, name: str) -> None:
    before = state(moto)
    result = invoke(*WRITING[name].argv, "--read-only", at=proxy)
    assert_honest(result)
    # Where items are deleted one by one, each of them is refused.
    assert result.exit_code == (ExitCode.SOME_FAILED if name == "rm --find" else ExitCode.REFUSED), result.errors
    assert "read-only" in result.errors
    sent = [CALLS[operation] for operation in proxy.operations]
    assert [call.operation for call in sent if call.effect != "read"] == []
    assert state(moto) == before


def test_of_all_operations_only_declared_reads_pass_on_a_read_only_connection(sink: Sink) -> None:
    calls = tuple(CALLS.values())
    client = opened(sink.url, read_only=True).client("dynamodb", region=REGION, calls=calls)
    model = client.meta.service_model
    for method, operation in client.meta.method_to_api_mapping.items():
        shape = model.operation_model(operation).input_shape
        if shape is None or not shape.required_members:
            if operation not in CALLS:  # which would be sent
                with pytest.raises(Refused):
                    getattr(client, method)()
        elif operation in CALLS and CALLS[operation].forms[0].effect == "read" and operation != "ExecuteStatement":
            with pytest.raises(ParamValidationError):
                getattr(client, method)()
        else:
            with pytest.raises(Refused):
                getattr(client, method)()
    sink.assert_untouched()
