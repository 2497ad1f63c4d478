"""Keyrings as they fail in the field: each a real backend class, in memory, that behaves badly in one way."""

from __future__ import annotations

import threading
from typing import ClassVar

from keyring.backend import KeyringBackend
from keyring.compat import properties
from keyring.errors import KeyringLocked, PasswordDeleteError


class Memory(KeyringBackend):
    """A keyring that works, for one process. Every subclass has entries of its own."""

    entries: ClassVar[dict[tuple[str, str], str]] = {}

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.entries = {}

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        return 1

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError(username)


class Better(Memory):
    """Works too, and is to be preferred."""

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        return 9


class Forgetful(Memory):
    """Says it saved, and did not."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Truncating(Memory):
    """Cuts what is too long, without a word."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:60])


class Windows(Memory):
    """Holds 2,560 bytes of UTF-16, as the Credential Manager does, and says as little when it is more."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError(1783, "The stub received bad data", "CredWrite")
        super().set_password(service, username, password)


class Sticky(Memory):
    """Does not delete, and does not say so."""

    def delete_password(self, service: str, username: str) -> None:
        pass


class Locked(Memory):
    """The user dismissed the prompt."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")


class Hanging(Memory):
    """Never answers; ``release`` lets the threads that wait in it end."""

    release: ClassVar[threading.Event] = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.release.wait()
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.release.wait()


class Unviable(Memory):
    """Does not work on this system."""

    @properties.classproperty
    def priority(cls) -> float:  # noqa: N805
        raise RuntimeError("Requires another system")
