"""What comes back on the wire, and what it may be taken for: the proof of an answer, and answers that say little."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from stackpane.calls import Call, Effect
from stackpane.errors import AwsError, ConnectionProblem, StackpaneError, UnprovenResponse
from tests.core.support import session
from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode

OBJECT = ("arn:{partition}:s3:::{bucket}/{key}",)
HEAD_OBJECT = Call("s3:HeadObject", ("s3:GetObject",), OBJECT)
COPY_OBJECT = Call("s3:CopyObject", ("s3:PutObject",), OBJECT, Effect.WRITE)
DELETE_BUCKET = Call("s3:DeleteBucket", ("s3:DeleteBucket",), ("arn:{partition}:s3:::{bucket}",), Effect.WRITE)
LIST_TABLES = Call("dynamodb:ListTables", ("dynamodb:ListTables",))
TAG_TABLE = Call("dynamodb:TagResource", ("dynamodb:TagResource",), effect=Effect.WRITE)
WHO = Call("sts:GetCallerIdentity", ("sts:GetCallerIdentity",))

pytestmark = pytest.mark.usefixtures("no_pauses")

RAISED = (BotoCoreError, ClientError, StackpaneError)
HTML = {"Content-Type": "text/html"}
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t"
CALLS: dict[str, tuple[Call, str, dict[str, Any]]] = {
    "a head": (HEAD_OBJECT, "head_object", {"Bucket": "photos", "Key": "a"}),
    "XML": (COPY_OBJECT, "copy_object", {"Bucket": "photos", "Key": "a", "CopySource": "photos/b"}),
    "XML that says nothing": (DELETE_BUCKET, "delete_bucket", {"Bucket": "photos"}),
    "JSON": (LIST_TABLES, "list_tables", {}),
    "JSON that says nothing": (TAG_TABLE, "tag_resource", {"ResourceArn": TABLE, "Tags": []}),
    "query": (WHO, "get_caller_identity", {}),
}


@pytest.fixture
def aws(moto: Emulator) -> Emulator:
    """One emulator is enough: the proxy before it makes the answers."""
    return moto


def explained(proxy: FaultProxy, mode: Mode, what: str = "a head") -> StackpaneError:
    """What the user is told when a call meets the fault."""
    call, method, params = CALLS[what]
    proxy.fault(mode)
    running = session(proxy.url, call)
    with pytest.raises(RAISED) as caught:
        getattr(running.client(call.service), method)(**params)
    error = running.explain(caught.value)
    assert isinstance(error, StackpaneError)
    assert "\n" not in error.message + error.hint
    return error


# The answer to a HEAD request has a status and headers, and no body that would say why


def test_a_head_that_a_wrong_clock_spoils_is_not_taken_for_a_denial(faults: FaultProxy) -> None:
    error = explained(faults, modes.skew())
    assert isinstance(error, ConnectionProblem)
    assert "clock is" in error.message


def test_a_head_that_is_denied_names_what_is_needed(faults: FaultProxy) -> None:
    error = explained(faults, modes.error(403, "AccessDenied", "Access Denied"))
    assert "s3:GetObject on arn:aws:s3:::photos/a" in error.message


def test_a_head_that_is_refused_without_a_reason_speaks_of_the_likeliest(faults: FaultProxy) -> None:
    error = explained(faults, modes.expired_token())
    assert len(faults.requests) == 1
    assert "no reason" in error.message
    assert "expired" in error.message
    assert "stackpane connection test emulator" in error.hint


def test_a_head_that_is_throttled_is_called_so(faults: FaultProxy) -> None:
    assert "was throttled" in explained(faults, modes.throttle()).message


# Redirects


def test_a_redirect_is_not_followed_and_called_one(faults: FaultProxy) -> None:
    error = explained(faults, modes.redirect(308, "http://evil.example/photos"))
    assert "redirect" in error.message
    assert "not followed" in error.message
    assert "evil.example" not in error.message + error.hint
    assert len(faults.requests) == 1


@pytest.mark.parametrize("what", ["JSON", "query"])
def test_services_without_regions_of_their_own_are_no_different(faults: FaultProxy, what: str) -> None:
    error = explained(faults, modes.redirect(307, "http://evil.example/"), what)
    assert "not followed" in error.message
    assert len(faults.requests) == 1


def test_a_region_that_the_answer_names_is_passed_on(faults: FaultProxy) -> None:
    wrong = "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'"
    mode = modes.error(400, "AuthorizationHeaderMalformed", wrong, extra={"Region": "eu-west-1"})
    error = explained(faults, mode, "query")
    assert "in the region eu-west-1" in error.message
    assert error.hint == "Add --region eu-west-1."


def test_a_region_that_is_none_is_not_passed_on(faults: FaultProxy) -> None:
    mode = modes.error(400, "AuthorizationHeaderMalformed", "no", extra={"Region": "evil.example/#"})
    error = explained(faults, mode, "query")
    assert "evil" not in error.message + error.hint


# The proof


PAGES = {
    "a login page": modes.html200(),
    "a page that is no XML": modes.answer(200, b"<!DOCTYPE html>\n<meta charset=utf-8><p>Sign in<br>", HTML),
    "a page from AWS's own gateway": modes.answer(200, modes.LOGIN_PAGE, HTML | {"x-amz-request-id": "1"}),
    "nothing": modes.empty200(),
}


@pytest.mark.parametrize("what", [what for what in CALLS if what != "a head"])
@pytest.mark.parametrize("mode", PAGES.values(), ids=PAGES.keys())
def test_what_no_aws_service_said_counts_in_no_protocol(faults: FaultProxy, mode: Mode, what: str) -> None:
    error = explained(faults, mode, what)
    assert isinstance(error, UnprovenResponse)
    assert "the outcome is unknown" in error.message
    assert len(faults.requests) == 1


@pytest.mark.parametrize("what", [what for what in CALLS if what != "a head"])
def test_a_body_in_another_language_than_the_services_counts_for_nothing(faults: FaultProxy, what: str) -> None:
    assert isinstance(explained(faults, modes.json_not_json(), what), UnprovenResponse)


@pytest.mark.parametrize("what", ["XML", "JSON", "query"])
def test_an_answer_that_should_say_something_and_does_not_counts_for_nothing(faults: FaultProxy, what: str) -> None:
    mode = modes.answer(200, headers={"x-amz-request-id": "1", "x-amzn-requestid": "1"})
    assert isinstance(explained(faults, mode, what), UnprovenResponse)


@pytest.mark.parametrize("what", ["XML that says nothing", "JSON that says nothing"])
def test_an_answer_that_has_nothing_to_say_may_be_empty(faults: FaultProxy, what: str) -> None:
    call, method, params = CALLS[what]
    faults.fault(modes.answer(200, headers={"x-amz-request-id": "1", "x-amzn-requestid": "1"}))
    assert getattr(session(faults.url, call).client(call.service), method)(**params)


# Connections that break


def test_a_connection_that_breaks_after_the_request_says_that_it_may_have_been_done(faults: FaultProxy) -> None:
    error = explained(faults, modes.reset_after_body())
    assert isinstance(error, ConnectionProblem)
    assert "before it had answered" in error.message
    assert "may have been made" in error.hint


def test_an_error_of_the_servers_own_says_that_it_was_tried_again(faults: FaultProxy) -> None:
    error = explained(faults, modes.status(500), "JSON")
    assert isinstance(error, AwsError)
    assert "after every retry" in error.hint
    assert len(faults.requests) == 4
