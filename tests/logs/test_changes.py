"""Creating, keeping and deleting: plans first, outcomes that AWS confirmed, and what takes them back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackpane import AwsError, InvalidInput
from stackpane.testing import Kit
from stackpane.views import Plan
from tests.harness import faults as modes
from tests.harness.faultproxy import FaultProxy
from tests.logs.stage import make

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

pytestmark = pytest.mark.usefixtures("no_pauses")


def groups(emulator: Emulator) -> dict[str, Any]:
    return {each["logGroupName"]: each for each in emulator.client("logs").describe_log_groups()["logGroups"]}


def undo(kit: Kit, ran: Any) -> None:
    kit.run(*ran.outcome.undo.to_argv())


def test_what_was_created_can_be_taken_back(aws: Emulator) -> None:
    kit = Kit(aws.url)
    made = kit.run("logs", "create", "/app", "--retention", "30", "--tag", "team=shop")
    assert groups(aws)["/app"]["retentionInDays"] == 30
    assert kit.run("logs", "show", "/app").view.tags == {"team": "shop"}  # type: ignore[union-attr]
    stream = kit.run("logs", "create", "/app", "--stream", "one")
    assert [row["logStreamName"] for row in kit.run("logs", "streams", "/app").dicts] == ["one"]
    undo(kit, stream)
    assert kit.run("logs", "streams", "/app").dicts == []
    undo(kit, made)
    assert groups(aws) == {}


def test_retention_is_changed_and_changed_back(aws: Emulator) -> None:
    make(aws, "/app")
    kit = Kit(aws.url)
    first = kit.run("logs", "retention", "/app", "30")
    second = kit.run("logs", "retention", "/app", "7")
    assert groups(aws)["/app"]["retentionInDays"] == 7
    undo(kit, second)
    assert groups(aws)["/app"]["retentionInDays"] == 30
    assert kit.run("logs", "retention", "/app", "30").outcome.done == 0  # type: ignore[union-attr]
    undo(kit, first)
    assert "retentionInDays" not in groups(aws)["/app"]


def test_only_what_the_plan_names_is_deleted(aws: Emulator) -> None:
    for name in ("/app/one", "/app/two", "/other"):
        make(aws, name, a=["x"], b=["y"])
    kit = Kit(aws.url)
    plan = kit.view("logs", "rm", "/app/*")
    assert isinstance(plan, Plan)
    assert list(plan.targets()) == ["/app/one", "/app/two"]
    assert plan.phrase == "delete 2 log groups"
    aws.client("logs").create_log_group(logGroupName="/app/three")
    from stackpane.testing.kit import finish

    assert finish(plan.apply()).done == 2
    assert set(groups(aws)) == {"/app/three", "/other"}
    kit.run("logs", "rm", "/other", "--stream", "a")
    assert [row["logStreamName"] for row in kit.run("logs", "streams", "/other").dicts] == ["b"]


def test_nothing_is_deleted_unasked_or_on_a_connection_that_is_only_read(aws: Emulator, invoke: Invoke) -> None:
    make(aws, "/app", a=["x"])
    for words in (("rm", "/app"), ("rm", "/app", "--dry-run"), ("rm", "/app", "--stream", "a")):
        assert invoke("logs", *words, at=aws).exit_code in (0, 3)
    changes = (
        ("rm", "/app", "--yes"),
        ("create", "/new"),
        ("create", "/app", "--stream", "b"),
        ("retention", "/app", "7"),
    )
    for words in changes:
        told = invoke("--read-only", "logs", *words, at=aws)
        assert told.exit_code in (1, 3), words
        assert "read-only" in told.errors
    assert set(groups(aws)) == {"/app"}
    assert len(aws.client("logs").describe_log_streams(logGroupName="/app")["logStreams"]) == 1
    assert invoke("--read-only", "logs", "query", "/app", "fields @message", at=aws).exit_code == 0


def test_what_could_not_be_deleted_is_listed(aws: Emulator) -> None:
    for name in ("/app/one", "/app/two"):
        make(aws, name)
    with FaultProxy(aws.url) as proxy:
        denied = modes.error(400, "AccessDeniedException", "no")
        proxy.fault(denied, lambda request: b"two" in request.body and request.operation == "DeleteLogGroup")
        ran = Kit(proxy.url).run("logs", "rm", "/app/*")
        assert ran.outcome
        assert ran.outcome.done == 1
        assert [failure.target for failure in ran.outcome.failed] == ["/app/two"]
        assert ran.outcome.resume


def test_a_lost_answer_counts_as_done_where_the_repeat_finds_it_done(aws: Emulator) -> None:
    make(aws, "/app")
    with FaultProxy(aws.url) as proxy:
        proxy.fault(modes.reset_after_body(), "DeleteLogGroup CreateLogGroup", times=1)
        assert Kit(proxy.url).run("logs", "rm", "/app").outcome.done == 1  # type: ignore[union-attr]
        proxy.fault(modes.reset_after_body(), "CreateLogGroup", times=1)
        assert Kit(proxy.url).run("logs", "create", "/new").outcome.done == 1  # type: ignore[union-attr]
    assert set(groups(aws)) == {"/new"}


def test_what_is_not_there_is_an_error_before_anything_is_done(aws: Emulator) -> None:
    make(aws, "/app", a=["x"])
    kit = Kit(aws.url)
    with pytest.raises(AwsError, match="no log group /ap in"):
        kit.run("logs", "rm", "/ap")
    with pytest.raises(InvalidInput, match="has no stream"):
        kit.run("logs", "rm", "/app", "--stream", "aa")
    wrong = (
        ("retention", "/app", "x"),
        ("create", "/b", "--tag", "x"),
        ("create", "/b", "--stream", "s", "--tag", "a=b"),
    )
    for words in wrong:
        with pytest.raises(InvalidInput):
            kit.run("logs", *words)


def test_what_is_denied_is_left_out_and_named(aws: Emulator, invoke: Invoke) -> None:
    make(aws, "/app", a=["x"])
    parts = ("DescribeMetricFilters", "DescribeSubscriptionFilters", "ListTagsForResource", "DescribeIndexPolicies")
    with FaultProxy(aws.url) as proxy:
        for operation in (*parts, "FilterLogEvents"):
            message = f"User: arn:aws:iam::1:user/x is not authorized to perform: logs:{operation} on resource: *"
            proxy.fault(modes.error(400, "AccessDeniedException", message), operation)
        shown = invoke("logs", "show", "/app", at=proxy).ok()
        assert "storedBytes" in shown.text
        assert all(f"logs:{operation} is denied" in shown.errors for operation in parts)
        refused = invoke("logs", "events", "/app", at=proxy)
        assert refused.exit_code == 254
        assert "logs:FilterLogEvents" in refused.errors


def test_log_groups_are_found_by_prefix_and_by_any_part(fresh: Emulator) -> None:
    make(fresh, "/app/one")
    make(fresh, "/app/two")
    assert [row["logGroupName"] for row in Kit(fresh.url).run("logs", "ls", "/app/t").dicts] == ["/app/two"]
    assert [row["logGroupName"] for row in Kit(fresh.url).run("logs", "ls", "--contains", "two").dicts] == ["/app/two"]
