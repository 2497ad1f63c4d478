"""Errors as a person reads them: what failed, for whom, why, what next; made by real answers of a real server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from stackpane.calls import Call, Effect
from stackpane.errors import AwsError, ConnectionProblem, ExitCode, StackpaneError
from tests.core.support import session
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

BUCKET = ("arn:{partition}:s3:::{bucket}",)
LIST_OBJECTS = Call("s3:ListObjectsV2", ("s3:ListBucket",), BUCKET)


RAISED = (BotoCoreError, ClientError, StackpaneError)


@pytest.fixture
def aws(moto: Emulator) -> Emulator:
    """One emulator is enough: the proxy before it makes the errors."""
    return moto


def explained(proxy: FaultProxy, mode: Any, **connection: Any) -> StackpaneError:
    """What the user is told when listing a bucket meets the fault."""
    proxy.fault(mode)
    running = session(proxy.url, LIST_OBJECTS, **connection)
    with pytest.raises(RAISED) as caught:
        running.client("s3").list_objects_v2(Bucket="photos")
    error = running.explain(caught.value)
    assert isinstance(error, StackpaneError)
    assert "\n" not in error.message + error.hint
    return error


def test_a_denial_names_who_what_and_the_statement_that_grants_it(faults: FaultProxy) -> None:
    error = explained(faults, modes.access_denied("s3:ListBucket", "arn:aws:s3:::photos"))
    assert isinstance(error, AwsError)
    assert "s3:ListBucket on arn:aws:s3:::photos" in error.message
    assert '"Action": "s3:ListBucket", "Resource": "arn:aws:s3:::photos"' in error.hint
    assert error.exit_code == ExitCode.AWS


def test_a_denial_without_a_reason_is_completed_from_the_declared_call(faults: FaultProxy) -> None:
    error = explained(faults, modes.error(403, "AccessDenied", "Access Denied"))
    assert "s3:ListBucket on arn:aws:s3:::photos" in error.message
    assert '"Resource": "arn:aws:s3:::photos"' in error.hint


def test_expired_credentials_say_how_to_renew_them(faults: FaultProxy) -> None:
    error = explained(faults, modes.expired_token())
    assert isinstance(error, ConnectionProblem)
    assert "expired" in error.message
    assert "stackpane connection test emulator" in error.hint


def test_a_wrong_clock_is_named_with_its_offset(faults: FaultProxy) -> None:
    error = explained(faults, modes.skew(timedelta(hours=1)))
    assert "clock is 1h behind" in error.message or "clock is 59m" in error.message
    assert "Set the clock" in error.hint


@pytest.mark.parametrize(
    ("code", "said"),
    [("InvalidAccessKeyId", "does not know the access key"), ("SignatureDoesNotMatch", "refuses the signature")],
)
def test_an_unknown_key_and_a_wrong_secret_are_told_apart(faults: FaultProxy, code: str, said: str) -> None:
    error = explained(faults, modes.error(403, code, "No."))
    assert isinstance(error, ConnectionProblem)
    assert said in error.message
    assert error.hint


def test_throttling_that_stays_is_called_so(faults: FaultProxy, no_pauses: list[float]) -> None:
    error = explained(faults, modes.throttle())
    assert "was throttled" in error.message
    assert len(faults.requests) == 4
    assert len(no_pauses) == 3


def test_what_is_not_there_is_said_to_be_so_with_the_region(faults: FaultProxy) -> None:
    error = explained(faults, modes.error(404, "NoSuchBucket", "The specified bucket does not exist"))
    assert "the bucket does not exist" in error.message
    assert "us-east-1" in error.hint


def test_what_an_emulator_does_not_have_is_the_emulators_lack(faults: FaultProxy) -> None:
    error = explained(faults, modes.error(501, "NotImplemented", "Not here."))
    assert f"not implemented by {faults.url}" in error.message
    assert "on AWS it works" in error.hint


def test_a_login_page_is_no_answer(faults: FaultProxy) -> None:
    error = explained(faults, modes.html200())
    assert "no AWS service's" in error.message
    assert "login page" in error.hint


@pytest.mark.usefixtures("no_pauses")
def test_a_hanging_endpoint_is_called_that(faults: FaultProxy) -> None:
    faults.fault(modes.hang_after_body())
    running = session(faults.url, LIST_OBJECTS)
    with pytest.raises(RAISED) as caught:
        running.client("s3", read_timeout=0.2).list_objects_v2(Bucket="photos")
    error = running.explain(caught.value)
    assert isinstance(error, ConnectionProblem)
    assert "did not answer in time" in error.message


PUT_OBJECT = Call("s3:PutObject", ("s3:PutObject",), ("arn:{partition}:s3:::{bucket}/{key}",), Effect.WRITE)
LOOK = "A change may have been made all the same"
DENIED = modes.error(403, "AccessDenied", "Access Denied")


def refused(proxy: FaultProxy, *tries: Any) -> StackpaneError:
    """What the user is told of a change whose tries end like this."""
    for mode in tries:
        proxy.fault(mode, times=1)
    running = session(proxy.url, PUT_OBJECT)
    with pytest.raises(RAISED) as caught:
        running.client("s3").put_object(Bucket="photos", Key="k", Body=b"")
    assert len(proxy.requests) == len(tries)
    error = running.explain(caught.value)
    assert isinstance(error, StackpaneError)
    return error


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("lost", [modes.reset_after_body(), modes.status(500), modes.answer(504)])
def test_a_refusal_after_a_lost_answer_leaves_open_what_was_done(faults: FaultProxy, lost: Any) -> None:
    error = refused(faults, lost, DENIED)
    assert "it needs s3:PutObject" in error.message
    assert LOOK in error.hint


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("before", [(), (modes.throttle(),), (modes.throttle(), modes.throttle())])
def test_a_refusal_is_the_whole_truth_where_no_try_before_was_begun(faults: FaultProxy, before: Any) -> None:
    assert LOOK not in refused(faults, *before, DENIED).hint


def test_messages_of_a_server_cannot_carry_escape_sequences(faults: FaultProxy) -> None:
    error = explained(faults, modes.error(400, "Strange", "\u202e\u009b31mred"))
    assert error.message.isprintable()


def test_a_part_that_is_denied_is_left_out_with_the_action_named(faults: FaultProxy) -> None:
    faults.fault(modes.error(403, "AccessDenied", "Access Denied"))
    warned: list[str] = []
    running = session(faults.url, LIST_OBJECTS, notify=warned.append)
    with running.part("the objects"):
        running.client("s3").list_objects_v2(Bucket="photos")
    assert warned == ["the objects left out: s3:ListBucket is denied"]


def test_a_part_that_fails_otherwise_fails_the_command(faults: FaultProxy) -> None:
    faults.fault(modes.error(400, "Strange", "no"))
    running = session(faults.url, LIST_OBJECTS)
    with pytest.raises(Exception, match="Strange"), running.part("the objects"):
        running.client("s3").list_objects_v2(Bucket="photos")


@pytest.mark.usefixtures("no_pauses")
def test_a_part_at_which_an_emulator_fails_is_left_out(faults: FaultProxy) -> None:
    faults.fault(modes.status(500))
    warned: list[str] = []
    running = session(faults.url, LIST_OBJECTS, notify=warned.append)
    with running.part("the objects"):
        running.client("s3").list_objects_v2(Bucket="photos")
    assert warned == ["the objects left out: the emulator fails at this operation"]
