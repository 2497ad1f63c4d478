"""Keeps tests and the processes they start on loopback: all other connections, look-ups, listeners are refused.

A refusal is also written down, so that it fails the test even where the code under test takes the error for an outage.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

LOG_VARIABLE = "HARNESS_NETWORK_LOG"
"""Names the file to which refusals are appended, one a line; inherited by child processes."""

_EVENTS_WITH_ADDRESS = {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"}
_EVENTS_WITH_HOST = {"socket.getaddrinfo", "socket.gethostbyname"}
_installed: list[bool] = []


class BeyondLoopbackError(RuntimeError):
    """A test went, or listened, beyond loopback."""


def install() -> None:
    """Watch this process from now on. An audit hook cannot be taken away again, and works for all threads."""
    if not _installed:
        _installed.append(True)
        sys.addaudithook(_watch)


def is_loopback(host: object) -> bool:
    """Whether ``host``, as sockets take it, cannot leave this machine; ``None`` is the wildcard of ``getaddrinfo``."""
    from ipaddress import ip_address

    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if text is None or text == "localhost":
        return True
    try:
        return ip_address(str(text)).is_loopback
    except ValueError:
        return False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _EVENTS_WITH_ADDRESS:
        address = arguments[1]
        # other families (local sockets, netlink) have addresses that are no pairs of host and port
        if isinstance(address, tuple) and len(address) in (2, 4) and isinstance(address[0], str):
            _check(event, address[0], address[1])
    elif event in _EVENTS_WITH_HOST:
        _check(event, arguments[0], arguments[1] if len(arguments) > 1 else "")


def _check(event: str, host: object, port: object) -> None:
    if is_loopback(host):
        return
    message = f"{event} {host!r} port {port!r}"
    if log := os.environ.get(LOG_VARIABLE):
        with Path(log).open("a") as file:
            file.write(message + "\n")
    raise BeyondLoopbackError(message)
