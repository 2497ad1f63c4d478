"""``connections.toml``: the saved connections, without their secrets.

The file is the user's: comments, order and keys of other programs or versions stay. It is written by one process at a
time and appears whole or not at all, mode 0600 in a folder of mode 0700. A file in a newer format is refused, never
rewritten.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stackpane.connections.model import Connection, SecretRef
from stackpane.connections.profiles import loose_mode
from stackpane.connections.tables import from_table, to_table
from stackpane.errors import ConnectionProblem, InvalidInput
from stackpane.wholefile import locked, write_whole

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

__all__ = ["FORMAT", "ConnectionStore", "Saved"]

FORMAT = 1
"""The format this version reads and writes, as the file's ``format``."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What the file holds. ``broken`` has the reason why a table in it is no valid connection, by name."""

    connections: Mapping[str, Connection]
    broken: Mapping[str, str]
    default: str | None = None
    keyring_backend: str | None = None
    """The class that ``[keyring] backend`` trusts with secrets (``"package.module.Class"``)."""
    unsettled: tuple[SecretRef, ...] = ()
    """Secrets whose connection was not saved, or not removed to the end, an hour ago or more."""


class ConnectionStore:
    """The saved connections. Each method reads or writes the file as it is at that moment."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = default_path() if path is None else path

    def read(self) -> Saved:
        """Everything saved. Raises ``ConnectionProblem`` where the file is unreadable or in a newer format."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return Saved({}, {})
        except (OSError, UnicodeDecodeError) as error:
            raise ConnectionProblem(f"{self.path} cannot be read: {error}") from None
        return self._parse(text)

    def _parse(self, text: str) -> Saved:
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConnectionProblem(f"{self.path} is not valid TOML: {error}", "Correct the line it names.") from None
        self._check_format(document)
        connections: dict[str, Connection] = {}
        broken: dict[str, str] = {}
        for name, table in _table(document, "connections").items():
            try:
                connections[name] = from_table(name, table)
            except InvalidInput as error:
                broken[name] = error.message
        default = document.get("default")
        backend = _table(document, "keyring").get("backend")
        return Saved(
            connections,
            broken,
            default=default if isinstance(default, str) else None,
            keyring_backend=backend if isinstance(backend, str) else None,
            unsettled=tuple(_unsettled(_table(document, "unsettled"))),
        )

    def _check_format(self, document: Mapping[str, Any]) -> None:
        found = document.get("format", FORMAT)
        if not isinstance(found, int) or found > FORMAT:
            raise ConnectionProblem(
                f"{self.path} is in format {found}, which is newer than this Stackpane knows ({FORMAT})",
                "Update Stackpane; the file is left as it is.",
            )

    def notices(self) -> list[str]:
        """What is wrong with the file's permissions, a sentence each."""
        return [notice for path in (self.path, self.path.parent) if (notice := loose_mode(path))]

    def save(self, connection: Connection, *, replace: bool) -> None:
        """Save a connection under its name; without ``replace`` an existing one is refused (``InvalidInput``).

        The secret it refers to counts as settled from now on.
        """
        import tomlkit

        def change(document: TOMLDocument) -> None:
            tables = document.setdefault("connections", tomlkit.table(is_super_table=True))
            if connection.name in tables and not replace:
                raise InvalidInput(
                    f"a connection {connection.name!r} exists already",
                    f"Change it with `stackpane connection edit {connection.name}`, or choose another name.",
                )
            if connection.name not in tables:
                tables[connection.name] = tomlkit.table()
            _update(tables[connection.name], to_table(connection))
            if connection.secret is not None:
                _settle(document, connection.secret.id)

        self._edit(change)

    def remove(self, name: str) -> None:
        """Remove a connection, also a broken one; it is no longer the default. Raises ``InvalidInput`` if unknown."""

        def change(document: TOMLDocument) -> None:
            tables = document.get("connections", {})
            if name not in tables:
                raise InvalidInput(f"no connection {name!r} is saved in {self.path}")
            del tables[name]
            if document.get("default") == name:
                del document["default"]

        self._edit(change)

    def set_default(self, name: str | None) -> None:
        """Make a connection (of any origin) the one that is used where none is named; ``None``: no such one."""

        def change(document: TOMLDocument) -> None:
            if name is not None:
                document["default"] = name
            elif "default" in document:
                del document["default"]

        self._edit(change)

    def note_secret(self, ref: SecretRef) -> None:
        """Note, before a secret is written or deleted, that it is on its way: a crash leaves no forgotten secret."""
        import tomlkit

        def change(document: TOMLDocument) -> None:
            entry = tomlkit.inline_table()
            entry.update({"backend": ref.backend, "since": datetime.now(UTC).replace(microsecond=0)})
            document.setdefault("unsettled", tomlkit.table())[ref.id] = entry

        self._edit(change)

    def settle_secret(self, secret_id: str) -> None:
        """Take back ``note_secret``: the secret belongs to a saved connection, or is gone."""
        self._edit(lambda document: _settle(document, secret_id))

    def _edit(self, change: Callable[[TOMLDocument], None]) -> None:
        """Apply ``change`` to the file's newest state and write it, alone."""
        import tomlkit

        with locked(self.path):
            try:
                text = self.path.read_text(encoding="utf-8")
            except FileNotFoundError:
                text = (
                    f"# Stackpane's connections. Secrets are not here but in the system's keyring.\nformat = {FORMAT}\n"
                )
            self._parse(text)
            document = tomlkit.parse(text)
            change(document)
            written = tomlkit.dumps(document)
            # What is written must be readable again: a bug here would cost every connection at once.
            self._parse(written)
            if written != text:
                write_whole(self.path.resolve(), written)


def default_path() -> Path:
    """``connections.toml`` in the user's configuration folder."""
    from stackpane.paths import config_folder

    return config_folder() / "connections.toml"


def _table(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name, {})
    return value if isinstance(value, Mapping) else {}


_IN_PROGRESS = timedelta(hours=1)
"""How long another process may still be at work on a secret it has noted."""


def _unsettled(table: Mapping[str, Any]) -> Iterator[SecretRef]:
    for secret_id, entry in table.items():
        match entry:
            case {"backend": str(backend), "since": datetime() as since}:
                if datetime.now(UTC) - since.astimezone(UTC) >= _IN_PROGRESS:
                    yield SecretRef(secret_id, backend)


def _settle(document: TOMLDocument, secret_id: str) -> None:
    unsettled = document.get("unsettled", {})
    if secret_id in unsettled:
        del unsettled[secret_id]
    if "unsettled" in document and not unsettled:
        del document["unsettled"]


def _update(table: Any, values: Mapping[str, Any]) -> None:
    """Make the known keys of a TOML table say ``values``; what is unchanged keeps its comments, unknown keys stay."""
    for key, value in values.items():
        if value in (None, (), {}, [], False):
            table.pop(key, None)
        elif table.get(key) != value:
            table[key] = value
