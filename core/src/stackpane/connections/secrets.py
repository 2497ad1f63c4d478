"""Keys in the operating system's keyring, and nowhere else.

Some of the backends that the keyring library can find lose secrets or write them in plain text, some never answer. So
only those of ``stackpane.connections.backends`` are used, every secret is read back before it counts as saved, and a
backend that does not answer is given up.

A keyring belongs to the user's login: other programs of the same user may be able to read it
(https://keyring.readthedocs.io/en/latest/#security-considerations). Short-lived credentials are the better choice.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets as random
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from stackpane.connections.backends import TRUSTED, WAY_OUT, Backends, in_words, name_of
from stackpane.connections.model import SecretRef, masked_key
from stackpane.errors import ConnectionProblem
from stackpane.secrecy import keep_secret
from stackpane.text import safe

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

    from stackpane.connections.store import ConnectionStore

__all__ = ["Keys", "Secrets"]

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
    """An access key. Its ``repr`` gives nothing away, and no message of this process does."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __post_init__(self) -> None:
        keep_secret(self.secret_access_key, self.session_token)

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
        self._backends = Backends(store, trusted)
        self._deadline = deadline
        self._note = note

    @classmethod
    def of(cls, store: ConnectionStore, note: Callable[[str], None] | None = None) -> Secrets:
        """The store for a process as it is: patient where a person at a terminal may have to answer the keyring."""
        return cls(store, deadline=_PATIENCE if sys.stdin and sys.stdin.isatty() else _DEADLINE, note=note)

    def backend(self) -> str:
        """The class that new secrets are kept by. Raises ``ConnectionProblem`` where there is no safe one."""
        return self._in_time(lambda: name_of(self._backends.choose()))

    def describe(self) -> str:
        """The keyring in a person's words, with its class. Raises ``ConnectionProblem`` where there is no safe one."""
        name = self.backend()
        return f"{in_words(name)} ({name})"

    def save(self, keys: Keys) -> SecretRef:
        """Keep the keys under a new random id, and return where they are once they have been read back.

        Until the connection that refers to them is saved they count as unsettled: ``sweep`` removes them.
        """
        ref = SecretRef(random.token_hex(16), self.backend(), masked_key(keys.access_key_id))
        self._store.note_secret(ref)
        try:
            self._in_time(lambda: _write(self._backends.open(ref.backend), ref.id, keys))
        except ConnectionProblem as problem:
            # A backend that did not answer would not answer this either; what fails here is noted, and swept up later.
            if not isinstance(problem, _NoAnswer):
                with suppress(ConnectionProblem):
                    self.delete(ref)
            raise
        return ref

    def get(self, ref: SecretRef) -> Keys:
        """The keys at ``ref``. Raises ``ConnectionProblem`` where they are gone, damaged or cannot be read."""
        keys = self._in_time(lambda: _read(self._backends.open(ref.backend), ref.id))
        if keys is None:
            raise ConnectionProblem(
                f"the keys {ref.hint} are not in the keyring any more ({ref.backend})",
                "Give them again: stackpane connection edit NAME --csv FILE",
            )
        return keys

    def delete(self, ref: SecretRef) -> None:
        """Remove the keys and make sure that they are gone; keys that are not there count as removed."""
        self._in_time(lambda: _erase(self._backends.open(ref.backend), ref.id))
        self._store.settle_secret(ref.id)

    def sweep(self) -> int:
        """Remove the keys that an interrupted ``add`` or ``rm`` left behind; the number of them."""
        saved = self._store.read()
        used = {connection.secret.id for connection in saved.connections.values() if connection.secret}
        stale = [ref for ref in saved.unsettled if ref.id not in used]
        for ref in saved.unsettled:
            if ref in stale:
                self.delete(ref)
            else:
                self._store.settle_secret(ref.id)
        return len(stale)

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
            raise _NoAnswer(
                f"the keyring did not answer within {self._deadline:g} seconds",
                "It may be locked without a way to ask for its password: unlock it and run this again. " + WAY_OUT,
            )
        if errors:
            raise _told(errors[0]) from None
        return results[0]


class _NoAnswer(ConnectionProblem):
    """The keyring did not answer in time."""


def _told(error: Exception) -> ConnectionProblem:
    if isinstance(error, ConnectionProblem):
        return error
    return ConnectionProblem(f"the keyring failed: {safe(f'{type(error).__name__}: {error}')}", WAY_OUT)


def _write(backend: KeyringBackend, secret_id: str, keys: Keys) -> None:
    text = json.dumps([keys.access_key_id, keys.secret_access_key, keys.session_token])
    parts = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
    for number, part in enumerate(parts):
        backend.set_password(_SERVICE, _entry(secret_id, number), part)
    # The head comes last: without it the parts are no secret, and with it they must add up to what it says.
    backend.set_password(_SERVICE, secret_id, f"{len(parts)} {_digest(text)}")
    if _read(backend, secret_id) != keys:
        raise ConnectionProblem(f"the keyring did not keep the keys ({name_of(backend)})", WAY_OUT)


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
        raise ConnectionProblem(f"the keyring did not delete the keys ({name_of(backend)})")


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
