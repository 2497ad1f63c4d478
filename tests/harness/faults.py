"""What can go wrong on the way: modes for ``FaultProxy.fault``. Each is made by a function that says what it does.

Modes "after" let the emulator do the work and lose or spoil the answer: a write has happened. Modes "before" leave the
emulator untouched. Nothing here waits for time to pass: what hangs, hangs until the test releases it or ends.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from xml.sax.saxutils import escape

from tests.harness.exchange import Exchange, RawHeaders, Reply, pieces
from tests.harness.faultproxy import Mode, forward
from tests.harness.operations import protocol_of

LOGIN_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>"
REQUEST_ID_HEADERS = ("x-amz-request-id", "x-amzn-requestid", "x-amz-id-2")


# ── answers that no AWS service gave ──────────────────────────────────────────────────────────────────────────────────


def answer(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Mode:
    """A made-up answer; the emulator sees nothing."""

    async def mode(exchange: Exchange) -> None:
        await exchange.reply(made_up(status, body, headers or {}))

    return mode


def html200() -> Mode:
    """A login page, or the wrong port: ``200 text/html`` to everything."""
    return answer(200, LOGIN_PAGE, {"Content-Type": "text/html; charset=utf-8"})


def json_not_json() -> Mode:
    """``200 application/json`` with a request id, but the body is no JSON (and no XML)."""
    return answer(200, b"{'no': json", {"Content-Type": "application/json", "x-amzn-requestid": "made-up"})


def empty200() -> Mode:
    """``200`` with nothing in it."""
    return answer(200)


def no_request_id() -> Mode:
    """The emulator's own answer, without the headers that prove it."""
    return without(*REQUEST_ID_HEADERS)


def without(*headers: str) -> Mode:
    """The emulator's own answer, without these headers (in lower case)."""

    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        reply.change({}, drop=headers)
        await exchange.reply(reply)

    return mode


# ── broken bodies ─────────────────────────────────────────────────────────────────────────────────────────────────────


def cut(length: int) -> Mode:
    """After ``length`` bytes of the answer's body the connection closes, in good order."""
    return _cut(length, Exchange.close)


def reset_after(length: int) -> Mode:
    """After ``length`` bytes of the answer's body the connection breaks off."""
    return _cut(length, Exchange.reset)


def _cut(length: int, end: Callable[[Exchange], None]) -> Mode:
    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        await exchange.begin(reply)
        left = length
        async for piece in reply.body:
            await exchange.send(piece[:left])
            left -= len(piece[:left])
        end(exchange)

    return mode


def wrong_length(difference: int) -> Mode:
    """``Content-Length`` is off by ``difference`` bytes: the body ends early, or goes on after its end."""

    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        body = await reply.read()
        reply.change({"Content-Length": str(len(body) + difference)})
        await exchange.begin(reply)
        await exchange.send_raw(body)
        exchange.close()

    return mode


def corrupt(position: int = 0) -> Mode:
    """One byte of the answer's body is another, everything else fits."""

    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        reply.body = _flipped(reply.body, position)
        await exchange.reply(reply)

    return mode


async def _flipped(body: AsyncIterator[bytes], position: int) -> AsyncIterator[bytes]:
    start = 0
    async for piece in body:
        at = position - start
        yield piece[:at] + bytes([piece[at] ^ 0xFF]) + piece[at + 1 :] if 0 <= at < len(piece) else piece
        start += len(piece)


def drip(size: int = 1) -> Mode:
    """The answer's body comes in pieces of ``size`` bytes."""

    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        reply.body = pieces(await reply.read(), size)
        await exchange.reply(reply)

    return mode


# ── connections that hang or break ────────────────────────────────────────────────────────────────────────────────────


def hang_before() -> Mode:
    """Neither passed on nor answered. When released, the connection breaks off."""
    return hold_before(reset_before())


def hang_after_body() -> Mode:
    """Passed on and done, but not answered. When released, the connection breaks off."""

    async def mode(exchange: Exchange) -> None:
        await (await exchange.forward()).read()
        await exchange.hold()
        exchange.reset()

    return mode


def hang_within(length: int) -> Mode:
    """``length`` bytes of the answer's body come, the rest when released."""

    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        body = await reply.read()
        await exchange.begin(reply)
        await exchange.send(body[:length])
        await exchange.hold()
        await exchange.send(body[length:])
        await exchange.finish()

    return mode


def hold_before(then: Mode = forward) -> Mode:
    """Held back until released, ``then`` goes on."""

    async def mode(exchange: Exchange) -> None:
        await exchange.hold()
        await then(exchange)

    return mode


def hold_after() -> Mode:
    """Passed on and done; the answer is held back until released."""

    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        body = await reply.read()
        await exchange.hold()
        reply.body = pieces(body)
        await exchange.reply(reply)

    return mode


def reset_before() -> Mode:
    """The connection breaks off before the emulator sees anything."""

    async def mode(exchange: Exchange) -> None:
        exchange.reset()

    return mode


def reset_after_body() -> Mode:
    """Passed on and done, then the connection breaks off instead of an answer."""

    async def mode(exchange: Exchange) -> None:
        await (await exchange.forward()).read()
        exchange.reset()

    return mode


# ── errors as AWS words them ──────────────────────────────────────────────────────────────────────────────────────────


def error(status: int, code: str, message: str, *, extra: Mapping[str, str] | None = None, **headers: str) -> Mode:
    """An AWS error in the service's own protocol; the emulator sees nothing.

    ``extra`` are further elements of an XML error (``Region``); ``headers`` further headers, ``_`` for ``-``.
    """

    async def mode(exchange: Exchange) -> None:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        await exchange.reply(aws_error(exchange.request.service, status, code, message, extra or {}, more))

    return mode


def status(number: int) -> Mode:
    """``500 InternalError`` or ``503 ServiceUnavailable``, or any other status with a general error."""
    code = {500: "InternalError", 503: "ServiceUnavailable", 404: "NoSuchKey", 403: "AccessDenied"}.get(number, "Error")
    return error(number, code, f"We encountered an internal error ({number}). Please try again.")


def throttle() -> Mode:
    """``503 SlowDown``, as S3 throttles."""
    return error(503, "SlowDown", "Please reduce your request rate.")


def expired_token() -> Mode:
    """``400 ExpiredToken``, as S3 words it."""
    return error(400, "ExpiredToken", "The provided token has expired.")


def skew(offset: timedelta = timedelta(hours=1)) -> Mode:
    """``403 RequestTimeTooSkewed`` from a server whose clock is ``offset`` ahead of ours."""

    async def mode(exchange: Exchange) -> None:
        now = datetime.now(UTC)
        server = now + offset
        times = {
            "RequestTime": now.strftime("%Y%m%dT%H%M%SZ"),
            "ServerTime": server.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "MaxAllowedSkewMilliseconds": "900000",
        }
        message = "The difference between the request time and the current time is too large."
        date = {"Date": format_datetime(server, usegmt=True)}
        await exchange.reply(aws_error(exchange.request.service, 403, "RequestTimeTooSkewed", message, times, date))

    return mode


def access_denied(action: str, resource: str = "*") -> Mode:
    """``403 AccessDenied`` with the sentence of IAM: who may not do ``action`` (``s3:ListBucket``) on what and why."""
    message = (
        f"User: arn:aws:iam::123456789012:user/tester is not authorized to perform: {action} on resource: "
        f'"{resource}" because no identity-based policy allows the {action} action'
    )
    return error(403, "AccessDenied", message)


def redirect(number: int, location: str, *, code: str = "TemporaryRedirect") -> Mode:
    """301, 302, 307 or 308 to ``location`` (a URL), as S3 words it: header and ``Endpoint`` element."""
    endpoint = location.partition("//")[2].partition("/")[0]
    message = "Please re-send this request to the specified temporary endpoint."
    return error(number, code, message, extra={"Endpoint": endpoint}, Location=location)


def hostile_region_header(region: str, number: int = 301) -> Mode:
    """A region correction as S3 sends it for a bucket elsewhere, to a ``region`` of the test's choice."""
    message = "The bucket you are attempting to access must be addressed using the specified endpoint."
    return error(number, "PermanentRedirect", message, extra={"Region": region}, x_amz_bucket_region=region)


# ── answers that are changed on the way ───────────────────────────────────────────────────────────────────────────────


def rewrite(change: Callable[[bytes], bytes], *, status: int | None = None, **headers: str) -> Mode:
    """The emulator's answer with its body changed (and a fitting length), another ``status``, further headers."""

    async def mode(exchange: Exchange) -> None:
        reply = await exchange.forward()
        reply.replace_body(change(await reply.read()))
        reply.change({name.replace("_", "-"): value for name, value in headers.items()})
        reply.status = status or reply.status
        await exchange.reply(reply)

    return mode


def in_turn(*modes: Mode) -> Mode:
    """One mode after the other, a request each, and from the beginning again."""
    turns = itertools.cycle(modes)

    async def mode(exchange: Exchange) -> None:
        await next(turns)(exchange)

    return mode


# ── making answers up ─────────────────────────────────────────────────────────────────────────────────────────────────


def made_up(status: int, body: bytes, headers: Mapping[str, str]) -> Reply:
    """An answer that is not the emulator's."""
    raw: RawHeaders = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    length = (b"Content-Length", str(len(body)).encode())
    # with a reason: botocore does not know an early answer to ``Expect: 100-continue`` for one without it
    return Reply(status, [*raw, length], pieces(body), HTTPStatus(status).phrase.encode())


def aws_error(
    service: str, status: int, code: str, message: str, extra: Mapping[str, str], headers: Mapping[str, str]
) -> Reply:
    """An error with a request id in the protocol of ``service`` (a signing name)."""
    protocol = protocol_of(service)
    ids = {"x-amz-request-id": "FAULT0000000000", "x-amzn-requestid": "FAULT0000000000"}
    if protocol in ("json", "rest-json"):
        kind = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-ErrorType": code}
        return made_up(status, json.dumps({"__type": code, "message": message}).encode(), {**kind, **ids, **headers})
    elements = {"Code": code, "Message": message, **extra}
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in elements.items())
    document = f"<Error>{inside}<RequestId>FAULT0000000000</RequestId></Error>"
    if protocol == "query":
        document = f"<ErrorResponse><Error>{inside}</Error><RequestId>FAULT0000000000</RequestId></ErrorResponse>"
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode()
    return made_up(status, body, {"Content-Type": "application/xml", **ids, **headers})
