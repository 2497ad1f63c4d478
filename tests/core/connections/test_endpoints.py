"""Where credentials may go: exactly the endpoint that was named, or a host AWS's own rules give for the service."""

from __future__ import annotations

import itertools
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointResolutionError, EndpointVariantError

from stackpane.aws import endpoints
from stackpane.connections.model import Connection, Source

AWS = Connection(name="prod", source=Source.PROFILE, profile="prod")


@pytest.mark.parametrize(
    ("service", "host"),
    [
        ("s3", "s3.us-east-1.amazonaws.com"),
        ("s3", "s3.amazonaws.com"),
        ("s3", "photos.s3.eu-west-1.amazonaws.com"),
        ("s3", "my.dotted.bucket.s3.eu-west-1.amazonaws.com"),
        ("s3", "photos.s3.dualstack.eu-west-1.amazonaws.com"),
        ("s3", "photos.s3-fips.us-east-1.amazonaws.com"),
        ("s3", "photos.s3-accelerate.amazonaws.com"),
        ("s3", "point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com"),
        ("s3", "point-123456789012.s3-object-lambda.eu-west-1.amazonaws.com"),
        ("s3", "alias.accesspoint.s3-global.amazonaws.com"),
        ("s3", "photos--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com"),
        ("s3", "bucket.vpce-1a2b-5.s3.us-east-1.vpce.amazonaws.com"),
        ("dynamodb", "dynamodb.eu-west-1.amazonaws.com"),
        ("dynamodb", "123456789012.ddb.eu-west-1.amazonaws.com"),
        ("logs", "streaming-logs.us-east-1.amazonaws.com"),
        ("logs", "stream-logs.us-east-1.amazonaws.com"),
        ("cognito-idp", "cognito-idp.us-east-1.amazonaws.com"),
        ("lambda", "lambda.us-east-1.api.aws"),
        ("sts", "sts.amazonaws.com"),
        ("sts", "sts.eu-west-1.amazonaws.com"),
        ("iam", "iam.amazonaws.com"),
        ("sso", "portal.sso.eu-west-1.amazonaws.com"),
        ("sso-oidc", "oidc.eu-west-1.amazonaws.com"),
        ("signin", "eu-west-1.signin.aws.amazon.com"),
    ],
)
def test_the_hosts_of_a_service_in_its_partition_are_allowed(service: str, host: str) -> None:
    assert endpoints.refusal(f"https://{host}/key?x=1", AWS, service, "aws") is None


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("s3", "http://s3.us-east-1.amazonaws.com"),
        ("s3", "https://s3.us-east-1.amazonaws.com:8443"),
        ("s3", "https://user@s3.us-east-1.amazonaws.com"),
        ("s3", "https://s3.us-east-1.amazonaws.com.evil.example"),
        ("s3", "https://s3.us-east-1.amazonaws.com:port"),
        ("s3", "https://evil-s3.us-east-1.amazonaws.com.cn"),
        ("s3", "https://amazonaws.com"),
        ("s3", "https://xs3amazonaws.com"),
        ("s3", "https://ec2-1-2-3-4.compute-1.amazonaws.com"),
        ("s3", "https://balancer-1.us-east-1.elb.amazonaws.com"),
        ("s3", "https://api.execute-api.us-east-1.amazonaws.com"),
        ("s3", "https://vpce-1.vpce-svc-2.us-east-1.vpce.amazonaws.com"),
        ("s3", "https://s3.us-gov-west-1.amazonaws.com"),
        ("s3", "https://s3.cn-north-1.amazonaws.com.cn"),
        ("s3", "https://dynamodb.us-east-1.amazonaws.com"),
        ("logs", "https://logs.us-gov-west-1.amazonaws.com"),
        ("elbv2", "https://balancer-1.us-east-1.elb.amazonaws.com"),
        ("no-such-service", "https://no-such-service.us-east-1.amazonaws.com"),
        ("s3", "https://169.254.169.254"),
        ("s3", "http://localhost:4566"),
    ],
)
def test_any_other_host_is_refused(service: str, url: str) -> None:
    assert not endpoints.allowed(url, AWS, service, "aws")


@pytest.mark.parametrize(
    ("region", "partition", "host"),
    [
        ("cn-north-1", "aws-cn", "s3.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "s3.us-gov-west-1.amazonaws.com"),
        ("us-iso-east-1", "aws-iso", "s3.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "s3.us-isob-east-1.sc2s.sgov.gov"),
        ("eusc-de-east-1", "aws-eusc", "s3.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_every_partition_has_its_own_hosts(region: str, partition: str, host: str) -> None:
    assert endpoints.partition_of(region).name == partition
    assert endpoints.allowed(f"https://{host}", AWS, "s3", partition)
    assert not endpoints.allowed(f"https://{host}", AWS, "s3", "aws")


class _Sent(Exception):
    """Raised where a request would leave, with its URL."""


def _stop(**event: Any) -> None:
    raise _Sent(event["request"].url)


def test_where_botocore_really_sends_a_request_is_allowed_in_every_partition() -> None:
    """The patterns are made from the endpoint rules; botocore's rules engine, which is not ours, is the witness."""
    session = botocore.session.Session()
    session.set_credentials("test", "test")
    session.register("before-send", _stop)
    calls = {"s3": "list_buckets", "logs": "describe_log_groups", "iam": "list_users", "sts": "get_caller_identity"}
    variants = (Config(), Config(use_dualstack_endpoint=True), Config(use_fips_endpoint=True))
    seen, wrong = 0, []
    for partition, service, config in itertools.product(endpoints.partitions(), calls, variants):
        try:
            client = session.create_client(service, region_name=partition.default_region, config=config)
            getattr(client, calls[service])()
        except (EndpointVariantError, EndpointResolutionError):  # not in this partition
            continue
        except _Sent as sent:
            seen += 1
            if reason := endpoints.refusal(str(sent), AWS, service, partition.name):
                wrong.append(f"{service}: {reason}")
    assert wrong == []
    assert seen > 3 * len(endpoints.partitions())


def test_the_endpoint_that_was_named_is_allowed_and_nothing_beside_it() -> None:
    connection = Connection(
        name="emulator",
        source=Source.DUMMY,
        endpoint_url="http://localhost:4566",
        endpoints={"s3": "https://minio.example.com:9000/base"},
    )
    assert endpoints.allowed("http://localhost:4566/x", connection, "logs", "aws")
    assert endpoints.allowed("https://minio.example.com:9000/base/bucket", connection, "s3", "aws")
    for url in (
        "http://localhost:4567",
        "https://localhost:4566",
        "http://127.0.0.1:4566",
        "http://bucket.localhost:4566",
        "http://stream-localhost:4566",
        "https://logs.us-east-1.amazonaws.com",
    ):
        assert not endpoints.allowed(url, connection, "logs", "aws")
    assert not endpoints.allowed("https://bucket.minio.example.com:9000", connection, "s3", "aws")


def test_an_endpoint_of_aws_serves_buckets_under_names_below_it() -> None:
    private = "https://vpce-1a2b-5.s3.us-east-1.vpce.amazonaws.com"
    connection = Connection(name="vpc", source=Source.PROFILE, profile="p", endpoint_url=private)
    assert endpoints.allowed("https://photos.vpce-1a2b-5.s3.us-east-1.vpce.amazonaws.com", connection, "s3", "aws")
    assert not endpoints.allowed("https://s3.us-east-1.amazonaws.com", connection, "s3", "aws")
    assert not endpoints.is_emulator(connection, "s3")


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://vpce-1a2b-5.s3.us-east-1.vpce.amazonaws.com", True),
        ("https://balancer-1.us-east-1.elb.amazonaws.com", False),
        ("https://minio.example.com", False),
    ],
)
def test_real_credentials_follow_an_unsaved_endpoint_to_aws_only(url: str, allowed: bool) -> None:
    given = Connection(name="p", source=Source.PROFILE, profile="p", endpoint_url=url, ad_hoc=True)
    assert endpoints.allowed(url, given, "s3", "aws") is allowed
    assert given.endpoint_for("sts") is None


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "a.b.localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_loopback_is_known_by_name_and_address(host: str) -> None:
    assert endpoints.is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["localhost.evil.example", "notlocalhost", "127.0.0.1.evil.example", "10.0.0.1", "::2", "::ffff:8.8.8.8", ""],
)
def test_nothing_else_is_loopback(host: str) -> None:
    assert not endpoints.is_loopback(host)


def test_an_ipv4_mapped_address_is_what_it_maps() -> None:
    assert endpoints.is_loopback("::ffff:127.0.0.1")


def test_loopback_gets_no_proxy() -> None:
    local = Connection(name="l", source=Source.DUMMY, endpoints={"s3": "http://127.0.0.1:9000"})
    assert not endpoints.uses_proxy(local, "s3")
    assert endpoints.uses_proxy(local, "logs")


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("us-gov-east-1", "us-gov-east-1.console.amazonaws-us-gov.com"),
        ("garage", "garage.console.aws.amazon.com"),
    ],
)
def test_the_console_is_that_of_the_partition(region: str, host: str) -> None:
    assert endpoints.console_host(region) == host


def test_new_regions_are_known_by_their_form() -> None:
    assert endpoints.is_aws_region("eu-south-9")
    assert not endpoints.is_aws_region("garage")
    assert endpoints.partition_of("cn-west-9").name == "aws-cn"
