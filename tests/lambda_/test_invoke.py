"""A function is run exactly once, whatever the network does; its answer is told from what is said of it."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest

from stackpane import InvalidInput
from stackpane.testing import HOSTILE_TEXTS, unsafe_characters
from stackpane_lambda.invoking import only_checks
from stackpane_lambda.payloads import checked_payload, client_context
from tests.harness import faults as modes
from tests.lambda_.stage import REPORT, REQUEST, answered

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.cli import Cli, Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode

FAILING = '{"fail": "no such thing"}'


def test_the_answer_is_on_stdout_and_all_else_beside_it(cloud: Emulator, invoke: Invoke) -> None:
    ran = invoke("lambda", "invoke", "resize", "--payload", '{"a": 1}', at=cloud).ok()
    assert ran.json() == {"event": {"a": 1}, "stage": "dev"}
    assert 'got {"a": 1}' in ran.errors
    assert "resize version $LATEST, request " in ran.errors
    assert invoke("lambda", "invoke", "resize", at=cloud).ok().json()["event"] == {}


def test_a_payload_comes_from_a_file_or_from_stdin(cloud: Emulator, invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text('\ufeff{"n": [1]}', "utf-8")
    assert invoke("lambda", "invoke", "resize", "--payload", "@event.json", at=cloud).json()["event"] == {"n": [1]}
    ran = invoke("lambda", "invoke", "resize", "--payload", "-", input=b'"text"', at=cloud)
    assert ran.json()["event"] == "text"


def test_a_failing_function_shows_its_error_and_ends_with_1(cloud: Emulator, invoke: Invoke) -> None:
    ran = invoke("lambda", "invoke", "resize", "--payload", FAILING, at=cloud)
    assert ran.exit_code == 1
    assert ran.json()["errorMessage"] == "no such thing"
    assert ran.errors.rstrip().endswith("no such thing")


def test_what_aws_reports_is_told_in_a_sentence(cloud: Emulator, proxy: FaultProxy, invoke: Invoke) -> None:
    log = f"START RequestId: {REQUEST} Version: 7\nhello\nEND RequestId: {REQUEST}\n{REPORT}"
    proxy.fault(answered(b'{"ok": 1.50}', log), "Invoke")
    ran = invoke("lambda", "invoke", "resize", at=proxy).ok()
    assert ran.stdout == b'{"ok": 1.50}'
    took = "Billed 682 ms; took 201.67 ms after a cold start of 480.25 ms; 81 of 256 MB."
    assert ran.errors.splitlines() == ["hello", f"{took} resize version 7, request {REQUEST}."]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            {
                "errorType": "ValueError",
                "errorMessage": "no",
                "stackTrace": ['  File "app.py", line 3\n    return x\n'],
            },
            ['  File "app.py", line 3', "    return x", "  resize: ValueError: no"],
        ),
        (
            {"errorType": "ReferenceError", "errorMessage": "x", "trace": ["ReferenceError: x", "    at index.js:2:3"]},
            ["ReferenceError: x", "    at index.js:2:3", "  resize: ReferenceError: x"],
        ),
        (
            {
                "errorType": "A",
                "errorMessage": "b",
                "cause": {"errorType": "C", "errorMessage": "d", "stackTrace": ["e"]},
            },
            ["Caused by C: d", "e", "  resize: A: b"],
        ),
        ({"errorMessage": "Task timed out after 3.00 seconds"}, ["  resize: Task timed out after 3.00 seconds"]),
        ({"errorType": "G", "errorMessage": "h", "stackTrace": [{"line": 3}]}, ['{"line": 3}', "  resize: G: h"]),
        ("text", ["  resize: the function failed (Unhandled)"]),
        (["[" * 1000], ["  resize: the function failed (Unhandled)"]),
    ],
    ids=["python", "node", "java", "timeout", "go", "text", "list"],
)
def test_the_stack_of_every_runtime_is_shown(proxy: FaultProxy, invoke: Invoke, body: object, said: list[str]) -> None:
    proxy.fault(answered(json.dumps(body).encode(), error="Unhandled"), "Invoke")
    ran = invoke("lambda", "invoke", "resize", at=proxy)
    assert (ran.exit_code, ran.json()) == (1, body)
    lines = ran.errors.splitlines()
    assert [line for line in lines if "version 7" not in line] == said


def test_a_long_log_says_that_it_is_cut_and_a_damaged_one_that_it_is(proxy: FaultProxy, invoke: Invoke) -> None:
    proxy.fault(answered(b"1", "x" * 80 + "\n" + "y\n" * 3000), "Invoke", times=1)
    assert "(the last 4 KB of the log)" in invoke("lambda", "invoke", "resize", at=proxy).ok().errors
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": REQUEST, "X-Amz-Log-Result": "!!"}
    proxy.fault(modes.answer(200, b"1", headers), "Invoke")
    assert "no base64" in invoke("lambda", "invoke", "resize", at=proxy).ok().errors


def test_hostile_answers_and_logs_are_shown_as_text(proxy: FaultProxy, invoke: Invoke) -> None:
    everything = "\n".join(HOSTILE_TEXTS)
    body = json.dumps({"errorType": everything, "errorMessage": everything, "stackTrace": [everything]}).encode()
    proxy.fault(answered(body, everything, error="Unhandled"), "Invoke")
    ran = invoke("lambda", "invoke", "resize", at=proxy)
    assert ran.exit_code == 1
    assert not unsafe_characters(ran.errors)


# ── exactly once ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mode", "code", "patience"),
    [
        (modes.status(500), 254, "30"),
        (modes.error(502, "ServiceException", "The Lambda service encountered an internal error."), 254, "30"),
        (modes.reset_before(), 253, "30"),
        (modes.reset_after_body(), 253, "30"),
        (modes.html200(), 254, "30"),
        (modes.no_request_id(), 254, "30"),
        (modes.hang_before(), 253, "1"),
        (modes.hang_after_body(), 253, "1"),
    ],
    ids=["500", "502", "reset", "reset after", "login page", "no request id", "hang", "hang after"],
)
@pytest.mark.parametrize("how", [[], ["--async"]], ids=["sync", "async"])
def test_it_is_sent_once_and_what_became_of_it_is_said_to_be_unknown(
    proxy: FaultProxy, invoke: Invoke, mode: Mode, code: int, patience: str, how: list[str]
) -> None:
    proxy.fault(mode, "Invoke")
    ran = invoke("lambda", "invoke", "resize", *how, "--timeout", patience, at=proxy)
    assert proxy.count("Invoke") == 1
    assert (ran.exit_code, ran.stdout) == (code, b"")
    assert "it is unknown whether resize ran; it was sent once" in ran.errors
    assert "lambda history --since=15m resize" in ran.errors


def test_an_answer_that_breaks_off_is_no_answer(proxy: FaultProxy, invoke: Invoke) -> None:
    proxy.fault(modes.reset_after(5), "Invoke")
    ran = invoke("lambda", "invoke", "resize", at=proxy)
    assert (proxy.count("Invoke"), ran.exit_code, ran.stdout) == (1, 254, b"")
    assert "resize has run, but its answer broke off" in ran.errors


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (
            modes.error(429, "TooManyRequestsException", "Rate Exceeded."),
            "resize was not run: it is throttled (Rate Exceeded.)",
        ),
        (modes.access_denied("lambda:InvokeFunction", "arn:x"), "it needs lambda:InvokeFunction on arn:x"),
        (modes.error(404, "ResourceNotFoundException", "Function not found"), "does not exist"),
        (
            modes.error(502, "KMSAccessDeniedException", "Lambda was unable to decrypt"),
            "resize was not run: KMSAccessDeniedException: Lambda was unable to decrypt",
        ),
    ],
    ids=["throttled", "denied", "missing", "key"],
)
def test_a_refusal_is_one_and_is_not_repeated(proxy: FaultProxy, invoke: Invoke, mode: Mode, said: str) -> None:
    proxy.fault(mode, "Invoke")
    ran = invoke("lambda", "invoke", "resize", at=proxy)
    assert (proxy.count("Invoke"), ran.exit_code) == (1, 254)
    assert said in ran.errors
    assert "unknown" not in ran.errors


def test_ctrl_c_says_that_it_may_run(proxy: FaultProxy, cli: Cli) -> None:
    fault = proxy.fault(modes.hang_before(), "Invoke")
    process = cli.start("lambda", "invoke", "resize", at=proxy)
    fault.wait()
    ran = cli.interrupt(process)
    assert (proxy.count("Invoke"), ran.exit_code) == (1, 130)
    assert "Sent and not answered" in ran.errors
    assert "lambda:Invoke on arn:aws:lambda:us-east-1:*:function:resize" in ran.errors


def test_it_is_waited_for_as_long_as_it_may_run(cloud: Emulator, proxy: FaultProxy, invoke: Invoke) -> None:
    """By the function's own time limit, not by that of other calls: the answer is held back behind theirs."""
    seen: list[float] = []
    from stackpane.session import Session

    real = Session.client

    def client(self: Session, service: str, **options: object) -> object:
        seen.append(options.get("read_timeout"))  # type: ignore[arg-type]
        return real(self, service, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "client", client)
        cloud.client("lambda").update_function_configuration(FunctionName="resize", Timeout=333)
        invoke("lambda", "invoke", "resize", at=proxy).ok()
        proxy.fault(modes.access_denied("lambda:GetFunctionConfiguration"), "GetFunctionConfiguration")
        ran = invoke("lambda", "invoke", "resize", at=proxy).ok()
    assert [each for each in seen if each] == [363, 930]
    assert "the time limit of resize left out: lambda:GetFunctionConfiguration is denied" in ran.errors


# ── what is checked before ────────────────────────────────────────────────────────────────────────────────────────────


def test_what_cannot_be_meant_is_not_sent(proxy: FaultProxy, invoke: Invoke) -> None:
    for words in (
        ("--payload", "{bad"),
        ("--payload", "NaN"),
        ("--payload", "[" * 100_000),
        ("--payload", "@no-such-file"),
        ("--payload", "{}", "--event", "x"),
        ("--event", "x"),
        ("--client-context", "[]"),
        ("--client-context", "{}", "--async"),
        ("--qualifier", "a b"),
    ):
        ran = invoke("lambda", "invoke", "resize", *words, at=proxy)
        assert (ran.exit_code, proxy.requests) == (252, []), words


def test_sizes_are_those_of_lambda() -> None:
    most, most_async = 6 * 1024 * 1024, 1024 * 1024
    assert len(checked_payload('"' + "x" * (most - 2) + '"', asynchronous=False)) == most
    assert len(checked_payload('"' + "x" * (most_async - 2) + '"', asynchronous=True)) == most_async
    for size, asynchronous in ((most, False), (most_async, True)):
        with pytest.raises(InvalidInput):
            checked_payload('"' + "x" * (size - 1) + '"', asynchronous=asynchronous)
    assert checked_payload('{"n": 1.50}', asynchronous=False) == b'{"n": 1.50}'
    with pytest.raises(InvalidInput):
        client_context(json.dumps({"a": "x" * 3000}))


def test_a_client_context_and_a_qualifier_arrive(cloud: Emulator, proxy: FaultProxy, invoke: Invoke) -> None:
    client = cloud.client("lambda")
    client.get_waiter("function_active_v2").wait(FunctionName="resize")
    client.publish_version(FunctionName="resize")
    client.create_alias(FunctionName="resize", Name="prod", FunctionVersion="1")
    invoke("lambda", "invoke", "resize:prod", "--client-context", '{"custom": {"a": "b"}}', at=proxy).ok()
    (request,) = [each for each in proxy.requests if each.operation == "Invoke"]
    assert request.arg("Qualifier") == "prod"
    assert request.headers["x-amz-client-context"] == "eyJjdXN0b20iOiB7ImEiOiAiYiJ9fQ=="
    assert request.headers["x-amz-log-type"] == "Tail"
    two = invoke("lambda", "invoke", "resize:prod", "--qualifier", "1", at=cloud)
    assert two.exit_code == 252


# ── without running it ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_dry_run_has_aws_check_and_runs_nothing(proxy: FaultProxy, invoke: Invoke) -> None:
    for words in (("--dry-run",), ("--dry-run", "--read-only"), ("--dry-run", "--async")):
        ran = invoke("lambda", "invoke", "resize", *words, at=proxy).ok()
        assert "would let you invoke resize; it was not run" in ran.errors
    sent = [each for each in proxy.requests if each.operation == "Invoke"]
    assert {each.headers["x-amz-invocation-type"] for each in sent} == {"DryRun"}
    assert [each.operation for each in proxy.requests] == ["Invoke"] * 3
    proxy.fault(modes.access_denied("lambda:InvokeFunction"), "Invoke")
    assert invoke("lambda", "invoke", "resize", "--dry-run", at=proxy).exit_code == 254


def test_a_read_only_connection_runs_nothing(proxy: FaultProxy, invoke: Invoke) -> None:
    for words in ((), ("--async",)):
        ran = invoke("lambda", "invoke", "resize", "--read-only", *words, at=proxy)
        assert ran.exit_code == 3
        assert "read-only" in ran.errors
    assert proxy.count("Invoke") == 0
    assert only_checks({"InvocationType": "DryRun"})
    assert not any(only_checks({"InvocationType": kind}) for kind in ("Event", "RequestResponse", "dryrun", None))


def test_an_event_that_is_handed_over_is_not_waited_for(proxy: FaultProxy, invoke: Invoke) -> None:
    ran = invoke("lambda", "invoke", "resize", "--async", "-o", "json", at=proxy).ok()
    assert ran.json()["Result"]["StatusCode"] == 202
    assert [each.headers["x-amz-invocation-type"] for each in proxy.requests] == ["Event"]


def test_no_thread_is_left_by_an_invocation_that_hangs(proxy: FaultProxy, invoke: Invoke) -> None:
    before = threading.active_count()
    proxy.fault(modes.hang_before(), "Invoke")
    invoke("lambda", "invoke", "resize", "--timeout", "0.2", at=proxy)
    assert threading.active_count() == before
