"""Every command before an endpoint that is none, or that stops to be one half way: one clear error, nothing claimed."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stackpane.errors import ExitCode
from tests.dynamodb.lineup import COMMANDS, ITEMS, WRITING, lay_out, set_up, state
from tests.dynamodb.moving import contents, fill, key_items, new_table, same
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy, forward
from tests.harness.honest import assert_honest, assert_one_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Exchange
    from tests.harness.faultproxy import Mode
    from tests.harness.fixtures import Down

pytestmark = pytest.mark.usefixtures("no_pauses", "no_patience", "ticks", "home")

CONNECTION, AWS, SOME = ExitCode.CONNECTION, ExitCode.AWS, ExitCode.SOME_FAILED
EXPIRED = modes.error(400, "ExpiredTokenException", "The security token included in the request is expired")
GONE = modes.error(400, "ResourceNotFoundException", "Requested resource not found")
THROTTLED = modes.error(400, "ProvisionedThroughputExceededException", "The level of configured provisioned throughput")


@pytest.fixture
def proxy(moto: Emulator) -> Iterator[FaultProxy]:
    """A proxy that will answer by itself, or before the stage."""
    lay_out()
    with FaultProxy(moto.url) as running:
        yield running


# An endpoint with which nothing works


@pytest.mark.parametrize("name", COMMANDS)
def test_an_endpoint_that_is_none_at_all(invoke: Invoke, proxy: FaultProxy, down: Down, name: str) -> None:
    argv = COMMANDS[name].argv
    assert "cannot be reached" in assert_one_error(invoke(*argv, at=down), CONNECTION)
    for mode, exit_code, says in (
        (modes.html200(), AWS, "no AWS service's"),
        (EXPIRED, CONNECTION, "expired"),
    ):
        proxy.clear()
        proxy.fault(mode)
        assert says in assert_one_error(invoke(*argv, at=proxy), exit_code)


# An endpoint that stops to be one: each operation of each kind of command, once

LATE = {
    "show": "DescribeTimeToLive ListTagsOfResource DescribeContinuousBackups",
    "scan": "Scan",
    "query": "Query",
    "get": "GetItem",
    "sql": "ExecuteStatement",
    "export": "Scan",
    "diff": "Scan",
    "put": "PutItem",
    "edit": "UpdateItem",
    "edit key": "TransactWriteItems",
    "rm": "DeleteItem",
    "rm --table": "DeleteTable",
    "create": "CreateTable",
    "edit table": "UpdateTable",
    "edit ttl": "UpdateTimeToLive",
    "edit pitr": "UpdateContinuousBackups",
    "import": "BatchWriteItem",
    "copy": "Scan BatchWriteItem",
}
FAULTS: dict[str, tuple[Mode, str]] = {
    "a login page": (modes.html200(), "no AWS service's"),
    "expired credentials": (EXPIRED, "expired"),
    "a table that is gone": (GONE, "not found"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", LATE)
def test_what_fails_later_is_an_error_and_nothing_is_claimed(
    invoke: Invoke, moto: Emulator, proxy: FaultProxy, name: str, fault: str
) -> None:
    mode, says = FAULTS[fault]
    set_up(moto)
    before = state(moto)
    proxy.fault(mode, LATE[name])
    result = invoke(*COMMANDS[name].argv, at=proxy)
    assert_honest(result, partly=True)
    assert says in result.errors, result.errors
    after = state(moto)
    assert after == before
    if name in WRITING and fault == "a login page" and "Write" in str(LATE[name]):
        assert "unknown" in result.errors or "not answered" in result.errors, result.errors


# What a job went wrong at, and goes on from

MANY = key_items(100)


def goes_on(errors: str) -> list[str]:
    """The words of the command that goes on."""
    return shlex.split(errors.partition("Go on with: stackpane ")[2].splitlines()[0])


@pytest.mark.parametrize("fault", [EXPIRED, GONE], ids=["expired", "gone"])
@pytest.mark.parametrize("operation", ["Scan", "BatchWriteItem"])
def test_a_copy_that_breaks_off_goes_on_by_the_line_it_prints(
    moto: Emulator, invoke: Invoke, fault: Mode, operation: str
) -> None:
    moto.reset()
    for name in ("source", "target"):
        new_table(moto, name)
    fill(moto, "source", MANY)
    with FaultProxy(moto.url) as proxy:
        proxy.fault(fault, operation, after=2)
        stopped = invoke("dynamodb", "copy", "source", "target", "--segments", "4", "--yes", at=proxy)
        assert_honest(stopped, partly=True)
        assert contents(moto, "target") != same(MANY)
        proxy.clear()
        done = invoke(*goes_on(stopped.errors), "--yes", at=proxy).ok()
    assert contents(moto, "target") == same(MANY)
    assert "Copied" in done.errors


@pytest.mark.parametrize("line", ["import target in.jsonl", "copy shop target --yes", "rm shop --find 'pk = a' --yes"])
def test_a_table_that_is_throttled_every_other_time_gets_everything(
    moto: Emulator, invoke: Invoke, proxy: FaultProxy, line: str
) -> None:
    set_up(moto)
    invoke("dynamodb", *shlex.split(line), at=moto).ok()
    done = state(moto)
    set_up(moto)
    proxy.fault(modes.in_turn(THROTTLED, forward), "BatchWriteItem DeleteItem Scan Query")
    result = invoke("dynamodb", *shlex.split(line), "-o", "json", at=proxy).ok()
    assert state(moto) == done
    assert result.json()["Failed"] == []


# Pages that lead nowhere

ENDLESS = {
    "ls": ("ListTables", "LastEvaluatedTableName", "shop"),
    "scan": ("Scan", "LastEvaluatedKey", {"pk": {"S": "a"}, "sk": {"N": "1"}}),
    "query": ("Query", "LastEvaluatedKey", {"pk": {"S": "a"}, "sk": {"N": "1"}}),
    "sql": ("ExecuteStatement", "NextToken", "A"),
    "export": ("Scan", "LastEvaluatedKey", {"pk": {"S": "a"}, "sk": {"N": "1"}}),
    "diff": ("Scan", "LastEvaluatedKey", {"pk": {"S": "a"}, "sk": {"N": "1"}}),
    "copy": ("Scan", "LastEvaluatedKey", {"pk": {"S": "a"}, "sk": {"N": "1"}}),
    "rm --find": ("Query", "LastEvaluatedKey", {"pk": {"S": "a"}, "sk": {"N": "1"}}),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_pages_that_go_in_circles_are_an_error(invoke: Invoke, moto: Emulator, proxy: FaultProxy, name: str) -> None:
    operation, member, token = ENDLESS[name]
    set_up(moto)
    before = state(moto)
    proxy.fault(modes.rewrite(lambda body: json.dumps(json.loads(body) | {member: token}).encode()), operation)
    line = [*COMMANDS[name].argv, *(["--all"] if name == "ls" else [])]
    result = invoke(*line, at=proxy)
    assert_honest(result, partly=True)
    assert result.exit_code in (AWS, SOME)
    assert "a page token came twice" in result.errors
    assert proxy.count(operation) <= 40
    after = state(moto)
    if name != "copy":  # what was read before is written
        assert after == before


def test_empty_pages_leave_nothing_out(invoke: Invoke, moto: Emulator, proxy: FaultProxy) -> None:
    set_up(moto)

    async def second(exchange: Exchange) -> None:
        body = json.loads(exchange.request.body)
        body.pop("ExclusiveStartKey")
        await exchange.reply(await exchange.forward(body=json.dumps(body).encode()))

    key = {"pk": {"S": "a"}, "sk": {"N": "0"}}
    hollow = {"Items": [], "Count": 0, "LastEvaluatedKey": key}
    proxy.fault(modes.rewrite(lambda body: json.dumps(json.loads(body) | hollow).encode()), "Scan", times=1)
    proxy.fault(second, "Scan")
    invoke("dynamodb", "export", "shop", "out.json", at=proxy).ok()
    found = [json.loads(line)["Item"] for line in Path("out.json").read_text().splitlines()]
    assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, ITEMS))
