"""An HTTP/1.1 proxy before an emulator that notes every request and, where a test asks for it, does what networks do.

``proxy.fault(mode, match)`` sets a fault; the modes are in ``tests.harness.faults``. Everything else is passed on as it
comes, in pieces, so that a body of any size costs no memory. The proxy runs in a thread of its own and ends with its
fixture; whatever it still holds back is then dropped.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

import h11

from tests.harness.exchange import Exchange, Request

DEADLINE = 60.0
"""Seconds a test waits for something that is about to happen; far more than it takes."""

Mode = Callable[[Exchange], Awaitable[None]]
"""What is done with a request: reads it, passes it on or not, answers or not."""

Match = str | Callable[[Request], bool] | None
"""Which requests: an operation's name (``"GetObject"``, several with spaces between), a test of the request, or all."""


@dataclass(eq=False)
class Fault:
    """A mode and when it applies: to matching requests, after the first ``after``, ``times`` times (None: for ever)."""

    mode: Mode
    match: Match = None
    times: int | None = None
    after: int = 0
    requests: list[Request] = field(default_factory=list)
    """The requests it was applied to so far."""
    _passed: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _gate: concurrent.futures.Future[None] = field(default_factory=concurrent.futures.Future)

    def takes(self, request: Request) -> bool:
        """Whether it applies to this request, which then counts."""
        if not matches(self.match, request) or (self.times is not None and len(self.requests) >= self.times):
            return False
        if self._passed < self.after:
            self._passed += 1
            return False
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
        return True

    def wait(self, count: int = 1) -> None:
        """Return once the fault has met ``count`` requests; fails after a generous deadline."""
        with self._changed:
            met = self._changed.wait_for(lambda: len(self.requests) >= count, DEADLINE)
        assert met, f"only {len(self.requests)} of {count} requests came: {self.requests}"

    def release(self) -> None:
        """Let go what the fault holds back, now and from now on."""
        if not self._gate.done():  # the end of the proxy cancels it
            self._gate.set_result(None)


def matches(match: Match, request: Request) -> bool:
    """Whether a request is one of those meant."""
    if match is None:
        return True
    return request.operation in match.split() if isinstance(match, str) else match(request)


async def forward(exchange: Exchange) -> None:
    """No fault: pass the request and the answer on."""
    await exchange.reply(await exchange.forward())


class FaultProxy:
    """Listens on loopback, passes on to ``upstream`` (a URL); https where an ``ssl.SSLContext`` is given.

    ``url`` stands in for the emulator's. To be used in a ``with`` block.
    """

    def __init__(self, upstream: str, tls: ssl.SSLContext | None = None, default_service: str = "s3") -> None:
        parts = urlsplit(upstream)
        assert parts.hostname is not None
        assert parts.port is not None
        self._upstream = parts.hostname, parts.port
        self._tls = tls
        self._default_service = default_service
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        # accepted connections inherit it; without, a small answer waits 40 ms for the client's ACK of its head
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self.requests: list[Request] = []
        """Every request, in the order of arrival."""
        self._faults: list[Fault] = []
        self._failures: list[BaseException] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="fault proxy", daemon=True)

    def fault(self, mode: Mode, match: Match = None, *, times: int | None = None, after: int = 0) -> Fault:
        """Do ``mode`` to the requests that ``match``, but not to the first ``after``, ``times`` times (None: for ever).

        Where several faults match, the one set first has the request, until its ``times`` are used up.
        """
        fault = Fault(mode, match, times, after)
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all requests and faults; what a fault holds back stays held until it is released."""
        self._faults.clear()
        self.requests.clear()

    @property
    def operations(self) -> list[str]:
        """The operations' names, in the order of arrival."""
        return [request.operation for request in self.requests]

    def count(self, match: Match = None) -> int:
        """How many requests of a kind have arrived."""
        return sum(matches(match, request) for request in self.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive(), "the fault proxy does not end"
        if self._failures:
            raise ExceptionGroup("in the fault proxy", [f for f in self._failures if isinstance(f, Exception)])

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._accept, sock=self._listener, ssl=self._tls)
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, ssl.SSLError, h11.RemoteProtocolError):
            pass  # the client went away: it may
        except asyncio.CancelledError:
            writer.transport.abort()  # the proxy ends; nobody waits for this task's outcome
        except Exception as failure:
            self._failures.append(failure)
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 18)
        while True:
            exchange = Exchange(connection, reader, writer, self._upstream)
            if not await exchange.receive(self._default_service):
                return
            self.requests.append(exchange.request)
            fault = next((fault for fault in list(self._faults) if fault.takes(exchange.request)), None)
            if fault:
                exchange.gate = fault._gate
            try:
                await (fault.mode if fault else forward)(exchange)
            finally:
                exchange.end()
            if not exchange.reusable:
                return
