"""Debug logs without secrets.

botocore logs requests and replies as they are on the wire: session tokens, presigned queries, item bodies, whole STS
replies. Here loggers of AWS's libraries never go below INFO, and what any logger says passes through ``redact``.
"""

from __future__ import annotations

import logging
import re

from stackpane.text import safe

__all__ = ["install", "redact"]

_AWS_LIBRARIES = ("botocore", "boto3", "s3transfer", "urllib3")

# The values of what AWS's query strings, headers, XML and JSON call secrets, and keys by their own form.
_NAMES = (
    r"x-amz-security-token|x-amz-signature|x-amz-credential|authorization|signature|awsaccesskeyid"
    r"|(?:aws_?)?secret_?access_?key|(?:aws_?)?session_?token|security_?token|secret_?key|client_?secret|password"
    r"|token_?code|access_?token|id_?token|refresh_?token"
)
_NAMED = re.compile(
    rf"(?P<name>[\"']?(?:{_NAMES})[\"']?\s*(?:[=:>]|%3D)\s*b?[\"']?)(?P<value>AWS4-HMAC-SHA256 .*|[^\s&\"'<>,}}]+)",
    re.IGNORECASE,
)
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
_KEY_ID = re.compile(r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{8,124})([A-Z0-9]{4})\b")
# A session token: one long base64 word. Longer than any hash that is worth reading.
_LONG = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{120,}={0,2}")


def redact(text: str) -> str:
    """``text`` on one line, safe to show, with the values of secrets replaced by ``…``."""
    text = _NAMED.sub(r"\g<name>…", text)
    text = _KEY_ID.sub(r"…\2", text)
    return safe(_LONG.sub("…", text))


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's own name
        """The type and message only: a traceback in a log may quote what it failed on."""
        error = ei[1] if isinstance(ei, tuple) else None
        return f"{type(error).__name__}: {error}"


def install(level: int) -> None:
    """Send everything from ``level`` on to stderr, redacted; AWS's own libraries from INFO on at the most."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Redacting("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _AWS_LIBRARIES:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
