"""Every operation of Cognito user pools that a command of this plugin may make, with the IAM actions it needs.

From https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html. Users, groups
and app clients have no ARNs: whoever may change one user of a pool may change all of them.
"""

from __future__ import annotations

from stackpane.calls import Call, Effect

_POOL = ("arn:{partition}:cognito-idp:{region}:{account}:userpool/{pool}",)


def _call(operation: str, effect: Effect = Effect.READ) -> Call:
    """A call on a pool, whose action is named like it."""
    return Call(f"cognito-idp:{operation}", (f"cognito-idp:{operation}",), _POOL, effect)


# Pools

LIST_POOLS = Call(
    "cognito-idp:ListUserPools",
    ("cognito-idp:ListUserPools",),
    note="shows the names of all user pools of the region; without it `cognito ls` shows the connection's pinned "
    "pools, and pools go by their ids",
)
DESCRIBE_POOL = _call("DescribeUserPool")
GET_MFA_CONFIG = _call("GetUserPoolMfaConfig")
LIST_CLIENTS = _call("ListUserPoolClients")
DESCRIBE_CLIENT = _call("DescribeUserPoolClient")
"""Hands out the client's secret, which is why nothing asks for it but the record of one client, and a sign-in."""

# Users

LIST_USERS = _call("ListUsers")
GET_USER = _call("AdminGetUser")
LIST_DEVICES = _call("AdminListDevices")
CREATE_USER = _call("AdminCreateUser", Effect.WRITE)
"""Repeatable: a second one finds the name taken and invites nobody."""
UPDATE_ATTRIBUTES = _call("AdminUpdateUserAttributes", Effect.WRITE)
DELETE_ATTRIBUTES = _call("AdminDeleteUserAttributes", Effect.WRITE)
DELETE_USER = _call("AdminDeleteUser", Effect.WRITE)
DISABLE_USER = _call("AdminDisableUser", Effect.WRITE)
ENABLE_USER = _call("AdminEnableUser", Effect.WRITE)
CONFIRM_SIGN_UP = _call("AdminConfirmSignUp", Effect.WRITE)
SET_PASSWORD = _call("AdminSetUserPassword", Effect.WRITE)
RESET_PASSWORD = _call("AdminResetUserPassword", Effect.ONCE)
"""Every repeat would send the user another code."""
SIGN_OUT = _call("AdminUserGlobalSignOut", Effect.WRITE)

# Groups

LIST_GROUPS = _call("ListGroups")
GET_GROUP = _call("GetGroup")
LIST_USERS_IN_GROUP = _call("ListUsersInGroup")
LIST_GROUPS_FOR_USER = _call("AdminListGroupsForUser")
CREATE_GROUP = _call("CreateGroup", Effect.WRITE)
DELETE_GROUP = _call("DeleteGroup", Effect.WRITE)
ADD_TO_GROUP = _call("AdminAddUserToGroup", Effect.WRITE)
REMOVE_FROM_GROUP = _call("AdminRemoveUserFromGroup", Effect.WRITE)

# Signing in. These issue credentials, and a repeat could lock the user out: sent once, and never where only reading is
# allowed. https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow.html

ADMIN_INITIATE_AUTH = _call("AdminInitiateAuth", Effect.ONCE)
ADMIN_RESPOND = _call("AdminRespondToAuthChallenge", Effect.ONCE)
_OPEN = "needs no right: whoever has the user's password and the client's id may sign in"
INITIATE_AUTH = Call("cognito-idp:InitiateAuth", ("cognito-idp:InitiateAuth",), effect=Effect.ONCE, note=_OPEN)
RESPOND = Call(
    "cognito-idp:RespondToAuthChallenge", ("cognito-idp:RespondToAuthChallenge",), effect=Effect.ONCE, note=_OPEN
)
