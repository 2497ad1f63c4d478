"""What runs in the emulator's process: ``python -m stackpane.demo.server FOLDER ENTRY``.

It binds a free port of the loopback interface, writes the port's number to stdout, and serves until its stdin closes.
The other end of stdin is held by the process that started it and by nobody else, so it closes however that process
ends; the emulator then removes its data (``FOLDER``) and ``ENTRY`` if that names it, and ends all that it started.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import threading
from pathlib import Path

HOST = "127.0.0.1"


def main(folder: str, entry: str) -> None:
    """Serve with all data below ``folder``, until stdin closes. Both paths are absolute."""
    threading.Thread(target=_end_with_parent, args=(folder, Path(entry)), daemon=True).start()
    listener = socket.create_server((HOST, 0))
    port = listener.getsockname()[1]
    # From here on connections are accepted: a first request waits in the queue until the server is there to answer.
    os.write(sys.stdout.fileno(), b"%d\n" % port)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _configure(folder, port)
    asyncio.run(_serve(listener))


def _configure(folder: str, port: int) -> None:
    """Set what ministack reads from the environment; it does so while it is imported."""
    os.environ.update(
        GATEWAY_PORT=str(port),
        BIND_HOST=HOST,
        S3_DATA_DIR=str(Path(folder, "s3")),
        STATE_DIR=str(Path(folder, "state")),
        # It would listen on further ports, and on all interfaces.
        SFTP_ENABLED="0",
        SFTP_HOST=HOST,
        IOT_MTLS_ENABLED="0",
        # It would remove the containers of another ministack as left-overs of its own.
        DOCKER_HOST=f"unix://{Path(folder, 'no-docker')}",
    )


async def _serve(listener: socket.socket) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack.app import app

    from stackpane.demo.pages import without_pages

    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 75
    config.loglevel = os.environ.get("LOG_LEVEL", "WARNING")
    await serve(without_pages(app), config)


def _end_with_parent(folder: str, entry: Path) -> None:
    """Wait for stdin to close, then remove the data and end this process with all that it started."""
    sys.stdin.buffer.read()
    from stackpane.demo import register

    register.withdraw(os.getpid(), entry)
    shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "killpg"):
        os.killpg(os.getpgid(0), signal.SIGKILL)  # its group is its own: see emulator.py
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
