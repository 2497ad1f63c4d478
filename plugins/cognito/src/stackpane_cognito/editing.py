"""Changing a user's attributes: only those that become others, with what takes it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from stackpane import Failure, InvalidInput, Link, Outcome, Plan
from stackpane_cognito.changing import Change, short
from stackpane_cognito.places import user_link
from stackpane_cognito.pools import SERVICE
from stackpane_cognito.users import attributes_of, get_user

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Editing"]

_VERIFIED = {"email": "email_verified", "phone_number": "phone_number_verified"}
"""What Cognito takes back when an address changes, unless it is told in the same request.
https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html"""


@dataclass(frozen=True)
class Editing:
    """One edit: ``put`` are attributes to set, ``remove`` those to take away."""

    session: Session
    pool: str
    name: str
    put: Mapping[str, str]
    remove: Sequence[str]

    def view(self) -> Plan | Outcome:
        """The edit made, a plan of it, or that there is nothing to do. Raises ``InvalidInput`` for contradictions."""
        if twice := sorted(set(self.put) & set(self.remove)):
            raise InvalidInput(f"{', '.join(twice)}: set and removed at once")
        if not (self.new or self.gone):
            return Outcome(f"{self.name} is like that already.", done=0, links=(user_link(self.pool, self.name),))
        undo = self.undo
        title = f"Change {self.name}: {'; '.join(self.said)}"
        how = f"Can be undone with: {undo.command_line}" if undo else "Cannot be undone by a command."
        return Change(self.session, title, self.name, self._do, how, self._notes).view()

    @cached_property
    def old(self) -> dict[str, str]:
        """The attributes as they are."""
        return attributes_of(get_user(self.session, self.pool, self.name))

    @property
    def new(self) -> dict[str, str]:
        """The attributes that become others."""
        return {name: value for name, value in self.put.items() if self.old.get(name) != value}

    @property
    def gone(self) -> list[str]:
        """The attributes that there are and that go away."""
        return [name for name in self.remove if name in self.old]

    @property
    def said(self) -> tuple[str, ...]:
        """Every change, old and new."""
        put = (f"{name} {_quoted(self.old.get(name))} → {_quoted(value)}" for name, value in self.new.items())
        return (*put, *(f"{name} {_quoted(self.old[name])} → removed" for name in self.gone))

    @property
    def _notes(self) -> tuple[str, ...]:
        return tuple(f"{mark} becomes false unless it is set in the same edit." for mark in self._doubted)

    @property
    def _doubted(self) -> list[str]:
        """The marks of verified addresses that Cognito takes back by itself."""
        changed = {*self.new, *self.gone}
        return [
            mark
            for name, mark in _VERIFIED.items()
            if name in changed and mark not in self.put and self.old.get(mark) == "true"
        ]

    @property
    def undo(self) -> Link | None:
        """The edit that sets what was."""
        names = [*self.new, *self.gone, *self._doubted]
        put = [f"{name}={self.old[name]}" for name in names if name in self.old]
        gone = [name for name in self.new if name not in self.old]
        return short(Link.to("cognito edit", self.pool, self.name, set=put, remove=gone, label="Undo"))

    def _do(self) -> Outcome:
        client = self.session.client(SERVICE)
        place = {"UserPoolId": self.pool, "Username": self.name}
        new, gone, doubted = self.new, self.gone, self._doubted
        if new:
            given = [{"Name": name, "Value": value} for name, value in new.items()]
            client.admin_update_user_attributes(**place, UserAttributes=given)
            self._tell_unverified()
        failed: tuple[Failure, ...] = ()
        if gone:
            try:
                self._take_away(gone)
            except Exception as error:
                if not new:
                    raise
                failed = self._not_removed(gone, error)
        for mark in doubted:
            self.session.note(
                f"{mark} was true; Cognito takes that back with the address. Set it again where it holds."
            )
        said = "; ".join(self.said[: len(new)] if failed else self.said)
        return Outcome(
            f"Changed {self.name}: {said}.",
            failed=failed,
            result={"Username": self.name, "Set": new, "Removed": [] if failed else gone},
            undo=self.undo,
            links=(user_link(self.pool, self.name),),
        )

    def _tell_unverified(self) -> None:
        """Say where a new address is not there yet: some pools have the user verify it first."""
        addresses = [name for name in _VERIFIED if name in self.new]
        now = attributes_of(get_user(self.session, self.pool, self.name)) if addresses else {}
        for name in addresses:
            if now.get(name) != self.new[name]:
                self.session.warn(f"{name} stays as it was until {self.name} has answered the code sent to the new one")

    def _take_away(self, names: Sequence[str]) -> None:
        """Remove attributes; where the right to do so is missing, by the other way that Cognito has: an empty value.

        https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminUpdateUserAttributes.html
        """
        from botocore.exceptions import ClientError

        client, place = self.session.client(SERVICE), {"UserPoolId": self.pool, "Username": self.name}
        try:
            client.admin_delete_user_attributes(**place, UserAttributeNames=list(names))
        except ClientError as error:
            if error.response["Error"].get("Code") != "AccessDeniedException":
                raise
            self.session.note("cognito-idp:AdminDeleteUserAttributes is denied: attributes are emptied instead.")
            empty = [{"Name": name, "Value": ""} for name in names]
            client.admin_update_user_attributes(**place, UserAttributes=empty)

    def _not_removed(self, names: Sequence[str], error: Exception) -> tuple[Failure, ...]:
        from stackpane.tally import is_unknown

        reason = str(self.session.explain(error)) or type(error).__name__
        return tuple(Failure(f"removing {name}", reason, unknown=is_unknown(error)) for name in names)


def _quoted(value: str | None) -> str:
    return "not set" if value is None else f'"{value}"'
