"""The sample data: who is in the demo's user pools. The same every time, but for what Cognito makes itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["CUSTOMERS", "PASSWORD", "POOLS", "STAFF", "Person", "Pool"]

PASSWORD = "Harbour-2026"  # noqa: S105 - of made-up people in a made-up AWS
"""What everybody signs in with who has a password."""

_FIRST = (
    "Ada", "Alan", "Barbara", "Claude", "Dennis", "Donald", "Edsger", "Frances", "Grace", "Hedy", "Ida", "John",
    "Katherine", "Ken", "Leslie", "Linus", "Margaret", "Niklaus", "Radia", "Shafi", "Sophie", "Stephen", "Tim", "Tony",
    "Vint", "Wilhelm",
)  # fmt: skip
_LAST = (
    "Adler", "Berg", "Costa", "Dubois", "Evans", "Fischer", "Garcia", "Hansen", "Ito", "Jansen", "Kim", "Lopez",
    "Moreau", "Novak", "Okoye", "Petrov",
)  # fmt: skip
_TENANTS = ("blue", "green", "red")


@dataclass(frozen=True, slots=True)
class Person:
    """A user: with a password, disabled or not, and in which groups."""

    name: str
    attributes: Mapping[str, str]
    groups: tuple[str, ...] = ()
    has_password: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool as ``CreateUserPool`` takes it, its groups, its app clients, and who is in it."""

    request: Mapping[str, Any]
    groups: Mapping[str, Mapping[str, Any]]
    clients: Sequence[Mapping[str, Any]]
    people: Sequence[Person]


def _customers(count: int) -> Iterator[Person]:
    for number in range(count):
        first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]
        name = f"{first}.{last}".lower()
        groups = (
            *(("beta",) if number % 12 == 0 else ()),
            *(("vip",) if number % 30 == 0 else ()),
            *(("support",) if number in (3, 40, 77) else ()),
            *(("admins",) if number in (0, 8) else ()),
        )
        yield Person(
            name,
            {
                "email": f"{name}@example.com",
                "email_verified": "false" if number % 9 == 4 else "true",
                "name": f"{first} {last}",
                "custom:tenant": _TENANTS[number % 3],
                "custom:plan": "pro" if number % 5 == 0 else "free",
            },
            groups,
            has_password=number % 6 == 0,
            enabled=number % 25 != 13,
        )


_CUSTOM = [{"Name": name, "AttributeDataType": "String", "Mutable": True} for name in ("tenant", "plan")]

CUSTOMERS = Pool(
    {
        "PoolName": "customers",
        "Schema": [{"Name": "email", "AttributeDataType": "String", "Mutable": True, "Required": True}, *_CUSTOM],
        "AutoVerifiedAttributes": ["email"],
        "MfaConfiguration": "OFF",
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 10,
                "RequireUppercase": True,
                "RequireLowercase": True,
                "RequireNumbers": True,
                "RequireSymbols": True,
                "TemporaryPasswordValidityDays": 7,
            }
        },
        "UserPoolTags": {"team": "shop", "stage": "demo"},
    },
    {
        "admins": {"Description": "May do everything", "Precedence": 1},
        "beta": {"Description": "See new things first", "Precedence": 20},
        "support": {"Description": "Answer questions", "Precedence": 5},
        "vip": {"Description": "Are never kept waiting", "Precedence": 10},
    },
    (
        {
            "ClientName": "web",
            "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        },
        {
            "ClientName": "backend",
            "GenerateSecret": True,
            "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        },
    ),
    tuple(_customers(240)),
)

STAFF = Pool(
    {"PoolName": "staff", "Schema": _CUSTOM, "UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"]},
    {},
    (),
    tuple(
        Person(f"{name}@example.com", {"email": f"{name}@example.com", "email_verified": "true", "name": name.title()})
        for name in ("ann", "ben", "cora", "dan", "eva", "finn")
    ),
)

POOLS = (CUSTOMERS, STAFF)
