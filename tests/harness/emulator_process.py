"""Runs one emulator as the main program of a process of its own: ``python -m tests.harness.emulator_process NAME``.

The process binds a free loopback port itself (so no other process can take it in between), writes its URL as one line
to standard output as soon as connections queue there, and lives as long as its standard input stays open: the end of
the parent, however it came about, ends it and whatever it has started.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable

LOOPBACK = "127.0.0.1"


def main() -> None:
    """Serve the emulator named by the first argument until standard input ends."""
    serve = EMULATORS[sys.argv[1]]
    os.setsid()  # a process group of its own, so that its end reaches what the emulator has started, and nothing else
    threading.Thread(target=_watch_parent, daemon=True).start()
    listener = socket.create_server((LOOPBACK, 0), backlog=512)
    listener.setsockopt(
        socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
    )  # inherited; else every answer waits 40 ms for an ACK
    port = listener.getsockname()[1]
    _announce(port)
    serve(listener, port)


def _watch_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(os.getpid(), signal.SIGKILL)


def _announce(port: int) -> None:
    os.write(sys.stdout.fileno(), f"http://{LOOPBACK}:{port}\n".encode())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # nobody reads the pipe from here on: what is printed is log


def _serve_moto(listener: socket.socket, port: int) -> None:
    os.environ["MOTO_PORT"] = str(port)  # moto makes URLs that lead back to it
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    make_server(
        LOOPBACK, port, application, threaded=True, request_handler=MotoRequestHandler, fd=listener.fileno()
    ).serve_forever()


def _serve_ministack(listener: socket.socket, port: int) -> None:
    os.environ["GATEWAY_PORT"] = str(port)  # read once, at import
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75  # as ``ministack`` itself sets it
    config.loglevel = os.environ["LOG_LEVEL"]
    asyncio.run(serve(app, config))


EMULATORS: dict[str, Callable[[socket.socket, int], None]] = {"moto": _serve_moto, "ministack": _serve_ministack}

if __name__ == "__main__":
    main()
