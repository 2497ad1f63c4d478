"""One request on its way through the fault proxy, and what a fault may do with it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

import h11

from tests.harness import operations

PIECE = 1 << 16
KEPT_BODY = 1 << 20
"""Bytes of a request's body that are kept for the test to look at."""

_HOP_BY_HOP = {b"connection", b"keep-alive", b"proxy-connection", b"expect", b"te", b"upgrade"}

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(eq=False)
class Request:
    """A request as it arrived: what the proxy's log holds, and what a test's ``match`` looks at.

    Bodies that announce at most 64 KiB are there before ``match`` is asked; of others, what has been read.
    """

    method: str
    target: str
    """Path and query as on the wire."""
    headers: dict[str, str]
    """By lower-case name."""
    raw_headers: RawHeaders = field(repr=False)
    service: str = ""
    operation: str = ""
    """The operation's name (``ListObjectsV2``), a guess by botocore's models; ``""`` where none fits."""
    body: bytes = field(default=b"", repr=False)
    """The first ``KEPT_BODY`` bytes."""
    body_length: int = 0
    """Bytes received, all of them."""

    @property
    def path(self) -> str:
        """The decoded path: ``/bucket/key with spaces``."""
        return unquote(self.target.partition("?")[0])

    @property
    def query(self) -> dict[str, list[str]]:
        """The decoded query; names without a value have the value ``""``."""
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    def arg(self, name: str) -> str:
        """One value of the query, ``""`` where it is absent."""
        return self.query.get(name, [""])[0]

    def guess(self, default_service: str) -> None:
        """Work out service and operation from what is there by now."""
        self.service = operations.service_of(self.headers, self.query) or default_service
        path = self.target.partition("?")[0]
        self.operation = operations.operation_of(
            self.service, self.method, path, self.query, self.headers, self.body[:KEPT_BODY]
        )


_DESCRIBING = (b"x-amz-checksum-", b"x-amz-crc32", b"content-md5")
"""Headers that describe a body."""


@dataclass
class Reply:
    """An answer, from the emulator or made up. ``body`` yields pieces, once."""

    status: int
    headers: RawHeaders
    body: AsyncIterator[bytes]
    reason: bytes = b""

    async def read(self) -> bytes:
        """The whole body."""
        return b"".join([piece async for piece in self.body])

    def header(self, name: str) -> str:
        """A header's value, ``""`` where it is absent."""
        return next((v.decode("latin-1") for k, v in self.headers if k.lower() == name.lower().encode()), "")

    def change(self, headers: Mapping[str, str], drop: Iterable[str] = ()) -> None:
        """Set headers and take others away."""
        gone = {name.lower().encode() for name in (*headers, *drop)}
        kept = [(name, value) for name, value in self.headers if name.lower() not in gone]
        self.headers = kept + [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]

    def replace_body(self, body: bytes) -> None:
        """Another body, with its length, and without what described the old one."""
        described = [n.decode() for n, _ in self.headers if n.lower().startswith(_DESCRIBING)]
        self.change({"Content-Length": str(len(body))}, drop=[*described, "Transfer-Encoding"])
        self.body = pieces(body)


async def pieces(body: bytes, size: int = PIECE) -> AsyncIterator[bytes]:
    """``body`` in pieces of ``size`` bytes."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


class Exchange:
    """A request that has arrived and its connection: what a mode works with.

    After the mode returns, a connection that is still in order serves the next request, any other is closed.
    """

    def __init__(
        self,
        connection: h11.Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        upstream: tuple[str, int],
    ) -> None:
        self._connection = connection
        self._reader = reader
        self._writer = writer
        self._upstream = upstream
        self._body_done = False
        self._forwarded: list[asyncio.StreamWriter] = []
        self.request: Request
        self.gate: concurrent.futures.Future[None] = concurrent.futures.Future()

    async def receive(self, default_service: str) -> bool:
        """Read the next request up to its body, small bodies too; False where the client has no more."""
        event = await read_event(self._connection, self._reader)
        if not isinstance(event, h11.Request):
            return False
        headers: dict[str, str] = {}
        for name, value in event.headers:
            text = value.decode("latin-1")
            known = headers.get(name.decode())
            headers[name.decode()] = text if known is None else f"{known}, {text}"
        self.request = Request(
            event.method.decode(), event.target.decode("latin-1"), headers, list(event.headers.raw_items())
        )
        if (
            int(headers.get("content-length", "0")) <= PIECE
            and not self._waiting
            and "transfer-encoding" not in headers
        ):
            await self.drain()
        self.request.guess(default_service)
        return True

    @property
    def _waiting(self) -> bool:
        return self._connection.they_are_waiting_for_100_continue

    async def body(self) -> AsyncIterator[bytes]:
        """The request's body: what was read before, then what still comes; asks for it where the client waits."""
        if self.request.body:
            yield self.request.body
        if self._waiting:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        while not self._body_done:
            event = await read_event(self._connection, self._reader)
            if isinstance(event, h11.Data):
                piece = bytes(event.data)
                self.request.body_length += len(piece)
                self.request.body += piece[: KEPT_BODY - len(self.request.body)]
                yield piece
            elif isinstance(event, h11.EndOfMessage):
                self._body_done = True
            else:
                raise ConnectionResetError("the client went away within its request")

    async def drain(self) -> None:
        """Read the body and keep no more than ``request.body`` of it."""
        async for _ in self.body():
            pass

    async def forward(self, body: bytes | None = None) -> Reply:
        """Pass the request on, with another ``body`` if given; the emulator's answer, its body still to come."""
        try:
            reader, writer = await asyncio.open_connection(*self._upstream)
        except OSError as failure:
            raise RuntimeError(f"the emulator is down: {failure}") from failure
        self._forwarded.append(writer)
        upstream = h11.Connection(h11.CLIENT)
        with contextlib.suppress(ConnectionError):  # an answer before the end of the body: it is read below
            await self._pass_on(upstream, writer, body)
        event = await read_event(upstream, reader)
        while isinstance(event, h11.InformationalResponse):
            event = await read_event(upstream, reader)
        if not isinstance(event, h11.Response):
            writer.close()
            raise RuntimeError(f"the emulator gave no answer to {self.request.method} {self.request.target}")
        headers = [(name, value) for name, value in event.headers.raw_items() if name.lower() not in _HOP_BY_HOP]
        return Reply(event.status_code, headers, _body_of(upstream, reader, writer), bytes(event.reason))

    async def _pass_on(self, upstream: h11.Connection, writer: asyncio.StreamWriter, body: bytes | None) -> None:
        dropped = _HOP_BY_HOP if body is None else _HOP_BY_HOP | {b"content-length", b"transfer-encoding"}
        headers = [(name, value) for name, value in self.request.raw_headers if name.lower() not in dropped]
        headers += [(b"Connection", b"close")]
        if body is not None:
            await self.drain()
            headers += [(b"Content-Length", str(len(body)).encode())]
        start = h11.Request(method=self.request.method, target=self.request.target.encode("latin-1"), headers=headers)
        writer.write(upstream.send(start) or b"")
        async for piece in self.body() if body is None else pieces(body):
            writer.write(upstream.send(h11.Data(data=piece)) or b"")
            await writer.drain()
        writer.write(upstream.send(h11.EndOfMessage()) or b"")
        await writer.drain()

    async def reply(self, reply: Reply) -> None:
        """Answer in full."""
        await self.begin(reply)
        async for piece in reply.body:
            await self.send(piece)
        await self.finish()

    async def begin(self, reply: Reply) -> None:
        """Send the head of an answer; reads what the client still sends, unless it waits to be asked."""
        headers = [(n, v) for n, v in reply.headers if n.lower() != b"transfer-encoding"]
        if self._waiting:
            # The body will not come, so the connection ends; a client that is not told would use it again, in vain.
            headers.append((b"Connection", b"close"))
        else:
            await self.drain()
        await self._send(h11.Response(status_code=reply.status, headers=headers, reason=reply.reason))

    async def send(self, piece: bytes) -> None:
        """Send a piece of the answer's body; the answer to a HEAD has none, whatever it would have for a GET."""
        if self.request.method != "HEAD":
            await self._send(h11.Data(data=piece))

    async def send_raw(self, data: bytes) -> None:
        """Send bytes as they are, whatever was announced. The connection must be closed afterwards."""
        self._writer.write(data)
        await self._writer.drain()

    async def finish(self) -> None:
        """End the answer."""
        await self._send(h11.EndOfMessage())

    async def hold(self) -> None:
        """Wait until the test releases the fault, or the proxy ends."""
        await asyncio.wrap_future(self.gate)

    def close(self) -> None:
        """Close the connection in the ordinary way (FIN), after what was sent."""
        self._writer.close()

    def reset(self) -> None:
        """Break the connection off (RST)."""
        connection = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def end(self) -> None:
        """Close what was opened to the emulator, also where the client went away before its answer was read."""
        for writer in self._forwarded:
            writer.close()

    @property
    def reusable(self) -> bool:
        """Whether the connection can take another request; it is then ready for it."""
        ends = {self._connection.our_state, self._connection.their_state}
        if ends != {h11.DONE} or self._writer.is_closing():
            return False
        self._connection.start_next_cycle()
        return True

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._connection.send(event) or b"")
        await self._writer.drain()


async def read_event(connection: h11.Connection, reader: asyncio.StreamReader) -> h11.Event | type[h11.PAUSED]:
    """The next part of a message, read from the wire as far as needed."""
    while True:
        event = connection.next_event()
        if not isinstance(event, type) or event is h11.PAUSED:
            return event
        connection.receive_data(await reader.read(PIECE))


async def _body_of(
    connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> AsyncIterator[bytes]:
    try:
        while isinstance(event := await read_event(connection, reader), h11.Data):
            yield bytes(event.data)
    finally:
        writer.close()
