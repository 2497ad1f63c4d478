"""Debug logs and tracebacks without secrets.

botocore logs requests and replies as they are on the wire: session tokens, presigned queries, item bodies, whole STS
replies. Here loggers of AWS's libraries never go below INFO, and what any logger says passes through ``redact``. It
takes out the secrets that are in use, whatever they look like (``stackpane.secrecy``), and all that others have been
seen to look like: by the name before them, by their own form.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from functools import cache

from stackpane.secrecy import without_secrets
from stackpane.text import safe

__all__ = ["install", "install_last_resort", "redact", "redact_lines"]

_AWS_LIBRARIES = ("botocore", "boto3", "s3transfer", "urllib3")

# How AWS's query strings, headers, forms, XML, JSON and configuration files call secrets, and how programs call theirs
# in the environment of a function. A name may have more before it: DB_PASSWORD, x-amz-copy-source-…-customer-key.
_NAMES = (
    r"x-amz-(?:security-token|s3session-token|signature|credential)|signature|awsaccesskeyid"
    r"|server-side-encryption-customer-key|sse[_-]?customer[_-]?key|sse[_-]?c[_-]?key|plaintext|password|passwd"
    r"|secret[ _-]?(?:access[ _-]?)?key|secret[_-]?(?:string|binary|hash)|(?:client|consumer|app)[ _-]?secret"
    r"|pass[ _-]?phrase|private[ _-]?key|api[ _-]?key|(?:token|mfa)[ _-]?code|saml[_-]?assertion"
    r"|(?:session|security|access|id|identity|refresh|auth)[ _-]?token|bearer[ _-]?token(?:_\w+)?"
)
_QUOTE = r"\\*[\"']"
# What stands between a name and its value, up to the opening quote of the value:
_BETWEEN = (
    rf"(?:{_QUOTE})?\s*(?:[=:]|%3D|=>)\s*b?"  # JSON, Python, configuration, query strings, headers
    rf"|{_QUOTE}\s*,\s*(?:{_QUOTE}value{_QUOTE}\s*:\s*)?b?"  # ("name", "value"), {"Key": "name", "Value": "value"}
    rf"|{_QUOTE}(?:\\r\\n|\r?\n){{2}}"  # the field of a form
)
_QUOTED = r"(?P<quote>\\*[\"'])(?:(?!(?P=quote))(?:\\.|.))*"  # up to the same quote, whatever is in between
_ANY = rf"(?:{_QUOTED}|\[[^\]]*|(?:(?!\\[rn])[^\s&\"'<>,;}}\])])+)"
_NAMED = rf"(?P<name>(?:{_NAMES})(?:{_BETWEEN})){_ANY}"
# These have more than one word: AWS4-HMAC-SHA256 Credential=…, Bearer …, AWS KEY:SIGNATURE; one=…; two=…
_HEADER = rf"(?P<name>(?:authorization|cookie)(?:{_BETWEEN}))(?:{_QUOTED}|\[[^\]]*|[^\"'<>\r\n]+)"
_SCHEME = r"\b(AWS4-HMAC-SHA256|AWS4-ECDSA-P256-SHA256|Bearer|Basic)\s+[^\s\"'<>]{8}[^\"'<>\r\n]*"
_ELEMENT = (
    rf"(?P<name>(?:{_NAMES}|authorization|cookie)(?:\s+[\w:]+=(?:\"[^\"]*\"|'[^']*'))*(?:>|(?P<escaped>&gt;)))"
    r"(?(escaped)(?:(?!&lt;).)+|[^<]+)"
)
# The password in an address: https://user:password@proxy:3128
_USER_INFO = r"(://[^\s/:@\"'<>]*:)[^\s/@\"'<>]+(?=@)"
_PRIVATE_KEY = r"(-----BEGIN [A-Z ]*PRIVATE KEY-----).*?(?=-----END [A-Z ]*PRIVATE KEY-----|\Z)"
_JWT = r"\beyJ[\w-]{8,9999}\.[\w-]{8,9999}(?:\.[\w-]*){0,3}"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_KEY_ID = r"(?:(?<![A-Za-z0-9])|(?<=%[0-9A-Fa-f]{2}))((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,124})([A-Z0-9]{4})\b"
_LETTER = r"(?:[A-Za-z0-9+/]|%2[BbFf]|\\/)"
_START = r"(?:(?<![A-Za-z0-9+/%])|(?<=%[013-9A-Fa-f][0-9A-Fa-f]))"
# A secret access key: 40 letters of base64. A session token: one base64 word, longer than any hash that is worth
# reading. Both are random, so they have letters of each case and digits, as hashes in hexadecimal and paths have not.
_SECRET_KEY = rf"{_START}{_LETTER}{{40}}(?![A-Za-z0-9+/=%])"
_TOKEN = rf"{_START}{_LETTER}{{120,}}(?:=|%3[Dd]){{0,2}}"
_KINDS = ("[A-Z]", "[a-z]", "[0-9]")


@cache
def _rules() -> tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]:
    """What is replaced by what, in this order; made when it is first needed, which most commands never do."""
    some = re.IGNORECASE | re.DOTALL
    return (
        (re.compile(_PRIVATE_KEY, re.DOTALL), r"\1…"),
        (re.compile(_HEADER, some), _without_value),
        (re.compile(_NAMED, some), _without_value),
        (re.compile(_ELEMENT, some), r"\g<name>…"),
        (re.compile(_SCHEME), r"\1 …"),
        (re.compile(_USER_INFO), r"\1…"),
        (re.compile(_JWT), "…"),
        (re.compile(_KEY_ID), r"…\2"),
        (re.compile(_TOKEN), _if_random),
        (re.compile(_SECRET_KEY), _if_random),
    )


def redact(text: str) -> str:
    """``text`` on one line, safe to show, with the values of secrets replaced by ``…``."""
    return safe(_hidden(text))


def redact_lines(text: str) -> list[str]:
    """The lines of ``text``, each as ``redact`` would give it; a secret of several lines is none of them."""
    return [safe(line) for line in _hidden(text).splitlines()]


def _hidden(text: str) -> str:
    text = without_secrets(text)
    for pattern, replacement in _rules():
        text = pattern.sub(replacement, text)
    return text


def _without_value(match: re.Match[str]) -> str:
    return f"{match['name']}{match['quote'] or ''}…"


def _if_random(match: re.Match[str]) -> str:
    return "…" if all(re.search(kind, match[0]) for kind in _KINDS) else match[0]


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        """The type and message only: a traceback in a log may quote what it failed on."""
        error = ei[1] if isinstance(ei, tuple) else None
        return f"{type(error).__name__}: {error}"


class _Handler(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """One line on what could not be logged: logging itself would print its arguments, as they are."""
        error = sys.exc_info()[1]
        self.stream.write(redact(f"{record.name}: a message could not be logged: {error!r}: {record.msg}") + "\n")


def install(level: int) -> None:
    """Send everything from ``level`` on to stderr, redacted; AWS's own libraries from INFO on at the most."""
    handler = _handler("%(asctime)s %(name)s %(levelname)s %(message)s")
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _AWS_LIBRARIES:
        logging.getLogger(name).setLevel(max(level, logging.INFO))


def install_last_resort() -> None:
    """Where nothing is logged: what libraries and plugins warn of on stderr, redacted and without a stack.

    Python's own last resort shows messages as they are, with tracebacks.
    """
    handler = _handler("warning: %(name)s: %(message)s")
    handler.setLevel(logging.WARNING)
    logging.lastResort = handler


def _handler(layout: str) -> _Handler:
    handler = _Handler()
    handler.setFormatter(_Redacting(layout))
    return handler
