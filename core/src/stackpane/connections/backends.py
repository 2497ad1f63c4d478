"""Which keyring may keep secrets: a few backends of the keyring library, and one that the user names in our own file.

The library itself asks everything that is installed, and obeys a variable and a file that name a class to import. Here
no class is imported before it is clear that it may be used.
"""

from __future__ import annotations

import configparser
import importlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackpane.connections.profiles import writable_by_others
from stackpane.errors import ConnectionProblem

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from stackpane.connections.store import ConnectionStore

__all__ = ["TRUSTED", "WAY_OUT", "Backends", "in_words", "name_of"]

TRUSTED = (
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.kwallet.DBusKeyringKWallet4",
)
"""The backends that keep secrets encrypted under the user's login: the Keychain of macOS, the Credential Manager of
Windows, Secret Service (GNOME Keyring, KeePassXC …) and KWallet."""

_WORDS = {
    "macOS": "Keychain",
    "Windows": "Windows Credential Manager",
    "SecretService": "Secret Service",
    "libsecret": "Secret Service through libsecret",
    "kwallet": "KWallet",
}

_NEVER = ("keyring.backends.fail.", "keyring.backends.null.", "keyring.backends.chainer.", "keyrings.alt.")
"""Backends that keep nothing, that pass secrets on to whichever backend takes them, or that store them in plain text or
without authentication: not even ``[keyring] backend`` makes these safe."""

WAY_OUT = (
    "Without a safe keyring, use a source that needs none: an AWS profile (keys, SSO, credential_process) with "
    "`connection add NAME --profile PROFILE`, or the environment with `-c env`."
)


class Backends:
    """The backends that may keep secrets: those ``trusted``, and the one that ``[keyring] backend`` names."""

    def __init__(self, store: ConnectionStore, trusted: Sequence[str] = TRUSTED) -> None:
        self._store = store
        self._trusted = tuple(trusted)

    def choose(self) -> KeyringBackend:
        """The backend for new secrets. Raises ``ConnectionProblem`` where there is no safe one."""
        if configured := self._configured():
            return self.open(configured)
        place, wanted = _wish()
        if wanted is not None and wanted not in self._trusted:
            raise ConnectionProblem(
                f"{place} names the keyring backend {wanted}, which Stackpane does not trust with secrets",
                _way_out(self._store, wanted),
            )
        viable = [each for each in ((wanted,) if wanted else self._trusted) if _viable_class(each)]
        if not viable:
            raise ConnectionProblem("this system has no keyring that keeps secrets safe", WAY_OUT)
        return _instance(max(viable, key=lambda name: float(_load_class(name).priority)))

    def open(self, name: str) -> KeyringBackend:
        """The backend of that class. Raises where it may not be used; no module is imported before that is clear."""
        if name not in self._trusted and name != self._configured():
            raise ConnectionProblem(
                f"the keyring backend {name} is not one that Stackpane trusts with secrets",
                _way_out(self._store, name),
            )
        if not _viable_class(name):
            raise ConnectionProblem(f"the keyring backend {name} does not work on this system", WAY_OUT)
        return _instance(name)

    def _configured(self) -> str | None:
        """The class that ``[keyring] backend`` names, where that file is the user's alone."""
        name = self._store.read().keyring_backend
        if name is None:
            return None
        if name.startswith(_NEVER):
            raise ConnectionProblem(f"the keyring backend {name} does not keep secrets safe", WAY_OUT)
        if notice := writable_by_others(self._store.path):
            raise ConnectionProblem(f"{name} is not loaded as the keyring: {notice}")
        return name


def in_words(name: str) -> str:
    """A backend's class as a person knows it: ``Secret Service``."""
    return _WORDS[name.split(".")[2]] if name in TRUSTED else "the one you chose"


def _way_out(store: ConnectionStore, name: str) -> str:
    if name.startswith(_NEVER):
        return WAY_OUT
    return f'If you trust it, write in {store.path}: [keyring] backend = "{name}". {WAY_OUT}'


def _wish() -> tuple[str, str | None]:
    """The class that keyring itself would be told to use, and where; read without importing it.

    Source: https://keyring.readthedocs.io/en/latest/#configuring
    """
    if name := os.environ.get("PYTHON_KEYRING_BACKEND"):
        return "PYTHON_KEYRING_BACKEND", name
    from keyring.util import platform_

    path = Path(platform_.config_root(), "keyringrc.cfg")
    parser = configparser.RawConfigParser()
    with suppress(configparser.Error, OSError, UnicodeDecodeError):
        parser.read(path, encoding="utf-8")
    return str(path), parser.get("backend", "default-keyring", fallback=None)


def _load_class(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _viable_class(name: str) -> bool:
    """Whether the backend works here; the class itself knows, and may ask a service for it."""
    try:
        return bool(_load_class(name).viable)
    except (ImportError, AttributeError, ValueError):
        return False


def _instance(name: str) -> KeyringBackend:
    backend: KeyringBackend = _load_class(name)()
    return backend


def name_of(backend: KeyringBackend) -> str:
    """The backend's class, as ``Backends.open`` takes it."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"
