"""Running a function: once, whatever the network does, and with all that AWS says of the run.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, Document, Failure, Link, Outcome, StackpaneError
from stackpane.tally import is_unknown
from stackpane_lambda.functionrecord import log_group
from stackpane_lambda.functions import configuration, qualified
from stackpane_lambda.report import Report, is_platform, platform_event

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_lambda.names import FunctionName

__all__ = ["Invocation", "invoke", "only_checks"]

_LONGEST = 900
"""Seconds that a function may run at most."""
_MARGIN = 30
"""Seconds that an answer may take beyond that: a cold start, and the way."""
_TAIL = 4096
"""Bytes of log that come with an answer at most."""
_STACK_LINES = 60


def only_checks(params: Mapping[str, Any]) -> bool:
    """Whether a request to ``Invoke`` runs nothing: what the guard asks before each."""
    return params.get("InvocationType") == "DryRun"


@dataclass(frozen=True, slots=True)
class Invocation:
    """What to run, and how."""

    function: FunctionName
    qualifier: str | None
    payload: bytes
    asynchronous: bool = False
    client_context: str | None = None

    @property
    def name(self) -> str:
        """The function as a person calls it."""
        return f"{self.function}:{self.qualifier}" if self.qualifier else str(self.function)

    @property
    def history(self) -> Link:
        """To what has become of it."""
        return Link.to("lambda history", self.function.target, label="Recent invocations", since="15m")


def invoke(session: Session, invocation: Invocation) -> Document | Outcome:
    """Run the function and return its answer; for a dry run, and where nobody waits for it, what AWS said.

    Raises ``StackpaneError``, which says where nobody knows whether it has run.
    """
    named = qualified(session, invocation.function, invocation.qualifier)
    if session.dry_run:
        session.client("lambda").invoke(**named, InvocationType="DryRun", Payload=invocation.payload)
        return Outcome(f"Dry run: AWS would let you invoke {invocation.name}; it was not run.", done=0)
    if invocation.asynchronous:
        reply = _once(session, invocation, None, **named, InvocationType="Event", Payload=invocation.payload)
        return Outcome(
            f"AWS has taken the event, and will run {invocation.name}, again where that fails.",
            result={"StatusCode": reply.get("StatusCode"), "RequestId": reply["ResponseMetadata"].get("RequestId")},
            links=(invocation.history,),
        )
    config = _configuration(session, invocation)
    more = {} if invocation.client_context is None else {"ClientContext": invocation.client_context}
    patience = config.get("Timeout", _LONGEST) + _MARGIN
    reply = _once(session, invocation, patience, **named, LogType="Tail", Payload=invocation.payload, **more)
    return _answer(invocation, config, reply, _body(session, invocation, reply))


def _configuration(session: Session, invocation: Invocation) -> Mapping[str, Any]:
    """What the function is, as far as it may be read: how long it may run, and where it writes its log."""
    with session.part(f"the time limit of {invocation.name}"):
        return configuration(session, invocation.function, invocation.qualifier)
    return {"FunctionName": str(invocation.function)}


def _once(session: Session, invocation: Invocation, patience: float | None, **request: Any) -> Mapping[str, Any]:
    from botocore.exceptions import ClientError

    client = session.client("lambda", read_timeout=patience)
    try:
        reply: Mapping[str, Any] = client.invoke(**request)
    except ClientError as error:
        if refusal := _refusal(invocation, client, error):
            raise refusal from error
        raise _told(session, invocation, error) from error
    except Exception as error:
        raise _told(session, invocation, error) from error
    return reply


def _refusal(invocation: Invocation, client: Any, error: Any) -> AwsError | None:
    """What kept the function from being run, where AWS says so; ``None`` where other words fit, or nobody knows.

    Most of Lambda's own errors are HTTP 502, which elsewhere means that anything may have happened. Each of them is
    about what comes before a run, but for one: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if code == "TooManyRequestsException":
        reason, hint = error.response.get("Reason") or said, "Try again later; `lambda show` has its concurrency."
        return AwsError(f"{invocation.name} was not run: it is throttled ({reason})", hint, code)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    known = {shape.name for shape in client.meta.service_model.operation_model("Invoke").error_shapes}
    if status < 500 or code not in known or code == "ServiceException":
        return None
    return AwsError(f"{invocation.name} was not run: {code}{': ' + said if said else ''}", code=code)


def _told(session: Session, invocation: Invocation, error: Exception) -> BaseException:
    """The error, with what is known of the run: it may have taken place although its answer did not come."""
    explained = session.explain(error)
    if not isinstance(explained, StackpaneError) or not is_unknown(error):
        return explained
    explained.message = f"it is unknown whether {invocation.name} ran; it was sent once: {explained.message}"
    explained.hint = f"See before you repeat it: {invocation.history.command_line}"
    return explained


def _body(session: Session, invocation: Invocation, reply: Mapping[str, Any]) -> bytes:
    try:
        body: bytes = reply["Payload"].read()
    except Exception as error:
        explained = session.explain(error)
        raise AwsError(
            f"{invocation.name} has run, but its answer broke off: {explained}",
            f"See what it did: {invocation.history.command_line}",
            "BrokenAnswer",
        ) from error
    return body


def _answer(invocation: Invocation, config: Mapping[str, Any], reply: Mapping[str, Any], body: bytes) -> Document:
    tail = _tail(reply.get("LogResult", ""))
    report = next((event for line in tail if isinstance(event := platform_event(line), Report)), None)
    request = report.request_id if report else reply["ResponseMetadata"].get("RequestId", "")
    failed = reply.get("FunctionError")
    error = _error(body) if failed else {}
    lines = (line for line in tail if not is_platform(line))
    return Document(
        body,
        "application/json",
        f"{invocation.function}.json",
        len(body),
        links=(invocation.history, Link.to("logs events", log_group(config), label="Its log", filter=f'"{request}"')),
        notes=(*lines, *_stack(error), _summary(invocation, reply, report, request)),
        failed=(Failure(invocation.name, _reason(str(failed), error)),) if failed else (),
    )


def _tail(encoded: str) -> list[str]:
    """The last lines of the log; the first one of them may be cut."""
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return ["(AWS has sent a log that is no base64)"]
    lines = data.decode("utf-8", "replace").replace("\r", "\n").split("\n")
    cut = ["(the last 4 KB of the log)"] if len(data) >= _TAIL else []
    return cut + [line for line in lines if line.strip()]


def _summary(invocation: Invocation, reply: Mapping[str, Any], report: Report | None, request: str) -> str:
    version = reply.get("ExecutedVersion")
    ran = f"{invocation.function}{f' version {version}' if version else ''}, request {request or 'unknown'}."
    return " ".join(filter(None, (report.sentence if report else "", ran)))


def _error(body: bytes) -> Mapping[str, Any]:
    """What the runtime says of an error: https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html"""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _reason(kind: str, error: Mapping[str, Any]) -> str:
    named = ": ".join(str(error[name]) for name in ("errorType", "errorMessage") if error.get(name))
    return named or f"the function failed ({kind})"


def _stack(error: Mapping[str, Any]) -> list[str]:
    """The lines of the stack: of Python, Ruby and Java under ``stackTrace``, of Node.js under ``trace``."""
    lines = list(_stack_lines(error))
    more = len(lines) - _STACK_LINES
    return lines if more <= 0 else [*lines[:_STACK_LINES], f"… {more:,} more lines"]


def _stack_lines(error: Mapping[str, Any], depth: int = 0) -> Iterator[str]:
    found = error.get("stackTrace") or error.get("trace") or []
    for entry in found if isinstance(found, list) else [found]:
        text = entry if isinstance(entry, str) else json.dumps(entry)
        yield from (line for line in text.split("\n") if line.strip())
    cause = error.get("cause")
    if isinstance(cause, dict) and depth < 5:
        yield f"Caused by {_reason('cause', cause)}"
        yield from _stack_lines(cause, depth + 1)
