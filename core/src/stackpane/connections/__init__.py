"""Connections: named ways into AWS, where they are kept, and which one a command means.

``model`` says what a connection is, ``store`` keeps them in ``connections.toml``, ``secrets`` keeps their keys in the
operating system's keyring, ``catalogue`` lists all there are, and ``resolve`` decides which of them a command means.
"""

from stackpane.connections.model import Connection
from stackpane.connections.store import ConnectionStore

__all__ = ["Connection", "ConnectionStore"]
