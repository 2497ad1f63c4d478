"""User pools: which one an argument means, what it is, and the pages of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane import AwsError, InvalidInput, StackpaneError, Tokens
from stackpane_cognito.names import could_be_id, id_and_region

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["SERVICE", "describe", "find", "listed", "pages", "schema_of"]

SERVICE = "cognito-idp"
_PAGE = 60
"""The most that the lists of Cognito give at a time."""

Pool = Mapping[str, Any]


def listed(session: Session, token: str | None = None) -> Iterator[tuple[Sequence[Pool], str | None]]:
    """The pools of the region by the page, with the token of the next page."""
    return pages(session, "list_user_pools", "UserPools", {"MaxResults": _PAGE}, token)


def pages(
    session: Session,
    operation: str,
    member: str,
    params: Mapping[str, Any],
    token: str | None = None,
    name: str = "NextToken",
) -> Iterator[tuple[Sequence[Mapping[str, Any]], str | None]]:
    """The pages of a list: the ``member`` of every reply, with the token that the next one begins at.

    ``name`` is what the operation calls its token.
    """
    call = getattr(session.client(SERVICE), operation)
    tokens = Tokens()
    while True:
        reply = call(**params, **({name: token} if token else {}))
        found = reply.get(member) or ()
        token = reply.get(name) or None
        if token is not None:
            tokens.check(token, empty=not found)
        yield found, token
        if token is None:
            return


def find(session: Session, text: str) -> str:
    """The id of the pool that an argument means: by its id, its ARN, or its name.

    Only a name takes a request. Raises ``InvalidInput`` for a pool of another region, and for a name that several pools
    have; ``AwsError`` for a name that none has.
    """
    if (known := id_and_region(text)) is not None:
        pool, region = known
        if region != session.region and not session.is_emulator:
            raise InvalidInput(f"{text} is in {region}, and this is {session.region}", f"Add --region {region}.")
        return pool
    ids = _of_name(session, text)
    if len(ids) == 1:
        return ids[0]
    if ids:
        raise InvalidInput(f"{len(ids)} user pools are named {text!r}", f"Say which by its id: {', '.join(ids)}.")
    if could_be_id(text):
        return text
    hint = "`stackpane cognito ls` lists them; an id or an ARN is taken as well."
    raise AwsError(f"no user pool in {session.region} is named {text!r}", hint, "ResourceNotFoundException")


def _of_name(session: Session, name: str) -> list[str]:
    from botocore.exceptions import ClientError

    try:
        return [pool["Id"] for found, _ in listed(session) for pool in found if pool.get("Name") == name]
    except ClientError as error:
        explained = session.explain(error)
        if not isinstance(explained, StackpaneError) or error.response["Error"].get("Code") != "AccessDeniedException":
            raise
        raise AwsError(
            f"{name!r} cannot be looked up by its name: {explained.message}",
            "Name the pool by its id (us-east-1_AbCdEfGhI) or its ARN, which needs no such right.",
            "AccessDeniedException",
        ) from error


def describe(session: Session, pool: str) -> Pool:
    """The pool as ``DescribeUserPool`` has it."""
    found: Pool = session.client(SERVICE).describe_user_pool(UserPoolId=pool)["UserPool"]
    return found


def schema_of(description: Pool) -> dict[str, Mapping[str, Any]]:
    """The pool's attributes by name, custom ones with their ``custom:`` or ``dev:custom:``."""
    return {each["Name"]: each for each in description.get("SchemaAttributes", ()) if each.get("Name")}
