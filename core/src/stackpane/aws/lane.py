"""A lane for many small requests: one operation, sent over a kept connection without the cost of a client call each.

A client call costs more than a millisecond of CPU, which is most of the time that a file of a few kilobytes takes. A
request in the lane is a presigned one: botocore's client builds, checks and signs it (the guard's hooks see it as they
see every call), and it is sent with ``http.client``. The lane knows only one good outcome: an answer with the status
that was hoped for, whole, from an AWS service. In every other case it returns ``None``, and the caller makes the
client's own call, which retries, explains and raises as always; so nothing is decided here. Only where a call that
changes something may have been carried out, and nobody has said so, the lane raises ``LostAnswer``: the client's call
is a repeat then, and a refusal of it says nothing about what the lane has done.

Signatures in the query string can be forbidden by a bucket's policy, and a bucket can be in another region: a denial or
a redirect closes the lane.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from stackpane.aws.guard import CALL, is_from_aws
from stackpane.aws.lost import LostAnswer
from stackpane.calls import Call, Effect

if TYPE_CHECKING:
    from stackpane.aws.guard import Guard

__all__ = ["Lane", "Reply"]

_EXPIRES = 300
"""Seconds; a request is sent at once, so this is room for a clock that is off."""
_GONE = (http.client.HTTPException, OSError)
_REFUSED = range(300, 500)
_NO_REFUSAL = 408
"""The server has waited for more of the request, and may have had enough of it."""
_ABOUT_THE_OBJECT = (304, 404, 409, 412, 416)
"""What says nothing of the way: the object is not there, or not as wanted. Any other refusal closes the lane."""
_READERS: dict[str, Callable[[str], Any]] = {
    "timestamp": parsedate_to_datetime,
    "integer": int,
    "long": int,
    "boolean": lambda text: text.lower() == "true",
}
"""How a header of each of botocore's types is read; the others are text. HTTP's own dates are those of RFC 9110."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: what its headers say, by the names and in the types of the client's answer, and the body."""

    members: Mapping[str, Any]
    body: bytes


class Lane:
    """Sends requests of a guarded client. Safe to share between threads; each keeps a connection of its own."""

    def __init__(self, client: Any, guard: Guard, ca_bundle: str | None, timeout: float) -> None:
        self._client = client
        self._guard = guard
        self._ca_bundle = ca_bundle
        self._timeout = timeout
        self._local = threading.local()
        self._is_open = True
        self._connections: list[http.client.HTTPConnection] = []
        self._shapes: dict[str, dict[str, tuple[str, Callable[[str], Any]]]] = {}
        client.meta.events.register_last("before-sign", self._remember)

    def send(
        self, method: str, params: Mapping[str, Any], body: bytes | None = None, status: int = 200
    ) -> Reply | None:
        """Make the client's call ``method`` (``get_object``), with ``body`` in place of its streaming parameter.

        Returns the answer if it has ``status``; ``None`` where the client must make the call. Raises what the guard
        refuses with, and ``LostAnswer`` where a call that changes something may have been carried out.
        """
        if not self._is_open:
            return None
        operation: str = self._client.meta.method_to_api_mapping[method]
        self._guard.before_call()
        url = urlsplit(self._client.generate_presigned_url(method, Params=dict(params), ExpiresIn=_EXPIRES))
        try:
            connection = self._connection(url.scheme, url.netloc)
        except _GONE:
            self._drop()
            return None
        call, names = self._local.call
        try:
            with self._guard.under_way.sending(call, names):
                found, headers, content = self._exchange(connection, f"{url.path}?{url.query}", body)
        except _GONE as error:
            self._drop()
            _check_only_read(call, operation, f"the connection broke ({error or type(error).__name__})")
            return None
        if found in _REFUSED and found not in _ABOUT_THE_OBJECT:
            self._is_open = False
        if found == status and is_from_aws(headers):
            return Reply(self._members(operation, headers), content)
        if found not in _REFUSED or found == _NO_REFUSAL or not is_from_aws(headers):
            _check_only_read(call, operation, f"the answer (HTTP {found}) does not say what was done")
        return None

    def close(self) -> None:
        """Close the connections; what another thread is waiting for ends at once, without an answer."""
        self._is_open = False
        for connection in self._connections:
            with suppress(OSError, AttributeError):  # it was closed already, or never opened
                connection.sock.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _remember(self, request: Any, **_: Any) -> None:
        # What is signed must be sent, and generate_presigned_url only gives the URL; nor does it say what the guard
        # found the call to be.
        self._local.call = request.context.get(CALL, (None, {}))
        self._local.headers = {name: _text(value) for name, value in request.headers.items()}
        self._local.method = request.method

    def _connection(self, scheme: str, host: str) -> http.client.HTTPConnection:
        """This thread's connection, open: what fails up to here was not sent."""
        connection: http.client.HTTPConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect(scheme, host)
            self._connections.append(connection)
        if connection.sock is None:
            connection.connect()
        return connection

    def _exchange(
        self, connection: http.client.HTTPConnection, target: str, body: bytes | None
    ) -> tuple[int, dict[str, str], bytes]:
        connection.request(self._local.method, target, body=body, headers=self._local.headers)
        response = connection.getresponse()
        content = response.read()
        if response.will_close:
            self._drop()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, content

    def _members(self, operation: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """The headers as botocore's parser gives them; those of users' own metadata are left out."""
        if operation not in self._shapes:
            shape = self._client.meta.service_model.operation_model(operation).output_shape
            self._shapes[operation] = {
                member.serialization["name"].lower(): (name, _READERS.get(member.type_name, str))
                for name, member in shape.members.items()
                if member.serialization.get("location") == "header"
            }
        wanted = self._shapes[operation]
        found = {name: wanted[name] for name in headers if name in wanted}
        return {member: read(headers[name]) for name, (member, read) in found.items()}

    def _connect(self, scheme: str, host: str) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(host, timeout=self._timeout)
        return http.client.HTTPSConnection(host, timeout=self._timeout, context=self._context)

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """For all connections: to read the certificates takes longer than to connect."""
        return ssl.create_default_context(cafile=self._ca_bundle or _authorities())

    def _drop(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None


def _check_only_read(call: Call | None, operation: str, why: str) -> None:
    """Raise ``LostAnswer`` where the call changes something, so that it matters whether it was carried out."""
    if call is not None and call.effect is Effect.READ:
        return
    raise LostAnswer(
        f"{operation} was sent, and its outcome is unknown: {why}",
        "Look before you repeat it.",
        repeatable=call is None or call.effect is not Effect.ONCE,
    )


def _authorities() -> str:
    """The certificates that botocore trusts."""
    from botocore.httpsession import get_cert_path

    path = get_cert_path(verify=True)
    assert isinstance(path, str)  # noqa: S101 - verification is not turned off
    return path


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)
