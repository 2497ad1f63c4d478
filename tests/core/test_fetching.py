"""A link that AWS has answered is followed to AWS or to the connection's endpoint, and nobody gets to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane.aws.fetching import why_not
from stackpane.connections.model import Source
from stackpane.errors import AwsError, ConnectionProblem, Refused, StackpaneError
from tests.core.support import connection, session
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.cli import Endpoint
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Mode

SECRET = "X-Amz-Signature=0123456789abcdef"


@pytest.fixture
def proxy(moto: Emulator) -> Iterator[FaultProxy]:
    with FaultProxy(moto.url) as made:
        yield made


@pytest.mark.parametrize(
    ("endpoint", "url", "followed"),
    [
        (None, "https://awslambda-us-east-1-tasks.s3.us-east-1.amazonaws.com/snapshots/a?b", True),
        (None, "https://awslambda-cn-1-tasks.s3.cn-north-1.amazonaws.com.cn/a", True),
        (None, "http://awslambda-us-east-1-tasks.s3.us-east-1.amazonaws.com/a", False),
        (None, "https://s3.amazonaws.com.example/a", False),
        (None, "https://169.254.169.254/latest", False),
        (None, "file:///etc/passwd", False),
        (None, "https://s3.us-east-1.amazonaws.com:8443/a", False),
        ("http://127.0.0.1:4566", "http://127.0.0.1:4566/code?x", True),
        ("http://127.0.0.1:4566", "http://localhost:4566/code?x", True),
        ("http://127.0.0.1:4566", "http://localhost:22/code", False),
        ("http://127.0.0.1:4566", "https://s3.us-east-1.amazonaws.com/a", False),
        ("https://stack.example", "https://stack.example/code", True),
        ("https://stack.example", "https://127.0.0.1/code", False),
        ("https://lambda.us-east-1.amazonaws.com", "https://x.s3.us-east-1.amazonaws.com/a", True),
        (None, "http://[::1", False),
    ],
)
def test_a_link_leads_to_aws_or_to_the_endpoint(endpoint: str | None, url: str, followed: bool) -> None:
    made = connection("", endpoint_url=endpoint, source=Source.ENVIRONMENT)
    assert (why_not(made, "lambda", url) is None) is followed


def test_what_it_leads_to_comes_without_credentials(proxy: FaultProxy) -> None:
    proxy.fault(modes.answer(200, b"code" * 100_000))
    assert b"".join(fetched(proxy, 10**6)) == b"code" * 100_000
    (request,) = proxy.requests
    assert not {"authorization", "x-amz-security-token"} & set(request.headers)


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (modes.answer(403, b"<Error/>"), AwsError),
        (modes.answer(302, b"", {"Location": "http://127.0.0.1:1/"}), AwsError),
        (modes.answer(200, b"x" * 2000), AwsError),
        (modes.reset_before(), ConnectionProblem),
        (modes.reset_after(3), ConnectionProblem),
        (modes.cut(3), StackpaneError),
        (modes.wrong_length(50), StackpaneError),
    ],
    ids=["refused", "redirect", "too long", "reset", "reset within", "cut", "short"],
)
def test_what_goes_wrong_is_said_without_the_link(proxy: FaultProxy, mode: Mode, kind: type[Exception]) -> None:
    proxy.fault(mode)
    with pytest.raises(kind) as raised:
        list(fetched(proxy, 1000))
    assert SECRET not in f"{raised.value} {raised.value.hint} {raised.value.__cause__}"  # type: ignore[attr-defined]
    assert len(proxy.requests) == 1


def test_a_link_to_elsewhere_is_not_followed(proxy: FaultProxy) -> None:
    with pytest.raises(Refused):
        list(session(proxy.url).fetch("lambda", f"https://example.com/?{SECRET}", most=1000))
    assert proxy.requests == []


def fetched(endpoint: Endpoint, most: int) -> Iterator[bytes]:
    return session(endpoint.url).fetch("lambda", f"{endpoint.url}/moto-api/?{SECRET}", most=most)
