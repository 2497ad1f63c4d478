"""A real keyring for tests, in a file of the test's own home folder; child processes use it too."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import PasswordDeleteError

NAME = "tests.harness.keyring_backend.FileKeyring"
"""As ``PYTHON_KEYRING_BACKEND`` takes it."""


class FileKeyring(KeyringBackend):
    """Keeps secrets in ``$HOME/.test-keyring.json``, mode 0600.

    ``HOME`` is looked up at each call, so one instance serves one test after the other without leaking between them.
    """

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        return 1

    @property
    def path(self) -> Path:
        """The file; absent until the first secret is set."""
        return Path(os.environ["HOME"], ".test-keyring.json")

    def get_password(self, service: str, username: str) -> str | None:
        return self._load().get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        secrets = self._load()
        secrets.setdefault(service, {})[username] = password
        self._save(secrets)

    def delete_password(self, service: str, username: str) -> None:
        secrets = self._load()
        try:
            del secrets[service][username]
        except KeyError as absent:
            raise PasswordDeleteError(username) from absent
        self._save(secrets)

    def _load(self) -> dict[str, dict[str, str]]:
        try:
            loaded: dict[str, dict[str, str]] = json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}
        return loaded

    def _save(self, secrets: dict[str, dict[str, str]]) -> None:
        new = self.path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(secrets, file)
        new.replace(self.path)
