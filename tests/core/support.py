"""Opened connections to an emulator, for tests below the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stackpane.aws.clients import Opened
from stackpane.connections.model import Connection, Source
from stackpane.session import Session

if TYPE_CHECKING:
    from stackpane.calls import Call

REGION = "us-east-1"


def connection(url: str, **more: Any) -> Connection:
    """An emulator's connection."""
    return Connection(**{"name": "emulator", "source": Source.DUMMY, "kind": "local", "endpoint_url": url, **more})


def opened(url: str, **more: Any) -> Opened:
    """The connection, opened with made-up keys."""
    return Opened(connection(url, **more), botocore_session)


def session(url: str, *calls: Call, notify: Callable[[str], None] = print, **more: Any) -> Session:
    """A session for a command that declares ``calls``."""
    return Session(opened(url, **more), REGION, calls, notify=notify)


def botocore_session() -> Any:
    """botocore's session with made-up keys and nothing ambient."""
    import botocore.session

    made = botocore.session.Session()
    made.set_credentials("test", "test")
    return made
