"""Tokens of a user pool: decoded, and checked against the pool's public keys.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, Field, StackpaneError
from stackpane_cognito.pools import SERVICE

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Keys", "claim_fields", "unchecked_claims"]

_MOMENTS = frozenset({"exp", "iat", "auth_time", "nbf"})
_WAIT = 10
"""Seconds."""
_LONGEST = 1 << 20


@dataclass(frozen=True)
class Keys:
    """The public keys of a pool, which the endpoint hands to everybody; no credentials are sent for them."""

    session: Session
    pool: str

    @property
    def url(self) -> str:
        """Where they are."""
        endpoint: str = self.session.client(SERVICE).meta.endpoint_url
        return f"{endpoint.rstrip('/')}/{self.pool}/.well-known/jwks.json"

    @cached_property
    def keys(self) -> Mapping[str, Any]:
        """The keys by their ids. Raises ``StackpaneError`` where they cannot be had."""
        import jwt

        try:
            found = jwt.PyJWKSet.from_dict(json.loads(self._read()))
        except (ValueError, TypeError, jwt.PyJWTError) as error:
            raise StackpaneError(f"{self.url} has no keys: {error}") from error
        return {key.key_id: key for key in found.keys if key.key_id}

    def _read(self) -> bytes:
        from botocore.awsrequest import AWSRequest
        from botocore.exceptions import BotoCoreError
        from botocore.httpsession import URLLib3Session

        connection = self.session.connection
        proxies = {"https": connection.proxy, "http": connection.proxy} if connection.proxy else None
        # A plain session of botocore's: it follows no redirect, and signs nothing.
        verify: Any = connection.ca_bundle or True  # a path, which the stubs do not know of
        http = URLLib3Session(verify=verify, proxies=proxies, timeout=_WAIT)
        try:
            reply = http.send(AWSRequest("GET", self.url).prepare())
        except BotoCoreError as error:
            raise StackpaneError(f"{self.url} cannot be read: {error}") from error
        finally:
            http.close()
        if reply.status_code != 200:
            raise StackpaneError(f"{self.url} answers HTTP {reply.status_code}")
        return bytes(reply.content[:_LONGEST])

    def claims(self, token: str, use: str, client: str) -> dict[str, Any]:
        """The claims of a token, once its signature, its time, and whom and what it is for have been checked.

        Raises ``AwsError`` where one of them is wrong.
        """
        import jwt

        try:
            name = jwt.get_unverified_header(token).get("kid")
            key = self.keys.get(str(name))
            if key is None:
                raise jwt.InvalidTokenError(f"it is signed by a key that the pool does not have ({name})")
            found: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                leeway=300,  # as far as clocks may differ
                options={"verify_aud": False, "require": ["exp", "iss", "token_use"]},
            )
            if found["token_use"] != use or not str(found["iss"]).endswith(f"/{self.pool}"):
                raise jwt.InvalidTokenError(f"it is a token of {found['iss']} for {found['token_use']}")
            if found.get("aud" if use == "id" else "client_id") != client:
                raise jwt.InvalidTokenError("it is for another app client")
        except jwt.PyJWTError as error:
            raise AwsError(f"the {use} token is not to be trusted: {error}", "", "InvalidToken") from error
        return found


def unchecked_claims(token: str) -> dict[str, Any]:
    """The claims of a token as it says them, whoever has made it. Raises ``AwsError`` for what is no token."""
    import jwt

    try:
        found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise AwsError(f"the endpoint has sent what is no token: {error}", "", "InvalidToken") from error
    return found


def claim_fields(prefix: str, claims: Mapping[str, Any]) -> tuple[Field, ...]:
    """A field for every claim; times are moments."""
    return tuple(_field(f"{prefix}.{name}", name, value) for name, value in claims.items())


def _field(title: str, name: str, value: Any) -> Field:
    if name in _MOMENTS and isinstance(value, int) and not isinstance(value, bool):
        try:
            return Field(title, datetime.fromtimestamp(value, UTC), "time")
        except (ValueError, OverflowError, OSError):
            return Field(title, value, "number")
    if isinstance(value, (dict, list)):
        return Field(title, value, "json")
    return Field(title, value, "bool" if isinstance(value, bool) else "text")
