"""A long listing through the lane is the one that the client would have given, whatever is answered on the way."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.errors import Refused, UnprovenResponse
from stackpane.fanout import Unwanted
from stackpane_s3.calls import HEAD_BUCKET, LIST_OBJECTS
from stackpane_s3.lean import object_listing
from stackpane_s3.lister import Lister
from tests.core.support import session
from tests.harness import faults as modes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Request
    from tests.harness.faultproxy import FaultProxy
    from tests.harness.sink import Sink

FIRST = 4
"""Requests that are the client's own."""
KEYS = sorted(["a", "a b/ü+%2F?&=#", "b/c", "b/d", "<&>'\"", "-x", "e", "f", "g%41", "日本"])
PAGES = len(KEYS)


@pytest.fixture
def filled(aws: Emulator, bucket: str) -> str:
    aws.fill(bucket, KEYS, b"content")
    return bucket


@pytest.fixture
def lister(faults: FaultProxy, filled: str) -> Iterator[Lister]:
    made = Lister(session(faults.url, LIST_OBJECTS), filled)
    yield made
    made.close()


def rows(lister: Any, bucket: str) -> list[Any]:
    """All rows, a page for each."""
    found: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = lister.list_objects_v2(Bucket=bucket, MaxKeys=1, **token)
        found += page.get("Contents", [])
        if not page["IsTruncated"]:
            return found
        token = {"ContinuationToken": page["NextContinuationToken"]}


def in_lane(request: Request) -> bool:
    return "X-Amz-Signature=" in request.target


def expected(aws: Emulator, bucket: str) -> list[Any]:
    return rows(session(aws.url, LIST_OBJECTS).client("s3", raw=True), bucket)


def test_pages_in_the_lane_are_those_of_the_client(
    lister: Lister, faults: FaultProxy, aws: Emulator, filled: str
) -> None:
    found = rows(lister, filled)
    assert [row[0] for row in found] == KEYS
    assert found == expected(aws, filled)
    assert [in_lane(request) for request in faults.requests] == [False] * FIRST + [True] * (PAGES - FIRST)


def test_a_page_of_nothing_keeps_the_lane(lister: Lister, faults: FaultProxy, filled: str) -> None:
    for _ in range(FIRST + 2):
        page = lister.list_objects_v2(Bucket=filled, Prefix="nothing begins so")
        assert (page.get("Contents"), page["IsTruncated"]) == (None, False)
    assert [in_lane(request) for request in faults.requests] == [False] * FIRST + [True] * 2


ANSWERS = {
    "a login page": modes.html200(),
    "nobody's": modes.no_request_id(),
    "nothing": modes.empty200(),
    "cut": modes.cut(100),
    "no connection": modes.reset_before(),
    "a broken connection": modes.reset_after_body(),
    "an error": modes.status(500),
    "too much": modes.throttle(),
    "a denial": modes.access_denied("s3:ListBucket"),
    "a redirect": modes.redirect(307, "http://127.0.0.1:9/"),
    "no UTF-8": modes.rewrite(lambda body: body.replace(b"<Name>", b"<Name>\xff")),
    "an error with status 200": modes.rewrite(lambda _: b"<Error><Code>InternalError</Code></Error>"),
    "half of a page": modes.rewrite(lambda body: body[: len(body) // 2]),
    "a page that may go on": modes.rewrite(lambda body: body.replace(b"IsTruncated>", b"IsCut>")),
    "two next pages": modes.rewrite(lambda body: body.replace(b"</Name>", b"</Name><KeyCount>7</KeyCount>")),
}


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("mode", ANSWERS.values(), ids=ANSWERS)
def test_where_the_lane_has_no_good_answer_the_client_has_one(
    lister: Lister, faults: FaultProxy, aws: Emulator, filled: str, mode: Any
) -> None:
    fault = faults.fault(mode, in_lane, times=1, after=2)
    assert rows(lister, filled) == expected(aws, filled)
    assert len(fault.requests) == 1
    assert len(faults.requests) == PAGES + 1


def test_pages_in_another_form_are_asked_for_twice_only_once(
    lister: Lister, faults: FaultProxy, aws: Emulator, filled: str
) -> None:
    faults.fault(modes.rewrite(lambda body: body.replace(b"</Name>", b"</Name><Unheard>x</Unheard>")))
    assert rows(lister, filled) == expected(aws, filled)
    assert [in_lane(request) for request in faults.requests].count(True) == 1
    assert len(faults.requests) == PAGES + 1


def test_what_no_aws_service_says_is_an_error_in_the_lane_too(lister: Lister, faults: FaultProxy, filled: str) -> None:
    faults.fault(modes.no_request_id(), after=FIRST)
    with pytest.raises(UnprovenResponse):
        rows(lister, filled)
    assert in_lane(faults.requests[FIRST])


def test_what_is_not_declared_is_refused(sink: Sink) -> None:
    lister = Lister(session(sink.url, HEAD_BUCKET), "b")
    for _ in range(FIRST + 2):
        with pytest.raises(Refused, match="did not declare"):
            lister.list_objects_v2(Bucket="b")
    sink.assert_untouched()


def test_closing_hangs_up_and_nothing_more_is_sent(lister: Lister, faults: FaultProxy, filled: str) -> None:
    held = faults.fault(modes.hang_before(), times=1, after=FIRST)
    with ThreadPoolExecutor(1) as pool:
        listing = pool.submit(rows, lister, filled)
        held.wait()
        lister.close()
        with pytest.raises(Unwanted):
            listing.result(timeout=30)
    assert len(faults.requests) == FIRST + 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<ListBucketResult><IsTruncated>perhaps</IsTruncated></ListBucketResult>",
        b"<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult><more/>",
        b"<ListBucketResult><IsTruncated>false</IsTruncated><IsTruncated>true</IsTruncated></ListBucketResult>",
        b"<ListBucketResult><IsTruncated/></ListBucketResult>",
        b"<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>k</Key></Contents></ListBucketResult>",
        b"<ListBucketResult><IsTruncated>false</IsTruncated><Name>&nbsp;</Name></ListBucketResult>",
        b"<ListBucketResult><IsTruncated>false</IsTruncated><Name>a\x01</Name></ListBucketResult>",
        b"<Other><IsTruncated>false</IsTruncated></Other>",
    ],
)
def test_a_page_that_is_not_as_aws_sends_it_is_none(body: bytes) -> None:
    assert object_listing(body) is None


def test_a_token_with_entities_is_read_as_xml() -> None:
    token = b"<NextContinuationToken>a&amp;b</NextContinuationToken>"
    body = b"<ListBucketResult><IsTruncated>true</IsTruncated>" + token + b"</ListBucketResult>"
    assert object_listing(body) == {"IsTruncated": True, "NextContinuationToken": "a&b"}
