"""What is done to one user of an import: created, finished, brought up to date or left alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError

from stackpane.patience import patiently
from stackpane_cognito.creation import NewUser
from stackpane_cognito.membership import groups_of
from stackpane_cognito.pools import SERVICE
from stackpane_cognito.users import attributes_of, get_user

if TYPE_CHECKING:
    from stackpane import Session
    from stackpane_cognito.moving.entries import User
    from stackpane_cognito.moving.rules import Rules

__all__ = ["Done", "Sending"]

Done = Literal["created", "updated", "unchanged", "left"]

_CLOCKS = timedelta(minutes=5)
"""How far our clock and AWS's may be apart: beyond, AWS refuses every request."""


@dataclass(frozen=True)
class Sending:
    """How users are sent. ``began`` is when the import did, where it was interrupted: users that were created since are
    its own, and may be half done.
    """

    session: Session
    pool: str
    rules: Rules
    message: str = "suppress"
    update: bool = False
    permanent: bool = False
    began: datetime | None = None

    @property
    def _client(self) -> Any:
        return self.session.client(SERVICE)

    def send(self, user: User) -> Done:
        """Do what is to be done to a user. Raises botocore's errors."""
        name = self.rules.name_of(user) or user.name
        attributes = {key: value for key, value in user.attributes.items() if value != ""}
        password = None if self.permanent else user.password
        try:
            made = patiently(lambda: NewUser(name, attributes, self.message, password).create(self.session, self.pool))
        except ClientError as error:
            if error.response["Error"].get("Code") != "UsernameExistsException":
                raise
            return self._met(user, name)
        self._finish(user, made.get("Username") or name, enabled=True)
        return "created"

    def _met(self, user: User, name: str) -> Done:
        """There is one of that name: our own from before an interruption, or another's."""
        if not self.update and self.began is None:
            return "left"
        there = patiently(lambda: get_user(self.session, self.pool, name))
        username = there.get("Username") or name
        if self._is_ours(there, user):
            self._finish(user, username, enabled=there.get("Enabled", True))
            return "created"
        return self._brought_up(user, username, there) if self.update else "left"

    def _is_ours(self, there: Mapping[str, Any], user: User) -> bool:
        created = there.get("UserCreateDate")
        return (
            self.began is not None
            and isinstance(created, datetime)
            and created >= self.began - _CLOCKS
            and {key: value for key, value in user.attributes.items() if value}.items() <= attributes_of(there).items()
        )

    def _finish(self, user: User, username: str, *, enabled: bool) -> None:
        """What creating a user does not do. Each of it may be done twice."""
        place = {"UserPoolId": self.pool, "Username": username}
        if user.password is not None and self.permanent:
            given = {**place, "Password": user.password, "Permanent": True}
            patiently(lambda: self._client.admin_set_user_password(**given))
        for group in user.groups:
            self._into(group, place)
        if enabled and not user.enabled:
            patiently(lambda: self._client.admin_disable_user(**place))

    def _into(self, group: str, place: Mapping[str, Any]) -> None:
        patiently(lambda: self._client.admin_add_user_to_group(**place, GroupName=group))

    def _brought_up(self, user: User, username: str, there: Mapping[str, Any]) -> Done:
        """Set what the file has otherwise; what it does not have stays. Passwords stay in any case."""
        place = {"UserPoolId": self.pool, "Username": username}
        old = attributes_of(there)
        new = [{"Name": key, "Value": value} for key, value in user.attributes.items() if old.get(key, "") != value]
        if new:
            patiently(lambda: self._client.admin_update_user_attributes(**place, UserAttributes=new))
        missing: set[str] = set()
        if user.groups:
            missing = set(user.groups) - set(patiently(lambda: groups_of(self.session, self.pool, username)))
            for group in sorted(missing):
                self._into(group, place)
        switch = there.get("Enabled", True) is not user.enabled
        if switch:
            word = "enable" if user.enabled else "disable"
            patiently(lambda: getattr(self._client, f"admin_{word}_user")(**place))
        return "updated" if new or missing or switch else "unchanged"
