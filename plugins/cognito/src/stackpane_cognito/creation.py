"""A user that is to be created, and whether one that is there already is this one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stackpane import is_lost
from stackpane_cognito.pools import SERVICE
from stackpane_cognito.users import attributes_of, get_user

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["NewUser"]

_JUST_NOW = timedelta(minutes=15)
"""Since when a user that is there counts as created by the try before: the retries, and clocks that differ."""


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to create. ``message`` is ``suppress``, ``email`` or ``sms``; without a ``password`` Cognito makes one."""

    name: str
    attributes: Mapping[str, str]
    message: str = "suppress"
    password: str | None = field(default=None, repr=False)

    def create(self, session: Session, pool: str) -> Mapping[str, Any]:
        """Create it, and return it as Cognito has it. Raises botocore's ``ClientError``."""
        from botocore.exceptions import ClientError

        try:
            made: Mapping[str, Any] = session.client(SERVICE).admin_create_user(**self._request(pool))["User"]
            return made
        except ClientError as error:
            if error.response["Error"].get("Code") != "UsernameExistsException" or not is_lost(error):
                raise
            # A try before had no answer: the user in the way may be the one that it made.
            there = get_user(session, pool, self.name)
            if not self._is(there):
                raise
            return there

    def _request(self, pool: str) -> dict[str, Any]:
        how: dict[str, Any] = {"MessageAction": "SUPPRESS"}
        if self.message != "suppress":
            how = {"DesiredDeliveryMediums": [self.message.upper()]}
        return {
            "UserPoolId": pool,
            "Username": self.name,
            "UserAttributes": [{"Name": name, "Value": value} for name, value in self.attributes.items()],
            **({"TemporaryPassword": self.password} if self.password is not None else {}),
            **how,
        }

    def _is(self, there: Mapping[str, Any]) -> bool:
        created = there.get("UserCreateDate")
        return (
            self.attributes.items() <= attributes_of(there).items()
            and isinstance(created, datetime)
            and abs(datetime.now(UTC) - created) < _JUST_NOW
        )
