"""What a connection may be: every address, ARN and number is checked before anything is saved or sent."""

from __future__ import annotations

import pytest

from stackpane.connections.model import Connection, Origin, Role, SecretRef, Source, looks_dummy, masked_key
from stackpane.errors import InvalidInput

ROLE = "arn:aws:iam::123456789012:role/team/Audit"


def dummy(**values: object) -> Connection:
    return Connection(**{"name": "c", "source": Source.DUMMY, "endpoint_url": "http://localhost:4566", **values})  # type: ignore[arg-type]


def real(**values: object) -> Connection:
    return Connection(**{"name": "c", "source": Source.PROFILE, "profile": "p", **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("http://localhost:4566", "http://localhost:4566"),
        ("HTTP://LOCALHOST:4566/", "http://localhost:4566"),
        ("http://localhost.:4566", "http://localhost:4566"),
        ("http://s3.localhost:4566", "http://s3.localhost:4566"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://127.9.8.7", "http://127.9.8.7"),
        ("http://[::1]:4566", "http://[::1]:4566"),
        ("http://[::ffff:127.0.0.1]:4566", "http://[::ffff:127.0.0.1]:4566"),
        ("https://minio.example.com", "https://minio.example.com"),
        ("https://MinIO.Example.com./path/", "https://minio.example.com/path"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("https://bucket.vpce-1a2b3c4d.s3.us-east-1.vpce.amazonaws.com",) * 2,
        ("https://10.0.0.7:8443", "https://10.0.0.7:8443"),
    ],
)
def test_an_endpoint_is_kept_in_one_normal_form(url: str, normal: str) -> None:
    assert real(endpoint_url=url).endpoint_url == normal
    assert real(endpoints={"s3": url}).endpoint_for("s3") == normal


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://minio.example.com:9000", "plain http"),
        ("http://10.0.0.7:9000", "plain http"),
        ("http://localstack:4566", "plain http"),
        ("http://localhost.evil.example:4566", "plain http"),
        ("http://127.0.0.1.evil.example", "plain http"),
        ("http://127.1:4566", "four decimal numbers"),
        ("http://2130706433:4566", "four decimal numbers"),
        ("http://0x7f000001", "four decimal numbers"),
        ("http://0177.0.0.1", "four decimal numbers"),
        ("https://0x7f.1", "four decimal numbers"),
        ("http://0.0.0.0:4566", "no request can be sent"),
        ("http://[::]:4566", "no request can be sent"),
        ("https://224.0.0.1", "multicast"),
        ("https://169.254.169.254", "credentials"),
        ("http://169.254.170.2", "credentials"),
        ("https://[::ffff:169.254.169.254]", "credentials"),
        ("https://[fe80::1]", "credentials"),
        ("https://[fd00:ec2::254]", "credentials"),
        ("https://100.100.100.200", "credentials"),
        ("https://metadata.google.internal", "credentials"),
        ("https://METADATA.google.internal.", "credentials"),
        ("https://user:hunter2@minio.example.com", "user name or password"),
        ("https://user@minio.example.com", "user name or password"),
        ("https://@minio.example.com", "user name or password"),
        ("http://localhost:4566\\@evil.example", "backslash"),
        ("http://localhost:4566 @evil.example", "space"),
        ("http://localhost:4566\n", "control character"),
        ("https://bücher.example", "beyond ASCII"),
        ("http://１２７.０.０.１", "beyond ASCII"),
        ("https://minio.example.com/?x=1", "end with"),
        ("https://minio.example.com/#x", "end with"),
        ("https://minio.example.com?", "end with"),
        ("https://minio.example.com:99999", "out of range"),
        ("https://minio.example.com:0", "port 0"),
        ("https://minio.example.com:https", "could not be cast"),
        ("https://[::1", "Invalid IPv6"),
        ("https://", "no host"),
        ("https://-bad-.example", "not a host name"),
        ("https://a..b.example", "not a host name"),
        ("ftp://minio.example.com", "must begin with https"),
        ("localhost:4566", "must begin with https"),
        ("//localhost:4566", "must begin with https"),
        ("", "must begin with https"),
    ],
)
def test_an_endpoint_that_could_mislead_is_refused(url: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        real(endpoint_url=url)
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize(
    "url",
    [
        "http://localstack:4566",
        "http://10.0.0.7:4566",
        "http://host.docker.internal:4566",
        "http://localhost.localstack.cloud:4566",
        "http://s3.localhost.localstack.cloud:4566",
        "http://[fd12:3456::1]:4566",
    ],
)
def test_made_up_keys_may_go_by_http_to_a_private_host(url: str) -> None:
    assert dummy(endpoint_url=url).endpoint_url == url
    with pytest.raises(InvalidInput, match="plain http"):
        real(endpoint_url=url)


@pytest.mark.parametrize("url", ["http://minio.example.com", "http://8.8.8.8", "http://169.254.169.254"])
def test_made_up_keys_do_not_make_a_public_or_metadata_address_good(url: str) -> None:
    with pytest.raises(InvalidInput):
        dummy(endpoint_url=url)


def test_a_beyond_ascii_host_is_answered_with_its_punycode() -> None:
    with pytest.raises(InvalidInput) as refused:
        real(endpoint_url="https://bücher.example")
    assert "xn--bcher-kva.example" in refused.value.hint


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": ""}, "cannot name"),
        ({"name": "a,b"}, "cannot name"),
        ({"name": "-c"}, "cannot name"),
        ({"name": "a b"}, "cannot name"),
        ({"name": "x" * 65}, "cannot name"),
        ({"name": "\x1b[31m"}, "␛"),
        ({"regions": ("eu west 1",)}, "region"),
        ({"regions": ("../eu",)}, "region"),
        ({"regions": ("",)}, "region"),
        ({"account_id": "12345678901"}, "account id"),
        ({"account_id": "١٢٣٤٥٦٧٨٩٠١٢"}, "account id"),
        ({"pins": ("bucket",)}, "pin"),
        ({"services": ("S 3",)}, "service name"),
        ({"endpoints": {"../s3": "https://a.example"}}, "service name"),
        ({"kind": "staging"}, "production, development or local"),
        ({"rate_limit": 0}, "rate limit"),
        ({"rate_limit": float("nan")}, "rate limit"),
        ({"proxy": "socks5://proxy:1"}, "a proxy"),
        ({"proxy": "http://user:hunter2@proxy:3128"}, "user name or password"),
        ({"profile": None}, "names none"),
        ({"source": Source.KEYRING}, "names none"),
        ({"source": Source.CONNECTION}, "names none"),
        ({"source": Source.CONNECTION, "base": "other"}, "names no role"),
        ({"source": Source.DUMMY}, "needs an endpoint"),
        ({"source": Source.DUMMY, "access_key": "AKIAIOSFODNN7EXAMPLE"}, "could be a real one"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_by_name(values: dict[str, object], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        real(**values)
    assert "hunter2" not in refused.value.message


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"arn": "arn:aws:iam::123456789012:user/Audit"}, "role ARN"),
        ({"arn": "Audit"}, "role ARN"),
        ({"external_id": "x"}, "external id"),
        ({"external_id": "hunter2 hunter2"}, "external id"),
        ({"mfa_serial": "short"}, "MFA serial"),
        ({"session_name": "a b"}, "session name"),
        ({"duration_seconds": 899}, "900 to 43200"),
        ({"duration_seconds": 43201}, "900 to 43200"),
    ],
)
def test_a_role_is_held_to_the_limits_of_sts(values: dict[str, object], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        Role(**{"arn": ROLE, **values})  # type: ignore[arg-type]
    assert "hunter2" not in refused.value.message


def test_the_external_id_stays_out_of_the_representation() -> None:
    assert "shared-once" not in repr(real(role=Role(ROLE, external_id="shared-once")))


def test_a_profile_keeps_the_name_its_file_gives_it() -> None:
    assert Connection(name="my profile, old", source=Source.PROFILE, origin=Origin.PROFILE, profile="x").name


def test_an_endpoint_of_one_service_goes_before_the_one_for_all() -> None:
    connection = dummy(endpoints={"s3": "http://localhost:9000"})
    assert connection.endpoint_for("s3") == "http://localhost:9000"
    assert connection.endpoint_for("sqs") == "http://localhost:4566"
    assert real().endpoint_for("s3") is None


def test_connections_can_be_keys_and_cannot_be_changed() -> None:
    connection = dummy(endpoints={"s3": "http://localhost:9000"})
    assert {connection: 1}[dummy(endpoints={"s3": "http://localhost:9000"})] == 1
    with pytest.raises(TypeError):
        connection.endpoints["s3"] = "https://evil.example"  # type: ignore[index]
    with pytest.raises(AttributeError):
        connection.name = "other"  # type: ignore[misc]


def test_only_keys_that_cannot_be_of_aws_count_as_made_up() -> None:
    assert all(map(looks_dummy, ("test", "dummy", "minioadmin", "000000000000", "LKIAQAAAAAAAABCDEFGH")))
    assert not any(map(looks_dummy, ("AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "x" * 32)))


def test_a_masked_key_shows_no_more_than_its_kind_and_last_four() -> None:
    assert masked_key("AKIAIOSFODNN7EXAMPLE") == "AKIA…MPLE"
    assert masked_key("short") == "…"
    assert SecretRef("id", "backend", masked_key("AKIAIOSFODNN7EXAMPLE")).hint == "AKIA…MPLE"
