"""A function is changed on condition that it is as it was looked at; values of its environment are never said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import InvalidInput
from stackpane_lambda.environment import environment_change
from stackpane_lambda.names import function_name
from stackpane_lambda.settings import settings_change
from tests.harness import faults as modes
from tests.harness.cli import at_endpoint

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.canary import Canary
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Exchange
    from tests.harness.faultproxy import FaultProxy, Mode
    from tests.harness.terminal import TerminalFactory

UPDATE = "UpdateFunctionConfiguration"


def configuration(aws: Emulator) -> dict[str, Any]:
    found: dict[str, Any] = aws.client("lambda").get_function_configuration(FunctionName="resize")
    return found


def variables(aws: Emulator) -> dict[str, str]:
    found: dict[str, str] = configuration(aws)["Environment"]["Variables"]
    return found


def test_settings_are_changed_and_changed_back(cloud: Emulator, invoke: Invoke, ticks: list[float]) -> None:
    line = ("lambda", "config", "resize", "--memory", "256", "--description", "it resizes", "--function-timeout", "9")
    ran = invoke(*line, "-o", "json", at=cloud).ok()
    found = configuration(cloud)
    assert (found["MemorySize"], found["Description"], found["Timeout"]) == (256, "it resizes", 9)
    assert found["LastUpdateStatus"] == "Successful"
    assert ran.json()["Message"].startswith("Changed resize: MemorySize 128 → 256; Timeout 3 → 9; Description none →")
    undo = "lambda config --memory=128 --function-timeout=3 --description= resize"
    assert ran.json()["Undo"] == f"stackpane {undo}"
    invoke(*undo.split(), at=cloud).ok()
    assert configuration(cloud)["MemorySize"] == 128
    assert "like that already" in invoke(*undo.split(), at=cloud).ok().errors


def test_a_dry_run_and_a_read_only_connection_change_nothing(proxy: FaultProxy, invoke: Invoke) -> None:
    dry = invoke("lambda", "config", "resize", "--log-group", "/shop/all", "--dry-run", at=proxy).ok()
    assert dry.lines == ["Target", "LogGroup /aws/lambda/resize → /shop/all"]
    for line in (("config", "resize", "--memory", "256"), ("env", "resize", "--set", "NEW=1")):
        assert invoke("lambda", *line, "--read-only", at=proxy).exit_code == 3
    assert proxy.count(UPDATE) == 0


def meanwhile(aws: Emulator, **change: Any) -> Mode:
    """Somebody else is faster."""

    async def mode(exchange: Exchange) -> None:
        aws.client("lambda").update_function_configuration(FunctionName="resize", **change)
        await exchange.reply(await exchange.forward())

    return mode


def test_a_change_of_somebody_else_is_not_overwritten(
    cloud: Emulator, proxy: FaultProxy, invoke: Invoke, canary: Canary, tmp_path: Path
) -> None:
    theirs, ours = canary.add("their value"), canary.add("our value")
    proxy.fault(
        meanwhile(cloud, Environment={"Variables": {"STAGE": theirs, "MORE": "1"}}, MemorySize=512), UPDATE, times=1
    )
    (tmp_path / "value.txt").write_text(ours)
    ran = invoke("lambda", "env", "resize", "--set", "NEW=@value.txt", at=proxy)
    assert (ran.exit_code, ran.stdout) == (254, b"")
    assert "theirs is MORE, STAGE; yours would have been add NEW" in ran.errors
    assert canary.scan(stderr=ran.stderr) == []
    assert variables(cloud) == {"STAGE": theirs, "MORE": "1"}
    proxy.fault(meanwhile(cloud, Timeout=7), UPDATE, times=1)
    ran = invoke("lambda", "config", "resize", "--memory", "1024", at=proxy)
    assert "theirs is Timeout 3 → 7; yours would have been MemorySize 512 → 1024" in ran.errors
    assert configuration(cloud)["MemorySize"] == 512


def test_a_change_whose_answer_was_lost_is_found_to_be_made(cloud: Emulator, proxy: FaultProxy, invoke: Invoke) -> None:
    proxy.fault(modes.reset_after_body(), UPDATE, times=1)
    ran = invoke("lambda", "env", "resize", "--set", "NEW=1", at=proxy).ok()
    assert "Changed resize: add NEW" in ran.errors
    assert (proxy.count(UPDATE), variables(cloud)["NEW"]) == (2, "1")


def test_it_is_done_when_aws_says_so(proxy: FaultProxy, invoke: Invoke, ticks: list[float]) -> None:
    def status(value: str) -> Mode:
        def changed(body: bytes) -> bytes:
            more = {"State": "Active", "LastUpdateStatus": value, "LastUpdateStatusReason": "no such subnet"}
            return json.dumps({**json.loads(body), **more}).encode()

        return modes.rewrite(changed)

    proxy.fault(status("InProgress"), UPDATE)
    proxy.fault(
        modes.in_turn(status("Successful"), status("InProgress"), status("InProgress"), status("Failed")),
        "GetFunctionConfiguration",
    )
    ran = invoke("lambda", "config", "resize", "--memory", "256", at=proxy)
    assert ran.exit_code == 1
    assert "AWS could not put the change into effect: no such subnet" in ran.errors
    assert sum(ticks) >= 3


# ── the environment ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_variables_are_set_and_removed(cloud: Emulator, invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("two\nlines\n")
    line = ("lambda", "env", "resize", "--set", "KEY=@key.pem", "--set", "EMPTY=", "--set", "EQ=a=b", "--set", "IN=-")
    added = invoke(*line, "-o", "json", input=b"from stdin\n", at=cloud).ok().json()
    wanted = {"STAGE": "dev", "KEY": "two\nlines", "EMPTY": "", "EQ": "a=b", "IN": "from stdin"}
    assert variables(cloud) == wanted
    assert added["Undo"] == "stackpane lambda env --remove=KEY --remove=EMPTY --remove=EQ --remove=IN resize"
    changed = invoke("lambda", "env", "resize", "--set", "STAGE=prod", "--set", "EQ=a=b", "-o", "json", at=cloud).ok()
    assert (changed.json()["Undo"], changed.json()["Done"]) == (None, 1)
    assert "No undo: the values that there were would be seen on the command line." in changed.json()["Message"]
    refused = invoke("lambda", "env", "resize", "--remove", "KEY", at=cloud)
    assert refused.exit_code == 3
    invoke("lambda", "env", "resize", "--remove", "KEY", "--yes", at=cloud).ok()
    assert "KEY" not in variables(cloud)
    assert invoke("lambda", "env", "resize", "--remove", "KEY", "--yes", at=cloud).exit_code == 252
    assert invoke("lambda", "env", "resize:prod", "--set", "A1=1", at=cloud).exit_code == 252


def test_a_value_is_asked_for_unseen(cloud: Emulator, terminal: TerminalFactory, canary: Canary) -> None:
    secret = canary.add("a password")
    screen = terminal("lambda", "env", "resize", "--ask", "DB_PASSWORD", env=at_endpoint(cloud))
    screen.wait_for("Value of DB_PASSWORD")
    screen.send(f"{secret}\r")
    screen.wait_for("Changed resize: add DB_PASSWORD")
    assert variables(cloud)["DB_PASSWORD"] == secret
    assert secret not in screen.text


@pytest.mark.parametrize(
    ("given", "removed"),
    [({"STAGE": "x"}, ["STAGE"]), ({}, ["NONE"]), ({"BIG": "x" * 4090}, [])],
    ids=["both", "missing", "too big"],
)
def test_what_cannot_be_is_refused_before(given: dict[str, str], removed: list[str]) -> None:
    config = {"Environment": {"Variables": {"STAGE": "dev"}}}
    with pytest.raises(InvalidInput):
        environment_change(function_name("resize"), config, given, removed)


def test_what_is_no_variable_is_refused(proxy: FaultProxy, invoke: Invoke) -> None:
    for word in ("NAME", "1=x", "A=x", "a-b=x", "=x", "ÄÖ=1"):
        assert invoke("lambda", "env", "resize", "--set", word, at=proxy).exit_code == 252
    assert proxy.requests == []


# ── the settings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_structure_is_sent_as_a_whole_and_layers_can_be_taken_back() -> None:
    layer = "arn:aws:lambda:us-east-1:1:layer:vat:3"
    logging = {"LogFormat": "JSON", "LogGroup": "/a", "SystemLogLevel": "WARN"}
    config = {"LoggingConfig": logging, "Layers": [{"Arn": layer}], "FunctionName": "f"}
    name = function_name("f")
    change = settings_change(name, config, {"log_group": "/b", "layer": []})
    assert change.request == {"LoggingConfig": {**logging, "LogGroup": "/b"}, "Layers": []}
    assert list(change.steps) == ["Layers vat:3 → none", "LogGroup /a → /b"]
    assert change.undo is not None
    assert change.undo.address == f"lambda config --layer={layer} --log-group=/a f"
    back = settings_change(name, {"FunctionName": "f"}, {"layer": [layer]})
    assert back.undo is not None
    assert back.undo.address == "lambda config --no-layers f"
    text = settings_change(name, config, {"log_format": "Text"})
    assert text.request == {"LoggingConfig": {"LogFormat": "Text", "LogGroup": "/a"}}
    assert text.undo is None
    with pytest.raises(InvalidInput):
        settings_change(name, config, {})


def test_only_the_latest_version_can_be_changed(proxy: FaultProxy, invoke: Invoke) -> None:
    for line in (("resize:prod", "--memory", "256"), ("resize", "--layer", "x", "--no-layers"), ("resize",)):
        assert invoke("lambda", "config", *line, at=proxy).exit_code == 252
    assert proxy.count(UPDATE) == 0
