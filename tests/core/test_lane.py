"""The lane sends what the client would have sent, and knows only one good outcome: the answer that was hoped for."""

from __future__ import annotations

import dataclasses
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.aws.lost import LostAnswer, is_lost
from stackpane.calls import Call, Effect
from stackpane.errors import Refused
from tests.core.support import session
from tests.harness import faults as modes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stackpane.aws.lane import Lane
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy
    from tests.harness.fixtures import Down
    from tests.harness.sink import Sink

OBJECT = ("arn:{partition}:s3:::{bucket}/{key}",)
GET = Call("s3:GetObject", ("s3:GetObject",), OBJECT)
PUT = Call("s3:PutObject", ("s3:PutObject",), OBJECT, Effect.WRITE)


def opened(url: str, *calls: Call, **more: Any) -> Lane:
    lane = session(url, *calls, **more).lane("s3")
    assert lane is not None
    return lane


@pytest.fixture
def lane(faults: FaultProxy) -> Iterator[Lane]:
    made = opened(faults.url, GET, PUT)
    yield made
    made.close()


@pytest.mark.parametrize("key", ["a", "a b/ü+%2F?&=#", "-x", "../y"])
def test_what_is_put_is_got_again_with_its_metadata(lane: Lane, aws: Emulator, bucket: str, key: str) -> None:
    params = {"Bucket": bucket, "Key": key, "ContentType": "text/html", "Metadata": {"owner": "me"}, "IfNoneMatch": "*"}
    put = lane.send("put_object", params, b"<html>body")
    assert put is not None
    got = lane.send("get_object", {"Bucket": bucket, "Key": key})
    assert got is not None
    assert got.body == b"<html>body"
    plain = aws.client("s3").get_object(Bucket=bucket, Key=key)
    assert got.members.items() <= plain.items()
    assert {"ETag", "LastModified", "ContentLength"} <= set(got.members)
    assert put.members["ETag"] == plain["ETag"]
    head = aws.client("s3").head_object(Bucket=bucket, Key=key)
    assert (head["ContentType"], head["Metadata"]) == ("text/html", {"owner": "me"})


def test_conditions_are_sent(lane: Lane, aws: Emulator, bucket: str) -> None:
    aws.fill(bucket, ["k"], b"x")
    assert lane.send("put_object", {"Bucket": bucket, "Key": "k", "IfNoneMatch": "*"}, b"y") is None
    assert lane.send("get_object", {"Bucket": bucket, "Key": "k", "IfMatch": '"other"'}) is None
    assert aws.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


@pytest.mark.parametrize(
    "mode",
    [
        modes.html200(),
        modes.no_request_id(),
        modes.cut(3),
        modes.status(500),
        modes.reset_before(),
        modes.reset_after_body(),
        modes.redirect(307, "http://127.0.0.1:9/"),
        modes.error(403, "AccessDenied", "Access Denied"),
    ],
)
def test_every_other_outcome_is_none_and_is_asked_once(
    lane: Lane, faults: FaultProxy, aws: Emulator, bucket: str, mode: Any
) -> None:
    aws.fill(bucket, ["k"], b"content")
    faults.fault(mode, times=1)
    assert lane.send("get_object", {"Bucket": bucket, "Key": "k"}) is None
    assert len(faults.requests) == 1


PUT_PARAMS = {"Bucket": "photos", "Key": "k"}


@pytest.mark.parametrize(
    "mode",
    [modes.html200(), modes.no_request_id(), modes.status(500), modes.reset_before(), modes.reset_after_body()],
    ids=["a login page", "unproven", "broken", "no answer", "lost"],
)
def test_of_a_change_without_an_answer_nobody_knows(lane: Lane, faults: FaultProxy, mode: Any) -> None:
    faults.fault(mode)
    with pytest.raises(LostAnswer, match="PutObject was sent, and its outcome is unknown") as caught:
        lane.send("put_object", PUT_PARAMS, b"x")
    assert is_lost(caught.value)
    assert len(faults.requests) == 1


def test_a_change_that_is_refused_or_never_sent_is_the_clients(lane: Lane, faults: FaultProxy, down: Down) -> None:
    faults.fault(modes.error(412, "PreconditionFailed", "no"), times=1)
    faults.fault(modes.error(403, "AccessDenied", "no"), times=1)
    assert lane.send("put_object", PUT_PARAMS, b"x") is None
    assert lane.send("put_object", PUT_PARAMS, b"x") is None
    with closing(opened(down.url, PUT)) as nowhere:
        assert nowhere.send("put_object", PUT_PARAMS, b"x") is None


def test_what_a_repeat_raises_is_marked_and_a_call_for_once_is_not_repeated(faults: FaultProxy) -> None:
    def refused() -> None:
        raise Refused("no")

    for effect, raised in ((Effect.WRITE, Refused), (Effect.ONCE, LostAnswer)):
        faults.fault(modes.reset_before(), times=1)
        with closing(opened(faults.url, dataclasses.replace(PUT, effect=effect))) as lane:
            with pytest.raises(LostAnswer) as lost:
                lane.send("put_object", PUT_PARAMS, b"x")
            with pytest.raises(raised) as caught:
                lost.value.repeat(refused)
        assert is_lost(caught.value)


def test_a_denial_closes_the_lane_and_a_cut_body_does_not(
    lane: Lane, faults: FaultProxy, aws: Emulator, bucket: str
) -> None:
    aws.fill(bucket, ["k"], b"content")
    params = {"Bucket": bucket, "Key": "k"}
    faults.fault(modes.cut(3), times=1)
    assert lane.send("get_object", params) is None
    assert lane.send("get_object", params) is not None
    faults.fault(modes.error(403, "AccessDenied", "Access Denied"), times=1)
    assert lane.send("get_object", params) is None
    before = len(faults.requests)
    assert lane.send("get_object", params) is None
    assert len(faults.requests) == before


def test_closing_ends_what_is_being_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        lane = opened(f"http://127.0.0.1:{listener.getsockname()[1]}", GET)
        waiting = pool.submit(lane.send, "get_object", {"Bucket": "b", "Key": "k"})
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(3) == b"GET"
            lane.close()
            assert waiting.result(timeout=20) is None


def test_what_the_guard_refuses_is_refused(sink: Sink) -> None:
    params = {"Bucket": "b", "Key": "k"}
    with pytest.raises(Refused, match="did not declare"):
        opened(sink.url, GET).send("put_object", params, b"")
    with pytest.raises(Refused, match="read-only"):
        opened(sink.url, PUT, read_only=True).send("put_object", params, b"")
    dry = dataclasses.replace(session(sink.url, PUT), dry_run=True).lane("s3")
    assert dry is not None
    with pytest.raises(Refused, match="dry run"):
        dry.send("put_object", params, b"")
    sink.assert_untouched()


def test_there_is_no_lane_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert session("https://storage.example.com", GET).lane("s3") is None
    assert session("http://127.0.0.1:9", GET).lane("s3") is not None


def test_certificates_are_verified(tls_faults: FaultProxy, ca_bundle: Path, aws: Emulator, bucket: str) -> None:
    aws.fill(bucket, ["k"], b"content")
    params = {"Bucket": bucket, "Key": "k"}
    with closing(opened(tls_faults.url, GET)) as doubting:
        assert doubting.send("get_object", params) is None
    with closing(opened(tls_faults.url, GET, ca_bundle=str(ca_bundle))) as trusting:
        reply = trusting.send("get_object", params)
    assert reply is not None
    assert reply.body == b"content"
