"""The guard: the hooks that stand between every client the core hands out and the wire.

It is a rail against mistakes (an undeclared call, a write on a read-only connection, credentials on their way to a
wrong host, a login page taken for an answer), not a sandbox against hostile Python in the same process.

All hooks are botocore's public client events, registered first, so they hold for clients, paginators, waiters and
presigned URLs and forms alike: https://botocore.amazonaws.com/v1/documentation/api/latest/topics/events.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any
from zlib import crc32

from stackpane.aws.lost import note_try
from stackpane.aws.underway import UnderWay
from stackpane.calls import PLACE, Call, Effect, placeholders
from stackpane.errors import Refused, UnprovenResponse
from stackpane.wanted import check_wanted

__all__ = ["CALL", "Guard", "is_from_aws", "is_proven", "names_of"]

CALL = "stackpane_call"
"""The key of botocore's request context under which the guard keeps the ``Call`` and the names its ARNs are made of.

In the reply of a call that AWS refused the same stands in ``ResponseMetadata``: the message names what is missing."""


def _nothing(*_arguments: object) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What one client may do.

    ``calls`` are the running command's declared calls by operation name; ``None`` lifts the limit (the demo's seeding).
    ``refuse_url`` says why a URL must not be contacted, or ``None``. ``before_call`` runs before each request is built
    (account check, rate limit); ``record`` notes the name of a call that is about to be made; a ``dry_run`` sends no
    change; ``under_way`` has the changes that are not answered yet.
    """

    service: str
    connection: str
    read_only: bool
    calls: Mapping[str, Call] | None
    refuse_url: Callable[[str], str | None]
    dry_run: bool = False
    before_call: Callable[[], None] = _nothing
    record: Callable[[Call, Mapping[str, str]], None] = _nothing
    under_way: UnderWay = field(default_factory=UnderWay)

    def attach(self, client: Any) -> None:
        """Put the guard before everything the client does."""
        events = client.meta.events
        # The stars put these before botocore's own handlers for a service: one makes an error 500, to be tried again,
        # of an answer that is no XML, another follows redirects.
        events.register_first("before-parse.*.*", self._prove)
        events.register_first("needs-retry.*.*", _stop_lookup)
        events.register_first("before-parameter-build", self._check_call)
        events.register_first("before-call", self._before_call)
        events.register_first("before-sign", partial(self._check_request, client.meta.service_model))
        events.register_first("before-send", self._before_send)
        events.register_first("needs-retry", self._after_try)
        self.under_way.attach(client, CALL)

    # What botocore's events call, each with more than it needs

    def _check_call(self, model: Any, params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        call = self._declared(model.name)
        if call is not None:
            call = call.of(params)
            context[CALL] = (call, names_of(call, params))
        self._check(model.name, call)

    def _before_call(self, context: Mapping[str, Any], **_: Any) -> None:
        self.before_call()
        self._note(context)

    def _check_request(self, service_model: Any, request: Any, operation_name: str, **_: Any) -> None:
        self._check(operation_name, self._called(request.context, operation_name))
        self._check_url(request.url)
        if not request.context.get("is_presign_request"):
            return
        method = service_model.operation_model(operation_name).http.get("method")
        if request.method != method:
            raise Refused(f"{operation_name} is a {method} request; it cannot be presigned as {request.method}")
        # whoever has the link makes the call with the rights of these credentials
        self._note(request.context)

    def _before_send(self, request: Any, **_: Any) -> None:
        check_wanted()
        self._check_url(request.url)

    def _prove(self, response_dict: Mapping[str, Any], operation_model: Any, **_: Any) -> None:
        _prove(response_dict, operation_model, self._declared(operation_model.name))

    def _after_try(
        self, operation: Any, caught_exception: Any, response: Any, request_dict: Mapping[str, Any], **_: Any
    ) -> None:
        context = request_dict["context"]
        call = self._called(context, operation.name)
        if call is None or call.effect is not Effect.READ:
            note_try(context, caught_exception, response)
        if caught_exception is not None:
            # As an ``UnprovenResponse`` has it: whoever counts what was done can tell what cannot have been.
            caught_exception.only_read = call is not None and call.effect is Effect.READ
        if response is not None and CALL in context and "Error" in response[1]:
            response[1].setdefault("ResponseMetadata", {})[CALL] = context[CALL]
        _stop_retry(call, caught_exception, response)

    # Which call it is, and whether it may be made

    def _called(self, context: Mapping[str, Any], operation: str) -> Call | None:
        found: tuple[Call | None, object] = context.get(CALL) or (self._declared(operation), None)
        return found[0]

    def _note(self, context: Mapping[str, Any]) -> None:
        call, names = context.get(CALL, (None, {}))
        if call is not None:
            self.record(call, names)

    def _declared(self, operation: str) -> Call | None:
        return None if self.calls is None else self.calls.get(operation)

    def _check(self, operation: str, call: Call | None) -> None:
        if self.calls is None:
            return
        if call is None:
            raise Refused(
                f"the command did not declare the call {self.service}:{operation}, so it was not sent",
                "This is a fault of the plugin: its command must list the call in `calls=`.",
            )
        if self.read_only and call.effect is not Effect.READ:
            raise Refused(
                f"the connection {self.connection!r} is read-only: {self.service}:{operation} was not sent",
                "Use another connection, or take read-only off with `stackpane connection edit`.",
            )
        if self.dry_run and call.effect is not Effect.READ:
            raise Refused(f"dry run: {self.service}:{operation} was not sent")

    def _check_url(self, url: str) -> None:
        reason = self.refuse_url(url)
        if reason is not None:
            raise Refused(f"nothing was sent: {reason}", f"The connection {self.connection!r} names its endpoint.")


def names_of(call: Call, params: Mapping[str, Any]) -> dict[str, str]:
    """The values of the placeholders in the call's ARN templates, as far as the request's parameters name them.

    A placeholder is found under AWS's parameter of that name, whatever its case and what stands before it, with or
    without ``Name`` or ``Id`` behind it: ``{bucket}`` in ``Bucket``, ``{table}`` in ``TableName``, ``{pool}`` in
    ``UserPoolId``. Of an ARN (``{topic}`` in ``TopicArn``) it is the last part. An ARN that is one of just the
    template's form says them all, whatever the parameter's name.
    """
    flat = {name.lower(): value for name, value in params.items() if isinstance(value, str) and value}
    found: dict[str, str] = {}
    for template in call.arns:
        found |= _read_by(template, flat.values())
        for name in placeholders(template):
            if name in found:
                continue
            key = name.replace("_", "").replace("-", "")
            endings = (key, f"{key}name", f"{key}id")
            value = next((flat[ending] for ending in endings if ending in flat), None)
            value = value or next((flat[each] for each in flat if each.endswith(endings)), None)
            value = value or next((flat[each].rpartition(":")[2] for each in flat if each.endswith(f"{key}arn")), None)
            if value is not None:
                found.setdefault(name, value)
    return found


def _read_by(template: str, values: Iterable[str]) -> dict[str, str]:
    """What the first ARN of a template's form says for its placeholders but those of the place; nothing without one."""
    pattern, names = _arn_pattern(template)
    match = next(filter(None, (pattern.fullmatch(value) for value in values if value.startswith("arn:"))), None)
    return {} if match is None else dict(zip(names, match.groups(), strict=True))


@cache
def _arn_pattern(template: str) -> tuple[re.Pattern[str], list[str]]:
    """A pattern of the ARNs that a template makes, and the names of its groups; the last one may hold anything."""
    names = [name for name in placeholders(template) if name not in PLACE]
    text = ".+".join(map(re.escape, template.split("*")))
    for place in PLACE:
        text = text.replace(re.escape(f"{{{place}}}"), "[^:]*")
    for name in names:
        text = text.replace(re.escape(f"{{{name}}}"), "(.+)" if name == names[-1] else "([^:/]+)")
    return re.compile(text), names


def _stop_retry(call: Call | None, error: Exception | None, response: tuple[Any, Any] | None) -> None:
    """Raise where a repeat must not or need not be tried: ``once`` calls, and hosts that refuse the connection."""
    from botocore.exceptions import EndpointConnectionError

    if isinstance(error, EndpointConnectionError):
        raise error
    if call is None or call.effect is not Effect.ONCE:
        return
    if error is not None:
        raise error
    if response is not None and response[0].status_code >= 300:
        from botocore.exceptions import ClientError

        raise ClientError(response[1], call.operation)


_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+")


def region_named(parsed: Mapping[str, Any]) -> str | None:
    """The region that an answer says a bucket is in; ``None`` where it names none that can be one."""
    headers = parsed.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    named = headers.get("x-amz-bucket-region") or parsed.get("Error", {}).get("Region")
    return named if isinstance(named, str) and _REGION.fullmatch(named) else None


def _stop_lookup(request_dict: Mapping[str, Any], response: tuple[Any, Any] | None, **_: Any) -> None:
    """Keep botocore from asking for a bucket's region by a call of its own.

    It sends a redirected request once more, to the region that the answer names. Where the answer names none it asks
    with ``HeadBucket``: a call that nobody has declared, and one without an end where that is redirected as well.
    """
    redirect = request_dict.get("context", {}).get("s3_redirect")
    if redirect is not None and (response is None or region_named(response[1]) is None):
        redirect["redirected"] = True  # botocore's word for "not once more"


_REQUEST_IDS = ("x-amz-request-id", "x-amzn-requestid", "x-amzn-request-id", "x-amz-id-2")
_XML = ("rest-xml", "query", "ec2")
_HTML = re.compile(rb"\s*(?:<!doctype html|<html)", re.IGNORECASE)


def is_from_aws(headers: Container[str]) -> bool:
    """Whether an answer has a request id. The headers' names are in lower case, or their case does not count."""
    return any(name in headers for name in _REQUEST_IDS)


def is_proven(reply: Mapping[str, Any], operation_model: Any) -> bool:
    """Whether a reply shows that an AWS service made it.

    It does by a request id, which every AWS service sends with every answer and no login page or gateway does; and its
    body must be what the operation's protocol says: no HTML, JSON or XML where the service speaks that, and not empty
    where the answer is in the body. ``reply`` is botocore's response dictionary (``headers``, ``status_code``,
    ``body``).
    """
    if not is_from_aws(reply["headers"]):
        return False
    body = reply["body"]
    if not isinstance(body, bytes):  # a stream: its length and checksum are checked by whoever reads it
        return True
    if _HTML.match(body[:256]):
        return False
    if reply["status_code"] != 200:
        return True
    if not body:
        return not _answers_in_body(operation_model)
    if _has_raw_payload(operation_model):
        return True
    text, protocol = body.strip(), operation_model.service_model.resolved_protocol or ""
    if "json" in protocol:
        return (text[:1], text[-1:]) in ((b"{", b"}"), (b"[", b"]"))
    return protocol not in _XML or text[:1] == b"<"


def _answers_in_body(operation_model: Any) -> bool:
    """Whether there is more to the answer than headers: a structure, written as the protocol writes it."""
    shape = operation_model.output_shape
    if shape is None or operation_model.has_streaming_output or _has_raw_payload(operation_model):
        return False
    return any("location" not in member.serialization for member in shape.members.values())


def _has_raw_payload(operation_model: Any) -> bool:
    """Whether the body is something of its own: an object, a function's answer, a policy."""
    shape = operation_model.output_shape
    payload = None if shape is None else shape.serialization.get("payload")
    return payload is not None and shape.members[payload].type_name != "structure"


def _is_whole(reply: Mapping[str, Any]) -> bool:
    """Whether a reply is what was sent, where it says so; botocore looks at that in its legacy retry mode only.

    DynamoDB does: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
    """
    given, body = reply["headers"].get("x-amz-crc32"), reply["body"]
    if given is None or not isinstance(body, bytes) or "content-encoding" in reply["headers"]:
        return True
    return str(given).strip() == str(crc32(body))


def _prove(response_dict: Mapping[str, Any], operation_model: Any, call: Call | None) -> None:
    status = response_dict["status_code"]
    only_read = call is not None and call.effect is Effect.READ
    # 5xx without a request id comes from load balancers in front of AWS too: an error either way, and worth a retry.
    if status >= 500 or is_proven(response_dict, operation_model):
        if _is_whole(response_dict):
            return
        raise UnprovenResponse(
            f"{operation_model.name}: the answer (HTTP {status}) is not what was sent: its checksum (CRC-32) does not "
            "fit; the outcome is unknown",
            "Try again; where it stays so, something on the way changes answers.",
            only_read=only_read,
        )
    if not isinstance(response_dict["body"], bytes):  # a stream, which nobody will read
        response_dict["body"].close()
    kind = response_dict["headers"].get("content-type", "no content type")
    raise UnprovenResponse(
        f"{operation_model.name}: the answer (HTTP {status}, {kind}) is no AWS service's; the outcome is unknown",
        "Check the endpoint's address and port, and whether a proxy or a login page answers in its place.",
        only_read=only_read,
    )
