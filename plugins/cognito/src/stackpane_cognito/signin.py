"""Signing in as a user: the flows that take a password, and the challenges that a person can answer at a terminal.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from stackpane import AwsError, InvalidInput
from stackpane_cognito.passwords import checked
from stackpane_cognito.pools import SERVICE

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Client", "Flow", "SignIn", "flow_of"]

Flow = Literal["admin", "srp", "password"]

Reply = Mapping[str, Any]

_CODES = {
    "SMS_MFA": ("SMS_MFA_CODE", "The code that was sent by SMS"),
    "SOFTWARE_TOKEN_MFA": ("SOFTWARE_TOKEN_MFA_CODE", "The code of the authenticator app"),
    "EMAIL_OTP": ("EMAIL_OTP_CODE", "The code that was sent by email"),
    "SMS_OTP": ("SMS_OTP_CODE", "The code that was sent by SMS"),
}
"""Challenges that a code answers: under which name it is sent, and what is asked for."""
_OTHERS = {
    "MFA_SETUP": "the user has to set up a second factor first, which the application does",
    "CUSTOM_CHALLENGE": "the pool asks a question of its own, by a Lambda trigger",
    "DEVICE_SRP_AUTH": "the pool asks for a remembered device",
    "SELECT_CHALLENGE": "the user has to choose how to sign in",
    "WEB_AUTHN": "the user signs in by a passkey, which takes a browser",
}
_ENABLED: dict[Flow, tuple[str, ...]] = {
    "admin": ("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"),
    "srp": ("ALLOW_USER_SRP_AUTH",),
    "password": ("ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"),
}
"""What of a client's ``ExplicitAuthFlows`` enables each flow, in the order they are tried."""
_MOST = 6
"""Challenges in a row; Cognito asks for three at most."""


@dataclass(frozen=True, slots=True)
class Client:
    """An app client: its id, its secret where it has one, and the flows it allows (none: nobody knows)."""

    id: str
    secret: str | None = field(default=None, repr=False)
    flows: tuple[str, ...] = ()


def flow_of(client: Client, wanted: Flow | None) -> Flow:
    """The flow to sign in by. Raises ``InvalidInput`` where the client allows none of them."""
    if wanted is not None:
        return wanted
    if not client.flows:
        return "srp"  # what a client allows that says nothing
    for flow, names in _ENABLED.items():
        if set(names) & set(client.flows):
            return flow
    raise InvalidInput(
        f"the app client {client.id} allows no flow with a password: {', '.join(client.flows)}",
        "Choose another with --client, or allow ALLOW_ADMIN_USER_PASSWORD_AUTH or ALLOW_USER_SRP_AUTH.",
    )


@dataclass
class SignIn:
    """One sign-in of a user by a client. What it asks for goes through the session's face."""

    session: Session
    pool: str
    name: str
    client: Client
    flow: Flow
    password: str = field(repr=False)
    changed: bool = False
    """Whether the user has a new password by now."""

    def tokens(self) -> Reply:
        """The tokens, after every challenge. Raises ``AwsError`` for one that cannot be answered here."""
        reply = self._begin()
        for _ in range(_MOST):
            if (tokens := reply.get("AuthenticationResult")) is not None:
                return dict(tokens)
            reply = self._answer(reply)
        raise AwsError(f"{self.name} was asked {_MOST} questions in a row, and still is", "", "Challenges")

    def _begin(self) -> Reply:
        if self.flow == "srp":
            return self._by_srp()
        given = {"USERNAME": self.name, "PASSWORD": self.password, **self._hash(self.name)}
        service = self.session.client(SERVICE)
        if self.flow == "admin":
            call = service.admin_initiate_auth
            how = {"UserPoolId": self.pool, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH"}
        else:
            call, how = service.initiate_auth, {"AuthFlow": "USER_PASSWORD_AUTH"}
        reply: Reply = call(**how, ClientId=self.client.id, AuthParameters=given)
        return reply

    def _by_srp(self) -> Reply:
        """Prove the password without sending it."""
        from pycognito.aws_srp import AWSSRP  # type: ignore[import-untyped]

        service = self.session.client(SERVICE)
        # Of that library only the arithmetic is used; the requests are this session's.
        proof = AWSSRP(
            self.name, self.password, self.pool, self.client.id, client=service, client_secret=self.client.secret
        )
        given = proof.get_auth_params()
        reply: Reply = service.initiate_auth(ClientId=self.client.id, AuthFlow="USER_SRP_AUTH", AuthParameters=given)
        if reply.get("ChallengeName") != "PASSWORD_VERIFIER":
            return reply
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # it takes the time by a function that will go
                answers = proof.process_challenge(reply["ChallengeParameters"], given)
        except (KeyError, ValueError, TypeError) as error:
            raise AwsError(
                f"the pool's SRP challenge makes no sense: {error!r}", "This is a fault of the endpoint.", "SRP"
            ) from error
        return self._respond(reply, answers)

    def _answer(self, reply: Reply) -> Reply:
        challenge = str(reply.get("ChallengeName", ""))
        asked: Reply = reply.get("ChallengeParameters") or {}
        username = asked.get("USER_ID_FOR_SRP") or asked.get("USERNAME") or self.name
        answers = {"USERNAME": username, **self._hash(username)}
        if challenge == "NEW_PASSWORD_REQUIRED":
            answers |= self._new_password(asked)
        elif challenge == "SELECT_MFA_TYPE":
            choices = json.loads(asked.get("MFAS_CAN_CHOOSE") or "[]")
            answers["ANSWER"] = self.session.ask(f"Which second factor ({', '.join(map(str, choices))})?").strip()
        elif challenge in _CODES:
            member, question = _CODES[challenge]
            where = asked.get("CODE_DELIVERY_DESTINATION")
            answers[member] = self.session.ask(f"{question} to {where}" if where else question, secret=True).strip()
        else:
            why = _OTHERS.get(challenge, "this cannot be answered here")
            raise AwsError(f"{self.name} cannot sign in here: {why} ({challenge or 'no challenge'})", "", challenge)
        answered = self._respond(reply, answers)
        self.changed = self.changed or challenge == "NEW_PASSWORD_REQUIRED"
        return answered

    def _new_password(self, asked: Reply) -> dict[str, str]:
        self.session.note(f"{self.name} has a temporary password, and has to choose another one now.")
        question = f"The new password of {self.name}"
        password = checked(self.session.ask(question, secret=True))
        if self.session.ask(f"{question}, once more", secret=True) != password:
            raise InvalidInput("the two are not the same", f"{self.name} still has the temporary password.")
        answers = {"NEW_PASSWORD": password}
        for name in json.loads(asked.get("requiredAttributes") or "[]"):
            plain = str(name).removeprefix("userAttributes.")
            answers[f"userAttributes.{plain}"] = self.session.ask(f"{plain} (required)")
        return answers

    def _respond(self, reply: Reply, answers: Mapping[str, str]) -> Reply:
        service = self.session.client(SERVICE)
        given = {
            "ClientId": self.client.id,
            "ChallengeName": reply["ChallengeName"],
            "ChallengeResponses": dict(answers),
            **({"Session": reply["Session"]} if reply.get("Session") else {}),
        }
        call: Callable[..., Reply] = service.respond_to_auth_challenge
        if self.flow == "admin":
            call, given = service.admin_respond_to_auth_challenge, {"UserPoolId": self.pool, **given}
        return call(**given)

    def _hash(self, username: str) -> dict[str, str]:
        """What proves the client's secret.

        https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
        """
        if not self.client.secret:
            return {}
        digest = hmac.new(self.client.secret.encode(), (username + self.client.id).encode(), hashlib.sha256).digest()
        return {"SECRET_HASH": base64.b64encode(digest).decode()}
