"""The record of a sign-in: what the tokens say, that they are the pool's, and the tokens themselves, masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, Field, InvalidInput, Record, Section, StackpaneError
from stackpane.secrecy import keep_secret
from stackpane_cognito.places import client_link, user_link
from stackpane_cognito.pools import SERVICE, pages
from stackpane_cognito.signin import Client, SignIn
from stackpane_cognito.tokens import Keys, claim_fields, unchecked_claims

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["client_of", "token_record"]

_TOKENS = ("IdToken", "AccessToken", "RefreshToken")


def client_of(session: Session, pool: str, wanted: str | None) -> Client:
    """The app client to sign in by: the one that is named, or the only one. Raises ``InvalidInput``."""
    id_ = wanted or _only(session, pool)
    with session.part(f"the secret and the flows of {id_}"):
        found = session.client(SERVICE).describe_user_pool_client(UserPoolId=pool, ClientId=id_)["UserPoolClient"]
        secret = found.get("ClientSecret") or None
        keep_secret(secret)
        return Client(id_, secret, tuple(found.get("ExplicitAuthFlows") or ()))
    return Client(id_)


def _only(session: Session, pool: str) -> str:
    given = {"UserPoolId": pool, "MaxResults": 60}
    listed = pages(session, "list_user_pool_clients", "UserPoolClients", given)
    found = [client for page, _ in listed for client in page]
    if len(found) == 1:
        return str(found[0]["ClientId"])
    if not found:
        raise InvalidInput(f"{pool} has no app client to sign in by")
    names = ", ".join(f"{each.get('ClientId')} ({each.get('ClientName')})" for each in found[:10])
    raise InvalidInput(f"{pool} has {len(found)} app clients", f"Say by which with --client: {names}.")


def token_record(session: Session, signing: SignIn) -> Record:
    """Sign in, and show what came of it. Raises ``AwsError`` where a token is not the pool's."""
    found = signing.tokens()
    keep_secret(*(found.get(name) for name in _TOKENS))
    keys, client = Keys(session, signing.pool), signing.client.id
    checked = _checked(session, keys, found, client)
    said = f"valid, by {keys.url}" if checked is not None else "not checked"
    claims = checked or {name: unchecked_claims(found[name]) for name in _TOKENS[:2] if found.get(name)}
    own = (
        Field("Username", signing.name),
        Field("ClientId", client),
        Field("Flow", signing.flow),
        Field("Signature", said),
        Field("TokenType", found.get("TokenType")),
        Field("ExpiresIn", found.get("ExpiresIn"), "duration"),
    )
    raw = tuple(Field(name, found[name], secret=True) for name in _TOKENS if found.get(name))
    titles = {"IdToken": "ID token", "AccessToken": "Access token"}
    sections = [Section(titles[name], claim_fields(name, claims[name])) for name in titles if name in claims]
    if signing.changed:
        session.note(f"{signing.name} has the new password now.")
    return Record(
        title=f"{signing.name} signed in",
        sections=(Section("", own), *sections, Section("Tokens", raw)),
        links=(user_link(signing.pool, signing.name), client_link(signing.pool, client)),
    )


def _checked(session: Session, keys: Keys, found: Mapping[str, Any], client: str) -> dict[str, dict[str, Any]] | None:
    """The claims of both tokens, checked; ``None``, with a warning, where the keys to check them by cannot be had."""
    try:
        _ = keys.keys
    except StackpaneError as error:
        session.warn(f"the signatures could not be checked: {error.message}")
        return None
    if not found.get("AccessToken"):
        raise AwsError("the endpoint has sent no access token", "This is a fault of the endpoint.", "NoToken")
    uses = {"IdToken": "id", "AccessToken": "access"}
    return {name: keys.claims(found[name], use, client) for name, use in uses.items() if found.get(name)}
