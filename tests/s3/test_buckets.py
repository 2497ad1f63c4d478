"""Buckets in other regions, pinned ones, and endpoints that redirect: bounded, and never to another host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from stackpane import AwsError
from stackpane_s3.buckets import bucket_client, bucket_region, console_url, learn_region
from stackpane_s3.commands.ls import ls
from stackpane_s3.commands.show import show
from stackpane_s3.uris import S3Uri
from tests.harness.faults import access_denied, error, hostile_region_header, redirect, status
from tests.s3.sessions import rows, session_at, view
from tests.s3.writing import fill

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy
    from tests.harness.sink import Sink


@pytest.fixture
def elsewhere(ministack: Emulator) -> Emulator:
    """ministack, which serves a bucket to requests signed for its region only, with the bucket ``elsewhere``."""
    ministack.reset()
    constraint = {"LocationConstraint": "eu-west-1"}
    ministack.client("s3").create_bucket(Bucket="elsewhere", CreateBucketConfiguration=constraint)
    client = ministack.client("s3", region="eu-west-1")
    client.put_object(Bucket="elsewhere", Key="a/k", Body=b"here")
    return ministack


def region_of(request: Any) -> str:
    """The region that a request is signed for."""
    scope: str = request.headers["authorization"].partition("Credential=")[2].partition(",")[0]
    return scope.split("/")[2]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["ls", "s3://elsewhere/a/", "-o", "csv"], "a/k"),
        (["ls", "s3://elsewhere/*/k", "-o", "csv"], "a/k"),
        (["cat", "s3://elsewhere/a/k"], "here"),
        (["show", "s3://elsewhere/a/k", "-o", "json"], '"ContentLength": 4'),
        (["show", "s3://elsewhere", "-o", "json"], '"BucketRegion": "eu-west-1"'),
        (["du", "s3://elsewhere", "-o", "csv"], "s3://elsewhere/a/,1,4"),
        (["du", "-o", "csv"], "s3://elsewhere/,1,4"),
        (["versions", "s3://elsewhere", "-o", "csv"], "a/k"),
    ],
)
def test_a_bucket_in_another_region_just_works(
    invoke: Invoke, elsewhere: Emulator, args: list[str], expected: str
) -> None:
    assert expected in invoke("s3", *args, at=elsewhere).ok().text


def test_the_region_is_learned_from_the_first_answer(elsewhere: Emulator, faults_before: FaultProxy) -> None:
    session = session_at(faults_before.url, ls)
    for _ in range(3):
        assert bucket_client(session, "elsewhere", raw=True).list_objects_v2(Bucket="elsewhere")["KeyCount"] == 1
    bucket_client(session, "elsewhere").list_objects_v2(Bucket="elsewhere")
    regions = [region_of(request) for request in faults_before.requests]
    assert regions == ["us-east-1", "eu-west-1", "eu-west-1", "eu-west-1", "eu-west-1"]


def test_a_region_that_is_known_costs_no_redirect(elsewhere: Emulator, faults_before: FaultProxy) -> None:
    session = session_at(faults_before.url, show)
    assert bucket_region(session, "elsewhere") == "eu-west-1"
    bucket_client(session, "elsewhere").head_object(Bucket="elsewhere", Key="a/k")
    assert [region_of(request) for request in faults_before.requests] == ["us-east-1", "eu-west-1"]
    assert console_url(session, S3Uri("elsewhere")).startswith("https://eu-west-1.console.aws.amazon.com/")


@pytest.fixture
def faults_before(elsewhere: Emulator) -> Any:
    """A fault proxy before ``elsewhere``."""
    from tests.harness.faultproxy import FaultProxy

    with FaultProxy(elsewhere.url) as proxy:
        yield proxy


def test_the_region_is_known_without_any_right_to_the_bucket(faults: FaultProxy) -> None:
    faults.fault(error(403, "AccessDenied", "no", x_amz_bucket_region="ap-southeast-2"), "HeadBucket")
    assert bucket_region(session_at(faults.url, show), "theirs") == "ap-southeast-2"


def test_a_bucket_that_is_not_there_is_named(faults: FaultProxy) -> None:
    faults.fault(status(404), "HeadBucket")
    with pytest.raises(AwsError, match="there is no bucket theirs"):
        bucket_region(session_at(faults.url, show), "theirs")


def test_an_access_point_names_its_region_itself(ministack: Emulator) -> None:
    point = "arn:aws:s3:eu-central-1:123456789012:accesspoint/photos"
    assert bucket_region(session_at(ministack.url, show), point) == "eu-central-1"


@pytest.mark.parametrize(
    "region", ["evil.example/", "us-east-1.evil.example", "US-EAST-1", "a" * 300, "us-east-1#", "x", "eu west 1"]
)
def test_a_region_that_can_be_none_is_not_followed(faults: FaultProxy, region: str) -> None:
    faults.fault(hostile_region_header(region))
    session = session_at(faults.url, ls)
    with pytest.raises(ClientError, match="PermanentRedirect"):
        bucket_client(session, "bucket").list_objects_v2(Bucket="bucket")
    with pytest.raises(ClientError):
        bucket_region(session, "bucket")
    learn_region(session, "bucket", region)
    assert bucket_client(session, "bucket").meta.region_name == "us-east-1"
    assert len(faults.requests) == 2


@pytest.mark.parametrize("number", [301, 302, 307, 308])
def test_a_redirect_to_another_host_is_not_followed(faults: FaultProxy, sink: Sink, number: int) -> None:
    faults.fault(redirect(number, f"{sink.url}/bucket"))
    session = session_at(faults.url, show)
    client = bucket_client(session, "bucket")
    for call in (client.head_object, client.get_object_tagging):
        with pytest.raises(ClientError):
            call(Bucket="bucket", Key="key")
    with pytest.raises((ClientError, AwsError)):
        bucket_region(session, "bucket")
    assert len(faults.requests) == 3
    sink.assert_untouched()


def test_a_redirect_in_circles_is_followed_once(faults: FaultProxy) -> None:
    faults.fault(hostile_region_header("eu-west-1"))
    with pytest.raises(ClientError):
        bucket_client(session_at(faults.url, ls), "bucket").list_objects_v2(Bucket="bucket")
    assert [region_of(request) for request in faults.requests] == ["us-east-1", "eu-west-1"]


# Pinned buckets


PINS = ("s3://pinned", "arn:aws:s3:::shared/team/", "arn:aws:dynamodb:us-east-1:123456789012:table/t")


def test_pinned_buckets_are_shown_where_listing_is_denied(aws: Emulator, faults: FaultProxy) -> None:
    for name in ("pinned", "shared", "other"):
        aws.client("s3").create_bucket(Bucket=name)
    faults.fault(access_denied("s3:ListAllMyBuckets"), "ListBuckets")
    warnings: list[str] = []
    table = view(ls, session_at(faults.url, ls, pins=PINS, warnings=warnings))
    found = rows(table)
    assert [(row[0], row[1]) for row in found] == [("pinned", "us-east-1"), ("shared", "us-east-1")]
    assert [table.link(row).argv for row in found] == [("s3", "ls", "s3://pinned/"), ("s3", "ls", "s3://shared/team/")]
    assert len(warnings) == 1
    assert "s3:ListAllMyBuckets" in warnings[0]


def test_a_pinned_bucket_that_is_gone_is_shown_without_a_region(aws: Emulator, faults: FaultProxy) -> None:
    faults.fault(access_denied("s3:ListAllMyBuckets"), "ListBuckets")
    warnings: list[str] = []
    found = rows(view(ls, session_at(faults.url, ls, pins=["s3://gone-long-ago"], warnings=warnings)))
    assert found == [("gone-long-ago", None, None, "s3://gone-long-ago/")]
    assert any("gone-long-ago" in warning for warning in warnings)


def test_without_pins_the_denial_is_the_answer(invoke: Invoke, faults: FaultProxy) -> None:
    faults.fault(access_denied("s3:ListAllMyBuckets"), "ListBuckets")
    result = invoke("s3", "ls", at=faults)
    assert result.exit_code == 254
    assert "s3:ListAllMyBuckets" in result.errors


def test_pins_change_nothing_where_listing_works(aws: Emulator) -> None:
    aws.client("s3").create_bucket(Bucket="other")
    fill(aws, "other", ["k"])
    assert [row[0] for row in rows(view(ls, session_at(aws.url, ls, pins=PINS)))] == ["other"]
