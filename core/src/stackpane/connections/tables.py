"""A connection as a table of ``connections.toml``, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackpane.connections.model import DUMMY_KEY, Connection, Origin, Role, SecretRef, Source
from stackpane.errors import InvalidInput

__all__ = ["from_table", "to_table"]


def to_table(connection: Connection) -> dict[str, Any]:
    """A connection as a TOML table: every key that this version knows, ``None`` or empty where there is no value."""
    role, secret = connection.role, connection.secret
    return {
        "source": str(connection.source),
        "profile": connection.profile,
        "connection": connection.base,
        "keyring": None if secret is None else {"id": secret.id, "backend": secret.backend, "key": secret.hint},
        "access_key": None if connection.access_key == DUMMY_KEY else connection.access_key,
        "role_arn": role and role.arn,
        "external_id": role and role.external_id,
        "mfa_serial": role and role.mfa_serial,
        "role_session_name": role and role.session_name,
        "duration_seconds": role and role.duration_seconds,
        "regions": list(connection.regions),
        "endpoint_url": connection.endpoint_url,
        "endpoints": dict(connection.endpoints),
        "ca_bundle": connection.ca_bundle,
        "proxy": connection.proxy,
        "account_id": connection.account_id,
        "read_only": connection.read_only,
        "kind": None if connection.kind == "development" else connection.kind,
        "pins": list(connection.pins),
        "rate_limit": connection.rate_limit,
        "services": list(connection.services),
        "labels": list(connection.labels),
    }


def from_table(name: str, table: Any) -> Connection:
    """The connection that a TOML table describes. Raises ``InvalidInput`` where it is none."""
    if not isinstance(table, Mapping):
        raise InvalidInput(f"{name!r} is not a table")
    read = _Reader(table)
    source = read.text("source")
    if source not in list(Source):
        raise InvalidInput(f"source is {source!r}, not one of {', '.join(Source)}")
    secret = read.mapping("keyring")
    return Connection(
        name=name,
        source=Source(source),
        origin=Origin.SAVED,
        profile=read.text("profile"),
        base=read.text("connection"),
        secret=SecretRef(secret.get("id", ""), secret.get("backend", ""), secret.get("key", "")) if secret else None,
        access_key=read.text("access_key") or DUMMY_KEY,
        role=_role(read),
        regions=read.texts("regions"),
        endpoint_url=read.text("endpoint_url"),
        endpoints=read.mapping("endpoints"),
        ca_bundle=read.text("ca_bundle"),
        proxy=read.text("proxy"),
        account_id=read.text("account_id"),
        read_only=read.of("read_only", bool) or False,
        kind=read.text("kind") or "development",  # type: ignore[arg-type] # checked by Connection
        pins=read.texts("pins"),
        rate_limit=read.of("rate_limit", int, float),
        services=read.texts("services"),
        labels=read.texts("labels"),
    )


def _role(read: _Reader) -> Role | None:
    arn = read.text("role_arn")
    if arn is None:
        return None
    return Role(
        arn,
        external_id=read.text("external_id"),
        mfa_serial=read.text("mfa_serial"),
        session_name=read.text("role_session_name"),
        duration_seconds=read.of("duration_seconds", int),
    )


class _Reader:
    """Typed access to a table that a person may have written by hand; a wrong type is an ``InvalidInput``."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table

    def of(self, key: str, *types: type) -> Any:
        value = self._table.get(key)
        # To Python a bool is an int; to a reader of the file `rate_limit = true` is a mistake.
        if value is not None and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types)):
            raise InvalidInput(f"{key} is {value!r}, which is not of the type it must have")
        return value

    def text(self, key: str) -> str | None:
        value: str | None = self.of(key, str)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.of(key, list) or []
        if not all(isinstance(value, str) for value in values):
            raise InvalidInput(f"{key} must be a list of strings")
        return tuple(values)

    def mapping(self, key: str) -> dict[str, str]:
        values = self.of(key, Mapping) or {}
        if not all(isinstance(value, str) for value in values.values()):
            raise InvalidInput(f"every value of {key} must be a string")
        return dict(values)
