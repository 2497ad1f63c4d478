"""What is sent to a function: JSON, checked before anything is sent.

The sizes are Lambda's: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import base64
import json

from stackpane import InvalidInput
from stackpane.inputs import given_text
from stackpane.text import human_size

__all__ = ["checked_json", "checked_payload", "client_context"]

_SYNCHRONOUS = 6 * 1024 * 1024
_ASYNCHRONOUS = 1024 * 1024
_CONTEXT = 3583
"""Bytes of base64 that a client context may have."""


def checked_json(text: str, what: str) -> str:
    """``text`` as it is, where it is JSON. Raises ``InvalidInput`` with the place of the mistake."""

    def refuse(word: str) -> None:
        raise InvalidInput(f"{what} is no JSON: {word} is no number there")

    try:
        json.loads(text, parse_constant=refuse)
    except RecursionError:
        raise InvalidInput(f"{what} is nested too deep") from None
    except ValueError as error:
        hint = "Write it in single quotes in a shell, or give it as @file or - (stdin)."
        raise InvalidInput(f"{what} is no JSON: {error}", hint) from None
    return text


def checked_payload(text: str, *, asynchronous: bool) -> bytes:
    """The payload as it is sent: exactly what was given. Raises ``InvalidInput``."""
    data = checked_json(text, "the payload").encode()
    most = _ASYNCHRONOUS if asynchronous else _SYNCHRONOUS
    if len(data) > most:
        kind = "asynchronous" if asynchronous else "synchronous"
        raise InvalidInput(
            f"the payload has {human_size(len(data))}, and Lambda takes {human_size(most)} for an {kind} invocation"
            if asynchronous
            else f"the payload has {human_size(len(data))}, and Lambda takes {human_size(most)}",
            "Put it into an S3 bucket, and send where it is.",
        )
    return data


def client_context(argument: str) -> str:
    """The client context as it is sent, of JSON (or ``@file``, ``-``). Raises ``InvalidInput``."""
    text = checked_json(given_text(argument), "the client context")
    if not text.lstrip().startswith("{"):
        raise InvalidInput("the client context is no JSON object", 'As in --client-context \'{"custom": {"a": "b"}}\'.')
    encoded = base64.b64encode(text.encode()).decode()
    if len(encoded) > _CONTEXT:
        raise InvalidInput(f"the client context has {len(encoded):,} bytes in base64, and Lambda takes {_CONTEXT:,}")
    return encoded
