"""Every test in a world of its own: an empty home, an environment without the developer's settings, loopback only."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import netguard

ROOT = Path(__file__).parents[2]
SITE = Path(__file__).parent / "site"
KEYRING = "tests.harness.keyring_backend.FileKeyring"
"""The test's keyring, as ``PYTHON_KEYRING_BACKEND`` and Stackpane's ``[keyring] backend`` take it."""

_KEPT = {"PATH", "LANG", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}
_KEPT_PREFIXES = ("LC_", "PYTEST_", "COVERAGE_", "HYPOTHESIS_")


class NetworkAttempts:
    """The refused attempts of one test, from its own process and from those it started."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def take(self) -> list[str]:
        """The attempts so far, which then no longer fail the test: for tests that provoke one."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        self._log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test's home folder, apart from ``tmp_path`` (which is the working directory)."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def network_attempts(tmp_path_factory: pytest.TempPathFactory) -> NetworkAttempts:
    """What went beyond loopback and was refused."""
    return NetworkAttempts(tmp_path_factory.mktemp("network") / "attempts.log")


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # Shared by the tests of a process, as there is nothing in it but botocore's models, made ready to be read: without,
    # every test would make them ready again, which takes longer than all else it does.
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _isolated(
    home: Path, _cache: Path, tmp_path: Path, network_attempts: NetworkAttempts, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    netguard.install()
    for name in list(os.environ):
        if name not in _KEPT and not name.startswith(_KEPT_PREFIXES):
            monkeypatch.delenv(name)
    for name, value in environment(home, _cache, network_attempts._log).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    if keyring := sys.modules.get("keyring.core"):
        # chosen once per process; the next use chooses again, by the environment set above
        monkeypatch.setattr(keyring, "_keyring_backend", None)
    yield
    attempts = network_attempts.take()
    assert not attempts, f"the test went beyond loopback: {attempts}"


@pytest.fixture
def trusted_keyring(home: Path) -> Path:
    """Stackpane configured to trust the test's keyring; the file with the secrets, absent until the first is saved."""
    from stackpane.connections.store import ConnectionStore
    from tests.harness import keyring_backend

    path = ConnectionStore().path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(f'format = 1\n\n[keyring]\nbackend = "{KEYRING}"\n')
    path.chmod(0o600)
    return home / keyring_backend.FILE


def environment(home: Path, cache: Path, network_log: Path) -> dict[str, str]:
    """What is set for each test, and inherited by the processes it starts."""
    return {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "XDG_CACHE_HOME": str(cache),
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHON_KEYRING_BACKEND": KEYRING,
        "PYTHONPATH": os.pathsep.join([str(SITE), str(ROOT)]),
        "TZ": "UTC",
        netguard.LOG_VARIABLE: str(network_log),
    }
