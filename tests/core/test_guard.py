"""What stands between a client and the wire. Each guard is tried with real requests; without it one test breaks."""

from __future__ import annotations

import dataclasses
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from botocore.response import StreamingBody

from stackpane.aws.clients import Opened, Pace
from stackpane.aws.guard import CALL, names_of
from stackpane.calls import Call, Effect
from stackpane.errors import ConnectionProblem, Refused, UnprovenResponse
from stackpane.fanout import in_order
from tests.core.support import REGION, botocore_session, connection, opened, session
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.harness.emulators import Emulator
    from tests.harness.sink import Sink

LIST_TABLES = Call("dynamodb:ListTables", ("dynamodb:ListTables",))
LIST_BUCKETS = Call("s3:ListBuckets", ("s3:ListAllMyBuckets",))
GET_OBJECT = Call("s3:GetObject", ("s3:GetObject",), ("arn:{partition}:s3:::{bucket}/{key}",))
PUT_OBJECT = Call("s3:PutObject", ("s3:PutObject",), ("arn:{partition}:s3:::{bucket}/{key}",), Effect.WRITE)
SEND = Call("sqs:SendMessage", ("sqs:SendMessage",), ("arn:{partition}:sqs:{region}:{account}:{queue}",), Effect.ONCE)


def test_an_undeclared_call_is_not_sent(faults: FaultProxy) -> None:
    client = session(faults.url, LIST_BUCKETS).client("s3")
    with pytest.raises(Refused, match="did not declare the call s3:DeleteBucket"):
        client.delete_bucket(Bucket="photos")
    assert faults.requests == []


def test_a_declared_write_is_not_sent_on_a_read_only_connection(faults: FaultProxy) -> None:
    client = session(faults.url, PUT_OBJECT, read_only=True).client("s3")
    with pytest.raises(Refused, match="read-only"):
        client.put_object(Bucket="photos", Key="a", Body=b"")
    assert faults.requests == []


def test_a_dry_run_sends_no_change(faults: FaultProxy) -> None:
    client = dataclasses.replace(session(faults.url, PUT_OBJECT), dry_run=True).client("s3")
    with pytest.raises(Refused, match="dry run: s3:PutObject was not sent"):
        client.put_object(Bucket="photos", Key="a", Body=b"")
    assert faults.requests == []


RECEIVE_OR_SEND = dataclasses.replace(
    SEND,
    reading=Call("sqs:SendMessage", ("sqs:Look",), SEND.arns),
    only_reads="tests.core.test_guard:_only_looks",
)
"""An operation that reads or changes by what it is told, as some have it."""


def _only_looks(params: Mapping[str, Any]) -> bool:
    return bool(params["MessageBody"] == "look")


@pytest.mark.parametrize("read_only", [True, False])
def test_an_operation_that_reads_or_changes_is_what_its_parameters_prove(faults: FaultProxy, read_only: bool) -> None:
    made = session(faults.url, RECEIVE_OR_SEND, read_only=read_only)
    client = dataclasses.replace(made, dry_run=not read_only).client("sqs")
    place = f"{faults.url}/123456789012/q"
    faults.fault(modes.status(500))
    with pytest.raises(Refused, match="was not sent"):
        client.send_message(QueueUrl=place, MessageBody="change")
    assert faults.requests == []
    with pytest.raises(ClientError) as caught:
        client.send_message(QueueUrl=place, MessageBody="look")
    assert len(faults.requests) > 1  # a read is tried again
    assert caught.value.response["ResponseMetadata"][CALL][0].actions == ("sqs:Look",)  # type: ignore[literal-required]


def test_what_is_not_proven_to_read_is_sent_once(faults: FaultProxy) -> None:
    faults.fault(modes.status(500))
    with pytest.raises(ClientError):
        session(faults.url, RECEIVE_OR_SEND).client("sqs").send_message(
            QueueUrl=f"{faults.url}/123456789012/q", MessageBody="change"
        )
    assert len(faults.requests) == 1


def test_a_reading_form_is_a_read_of_the_same_operation_with_a_proof() -> None:
    for wrong in (
        {"reading": SEND, "only_reads": "x:y"},
        {"reading": LIST_BUCKETS, "only_reads": "x:y"},
        {"reading": dataclasses.replace(SEND, effect=Effect.READ)},
    ):
        with pytest.raises(ValueError, match="its reading form"):
            dataclasses.replace(SEND, **wrong)


def test_a_read_cannot_be_presigned_as_a_write(faults: FaultProxy) -> None:
    client = session(faults.url, GET_OBJECT, read_only=True).client("s3")
    params = {"Bucket": "photos", "Key": "a"}
    assert "X-Amz-Signature" in client.generate_presigned_url("get_object", Params=params)
    with pytest.raises(Refused, match="cannot be presigned as PUT"):
        client.generate_presigned_url("get_object", Params=params, HttpMethod="PUT")


def test_nothing_reaches_a_host_that_is_not_the_connections(faults: FaultProxy, sink: Sink) -> None:
    client = session(faults.url, LIST_BUCKETS).client("s3")

    def redirect(request: Any, **_: Any) -> None:
        request.url = request.url.replace(faults.url, sink.url)

    client.meta.events.register_last("before-send", redirect)
    client.meta.events.register("before-sign", redirect)
    with pytest.raises(Refused, match="is not the endpoint"):
        client.list_buckets()
    assert sink.connections == 0


@pytest.mark.parametrize("mode", [modes.html200(), modes.empty200(), modes.no_request_id()])
def test_an_answer_that_no_aws_service_made_is_an_error(faults: FaultProxy, mode: Any) -> None:
    faults.fault(mode)
    with pytest.raises(UnprovenResponse, match="outcome is unknown"):
        session(faults.url, LIST_BUCKETS).client("s3").list_buckets()
    assert len(faults.requests) == 1


@pytest.mark.parametrize("position", [0, 5, 15])
def test_an_answer_that_has_changed_on_the_way_is_an_error(faults: FaultProxy, position: int) -> None:
    """DynamoDB sends a checksum with every answer; botocore looks at it in its legacy retry mode only."""
    client = session(faults.url, LIST_TABLES).client("dynamodb")
    assert client.list_tables()["TableNames"] == []
    faults.fault(modes.corrupt(position))
    with pytest.raises(UnprovenResponse, match="outcome is unknown") as raised:
        client.list_tables()
    assert raised.value.only_read
    assert len(faults.requests) == 2


def test_a_call_with_effect_once_is_sent_once_whatever_happens(moto: Emulator) -> None:
    moto.reset()
    queue = moto.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    with FaultProxy(moto.url) as proxy:
        client = session(proxy.url, SEND).client("sqs", read_timeout=0.5)
        for mode, error in ((modes.status(500), ClientError), (modes.hang_after_body(), ReadTimeoutError)):
            fault = proxy.fault(mode, "SendMessage", times=1)
            with pytest.raises(error):
                client.send_message(QueueUrl=queue.replace(moto.url, proxy.url), MessageBody="x")
            assert len(fault.requests) == 1
        assert len(proxy.requests) == 2


def test_a_denial_of_a_call_that_is_sent_once_names_the_action(moto: Emulator) -> None:
    moto.reset()
    queue = moto.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    with FaultProxy(moto.url) as proxy:
        proxy.fault(modes.error(403, "AccessDenied", "Access Denied"), "SendMessage")
        running = session(proxy.url, SEND)
        with pytest.raises(ClientError) as raised:
            running.client("sqs").send_message(QueueUrl=queue.replace(moto.url, proxy.url), MessageBody="x")
    assert "sqs:SendMessage" in str(running.explain(raised.value))


def test_a_repeatable_call_is_tried_again(faults: FaultProxy) -> None:
    faults.fault(modes.status(500), "ListBuckets", times=1)
    assert session(faults.url, LIST_BUCKETS).client("s3").list_buckets()["Buckets"] == []
    assert len(faults.requests) == 2


def test_a_closed_port_is_reported_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = session(f"http://127.0.0.1:{port}", LIST_BUCKETS).client("s3")
    sent: list[object] = []
    client.meta.events.register("before-send", lambda **event: sent.append(event["request"].url))
    with pytest.raises(EndpointConnectionError):
        client.list_buckets()
    assert len(sent) == 1


def test_credentials_of_another_account_send_nothing_but_the_question_who_they_are(faults: FaultProxy) -> None:
    client = session(faults.url, LIST_BUCKETS, account_id="999999999999").client("s3")
    with pytest.raises(ConnectionProblem, match="999999999999"):
        client.list_buckets()
    assert {request.operation for request in faults.requests} == {"GetCallerIdentity"}


def test_credentials_of_the_right_account_pass(aws: Emulator) -> None:
    client = session(aws.url, LIST_BUCKETS, account_id=aws.account_id).client("s3")
    assert client.list_buckets()["Buckets"] == []


def test_a_connection_may_be_limited_to_some_services(moto: Emulator) -> None:
    with pytest.raises(ConnectionProblem, match="not for s3"):
        session(moto.url, LIST_BUCKETS, services=("dynamodb",)).client("s3")


def test_a_command_gets_the_same_client_again_and_another_command_its_own(moto: Emulator) -> None:
    connection_opened = opened(moto.url)
    first = connection_opened.client("s3", region=REGION, calls=(LIST_BUCKETS,))
    assert connection_opened.client("s3", region=REGION, calls=(LIST_BUCKETS,)) is first
    assert connection_opened.client("s3", region=REGION, calls=(GET_OBJECT,)) is not first


def test_what_is_called_is_recorded_with_the_names_of_its_resource(moto: Emulator) -> None:
    noted: list[tuple[str, dict[str, str]]] = []
    made = Opened(connection(moto.url), botocore_session, lambda call, names: noted.append((call.name, dict(names))))
    client = made.client("s3", region=REGION, calls=(GET_OBJECT,))
    with pytest.raises(ClientError):
        client.get_object(Bucket="no-such-bucket", Key="k")
    assert noted == [("s3:GetObject", {"bucket": "no-such-bucket", "key": "k"})]


@pytest.mark.parametrize(
    ("template", "params", "expected"),
    [
        ("arn:x:{table}", {"TableName": "t"}, {"table": "t"}),
        ("arn:x:{pool}", {"UserPoolId": "p", "Username": "u"}, {"pool": "p"}),
        ("arn:x:{log-group}:{stream}", {"logGroupName": "g"}, {"log-group": "g"}),
        ("arn:x:{key}", {"SSEKMSKeyId": "no", "Key": "k"}, {"key": "k"}),
        ("arn:x:{bucket}", {"Bucket": ""}, {}),
        ("arn:x:{topic}", {"TopicArn": "arn:aws:sns:us-east-1:123456789012:news"}, {"topic": "news"}),
        (
            "arn:{partition}:d:{region}:{account}:table/{table}",
            {"ResourceArn": "arn:aws:d:r:1:table/t"},
            {"table": "t"},
        ),
        (
            "arn:{partition}:d:{region}:{account}:table/{table}/export/*",
            {"ExportArn": "arn:aws:d:r:1:table/t/export/0169-a"},
            {"table": "t"},
        ),
        (
            "arn:{partition}:d:{region}:{account}:{log-group}/{stream}",
            {"Arn": "arn:aws:d:r:1:g/a/b"},
            {"log-group": "g", "stream": "a/b"},
        ),
        (
            "arn:{partition}:d:{region}:{account}:table/{table}",
            {"TableName": "t", "Arn": "arn:aws:d:r:1:index/i"},
            {"table": "t"},
        ),
    ],
)
def test_placeholders_are_found_under_awss_own_parameter_names(
    template: str, params: dict[str, str], expected: dict[str, str]
) -> None:
    assert names_of(Call("x:Y", ("x:Y",), (template,)), params) == expected


def test_a_rate_limit_spaces_the_calls() -> None:
    now: list[float] = [100.0]
    slept: list[float] = []
    pace = Pace(4, clock=lambda: now[0], sleep=slept.append)
    for _ in range(3):
        pace.wait()
    now[0] = 200.0
    pace.wait()
    assert slept == [0.25, 0.5]


def test_what_is_refused_unread_is_hung_up(faults: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
    faults.fault(modes.answer(200, b"<html>", {"Content-Type": "application/octet-stream"}))
    closed, close = [], StreamingBody.close
    monkeypatch.setattr(StreamingBody, "close", lambda body: closed.append(body) or close(body))  # type: ignore[func-returns-value]
    with pytest.raises(UnprovenResponse):
        session(faults.url, GET_OBJECT).client("s3").get_object(Bucket="photos", Key="a")
    assert [body._raw_stream.closed for body in closed] == [True]


def test_a_worker_that_was_given_up_sends_nothing_more(faults: FaultProxy) -> None:
    held = faults.fault(modes.hang_before(), "ListBuckets")
    client = session(faults.url, LIST_BUCKETS).client("s3")
    ended = threading.Event()

    def ask() -> Iterator[None]:
        try:
            client.list_buckets()
        finally:
            ended.set()
        yield

    results = in_order([ask], 1, patience=0.01, tick=0.01)
    next(results)
    held.wait()
    results.close()
    held.release()  # the connection breaks, and the request would be sent again
    ended.wait()
    assert len(faults.requests) == 1


def test_a_change_is_under_way_from_its_first_try_until_its_outcome_is_known(faults: FaultProxy) -> None:
    running = session(faults.url, PUT_OBJECT, GET_OBJECT)
    client, seen = running.client("s3"), []
    client.meta.events.register_last("before-send", lambda **_: seen.append(running.under_way()))
    client.meta.events.register("needs-retry", lambda **_: seen.append(running.under_way()))
    faults.fault(modes.status(500), "PutObject", times=1)
    change = ["s3:PutObject on arn:aws:s3:::no-such-bucket/k"]
    with pytest.raises(ClientError):
        client.put_object(Bucket="no-such-bucket", Key="k", Body=b"")
    assert seen
    assert all(each == change for each in seen)
    assert running.under_way() == []
    seen.clear()
    with pytest.raises(ClientError):
        client.get_object(Bucket="no-such-bucket", Key="k")
    assert not any(seen)


def test_a_change_that_is_broken_off_stays_under_way(faults: FaultProxy) -> None:
    running = session(faults.url, PUT_OBJECT)
    client = running.client("s3")

    def stop(**_: Any) -> None:
        raise KeyboardInterrupt

    client.meta.events.register("before-parse", stop)
    with pytest.raises(KeyboardInterrupt):
        client.put_object(Bucket="photos", Key="k", Body=b"")
    assert running.under_way() == ["s3:PutObject on arn:aws:s3:::photos/k"]


def test_a_change_in_the_lane_is_under_way_as_well(faults: FaultProxy) -> None:
    running = session(faults.url, PUT_OBJECT)
    lane = running.lane("s3")
    assert lane is not None
    held = faults.fault(modes.hold_before(), "PutObject")
    sending = threading.Thread(target=lane.send, args=("put_object", {"Bucket": "photos", "Key": "k"}, b""))
    sending.start()
    held.wait()
    assert running.under_way() == ["s3:PutObject on arn:aws:s3:::photos/k"]
    held.release()
    sending.join()
    lane.close()
    assert running.under_way() == []
