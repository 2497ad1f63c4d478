"""User pools with users in an emulator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Mode

__all__ = ["PASSWORD", "Stage", "denied", "make_pool"]

PASSWORD = "Str0ng-Password"
CUSTOM = [{"Name": name, "AttributeDataType": "String", "Mutable": True} for name in ("tenant", "note")]
POLICY = {"MinimumLength": 8, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True}
FLOWS = [
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
]


class Stage:
    """One pool, through a plain client."""

    def __init__(self, aws: Emulator, pool: str) -> None:
        self.aws = aws
        self.pool = pool
        self.client = aws.client("cognito-idp")

    def user(self, name: str, attributes: Mapping[str, str] | None = None, **options: Any) -> None:
        """Create a user."""
        given = [{"Name": key, "Value": value} for key, value in (attributes or {}).items()]
        options.setdefault("MessageAction", "SUPPRESS")
        self.client.admin_create_user(UserPoolId=self.pool, Username=name, UserAttributes=given, **options)

    def users(self, names: Iterable[str]) -> None:
        """Create users with an address each."""
        for name in names:
            self.user(name, {"email": f"{name}@example.com", "custom:tenant": f"tenant-of-{name}"})

    def group(self, name: str, *members: str, **facts: Any) -> None:
        """Create a group with these members."""
        self.client.create_group(UserPoolId=self.pool, GroupName=name, **facts)
        for member in members:
            self.client.admin_add_user_to_group(UserPoolId=self.pool, GroupName=name, Username=member)

    def app(self, name: str = "web", *, secret: bool = False, flows: Iterable[str] = FLOWS) -> dict[str, Any]:
        """Create an app client."""
        made: dict[str, Any] = self.client.create_user_pool_client(
            UserPoolId=self.pool, ClientName=name, GenerateSecret=secret, ExplicitAuthFlows=list(flows)
        )["UserPoolClient"]
        return made

    def password(self, name: str, password: str = PASSWORD, *, permanent: bool = True) -> None:
        """Set a user's password."""
        self.client.admin_set_user_password(UserPoolId=self.pool, Username=name, Password=password, Permanent=permanent)

    def get(self, name: str) -> dict[str, Any]:
        """A user as it is, with the attributes by name."""
        found = self.client.admin_get_user(UserPoolId=self.pool, Username=name)
        return {**found, "Attributes": {each["Name"]: each["Value"] for each in found["UserAttributes"]}}

    def groups(self, name: str) -> list[str]:
        """The names of a user's groups."""
        found = self.client.admin_list_groups_for_user(UserPoolId=self.pool, Username=name)
        return sorted(group["GroupName"] for group in found["Groups"])

    def contents(self) -> dict[str, Any]:
        """All users with what counts of them: attributes but the sub, groups, enabled."""
        pages = self.client.get_paginator("list_users").paginate(UserPoolId=self.pool)
        found = {}
        for user in (user for page in pages for user in page["Users"]):
            given = {each["Name"]: each["Value"] for each in user["Attributes"] if each["Name"] != "sub"}
            attributes = {key: value for key, value in given.items() if value}  # AWS has no empty ones
            found[user["Username"]] = (attributes, self.groups(user["Username"]), user["Enabled"])
        return found


def make_pool(aws: Emulator, name: str = "shop", **options: Any) -> Stage:
    """A pool with two custom attributes and a policy for passwords."""
    made = aws.client("cognito-idp").create_user_pool(
        PoolName=name, Schema=CUSTOM, Policies={"PasswordPolicy": POLICY}, **options
    )
    return Stage(aws, made["UserPool"]["Id"])


def denied(operation: str) -> Mode:
    """What IAM answers."""
    message = (
        f"User: arn:aws:iam::123456789012:user/tester is not authorized to perform: cognito-idp:{operation} on "
        f"resource: arn:aws:cognito-idp:us-east-1:123456789012:userpool/pool because no identity-based policy allows it"
    )
    return modes.error(400, "AccessDeniedException", message)
