"""What an object is at the moment: ``HeadObject``, with an answer that says all that decisions are made by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from stackpane import UnprovenResponse

__all__ = ["CHANGED", "GONE", "etag_of", "etag_said", "head_object", "head_of"]

GONE = frozenset({"NoSuchKey", "NoSuchVersion", "NotFound", "404"})
"""How S3 says that there is no such object."""
CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
"""How S3 says that an object is not as a condition wants it, or that somebody else is writing it."""


def head_object(client: Any, **asked: Any) -> Mapping[str, Any]:
    """What ``HeadObject`` says. Raises ``UnprovenResponse`` where that leaves out the ETag or the length."""
    head: Mapping[str, Any] = client.head_object(**asked)
    for name in ("ETag", "ContentLength"):
        if name not in head:
            raise _unsaid(name, f"s3://{asked['Bucket']}/{asked['Key']}", only_read=True)
    return head


def head_of(client: Any, **asked: Any) -> Mapping[str, Any] | None:
    """As ``head_object``; ``None`` where there is no such object."""
    try:
        return head_object(client, **asked)
    except ClientError as error:
        if str(error.response["Error"]["Code"]) in GONE:
            return None
        raise


def etag_of(client: Any, **address: str) -> str | None:
    """The ETag of an object; ``None`` where there is none."""
    head = head_of(client, **address)
    return None if head is None else str(head["ETag"])


def etag_said(answer: Mapping[str, Any], uri: str) -> str:
    """The ETag that an answer to a write names. Raises ``UnprovenResponse`` where it names none."""
    if not (etag := answer.get("ETag")):
        raise _unsaid("ETag", uri)
    return str(etag)


def _unsaid(name: str, uri: str, *, only_read: bool = False) -> UnprovenResponse:
    outcome = "" if only_read else "; the outcome is unknown"
    return UnprovenResponse(
        f"the endpoint's answer about {uri} has no {name}, without which nothing can be checked{outcome}",
        "S3 always sends it: check the endpoint's address, and whether a proxy in between takes headers away.",
        only_read=only_read,
    )
