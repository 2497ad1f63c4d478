"""A real keyring for tests, in a file of the test's own home folder; child processes use it too."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError

FILE = ".test-keyring.json"


class FileKeyring(KeyringBackend):
    """Keeps secrets in the file of that name in ``$HOME``, mode 0600.

    ``HOME`` is looked up at each call, so one instance serves one test after the other without leaking between them.
    """

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        return 1

    @property
    def path(self) -> Path:
        """The file; absent until the first secret is set."""
        return Path(os.environ["HOME"], FILE)

    def get_password(self, service: str, username: str) -> str | None:
        return self._load().get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        with self._changing() as secrets:
            secrets.setdefault(service, {})[username] = password

    def delete_password(self, service: str, username: str) -> None:
        with self._changing() as secrets:
            if username not in secrets.get(service, {}):
                raise PasswordDeleteError(username)
            del secrets[service][username]

    @contextmanager
    def _changing(self) -> Iterator[dict[str, dict[str, str]]]:
        # one writer at a time: as a system's keyring, it may be used by several processes at once
        with FileLock(self.path.with_suffix(".lock")):
            secrets = self._load()
            yield secrets
            self._save(secrets)

    def _load(self) -> dict[str, dict[str, str]]:
        try:
            loaded: dict[str, dict[str, str]] = json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}
        return loaded

    def _save(self, secrets: dict[str, dict[str, str]]) -> None:
        new = self.path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(secrets, file)
        new.replace(self.path)
