"""``s3 presign`` gives URLs that work without credentials, for one request, for as long as it says."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import botocore.session
import pytest

from stackpane import Document, InvalidInput, Refused
from stackpane.text import human_time
from stackpane_s3.uris import S3Uri
from tests.harness import hostile
from tests.s3.writing import Runner, bodies, fill, keys, version_on

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture
def s3(aws: Emulator) -> Runner:
    return Runner(aws.url)


def fetch(url: str, body: bytes | None = None, **headers: str) -> tuple[bytes, str]:
    """What the URL gives, and its media type; with a body, what it answers to an upload."""
    method = "GET" if body is None else "PUT"
    request = urllib.request.Request(url.strip(), data=body, method=method, headers=headers)
    with _http.open(request, timeout=60) as answer:
        return answer.read(), answer.headers["Content-Type"]


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url.strip()).query).items()}


def test_the_document_is_the_url_and_nothing_else(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, ["a"])
    view = s3.view("presign", f"s3://{bucket}/a")
    assert isinstance(view, Document)
    assert isinstance(view.body, bytes)
    assert view.media_type.startswith("text/plain")
    assert view.body.startswith(f"{aws.url}/{bucket}/a?".encode())
    assert (view.body.count(b"\n"), view.body[-1:]) == (1, b"\n")
    assert fetch(view.body.decode())[0] == b"a"
    assert s3.warnings == []


def test_a_url_to_upload_to_takes_one_object_of_the_type_named(aws: Emulator, bucket: str, s3: Runner) -> None:
    url = s3.text("presign", f"s3://{bucket}/a", "--put", "--content-type", "text/x-test")
    assert "content-type" in query(url)["X-Amz-SignedHeaders"]
    assert s3.warnings == ["the upload must have the header Content-Type: text/x-test"]
    fetch(url, b"uploaded", **{"Content-Type": "text/x-test"})
    assert bodies(aws, bucket) == {"a": b"uploaded"}
    assert aws.client("s3").head_object(Bucket=bucket, Key="a")["ContentType"] == "text/x-test"


def test_the_type_to_answer_with_and_the_version_can_be_named(aws: Emulator, bucket: str, s3: Runner) -> None:
    version_on(aws, bucket)
    old = aws.client("s3").put_object(Bucket=bucket, Key="a", Body=b"old")["VersionId"]
    fill(aws, bucket, {"a": b"new"})
    url = s3.text("presign", f"s3://{bucket}/a", "--version-id", old, "--content-type", "text/x-test")
    body, kind = fetch(url)
    assert body == b"old"
    assert query(url)["response-content-type"] == "text/x-test"
    assert kind == "text/x-test" or aws.name == "ministack"  # which does not mind it


def test_signature_version_4_is_used_and_the_time_is_the_one_asked_for(bucket: str, s3: Runner) -> None:
    assert query(s3.text("presign", f"s3://{bucket}/a"))["X-Amz-Expires"] == "3600"
    signed = query(s3.text("presign", f"s3://{bucket}/a", "--expires", "7d"))
    assert (signed["X-Amz-Algorithm"], signed["X-Amz-Expires"]) == ("AWS4-HMAC-SHA256", "604800")
    at = datetime.strptime(signed["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
    assert "X-Amz-Security-Token" not in signed


def test_an_expired_url_is_not_served(ministack: Emulator) -> None:
    # moto 5.2 serves it all the same.
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    fill(ministack, "bucket", ["a"])
    url = Runner(ministack.url).text("presign", "s3://bucket/a", "--expires", "1m").strip()
    date = query(url)["X-Amz-Date"]
    with pytest.raises(urllib.error.HTTPError):
        fetch(url.replace(date, "20200101T000000Z"))


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["s3://b/a", "--expires", "8d"], "a second to 7 days"),
        (["s3://b/a", "--expires", "0s"], "a second to 7 days"),
        (["s3://b/a", "--expires", "soon"], "not a length of time"),
        (["s3://b"], "names a bucket"),
        (["s3://b/a", "--put", "--version-id", "v"], "--put makes a new version"),
    ],
)
def test_what_cannot_be_meant_is_refused(moto: Emulator, argv: list[str], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Runner(moto.url).text("presign", *argv)


def test_a_read_only_connection_gives_no_url_to_upload_to(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    s3 = Runner(faults.url, facts={"read_only": True})
    with pytest.raises(Refused, match="read-only"):
        s3.text("presign", f"s3://{bucket}/a", "--put")
    assert "X-Amz-Signature" in s3.text("presign", f"s3://{bucket}/a")
    assert set(faults.operations) == {"HeadBucket"}  # only where the bucket is is asked


def test_temporary_credentials_are_said_to_end_the_url(
    monkeypatch: pytest.MonkeyPatch, aws: Emulator, bucket: str
) -> None:
    from tests.core import support
    from tests.s3 import writing

    session = support.botocore_session()
    session.set_credentials("test", "test", "a-session-token")
    monkeypatch.setattr(writing, "_botocore_session", lambda: session)
    s3 = Runner(aws.url)
    url = s3.text("presign", f"s3://{bucket}/a", "--expires", "2d")
    assert query(url)["X-Amz-Security-Token"] == "a-session-token"
    assert s3.warnings == [
        "the credentials are temporary: the URL works for 2d or until they end, whichever comes first"
    ]


@pytest.mark.parametrize(("length", "expected"), [("2d", timedelta(hours=1)), ("30m", timedelta(minutes=30))])
def test_a_url_ends_no_later_than_the_credentials(
    monkeypatch: pytest.MonkeyPatch, moto: Emulator, length: str, expected: timedelta
) -> None:
    end = datetime.now(UTC) + timedelta(hours=1)
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_SESSION_TOKEN", "a-session-token"),
        ("AWS_CREDENTIAL_EXPIRATION", end.isoformat()),
    ):
        monkeypatch.setenv(name, value)
    moto.reset()
    moto.client("s3").create_bucket(Bucket="bucket")
    monkeypatch.setattr("tests.s3.writing._botocore_session", lambda: botocore.session.Session())
    s3 = Runner(moto.url)
    signed = query(s3.text("presign", "s3://bucket/a", "--expires", length))
    assert expected - timedelta(minutes=5) < timedelta(seconds=int(signed["X-Amz-Expires"])) <= expected
    capped = [f"the URL ends with the credentials at {human_time(end.replace(microsecond=0))}, not after {length}"]
    assert s3.warnings == (capped if expected != timedelta(minutes=30) else [])


def test_hostile_names_are_signed_right(aws: Emulator, bucket: str, s3: Runner) -> None:
    # "." and ".." as a whole part are taken away by urllib, as by most clients, before anything is sent.
    names = {
        key
        for key in hostile.KEYS.values()
        if hostile.storable(key, aws.name) and not {".", ".."} & set(key.split("/"))
    }
    for key in sorted(names):
        url = s3.text("presign", str(S3Uri(bucket, key)), "--put")
        assert url.isascii()
        assert url.rstrip("\n").isprintable()
        fetch(url, key.encode(), **{"Content-Type": "text/plain"})
        assert fetch(s3.text("presign", str(S3Uri(bucket, key))))[0] == key.encode()
    if aws.name == "ministack":  # moto lists keys that XML cannot carry as they are, which no parser takes
        assert set(keys(aws, bucket)) == names


def test_a_signature_of_another_kind_is_not_given_out(monkeypatch: pytest.MonkeyPatch, bucket: str, s3: Runner) -> None:
    from botocore.signers import RequestSigner

    monkeypatch.setattr(
        RequestSigner, "generate_presigned_url", lambda *_args, **_more: "https://bucket/a?Signature=version-2"
    )
    with pytest.raises(Exception, match="not signed with signature version 4"):
        s3.text("presign", f"s3://{bucket}/a")
