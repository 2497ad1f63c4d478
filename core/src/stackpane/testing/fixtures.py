"""pytest fixtures for plugin authors: ``pytest_plugins = ["stackpane.testing.fixtures"]``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from stackpane.testing.kit import Kit

__all__ = ["aws_endpoint", "kit", "stackpane_home"]


@pytest.fixture(scope="session")
def _moto_url() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws_endpoint(_moto_url: str) -> str:
    """The URL of an emulator with nothing in it."""
    from urllib.request import Request, urlopen

    urlopen(Request(f"{_moto_url}/moto-api/reset", method="POST")).close()  # noqa: S310 - our own server on loopback
    return _moto_url


@pytest.fixture
def stackpane_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own: none of the developer's connections, profiles, keys or settings."""
    home = tmp_path / "home"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith(("AWS_", "STACKPANE_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return home


@pytest.fixture
def kit(aws_endpoint: str, stackpane_home: Path) -> Kit:  # noqa: ARG001 - its environment is what is wanted
    """Runs commands on an emulator with nothing in it."""
    return Kit(aws_endpoint)
