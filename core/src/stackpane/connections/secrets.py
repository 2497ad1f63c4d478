"""Keys in the operating system's keyring, and nowhere else.

The Python keyring library finds a backend by asking everything that is installed, and obeys a variable and a file that
name a class to import. Some of what it can find loses secrets or writes them in plain text. So Stackpane takes a
backend only from a list of its own, imports no other, reads every secret back before it counts as saved, and gives up
on a backend that does not answer.

A keyring belongs to the user's login: other programs of the same user may be able to read it
(https://keyring.readthedocs.io/en/latest/#security-considerations). Short-lived credentials are the better choice.
"""

from __future__ import annotations

import configparser
import hashlib
import hmac
import importlib
import json
import os
import secrets as random
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from stackpane.connections.model import SecretRef, masked_key
from stackpane.connections.profiles import writable_by_others
from stackpane.errors import ConnectionProblem
from stackpane.text import safe

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from stackpane.connections.store import ConnectionStore

__all__ = ["TRUSTED", "Keys", "Secrets"]

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

_WAY_OUT = (
    "Without a safe keyring, use a source that needs none: an AWS profile (keys, SSO, credential_process) with "
    "`connection add NAME --profile PROFILE`, or the environment with `-c env`."
)

_SERVICE = "stackpane"
_CHUNK = 1000
"""Characters in one entry. Windows keeps at most 2,560 bytes, which are 1,280 characters in UTF-16:
https://learn.microsoft.com/en-us/windows/win32/api/wincred/ns-wincred-credentialw"""

_DEADLINE = 5.0
"""Seconds to wait for a backend where nobody is there to answer its questions."""
_PATIENCE = 60.0
"""Seconds to wait on a terminal: the keyring may be asking for its password in a window of its own."""
_NOTE_AFTER = 2.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """An access key. Its ``repr`` gives nothing away."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __repr__(self) -> str:
        return f"Keys({masked_key(self.access_key_id)})"


class Secrets:
    """The keys of saved connections.

    ``trusted`` are the classes that may keep them, best first where several work; the store's ``[keyring] backend``
    adds one and chooses it. ``deadline`` is in seconds for one operation; ``note`` is told when it takes long.
    """

    def __init__(
        self,
        store: ConnectionStore,
        *,
        trusted: Sequence[str] = TRUSTED,
        deadline: float = _DEADLINE,
        note: Callable[[str], None] | None = None,
    ) -> None:
        self._store = store
        self._trusted = tuple(trusted)
        self._deadline = deadline
        self._note = note

    @classmethod
    def of(cls, store: ConnectionStore, note: Callable[[str], None] | None = None) -> Secrets:
        """The store for a process as it is: patient where a person at a terminal may have to answer the keyring."""
        return cls(store, deadline=_PATIENCE if sys.stdin and sys.stdin.isatty() else _DEADLINE, note=note)

    def backend(self) -> str:
        """The class that new secrets are kept by. Raises ``ConnectionProblem`` where there is no safe one."""
        return self._in_time(lambda: _name_of(self._choose()))

    def describe(self) -> str:
        """The keyring in a person's words, with its class. Raises ``ConnectionProblem`` where there is no safe one."""
        name = self.backend()
        return f"{_WORDS.get(name.split('.')[2] if name in TRUSTED else '', 'your own choice')} ({name})"

    def save(self, keys: Keys) -> SecretRef:
        """Keep the keys under a new random id, and return where they are once they have been read back.

        Until the connection that refers to them is saved they count as unsettled: ``sweep`` removes them.
        """
        ref = SecretRef(random.token_hex(16), self.backend(), masked_key(keys.access_key_id))
        self._store.note_secret(ref)
        try:
            self._in_time(lambda: _write(self._open(ref.backend), ref.id, keys))
        except ConnectionProblem:
            self.delete(ref)
            raise
        return ref

    def get(self, ref: SecretRef) -> Keys:
        """The keys at ``ref``. Raises ``ConnectionProblem`` where they are gone, damaged or cannot be read."""
        keys = self._in_time(lambda: _read(self._open(ref.backend), ref.id))
        if keys is None:
            raise ConnectionProblem(
                f"the keys {ref.hint} are not in the keyring any more ({ref.backend})",
                "Give them again: stackpane connection edit NAME --csv FILE",
            )
        return keys

    def delete(self, ref: SecretRef) -> None:
        """Remove the keys and make sure that they are gone; keys that are not there count as removed."""
        self._in_time(lambda: _erase(self._open(ref.backend), ref.id))
        self._store.settle_secret(ref.id)

    def sweep(self) -> int:
        """Remove the keys that an interrupted ``add`` or ``rm`` left behind; the number of them."""
        saved = self._store.read()
        used = {connection.secret.id for connection in saved.connections.values() if connection.secret}
        stale = [ref for ref in saved.unsettled if ref.id not in used]
        for ref in stale:
            self.delete(ref)
        return len(stale)

    def _choose(self) -> KeyringBackend:
        """The backend for new secrets."""
        if configured := self._configured():
            return self._open(configured)
        place, wanted = _wish()
        if wanted is not None and wanted not in self._trusted:
            raise ConnectionProblem(
                f"{place} names the keyring backend {wanted}, which Stackpane does not trust with secrets",
                _way_out(self._store, wanted),
            )
        viable = [each for each in ((wanted,) if wanted else self._trusted) if _viable_class(each)]
        if not viable:
            raise ConnectionProblem("this system has no keyring that keeps secrets safe", _WAY_OUT)
        return _instance(max(viable, key=lambda name: float(_load_class(name).priority)))

    def _open(self, name: str) -> KeyringBackend:
        """The backend of that class, if it may be used. No module is imported before that is clear."""
        if name not in self._trusted and name != self._configured():
            raise ConnectionProblem(
                f"the keyring backend {name} is not one that Stackpane trusts with secrets",
                _way_out(self._store, name),
            )
        if not _viable_class(name):
            raise ConnectionProblem(f"the keyring backend {name} does not work on this system", _WAY_OUT)
        return _instance(name)

    def _configured(self) -> str | None:
        """The class that ``[keyring] backend`` names, where that file is the user's alone."""
        name = self._store.read().keyring_backend
        if name is None:
            return None
        if name.startswith(_NEVER):
            raise ConnectionProblem(f"the keyring backend {name} does not keep secrets safe", _WAY_OUT)
        if notice := writable_by_others(self._store.path):
            raise ConnectionProblem(f"{name} is not loaded as the keyring: {notice}")
        return name

    def _in_time(self, work: Callable[[], T]) -> T:
        """The result of ``work``, done in a thread that is left behind where it does not end in time.

        A keyring that is locked and cannot show its window never answers, and cannot be interrupted.
        """
        results: list[T] = []
        errors: list[Exception] = []

        def run() -> None:
            try:
                results.append(work())
            except Exception as error:  # told below, in the caller's thread
                errors.append(error)

        thread = threading.Thread(target=run, name="stackpane-keyring", daemon=True)
        thread.start()
        thread.join(min(_NOTE_AFTER, self._deadline))
        if thread.is_alive() and self._deadline > _NOTE_AFTER:
            if self._note is not None:
                self._note("waiting for the keyring; it may be asking for its password in a window of its own")
            thread.join(self._deadline - _NOTE_AFTER)
        if thread.is_alive():
            raise ConnectionProblem(
                f"the keyring did not answer within {self._deadline:g} seconds",
                "It may be locked without a way to ask for its password: unlock it and run this again. " + _WAY_OUT,
            )
        if errors:
            raise _told(errors[0]) from None
        return results[0]


def _told(error: Exception) -> ConnectionProblem:
    if isinstance(error, ConnectionProblem):
        return error
    return ConnectionProblem(f"the keyring failed: {safe(f'{type(error).__name__}: {error}')}", _WAY_OUT)


def _way_out(store: ConnectionStore, name: str) -> str:
    if name.startswith(_NEVER):
        return _WAY_OUT
    return f'If you trust it, write in {store.path}: [keyring] backend = "{name}". {_WAY_OUT}'


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


def _name_of(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _write(backend: KeyringBackend, secret_id: str, keys: Keys) -> None:
    text = json.dumps([keys.access_key_id, keys.secret_access_key, keys.session_token])
    parts = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
    for number, part in enumerate(parts):
        backend.set_password(_SERVICE, _entry(secret_id, number), part)
    # The head comes last: without it the parts are no secret, and with it they must add up to what it says.
    backend.set_password(_SERVICE, secret_id, f"{len(parts)} {_digest(text)}")
    if _read(backend, secret_id) != keys:
        raise ConnectionProblem(f"the keyring did not keep the keys ({_name_of(backend)})", _WAY_OUT)


def _read(backend: KeyringBackend, secret_id: str) -> Keys | None:
    head = backend.get_password(_SERVICE, secret_id)
    if head is None:
        return None
    count, _, digest = head.partition(" ")
    parts = [backend.get_password(_SERVICE, _entry(secret_id, number)) for number in range(int(count))]
    text = "".join(part or "" for part in parts)
    if not hmac.compare_digest(_digest(text), digest):
        raise ConnectionProblem(
            "the keys in the keyring are damaged", "Give them again: connection edit NAME --csv FILE"
        )
    return Keys(*json.loads(text))


def _erase(backend: KeyringBackend, secret_id: str) -> None:
    from keyring.errors import PasswordDeleteError

    for entry in _entries(backend, secret_id):
        # Backends raise it for an entry that is not there; what counts is that it cannot be read afterwards.
        with suppress(PasswordDeleteError):
            backend.delete_password(_SERVICE, entry)
    if next(_entries(backend, secret_id), None) is not None:
        raise ConnectionProblem(f"the keyring did not delete the keys ({_name_of(backend)})")


def _entries(backend: KeyringBackend, secret_id: str) -> Iterator[str]:
    """The names of the entries there are of a secret, the head first, whether or not it is whole."""
    if backend.get_password(_SERVICE, secret_id) is not None:
        yield secret_id
    number = 0
    while backend.get_password(_SERVICE, _entry(secret_id, number)) is not None:
        yield _entry(secret_id, number)
        number += 1


def _entry(secret_id: str, number: int) -> str:
    return f"{secret_id}.{number}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
