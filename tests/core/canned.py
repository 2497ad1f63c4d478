"""Clients that get given replies in place of the network's: for what happens to a reply, byte by byte."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from stackpane.aws import lean

Reply = tuple[int, bytes]

HEADERS = {"x-amz-request-id": "R1", "x-amzn-requestid": "R1", "x-amz-id-2": "H1", "content-type": "application/xml"}


class Replies:
    """What a client gets, one reply for each request; the last one again and again."""

    def __init__(self, *replies: Reply, headers: dict[str, str] | None = None) -> None:
        self.given = list(replies)
        self.headers = HEADERS | (headers or {})
        self.sent = 0

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        headers: Any = self.headers
        status, body = self.given[min(self.sent, len(self.given) - 1)]
        self.sent += 1
        return AWSResponse(request.url, status, headers, _Raw(body))


class _Raw(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


def client(service: str, replies: Replies, *, cheap: bool = False, attempts: int = 1) -> Any:
    """A client that gets ``replies``; ``cheap`` from a session on which ``lean.install`` was called."""
    session = botocore.session.Session()
    if cheap:
        lean.install(session)
    made: Any = session.create_client(
        service,
        region_name="us-east-1",
        endpoint_url="http://localhost:9",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"mode": "standard", "total_max_attempts": attempts}, s3={"addressing_style": "path"}),
    )
    made.meta.events.register("before-send", replies)
    return made
