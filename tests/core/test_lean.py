from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.utils import parse_timestamp as by_botocore
from hypothesis import given
from hypothesis import strategies as st

from stackpane.aws import lean
from stackpane.calls import Call
from tests.core.canned import Replies, client

# Timestamps

_forms = (
    lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z",
    lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "7Z",
    lambda moment: moment.isoformat(),
    lambda moment: moment.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat(),
    lambda moment: moment.strftime("%Y%m%dT%H%M%SZ"),
    lambda moment: moment.strftime("%Y-%m-%d"),
    lambda moment: format_datetime(moment, usegmt=True),
    lambda moment: moment.timestamp(),
    lambda moment: int(moment.timestamp()),
    lambda moment: str(int(moment.timestamp())),
    lambda moment: f"{moment.timestamp():.3f}",
)


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(_forms),
)
def test_a_timestamp_in_any_form_has_the_value_that_botocore_gives_it(moment: datetime, form: Any) -> None:
    assert _outcome(lean.parse_timestamp, form(moment)) == _outcome(by_botocore, form(moment))


@given(
    st.from_regex(
        r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}([.,][0-9]{1,8})?(Z|[+-][0-9]{2}:?[0-9]{2})?\Z"
    )
)
def test_a_timestamp_that_is_none_fails_as_it_does_in_botocore(text: str) -> None:
    assert _outcome(lean.parse_timestamp, text) == _outcome(by_botocore, text)


def _outcome(parse: Any, value: Any) -> object:
    try:
        moment = parse(value)
    except Exception as failure:
        return type(failure), str(failure)
    return moment, moment.utcoffset()


def test_cheap_timestamps_reach_the_clients_of_a_session() -> None:
    bucket = b"<Bucket><Name>b</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket>"
    reply = (200, b"<ListAllMyBucketsResult><Buckets>%s</Buckets></ListAllMyBucketsResult>" % bucket)
    cheap = client("s3", Replies(reply), cheap=True).list_buckets()
    assert cheap == client("s3", Replies(reply)).list_buckets()
    assert cheap["Buckets"][0]["CreationDate"].tzinfo is UTC  # dateutil would make it tzutc()


# Lean parsers

SCAN = Call("dynamodb:Scan", ("dynamodb:Scan",), lean="tests.core.test_lean:lean_scan")
LIST = Call("s3:ListObjectsV2", ("s3:ListBucket",), lean="tests.core.test_lean:lean_list")
_seen: list[tuple[bytes, bool]] = []


@pytest.fixture(autouse=True)
def _nothing_seen() -> None:
    _seen.clear()


def lean_scan(body: bytes, *, raw: bool = False) -> tuple[bytes, Mapping[str, Any]] | None:
    """Takes the items out of a Scan's reply; raw: as JSON values."""
    _seen.append((body, raw))
    page = json.loads(body)
    items = page.pop("Items", None)
    return (json.dumps(page).encode(), {"Items": items}) if items and raw else None


def lean_list(body: bytes, *, raw: bool = False) -> tuple[bytes, Mapping[str, Any]] | None:
    """Takes <Contents<bulk>>, which is no XML, out of a listing."""
    _seen.append((body, raw))
    rest = body.replace(b"<Contents<bulk>>", b"")
    return (rest, {"Contents": ["bulk"]}) if rest != body else None


PAGE = b"<ListBucketResult><Name>b</Name><Contents<bulk>><KeyCount>1</KeyCount></ListBucketResult>"
CANNOT = b"<Error><Code>InternalError</Code><Message>We encountered an internal error</Message></Error>"


def test_the_bulk_is_parsed_lean_and_only_the_rest_by_botocore() -> None:
    s3 = client("s3", Replies((200, PAGE), headers={"x-amz-request-charged": "requester"}))
    lean.attach(s3, [LIST], raw=True)
    page = s3.list_objects_v2(Bucket="b", EncodingType="url")
    assert page["Contents"] == ["bulk"]
    assert (page["Name"], page["KeyCount"], page["RequestCharged"]) == ("b", 1, "requester")
    assert page["ResponseMetadata"]["RequestId"] == "R1"
    assert page["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert _seen == [(PAGE, True)]


@pytest.mark.parametrize("raw", [True, False])
def test_a_page_that_does_not_fit_comes_as_botocore_parses_it(raw: bool) -> None:
    body = b'{"Items": [{"id": {"N": "1"}}], "Count": 1}'
    plain, attached = (client("dynamodb", Replies((200, body))) for _ in range(2))
    lean.attach(attached, [SCAN], raw=raw)
    assert attached.scan(TableName="t") == plain.scan(TableName="t")
    assert _seen == [(body, raw)]


@pytest.mark.parametrize("status", [204, 400, 403, 404, 500, 503])
def test_nothing_but_a_200_reaches_a_lean_parser(status: int) -> None:
    s3 = client("s3", Replies((status, b"<ListBucketResult/>")))
    lean.attach(s3, [LIST])
    with pytest.raises(ClientError) if status >= 400 else nullcontext():
        s3.list_objects_v2(Bucket="b")
    assert _seen == []


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries at once."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)


@pytest.mark.usefixtures("_no_waiting")
def test_an_error_in_a_reply_with_status_200_is_still_an_error() -> None:
    replies = Replies((200, CANNOT))
    s3 = client("s3", replies, attempts=3)
    lean.attach(s3, [LIST])
    with pytest.raises(ClientError, match="InternalError"):
        s3.list_objects_v2(Bucket="b")
    assert replies.sent == 3


@pytest.mark.usefixtures("_no_waiting")
def test_a_reply_cut_short_is_asked_for_again_also_where_the_bulk_is_whole() -> None:
    replies = Replies((200, PAGE[:20]), (200, PAGE[:-5]), (200, PAGE))
    s3 = client("s3", replies, attempts=3)
    lean.attach(s3, [LIST])
    assert s3.list_objects_v2(Bucket="b", EncodingType="url")["Contents"] == ["bulk"]
    assert replies.sent == 3


def test_only_the_named_operations_of_the_clients_own_service_are_parsed_lean() -> None:
    s3 = client("s3", Replies((200, b"<ListVersionsResult/>")))
    lean.attach(s3, [Call("s3:ListObjectVersions", ("s3:ListBucketVersions",)), SCAN])
    s3.list_object_versions(Bucket="b")
    s3.list_objects_v2(Bucket="b")
    assert _seen == []


def test_attaching_twice_changes_nothing() -> None:
    s3 = client("s3", Replies((200, PAGE)))
    lean.attach(s3, [LIST])
    lean.attach(s3, [LIST])
    s3.list_objects_v2(Bucket="b", EncodingType="url")
    assert len(_seen) == 1


def test_a_reference_that_leads_nowhere_is_an_error_at_once() -> None:
    nowhere = Call("s3:ListObjectsV2", ("s3:ListBucket",), lean="tests.core.test_lean:no_such_parser")
    with pytest.raises(AttributeError, match="no_such_parser"):
        lean.attach(client("s3", Replies((200, b""))), [nowhere])
