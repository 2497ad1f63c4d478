"""Who a connection's credentials are, and whether they may do more than anyone should do every day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stackpane.calls import GET_CALLER_IDENTITY, Call
from stackpane.connections.model import Connection, Source
from stackpane.errors import ConnectionProblem

if TYPE_CHECKING:
    from stackpane.app import Run
    from stackpane.session import Session

__all__ = ["CALLS", "Caller", "identify", "session_for"]

_USER = "arn:{partition}:iam::{account}:user/{username}"
_NOTE = "To point out callers with AdministratorAccess; without it the connection works all the same."
_LIST_USER = Call("iam:ListAttachedUserPolicies", ("iam:ListAttachedUserPolicies",), (_USER,), note=_NOTE)
_LIST_GROUPS = Call("iam:ListGroupsForUser", ("iam:ListGroupsForUser",), (_USER,), note=_NOTE)
_LIST_GROUP = Call(
    "iam:ListAttachedGroupPolicies",
    ("iam:ListAttachedGroupPolicies",),
    ("arn:{partition}:iam::{account}:group/{groupname}",),
    note=_NOTE,
)
_LIST_ROLE = Call(
    "iam:ListAttachedRolePolicies",
    ("iam:ListAttachedRolePolicies",),
    ("arn:{partition}:iam::{account}:role/{rolename}",),
    note=_NOTE,
)
CALLS = (GET_CALLER_IDENTITY, _LIST_USER, _LIST_GROUPS, _LIST_GROUP, _LIST_ROLE)
"""The calls that ``identify`` may make."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who the credentials are, by ``sts:GetCallerIdentity``.

    ``privileges`` is a sentence where the caller is the root user or has AdministratorAccess, empty where it is
    neither, ``None`` where IAM does not tell.
    """

    account: str
    arn: str
    source: str
    region: str
    privileges: str | None


def session_for(run: Run, connection: Connection, region: str) -> Session:
    """A session that may make ``CALLS``; errors of this run are explained by it."""
    from stackpane.session import Session

    session = Session(run.app.open(connection), region, CALLS, notify=run.app.face.warn)
    run.sessions = (session,)
    return session


def identify(session: Session) -> Caller:
    """Ask AWS who the connection's credentials are.

    Raises what the calls raise, and ``ConnectionProblem`` where the connection is for another account.
    """
    from stackpane.aws.credentials import describe_source

    connection = session.connection
    source = describe_source(connection, session.opened.session)
    found = session.opened.identity(session.region)
    if connection.account_id not in (None, found.account):
        raise ConnectionProblem(
            f"{connection.name} is for account {connection.account_id}, but its credentials are those of {found.arn}",
            "Use the credentials of that account, or another --account-id.",
        )
    # An emulator takes made-up keys for its root user; there is nothing to warn of.
    privileges = "" if connection.source is Source.DUMMY else _privileges(session, found.arn)
    return Caller(found.account, found.arn, source, session.region, privileges)


_CALLER = re.compile(r"arn:[^:]+:(?:iam|sts)::\d+:(?P<kind>root|user|assumed-role)(?:/(?P<name>.+))?")


def _privileges(session: Session, arn: str) -> str | None:
    match = _CALLER.fullmatch(arn)
    if match is None:
        return None
    if match["kind"] == "root":
        return "This is the account's root user, whom no policy limits: make a user or role for daily work."
    lists = _role_policies if match["kind"] == "assumed-role" else _user_policies
    name = match["name"].split("/")
    try:
        administrator = any(
            policy["PolicyName"] == "AdministratorAccess"
            for policy in lists(session.client("iam"), name[0] if match["kind"] == "assumed-role" else name[-1])
        )
    except Exception as error:
        if _untold(error):
            return None
        raise
    return "The caller has AdministratorAccess: whatever Stackpane is told to do, AWS allows." if administrator else ""


def _untold(error: Exception) -> bool:
    """Whether IAM merely does not tell: denied, not there on this emulator, or an endpoint of its own that is down."""
    from botocore.exceptions import BotoCoreError, ClientError

    return isinstance(error, (BotoCoreError, ClientError))


def _role_policies(iam: Any, name: str) -> Iterator[dict[str, str]]:
    yield from _all(iam.list_attached_role_policies, "AttachedPolicies", RoleName=name)


def _user_policies(iam: Any, name: str) -> Iterator[dict[str, str]]:
    yield from _all(iam.list_attached_user_policies, "AttachedPolicies", UserName=name)
    for group in _all(iam.list_groups_for_user, "Groups", UserName=name):
        yield from _all(iam.list_attached_group_policies, "AttachedPolicies", GroupName=group["GroupName"])


def _all(operation: Callable[..., Any], key: str, **names: str) -> Iterator[dict[str, str]]:
    """The entries of all pages. IAM pages by marker: an entity has few policies, so this ends after one or two."""
    marker: dict[str, str] = {}
    while True:
        page = operation(**names, **marker)
        yield from page[key]
        if not page.get("IsTruncated") or page["Marker"] == marker.get("Marker"):
            return
        marker = {"Marker": page["Marker"]}
