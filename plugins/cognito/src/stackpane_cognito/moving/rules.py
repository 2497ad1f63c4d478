"""What a pool asks of its users, as far as it can be known before a user is sent: attributes and passwords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stackpane_cognito.pools import describe, schema_of

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_cognito.moving.entries import User

__all__ = ["Rules", "rules_of"]

_LETTERS = {
    "RequireUppercase": ("an upper-case letter", str.isupper),
    "RequireLowercase": ("a lower-case letter", str.islower),
    "RequireNumbers": ("a digit", str.isdigit),
}
_SYMBOLS = frozenset("^$*.[]{}()?-\"!@#%&/\\,><':;|_~`=+")
"""https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html"""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one pool. Where its description may not be read there are none, and Cognito alone decides."""

    schema: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    sign_in: tuple[str, ...] = ()
    """The attributes whose value is given as the name (``email``, ``phone_number``); none: names are names."""

    def name_of(self, user: User) -> str | None:
        """The name to create a user by; ``None`` where the pool wants an address, and there is none."""
        if not self.sign_in:
            return user.name
        if "email" in self.sign_in and "@" in user.name:
            return user.name
        if "phone_number" in self.sign_in and user.name.startswith("+"):
            return user.name
        return next((user.attributes[name] for name in self.sign_in if user.attributes.get(name)), None)

    def faults(self, user: User) -> Iterator[str]:
        """Why Cognito would refuse a user."""
        if user.status == "EXTERNAL_PROVIDER":
            yield "signs in by another provider, which creates it at the first sign-in"
        if self.name_of(user) is None:
            yield f"has no {' or '.join(self.sign_in)}, which the pool's users sign in by"
        yield from self._of_attributes(user)
        if user.password is not None and (missing := list(self._missing(user.password))):
            yield f"the password is too weak for the pool: it wants {', '.join(missing)}"

    def _of_attributes(self, user: User) -> Iterator[str]:
        # Some emulators list custom attributes alone; AWS lists them all, sub among them.
        complete = "sub" in self.schema
        unknown = [
            name
            for name in user.attributes
            if self.schema and name not in self.schema and (complete or name.startswith(("custom:", "dev:")))
        ]
        if unknown:
            yield f"the pool has no attribute {', '.join(sorted(unknown))}"
        given = dict(user.attributes)
        if self.sign_in and (name := self.name_of(user)):
            given.setdefault("email" if "@" in name else "phone_number", name)
        needed = (name for name, each in self.schema.items() if each.get("Required") and name != "sub")
        if missing := sorted(name for name in needed if not given.get(name)):
            yield f"has no {', '.join(missing)}, which the pool requires"
        for name, value in user.attributes.items():
            limits = self.schema.get(name, {}).get("StringAttributeConstraints") or {}
            if (most := limits.get("MaxLength")) is not None and len(value) > int(most):
                yield f"{name} has {len(value)} characters, and the pool allows {most}"

    def _missing(self, password: str) -> Iterator[str]:
        least = self.policy.get("MinimumLength", 0)
        if len(password) < least:
            yield f"{least} characters"
        for name, (what, holds) in _LETTERS.items():
            if self.policy.get(name) and not any(holds(letter) for letter in password):
                yield what
        if self.policy.get("RequireSymbols") and not _SYMBOLS & set(password):
            yield "a symbol"


def rules_of(session: Session, pool: str) -> Rules:
    """The rules of a pool; none, with a warning, where its description is denied."""
    with session.part(f"what {pool} asks of its users"):
        found = describe(session, pool)
        return Rules(
            schema_of(found),
            found.get("Policies", {}).get("PasswordPolicy", {}),
            tuple(found.get("UsernameAttributes") or ()),
        )
    return Rules()
