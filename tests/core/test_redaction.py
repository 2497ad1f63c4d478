"""What is said holds no secret: neither one that is in use, however it is written, nor what looks like one."""

from __future__ import annotations

import base64
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, urlencode
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane import redaction, secrecy
from stackpane.connections.secrets import Keys
from stackpane.errors import AwsError, StackpaneError
from stackpane.redaction import redact, redact_lines
from stackpane.secrecy import keep_secret, without_secrets

if TYPE_CHECKING:
    from tests.harness.canary import Canary

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDz+" + "Qv7k/3Xw9Lp+Z2" * 20 + "=="
VALUE = "s3cr3t-Value,with;more & <less>"
"""A secret without a form of its own, with what ends a word in one notation or the other."""
WORD = "s3cr3tValue"

MESSAGES = st.text(st.characters(codec="utf-8"), max_size=60)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrecy, "_kept", secrecy._Kept())


# ── secrets that are in use ───────────────────────────────────────────────────────────────────────────────────────────

ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda secret: secret,
    "percent-encoded": lambda secret: quote(secret, safe=""),
    "percent-encoded in lower case": lambda secret: quote(secret, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "percent-encoded but for slashes": quote,
    "percent-encoded twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "form-encoded": quote_plus,
    "JSON": json.dumps,
    "JSON with escaped slashes": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "XML": escape,
    "repr": repr,
    "repr of bytes": lambda secret: repr(secret.encode()),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "base64": lambda secret: base64.b64encode(secret.encode()).decode(),
    "base64 behind one": lambda secret: base64.b64encode(b"k" + secret.encode() + b"z").decode(),
    "base64 behind two": lambda secret: base64.b64encode(b"k:" + secret.encode() + b":z").decode(),
    "base64 for URLs": lambda secret: base64.urlsafe_b64encode(secret.encode()).decode(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_secret_in_use_is_said_in_no_encoding(canary: Canary, encoding: str) -> None:
    token = canary.temporary.session_token
    assert token is not None
    keep_secret(canary.keys.secret_key, token)
    for secret in (canary.keys.secret_key, token):
        said = without_secrets(f"before {ENCODINGS[encoding](secret)} after")
        assert said.startswith("before ")
        assert said.endswith(" after")
        assert canary.scan(said=said) == []
        assert len(said) <= len("before … after") + 8, "at most the edges of base64 are left"


@given(before=MESSAGES, secret=st.text(min_size=8, max_size=100), after=MESSAGES)
def test_no_secret_of_eight_characters_is_said(before: str, secret: str, after: str) -> None:
    kept = pytest.MonkeyPatch()
    with kept.context() as patch:
        patch.setattr(secrecy, "_kept", secrecy._Kept())
        keep_secret(secret)
        said = without_secrets(f"{before}{secret}{after}")
    assert secret not in said
    assert "…" in said


@given(text=MESSAGES)
def test_what_holds_no_secret_is_said_as_it_is(text: str) -> None:
    keep_secret(SECRET, TOKEN)
    assert without_secrets(text) == text
    assert without_secrets(f"{text}{SECRET}{text}") == f"{text}…{text}"


@given(cut=st.integers(16, len(SECRET)), start=st.integers(0, len(SECRET)))
def test_a_part_that_betrays_a_secret_is_not_said(cut: int, start: int) -> None:
    keep_secret(SECRET)
    part = SECRET[start : start + cut]
    if len(part) >= 16:
        assert without_secrets(f"<{part}>") == "<…>"


def test_secrets_that_overlap_or_follow_one_another_leave_nothing_between() -> None:
    keep_secret("abcdefghijkl", "ghijklmnopqr")
    assert without_secrets("<abcdefghijklmnopqr>") == "<…>"
    assert without_secrets("<abcdefghijklghijklmnopqr>") == "<…>"


def test_short_words_are_not_taken_for_secrets() -> None:
    keep_secret("test", "", None)
    assert without_secrets("a test of test keys") == "a test of test keys"


def test_an_error_never_holds_a_secret_in_use() -> None:
    keep_secret(SECRET)
    for error in (StackpaneError(f"at {SECRET}!", f"try {SECRET}?"), AwsError(f"at {SECRET}!", f"try {SECRET}?", "x")):
        assert (error.message, error.hint, str(error)) == ("at …!", "try …?", "at …!")
        assert SECRET not in repr(error)


def test_keys_are_secret_as_soon_as_they_are_held() -> None:
    keys = Keys("AKIA0000000000000000", SECRET, TOKEN)
    assert without_secrets(f"{keys.secret_access_key} and {keys.session_token}") == "… and …"


def test_a_signed_url_in_an_error_has_no_signature() -> None:
    error = StackpaneError("no route to https://host/key?X-Amz-Date=1&X-Amz-Signature=0123abcd (refused)")
    assert error.message == "no route to https://host/key?X-Amz-Date=1&X-Amz-Signature=… (refused)"


# ── by the name before it ─────────────────────────────────────────────────────────────────────────────────────────────

NAMES = [
    "aws_secret_access_key", "aws_session_token", "SecretAccessKey", "SessionToken", "secretAccessKey",
    "sessionToken", "secret_key", "X-Amz-Security-Token", "X-Amz-Signature", "X-Amz-Credential",
    "x-amz-s3session-token", "Signature", "AWSAccessKeyId", "x-amz-server-side-encryption-customer-key",
    "x-amz-copy-source-server-side-encryption-customer-key", "SSECustomerKey", "CopySourceSSECustomerKey",
    "sse-c-key", "Plaintext", "SecretString", "SecretBinary", "SECRET_HASH", "SecretHash", "ClientSecret",
    "client_secret", "clientSecret", "accessToken", "AccessToken", "IdToken", "RefreshToken", "refresh_token",
    "authToken", "WebIdentityToken", "SAMLAssertion", "TokenCode", "mfa_code", "Password", "password", "DB_PASSWORD",
    "PreviousPassword", "passphrase", "private_key", "api_key", "x-api-key", "AWS_BEARER_TOKEN_BEDROCK",
    "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie",
]  # fmt: skip
NOTATIONS: dict[str, Callable[[str], str]] = {
    "JSON": lambda name: json.dumps({name: VALUE, "Next": "readable"}),
    "JSON without spaces": lambda name: json.dumps({name: VALUE, "Next": "readable"}, separators=(",", ":")),
    "JSON in JSON": lambda name: json.dumps({"body": json.dumps({name: VALUE, "Next": "readable"})}),
    "a list in JSON": lambda name: json.dumps({name: [VALUE, VALUE], "Next": "readable"}),
    "a dictionary": lambda name: repr({name: VALUE, "Next": "readable"}),
    "a dictionary of bytes": lambda name: repr({name.encode(): VALUE.encode(), b"Next": b"readable"}),
    "pairs": lambda name: repr([(name, VALUE), ("Next", "readable")]),
    "names and values": lambda name: json.dumps(
        [{"Name": name, "Value": VALUE}, {"Name": "Next", "Value": "readable"}]
    ),
    "a nested structure": lambda name: repr({"a": [{"b": ({name: VALUE},)}], "Next": "readable"}),
    "arguments": lambda name: f"call({name}={VALUE!r}, Next='readable')",
    "a query": lambda name: "?" + urlencode({name: VALUE, "Next": "readable"}),
    "a query in a query": lambda name: quote("https://host/?" + urlencode({name: WORD})) + "&Next=readable",
    "XML": lambda name: f"<{name}>{escape(VALUE)}</{name}><Next>readable</Next>",
    "XML with attributes": lambda name: f'<{name} type="x">{WORD}</{name}><Next>readable</Next>',
    "a configuration file": lambda name: f"{name} = {WORD}\nNext = readable",
    "the field of a form": lambda name: repr(f'; name="{name}"\r\n\r\n{WORD}\r\n--Next=readable'),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_value_after_a_secret_s_name_is_not_said(notation: str, name: str) -> None:
    said = redact(NOTATIONS[notation](name))
    for part in (WORD, "s3cr3t", "with", "more", "less"):
        assert part not in said
    assert "…" in said
    assert name.lower().replace("aws_bearer_token_bedrock", "") in said.lower(), "which secret it was can be read"
    if name not in ("Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"):  # these may take the rest along
        assert "readable" in said


@pytest.mark.parametrize(
    "header",
    [
        f"Authorization: AWS4-HMAC-SHA256 Credential=AKIA0000000000000000/20260101/s3, Signature={'ab12' * 16}",
        f"authorization: Bearer {WORD}.{WORD}",
        f"Authorization: Basic {WORD}==",
        f"'Authorization': 'AWS AKIA0000000000000000:{WORD}='",
        f"b'Authorization': b'Bearer {WORD}'",
        f"sent AWS4-HMAC-SHA256 Credential=x/{WORD}, Signature={'ab12' * 16}",
        f"sent Bearer {WORD}",
        f"Cookie: first={WORD}; second={WORD}",
        f"set-cookie: session={WORD}; Path=/; Secure",
    ],
)
def test_headers_that_give_access_are_not_said(header: str) -> None:
    said = redact(header)
    assert WORD not in said
    assert "ab12" not in said


def test_a_signed_url_stays_an_address_without_its_power() -> None:
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Credential": "ASIA0000000000000000/20260101/us-east-1/s3/aws4_request",
        "X-Amz-Date": "20260101T000000Z",
        "X-Amz-Expires": "3600",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Security-Token": TOKEN,
        "X-Amz-Signature": "0123456789abcdef" * 4,
    }
    said = redact(f"GET https://photos.s3.amazonaws.com/a.txt?{urlencode(query)} HTTP/1.1")
    assert said == (
        "GET https://photos.s3.amazonaws.com/a.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…"
        "&X-Amz-Date=20260101T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Security-Token=…"
        "&X-Amz-Signature=… HTTP/1.1"
    )


# ── by its own form ───────────────────────────────────────────────────────────────────────────────────────────────────

AROUND = ["{}", "({})", "'{}'", "token={}", "token%3D{}", "at {}, in", "<T>{}</T>", "x={}&y=1", "['{}', 1]"]


@pytest.mark.parametrize("around", AROUND)
def test_keys_and_tokens_are_known_by_their_form(canary: Canary, around: str) -> None:
    token = canary.temporary.session_token
    assert token is not None
    for secret in (canary.keys.secret_key, token, quote(token, safe=""), json.dumps(token).replace("/", "\\/")):
        assert canary.scan(said=redact(around.format(secret))) == []


@pytest.mark.parametrize("around", [*AROUND, "key_{}", "https://host/{}/x"])
def test_access_keys_are_shown_by_their_last_four_characters(canary: Canary, around: str) -> None:
    key = canary.temporary.access_key
    assert redact(around.format(key)) == around.format(f"…{key[-4:]}")


def test_other_forms_that_give_access() -> None:
    token = "eyJraWQiOiJrZXkifQ.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl"
    assert redact(f"got {token} back") == "got … back"
    assert redact("by https://me:secret@proxy:3128/") == "by https://me:…@proxy:3128/"
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{WORD}\n{WORD}\n-----END RSA PRIVATE KEY-----"
    assert redact(f"{key} x") == "-----BEGIN RSA PRIVATE KEY-----…-----END RSA PRIVATE KEY----- x"
    assert redact_lines(f"a\n{key[:60]}") == ["a", "-----BEGIN RSA PRIVATE KEY-----…"]


READABLE = [
    "s3://photos/2026/11/holiday/IMG_0042.jpg and s3://photos/password/list.txt",
    "arn:aws:iam::123456789012:role/Secret/AccessKeyRotation",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709 0CC175B9C0F1B6A831C399E269772661 is no key",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" * 2,
    "x-amz-request-id: 4442587FB7D0A2F9",
    "x-amz-id-2: vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQjryTjKlc5aLWGVHPZLj5NeC6qMa0emYBDXOo6QBU0Wo=",
    "NextToken=abc ContinuationToken: def ClientRequestToken='ghi' tokens: 3",
    "SSECustomerKeyMD5=abc x-amz-server-side-encryption-customer-key-MD5: def SSECustomerAlgorithm=AES256",
    "signature_version=s3v4 SignatureDoesNotMatch SignedHeaders=host password_policy: strict",
    "the secret key of the user, the session token or the password is wrong",
    "/usr/lib/python3/" + "very/long/path/" * 12 + "module",
    "AKIA is a prefix, ASIA is too, and AKIAshort is nothing",
    "https://bucket.s3.amazonaws.com:443/a@b:c http://localhost:4566/x@y",
    "3f2504e0-4f89-11d3-9a0c-0305e82c3301 2026-11-22T09:30:00Z",
    "Basic usage: see the manual; Bearer of news",
]


@pytest.mark.parametrize("text", READABLE)
def test_what_only_looks_similar_stays_readable(text: str) -> None:
    assert redact(text) == text


@given(text=st.text())
def test_what_is_redacted_is_one_safe_line_and_stays_as_it_is(text: str) -> None:
    said = redact(f"password='{text}' and {text}")
    assert "\n" not in said
    assert "\x1b" not in said
    assert redact(said) == said


# ── logs and tracebacks ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger as ``--debug`` sets them all up, and what it writes."""
    handlers, level = logging.root.handlers[:], logging.root.level
    levels = {name: logging.getLogger(name).level for name in redaction._AWS_LIBRARIES}
    redaction.install(logging.DEBUG)
    (handler,) = logging.root.handlers
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    handler.setStream(written)
    yield logging.getLogger("a.plugin"), written
    logging.root.handlers[:], logging.root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_nothing_that_is_logged_holds_a_secret(log: tuple[logging.Logger, io.StringIO], canary: Canary) -> None:
    logger, written = log
    keys = canary.temporary
    keep_secret(keys.secret_key, keys.session_token)
    assert keys.session_token is not None
    logger.debug("in the message: " + keys.secret_key)
    logger.info("in arguments: %s %r", keys.secret_key, {"a": [keys.session_token]})
    logger.warning("in named arguments: %(key)s", {"key": keys.secret_key})
    logger.info("in two records: %s", keys.session_token[:300])
    logger.info("in two records: %s", keys.session_token[300:])
    logger.error("with the stack", stack_info=True)
    said = written.getvalue()
    assert canary.scan(said=said) == []
    assert keys.session_token[284:300] not in said
    assert keys.session_token[300:316] not in said
    assert len(said.splitlines()) == 6


def test_an_error_that_is_logged_shows_no_stack(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    try:
        raise ValueError(f"password={WORD}")
    except ValueError:
        logger.exception("it failed")
    assert "it failed␊ValueError: password=…" in written.getvalue()
    assert "Traceback" not in written.getvalue()


def test_a_message_that_cannot_be_logged_does_not_show_its_arguments(
    log: tuple[logging.Logger, io.StringIO], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, written = log
    only = [handler for handler in logging.root.handlers if isinstance(handler, redaction._Handler)]
    monkeypatch.setattr(logging.root, "handlers", only)  # without pytest's own
    logger.info("%d bytes", WORD)
    assert "a message could not be logged" in written.getvalue()
    assert "%d bytes" in written.getvalue()
    assert WORD not in written.getvalue()
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", [*redaction._AWS_LIBRARIES, "botocore.endpoint", "urllib3.connectionpool"])
def test_what_the_aws_libraries_say_of_requests_is_not_logged(
    log: tuple[logging.Logger, io.StringIO], name: str
) -> None:
    logging.getLogger(name).debug("the request on the wire")
    logging.getLogger(name).info("found credentials")
    assert "wire" not in log[1].getvalue()
    assert "found credentials" in log[1].getvalue()
