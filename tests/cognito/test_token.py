"""Signing in as a test user: every flow, the challenges, and tokens that are the pool's or not to be trusted."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from tests.cognito.stage import PASSWORD, Stage
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.cli import Invoke, Result
    from tests.harness.faultproxy import FaultProxy
    from tests.harness.terminal import TerminalFactory

TOKENS = ("IdToken", "AccessToken", "RefreshToken")
KEYS = ".well-known/jwks.json"


@pytest.fixture
def member(shop: Stage) -> Stage:
    """As ``shop``, where ann has a permanent password."""
    shop.password("ann")
    return shop


def sign_in(invoke: Invoke, stage: Stage, *options: str, at: object = None, password: str = PASSWORD) -> Result:
    given = password.encode() + b"\n"
    words = ("cognito", "token", stage.pool, "ann", "--stdin", *options)
    return invoke(*words, input=given, at=at or stage.aws)  # type: ignore[arg-type]


@pytest.mark.parametrize("secret", [True, False])
@pytest.mark.parametrize(
    ("flow", "operation"),
    [("admin", "AdminInitiateAuth"), ("srp", "RespondToAuthChallenge"), ("password", "InitiateAuth")],
)
def test_every_flow_gives_tokens_that_were_checked(
    member: Stage, faults: FaultProxy, invoke: Invoke, flow: str, operation: str, secret: bool
) -> None:
    client = member.app(secret=secret)
    result = sign_in(invoke, member, "--flow", flow, "-o", "json", "--debug", at=faults).ok()
    found = result.json()
    assert found["Signature"] == f"valid, by {faults.url}/{member.pool}/{KEYS}"
    assert (found["IdToken.token_use"], found["AccessToken.token_use"]) == ("id", "access")
    assert found["IdToken.aud"] == found["AccessToken.client_id"] == client["ClientId"]
    assert found["IdToken.cognito:groups"] == ["staff"]
    assert found["IdToken.exp"].startswith("20")
    assert operation in faults.operations
    keys = next(request for request in faults.requests if KEYS in request.target)
    assert "authorization" not in keys.headers
    assert "eyJ" not in result.text + result.errors
    assert PASSWORD not in result.text + result.errors
    if secret:
        assert client["ClientSecret"] not in result.text + result.errors
    if flow == "srp":
        assert not any(PASSWORD.encode() in request.body for request in faults.requests)
    revealed = sign_in(invoke, member, "--reveal", "-o", "json").ok().json()
    assert all(revealed[name] for name in TOKENS)
    assert revealed["IdToken"].startswith("eyJ")


def test_the_flow_is_what_the_client_allows_and_the_client_the_only_one(member: Stage, invoke: Invoke) -> None:
    assert "no app client" in sign_in(invoke, member).errors
    srp = member.app("mobile", flows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    assert sign_in(invoke, member, "-o", "json").ok().json()["Flow"] == "srp"
    member.app("web", flows=["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    result = sign_in(invoke, member)
    assert result.exit_code == 252
    assert srp["ClientId"] in result.errors
    sign_in(invoke, member, "--client", srp["ClientId"]).ok()


@pytest.mark.parametrize("flow", ["admin", "srp", "password"])
def test_a_wrong_password_is_an_error_and_tried_once(
    member: Stage, faults: FaultProxy, invoke: Invoke, flow: str
) -> None:
    member.app()
    result = sign_in(invoke, member, "--flow", flow, at=faults, password="Wrong-Password1")
    assert result.exit_code == 254
    assert "NotAuthorizedException" in result.errors
    assert "Wrong-Password1" not in result.errors
    assert sum("Initiate" in name for name in faults.operations) == 1


def test_tokens_that_are_not_the_pools_are_not_to_be_trusted(member: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    member.app()

    def forged(body: bytes) -> bytes:
        """Another user in the ID token, under the same signature."""
        reply = json.loads(body)
        head, claims, signature = reply["AuthenticationResult"]["IdToken"].split(".")
        found = json.loads(base64.urlsafe_b64decode(claims + "=="))
        changed = base64.urlsafe_b64encode(json.dumps(found | {"sub": "another"}).encode()).decode().rstrip("=")
        reply["AuthenticationResult"]["IdToken"] = ".".join((head, changed, signature))
        return json.dumps(reply).encode()

    faults.fault(modes.rewrite(forged), "AdminInitiateAuth")
    result = sign_in(invoke, member, at=faults)
    assert result.exit_code == 254
    assert "the id token is not to be trusted" in result.errors
    assert result.stdout == b""


def test_without_the_keys_the_signature_is_said_to_be_unchecked(
    member: Stage, faults: FaultProxy, invoke: Invoke
) -> None:
    member.app()
    for mode in (modes.html200(), modes.answer(404), modes.answer(200, b'{"keys": []}'), modes.reset_before()):
        fault = faults.fault(mode, lambda request: KEYS in request.target)
        result = sign_in(invoke, member, "-o", "json", at=faults).ok()
        assert result.json()["Signature"] == "not checked"
        assert "the signatures could not be checked" in result.errors
        faults.clear()
        fault.release()


def test_production_and_read_only_connections_sign_nobody_in(member: Stage, faults: FaultProxy, invoke: Invoke) -> None:
    member.app()
    add = ("--endpoint-url", faults.url, "--no-test", "--region", "us-east-1")
    invoke("connection", "add", "prod", "--production", *add).ok()
    invoke("connection", "add", "look", "--read-only", *add).ok()
    words = ("cognito", "token", member.pool, "ann", "--stdin")
    refused = invoke("-c", "prod", *words, input=PASSWORD.encode())
    assert refused.exit_code == 3
    assert "--production" in refused.errors
    for argv in (("-c", "look", *words), ("-c", "prod", *words, "--read-only", "--production")):
        assert invoke(*argv, input=PASSWORD.encode()).exit_code == 3
    assert not any("Auth" in name for name in faults.operations)
    assert "would sign in" in invoke("-c", "prod", *words, "--production", "--dry-run").ok().errors
    invoke("-c", "prod", *words, "--production", input=PASSWORD.encode()).ok()


@pytest.mark.parametrize("flow", ["admin", "srp"])
def test_a_temporary_password_is_changed_on_the_way(shop: Stage, terminal: TerminalFactory, flow: str) -> None:
    shop.app()
    shop.password("ann", permanent=False)
    screen = terminal("cognito", "token", "shop", "ann", "--flow", flow, at=shop.aws, columns=200, rows=60)
    screen.wait_for("The password of ann")
    screen.send(PASSWORD + "\r")
    for question in ("The new password of ann", "once more"):
        screen.wait_for(question)
        screen.send(PASSWORD + "-2\r")
    assert screen.wait() == 0
    assert "valid, by" in screen.text
    assert PASSWORD not in screen.raw.decode(errors="replace")
    assert shop.get("ann")["UserStatus"] == "CONFIRMED"


def test_codes_are_asked_for_and_what_cannot_be_answered_is_explained(
    member: Stage, faults: FaultProxy, invoke: Invoke, terminal: TerminalFactory
) -> None:
    member.app()
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-requestid": "made-up"}

    def challenge(name: str, **asked: str) -> bytes:
        return json.dumps({"ChallengeName": name, "Session": "s" * 30, "ChallengeParameters": asked}).encode()

    faults.fault(modes.answer(200, challenge("CUSTOM_CHALLENGE"), headers), "AdminInitiateAuth")
    result = sign_in(invoke, member, at=faults)
    assert result.exit_code == 254
    assert "the pool asks a question of its own" in result.errors
    faults.clear()
    asked = challenge("SMS_MFA", USER_ID_FOR_SRP="ann", CODE_DELIVERY_DESTINATION="+*******67")
    faults.fault(modes.answer(200, asked, headers), "AdminInitiateAuth")
    faults.fault(modes.error(400, "CodeMismatchException", "wrong code"), "AdminRespondToAuthChallenge")
    screen = terminal("cognito", "token", member.pool, "ann", at=faults, columns=120)
    screen.wait_for("The password of ann")
    screen.send(PASSWORD + "\r")
    screen.wait_for("The code that was sent by SMS to +*******67")
    screen.send("123456\r")
    assert screen.wait() == 254
    assert "CodeMismatchException" in screen.text
    sent = json.loads(next(each.body for each in faults.requests if each.operation == "AdminRespondToAuthChallenge"))
    assert sent["ChallengeResponses"]["SMS_MFA_CODE"] == "123456"
