"""Each fault is seen by a botocore client, and by the emulator behind it, as the fault's own words say."""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    FlexibleChecksumError,
    HTTPClientError,
    IncompleteReadError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)

from tests.harness import faults as f
from tests.harness import listings
from tests.harness.emulators import Emulator
from tests.harness.faultproxy import FaultProxy, forward
from tests.harness.fixtures import Down
from tests.harness.sink import Sink

ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=5)
IMPATIENT = Config(retries={"total_max_attempts": 1}, read_timeout=0.2)


@pytest.fixture
def s3(aws: Emulator, faults: FaultProxy) -> Any:
    """A client that goes through the proxy and never retries."""
    return aws.client("s3", url=faults.url, config=ONCE)


@pytest.fixture
def stored(aws: Emulator, bucket: str) -> Callable[[], list[str]]:
    """The keys in the bucket, asked of the emulator itself."""
    return lambda: [entry["Key"] for entry in aws.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_without_faults_requests_and_answers_pass_unchanged_and_are_noted(
    aws: Emulator, faults: FaultProxy, s3: Any, bucket: str
) -> None:
    s3.put_object(Bucket=bucket, Key="a b/ü", Body=b"body", Metadata={"owner": "me"})
    assert s3.head_object(Bucket=bucket, Key="a b/ü")["Metadata"] == {"owner": "me"}
    assert s3.get_object(Bucket=bucket, Key="a b/ü")["Body"].read() == b"body"
    aws.client("sts", url=faults.url).get_caller_identity()
    assert faults.operations == ["PutObject", "HeadObject", "GetObject", "GetCallerIdentity"]
    put = faults.requests[0]
    assert (put.method, put.path, put.body, put.body_length) == ("PUT", f"/{bucket}/a b/ü", b"body", 4)
    assert faults.requests[3].service == "sts"
    assert faults.count("PutObject GetObject") == 2


def test_a_big_body_passes_both_ways_without_being_kept(faults: FaultProxy, s3: Any, bucket: str) -> None:
    body = os.urandom(5 << 20)
    s3.put_object(Bucket=bucket, Key="big", Body=body)
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == body
    assert faults.requests[0].body_length == len(body)
    assert len(faults.requests[0].body) < len(body)


def test_chunked_uploads_with_trailing_checksums_pass_over_tls(
    aws: Emulator, tls_faults: FaultProxy, ca_bundle: Path, bucket: str
) -> None:
    s3 = aws.client("s3", url=tls_faults.url, verify=str(ca_bundle))
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789" * 1000)
    assert tls_faults.requests[0].headers["x-amz-trailer"] == "x-amz-checksum-crc32"
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"0123456789" * 1000


def test_a_certificate_of_another_host_or_authority_is_refused(
    aws: Emulator, tls_faults: FaultProxy, wrong_host_faults: FaultProxy, ca_bundle: Path
) -> None:
    for proxy, verify in ((tls_faults, None), (wrong_host_faults, str(ca_bundle))):
        with pytest.raises(SSLError):
            aws.client("s3", url=proxy.url, config=ONCE, verify=verify).list_buckets()
        assert proxy.requests == []


@pytest.mark.parametrize("mode", [f.html200(), f.empty200()], ids=["html", "empty"])
def test_a_made_up_answer_keeps_the_emulator_untouched(
    faults: FaultProxy, s3: Any, bucket: str, stored: Callable[[], list[str]], mode: Any
) -> None:
    faults.fault(mode, "PutObject")
    s3.put_object(Bucket=bucket, Key="k", Body=b"body")  # botocore takes any 200 for done: that is the point
    assert stored() == []


def test_a_body_that_is_none_keeps_the_emulator_untouched(
    faults: FaultProxy, s3: Any, bucket: str, stored: Callable[[], list[str]]
) -> None:
    faults.fault(f.json_not_json(), "PutObject")
    with pytest.raises(ClientError):
        s3.put_object(Bucket=bucket, Key="k", Body=b"body")
    assert stored() == []


def test_no_request_id_takes_away_the_proof_only(faults: FaultProxy, s3: Any, bucket: str) -> None:
    faults.fault(f.no_request_id(), times=1)
    without, with_id = (s3.list_objects_v2(Bucket=bucket)["ResponseMetadata"] for _ in range(2))
    assert not {*without["HTTPHeaders"]} & {*f.REQUEST_ID_HEADERS}
    assert {*with_id["HTTPHeaders"]} & {*f.REQUEST_ID_HEADERS}
    assert without["HTTPStatusCode"] == 200


@pytest.mark.parametrize("mode", [f.cut(3), f.cut(0), f.reset_after(3), f.wrong_length(5)])
def test_a_body_that_ends_early_is_seen(faults: FaultProxy, s3: Any, bucket: str, mode: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    faults.fault(mode, "GetObject")
    with pytest.raises((IncompleteReadError, ResponseStreamingError, HTTPClientError)):
        s3.get_object(Bucket=bucket, Key="k")["Body"].read()


def test_a_body_that_goes_on_after_its_length_is_short(faults: FaultProxy, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    faults.fault(f.wrong_length(-4), "GetObject")
    config = Config(response_checksum_validation="when_required")
    body = _client_like(s3, config).get_object(Bucket=bucket, Key="k")["Body"].read()
    assert body == b"012345"


def _client_like(s3: Any, config: Config) -> Any:
    from tests.harness.emulators import plain_client

    return plain_client("s3", s3.meta.endpoint_url, config=config)


def test_a_corrupt_byte_breaks_the_checksum(faults: FaultProxy, aws: Emulator, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    faults.fault(f.corrupt(4), "GetObject")
    try:
        body = s3.get_object(Bucket=bucket, Key="k")["Body"].read()
    except FlexibleChecksumError:
        return
    assert aws.name == "ministack"  # it keeps no checksums
    assert body == b"0123\xcb56789"


def test_a_drip_arrives_whole(faults: FaultProxy, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")
    faults.fault(f.drip(), "GetObject")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"0123456789"


@pytest.mark.parametrize(
    ("mode", "failure", "kept"),
    [
        (f.reset_before(), ConnectionClosedError, []),
        (f.reset_after_body(), ConnectionClosedError, ["k"]),
        (f.hang_before(), ReadTimeoutError, []),
        (f.hang_after_body(), ReadTimeoutError, ["k"]),
    ],
    ids=["reset before", "reset after", "hang before", "hang after"],
)
def test_before_and_after_differ_in_what_the_emulator_holds(
    aws: Emulator,
    faults: FaultProxy,
    bucket: str,
    stored: Callable[[], list[str]],
    mode: Any,
    failure: type[BotoCoreError],
    kept: list[str],
) -> None:
    fault = faults.fault(mode, "PutObject")
    with pytest.raises(failure):
        aws.client("s3", url=faults.url, config=IMPATIENT).put_object(Bucket=bucket, Key="k", Body=b"body")
    assert stored() == kept
    assert len(fault.requests) == 1


def test_a_reset_is_a_reset_and_no_orderly_end(faults: FaultProxy) -> None:
    faults.fault(f.reset_before(), lambda request: request.path == "/reset")
    faults.fault(f.cut(0), lambda request: request.path == "/cut")
    for path, end in (("/reset", pytest.raises(ConnectionResetError)), ("/cut", contextlib.nullcontext())):
        with socket.create_connection(("127.0.0.1", faults.port)) as connection, end:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            while connection.recv(65536):
                pass


@pytest.mark.parametrize("mode", [f.hold_before(), f.hold_after(), f.hang_within(2)])
def test_what_is_held_goes_on_when_released(faults: FaultProxy, s3: Any, bucket: str, mode: Any) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"body")
    fault = faults.fault(mode, "GetObject")
    bodies: list[bytes] = []
    reader = threading.Thread(target=lambda: bodies.append(s3.get_object(Bucket=bucket, Key="k")["Body"].read()))
    reader.start()
    fault.wait()
    assert bodies == []
    fault.release()
    reader.join()
    assert bodies == [b"body"]


@pytest.mark.parametrize(
    ("mode", "status", "code"),
    [
        (f.status(500), 500, "InternalError"),
        (f.status(503), 503, "ServiceUnavailable"),
        (f.throttle(), 503, "SlowDown"),
        (f.expired_token(), 400, "ExpiredToken"),
        (f.skew(), 403, "RequestTimeTooSkewed"),
        (f.access_denied("s3:ListBucket"), 403, "AccessDenied"),
        (f.redirect(307, "http://elsewhere.example/"), 307, "TemporaryRedirect"),
    ],
)
def test_errors_are_worded_as_aws_words_them(
    faults: FaultProxy, s3: Any, bucket: str, mode: Any, status: int, code: str
) -> None:
    faults.fault(mode, "ListObjectsV2")
    with pytest.raises(ClientError) as raised:
        s3.list_objects_v2(Bucket=bucket)
    response = raised.value.response
    assert (response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]) == (status, code)
    assert response["ResponseMetadata"]["RequestId"] == "FAULT0000000000"


@pytest.mark.parametrize("service", ["sts", "dynamodb", "lambda"])
def test_errors_come_in_the_protocol_of_the_service(aws: Emulator, faults: FaultProxy, service: str) -> None:
    faults.fault(f.error(400, "ExpiredToken", "The token is expired"))
    client = aws.client(service, url=faults.url, config=ONCE)
    calls = {"sts": "get_caller_identity", "dynamodb": "list_tables", "lambda": "list_functions"}
    with pytest.raises(ClientError, match=r"ExpiredToken.*The token is expired"):
        getattr(client, calls[service])()


def test_a_fault_begins_after_some_requests_and_ends_after_some_times(faults: FaultProxy, s3: Any, bucket: str) -> None:
    faults.fault(f.status(503), "ListObjectsV2", after=1, times=2)
    seen = []
    for _ in range(4):
        try:
            seen.append(s3.list_objects_v2(Bucket=bucket)["KeyCount"])
        except ClientError as error:
            seen.append(error.response["Error"]["Code"])
    assert seen == [0, "ServiceUnavailable", "ServiceUnavailable", 0]


def test_a_match_may_look_into_the_request(faults: FaultProxy, s3: Any, bucket: str) -> None:
    faults.fault(f.status(404), lambda request: request.arg("prefix") == "a b/")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    with pytest.raises(ClientError):
        s3.list_objects_v2(Bucket=bucket, Prefix="a b/")


def test_a_region_correction_names_the_region_the_test_chose(faults: FaultProxy, aws: Emulator, bucket: str) -> None:
    faults.fault(f.hostile_region_header("evil.example/"))
    with pytest.raises((ClientError, BotoCoreError)):
        aws.client("s3", url=faults.url, config=ONCE).get_object(Bucket=bucket, Key="k")


def test_page_tokens_may_repeat_and_pages_may_be_empty(faults: FaultProxy, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    faults.fault(listings.next_tokens("A", "B"), "ListObjectsV2", times=3)
    pages = [s3.list_objects_v2(Bucket=bucket) for _ in range(3)]
    assert [page["NextContinuationToken"] for page in pages] == ["A", "B", "A"]
    assert all(page["IsTruncated"] for page in pages)
    assert [entry["Key"] for entry in pages[0]["Contents"]] == ["k"]
    faults.fault(listings.empty_page(), "ListObjectsV2")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_deletes_fail_in_part(faults: FaultProxy, s3: Any, bucket: str, stored: Callable[[], list[str]]) -> None:
    for key in "abc":
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    faults.fault(listings.delete_errors({"b": "AccessDenied", "z": "InternalError"}), "DeleteObjects")
    reply = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in "abc"]})
    assert [entry["Key"] for entry in reply["Deleted"]] == ["a", "c"]
    assert [(entry["Key"], entry["Code"]) for entry in reply["Errors"]] == [("b", "AccessDenied")]
    assert stored() == ["b"]
    only = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "b"}]})
    assert [entry["Key"] for entry in only["Errors"]] == ["b"]


def test_fields_are_lost(faults: FaultProxy, s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    faults.fault(listings.without("Size", "IsTruncated"), "ListObjectsV2")
    page = s3.list_objects_v2(Bucket=bucket)
    assert "IsTruncated" not in page
    assert "Size" not in page["Contents"][0]


def test_faults_come_in_turn(faults: FaultProxy, s3: Any, bucket: str) -> None:
    faults.fault(f.in_turn(f.throttle(), forward), "ListObjectsV2")
    with pytest.raises(ClientError, match="SlowDown"):
        s3.list_objects_v2(Bucket=bucket)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_what_hangs_is_let_go_when_the_proxy_ends(aws: Emulator) -> None:
    failures: list[Exception] = []

    def call(client: Any) -> None:
        try:
            client.list_buckets()
        except BotoCoreError as failure:
            failures.append(failure)

    with FaultProxy(aws.url) as proxy:
        fault = proxy.fault(f.hang_before())
        patient = aws.client("s3", url=proxy.url, config=Config(retries={"total_max_attempts": 1}, read_timeout=60))
        caller = threading.Thread(target=call, args=(patient,))
        caller.start()
        fault.wait()
    caller.join()
    assert isinstance(failures[0], ConnectionClosedError)


def test_a_failure_in_a_mode_is_not_lost(aws: Emulator) -> None:
    proxy = FaultProxy(aws.url)
    proxy.__enter__()
    proxy.fault(f.rewrite(lambda body: bytes([body[10**9]])))
    with pytest.raises(BotoCoreError):
        aws.client("s3", url=proxy.url, config=ONCE).list_buckets()
    with pytest.raises(ExceptionGroup, match="in the fault proxy"):
        proxy.__exit__()


def test_an_endpoint_that_is_down_refuses_connections(down: Down, aws: Emulator) -> None:
    with pytest.raises(EndpointConnectionError):
        aws.client("s3", url=down.url, config=ONCE).list_buckets()


def test_the_sink_notes_every_connection(sink: Sink, aws: Emulator) -> None:
    sink.assert_untouched()
    with pytest.raises(ReadTimeoutError):
        aws.client("s3", url=sink.url, config=IMPATIENT).list_buckets()
    assert sink.connections == 1
    assert sink.received[0].startswith(b"GET / HTTP/1.1\r\n")
    with pytest.raises(AssertionError):
        sink.assert_untouched()
