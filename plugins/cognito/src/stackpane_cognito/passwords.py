"""Passwords on their way in: asked for, or read from stdin; never an argument, never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackpane import InvalidInput
from stackpane.secrecy import keep_secret

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["checked", "known_password", "new_password"]

_LONGEST = 256
"""Characters: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminSetUserPassword.html"""


def new_password(session: Session, what: str, *, stdin: bool) -> str:
    """A password that is to be set: asked for twice, or the first line of stdin. Raises ``InvalidInput``."""
    if stdin:
        return _of_stdin()
    password = checked(session.ask(f"{what}", secret=True))
    if session.ask(f"{what}, once more", secret=True) != password:
        raise InvalidInput("the two are not the same", "Nothing was sent.")
    return password


def known_password(session: Session, what: str, *, stdin: bool) -> str:
    """A password that is set already: asked for once, or the first line of stdin."""
    return _of_stdin() if stdin else checked(session.ask(what, secret=True))


def _of_stdin() -> str:
    from stackpane.inputs import given_text

    return checked(given_text("-").partition("\n")[0].removesuffix("\r"))


def checked(password: str) -> str:
    """The password, which is never said from now on. Raises ``InvalidInput`` for what Cognito knows no password by."""
    keep_secret(password)
    if not 0 < len(password) <= _LONGEST or any(letter.isspace() for letter in password):
        raise InvalidInput(f"a password has 1 to {_LONGEST} characters, and no white space", "Nothing was sent.")
    return password
