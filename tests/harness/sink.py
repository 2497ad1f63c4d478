"""A listener where nothing should arrive: it notes who comes and what they send, and never answers."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class Sink:
    """Accepts connections on a free loopback port and keeps what is sent; to be used in a ``with`` block.

    ``url`` is its address. Connections stay open until the end: a client that comes here waits for its own deadline.
    """

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._connections: list[socket.socket] = []
        self._received: list[bytearray] = []
        self._thread = threading.Thread(target=self._accept, name="sink", daemon=True)

    @property
    def connections(self) -> int:
        """How many connections were made, with or without a byte."""
        return len(self._connections)

    @property
    def received(self) -> list[bytes]:
        """What each connection has sent so far."""
        return [bytes(data) for data in self._received]

    def assert_untouched(self) -> None:
        """Fail where anybody has come."""
        assert self.connections == 0, f"{self.connections} connections came to the sink: {self.received}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for connection in self._connections:
            connection.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the end of the listener
            while True:
                connection, _ = self._listener.accept()
                data = bytearray()
                self._received.append(data)
                self._connections.append(connection)
                threading.Thread(target=_read, args=(connection, data), daemon=True).start()


def _read(connection: socket.socket, data: bytearray) -> None:
    with contextlib.suppress(OSError):  # closed by the client, or by the end of the sink
        while piece := connection.recv(65536):
            data += piece
