"""``s3 rm`` deletes what its plan named and nothing else, says what became of each, and how to take it back."""

from __future__ import annotations

import re
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ConnectionClosedError

from stackpane import AwsError, InvalidInput, Job, Refused
from stackpane_s3 import deletion
from stackpane_s3.uris import S3Uri
from tests.harness import faults as modes
from tests.harness import hostile
from tests.harness.faultproxy import FaultProxy, Mode
from tests.s3.writing import Runner, bodies, fill, finish, history, keys, to_end, version_on

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator


@pytest.fixture
def s3(aws: Emulator) -> Runner:
    return Runner(aws.url)


def test_one_object_is_deleted_after_a_plan_that_says_all(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, {"a": b"12345", "b": b""})
    plan = s3.plan("rm", f"s3://{bucket}/a")
    assert list(plan.targets()) == [f"s3://{bucket}/a"]
    assert (plan.count, plan.bytes, plan.unit, plan.phrase) == (1, 5, "object", "y")
    assert "Cannot be undone" in plan.reversible
    assert keys(aws, bucket) == ["a", "b"]  # nothing is sent before it is carried out
    outcome = finish(plan)
    assert (outcome.message, outcome.done, outcome.failed, outcome.undo) == (f"Deleted s3://{bucket}/a.", 1, (), None)
    assert keys(aws, bucket) == ["b"]


def test_a_folder_is_that_folder_only_and_asks_for_the_buckets_name(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, ["2026", "2026/1", "2026/2/3", "2026-backup/1"])
    plan = s3.plan("rm", f"s3://{bucket}/2026", "--recursive")
    assert list(plan.targets()) == [f"s3://{bucket}/2026/1", f"s3://{bucket}/2026/2/3"]
    assert plan.phrase == bucket
    assert finish(plan).message == f"Deleted 2 objects (14 B) from s3://{bucket}."
    assert keys(aws, bucket) == ["2026", "2026-backup/1"]


def test_globs_several_uris_and_a_whole_bucket(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, ["1.jpg", "2.jpg", "3.png", "deep/4.jpg", "[5].jpg"])
    overlapping = s3.plan("rm", f"s3://{bucket}/1.jpg", f"s3://{bucket}/[12].jpg", f"s3://{bucket}/1.jpg")
    assert list(overlapping.targets()) == [f"s3://{bucket}/1.jpg", f"s3://{bucket}/2.jpg"]
    assert s3.plan("rm", f"s3://{bucket}/**.jpg").count == 4
    assert s3("rm", f"s3://{bucket}/[5].jpg", "--no-glob").done == 1
    assert s3("rm", f"s3://{bucket}", "--recursive").done == 4
    assert keys(aws, bucket) == []


@pytest.mark.parametrize(
    ("argv", "error", "message"),
    [
        (["s3://{b}/nothing"], AwsError, "there is no object"),
        (["s3://{b}/folder/"], AwsError, "there is no object"),
        (["s3://{b}/x*"], AwsError, "nothing to delete"),
        (["s3://{b}/nothing", "-r"], AwsError, "nothing to delete"),
        (["s3://{b}"], InvalidInput, "is a bucket"),
        (["s3://{b}/a", "s3://other/a"], InvalidInput, "one bucket at a time"),
        (["s3://{b}/a", "--version-id", "v", "-r"], InvalidInput, "--version-id is for one object"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_way_on(
    aws: Emulator, bucket: str, s3: Runner, argv: list[str], error: type[Exception], message: str
) -> None:
    fill(aws, bucket, ["folder/a"])
    with pytest.raises(error, match=message) as raised:
        s3.plan("rm", *(word.format(b=bucket) for word in argv))
    assert getattr(raised.value, "hint", "")
    assert keys(aws, bucket) == ["folder/a"]


def test_what_is_added_or_changed_after_the_plan_stays(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, [f"logs/{number}" for number in range(5)])
    plan = s3.plan("rm", f"s3://{bucket}/logs/", "-r")
    fill(aws, bucket, {"logs/1": b"changed", "logs/new": b"new"})
    aws.client("s3").delete_object(Bucket=bucket, Key="logs/3")
    outcome = finish(plan)
    assert bodies(aws, bucket) == {"logs/1": b"changed", "logs/new": b"new"}
    assert {(skip.target, skip.reason) for skip in outcome.skipped} == {
        (f"s3://{bucket}/logs/1", "it has changed since the plan was made"),
        (f"s3://{bucket}/logs/3", "it was gone already"),
    }
    assert (outcome.done, outcome.failed) == (3, ())
    assert outcome.message == f"Deleted 3 of 5 objects (18 B) from s3://{bucket}: 2 left alone."


def test_one_object_that_changed_meanwhile_is_an_error(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, ["a"])
    plan = s3.plan("rm", f"s3://{bucket}/a")
    fill(aws, bucket, {"a": b"changed"})
    with pytest.raises(AwsError, match="has changed since the plan"):
        finish(plan)
    assert bodies(aws, bucket) == {"a": b"changed"}


def test_an_endpoint_that_ignores_conditions_is_named_and_every_object_looked_at(
    aws: Emulator, bucket: str, s3: Runner
) -> None:
    # moto 5.2 deletes by DeleteObjects whatever ETag is named; ministack does as AWS does.
    fill(aws, bucket, ["a", "b"])
    s3("rm", f"s3://{bucket}", "-r")
    assert [bool(re.search("ignores the conditions", text)) for text in s3.warnings] == [True] * (aws.name == "moto")


def test_without_conditions_also_what_changed_is_deleted(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, ["a", "b"])
    plan = s3.plan("rm", f"s3://{bucket}", "-r", "--unconditional")
    fill(aws, bucket, {"a": b"changed"})
    assert finish(plan).done == 2
    assert keys(aws, bucket) == []


def test_hostile_names_are_deleted_one_by_one(ministack: Emulator) -> None:
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="hostile")
    names = set(hostile.KEYS.values())
    fill(ministack, "hostile", names)
    s3 = Runner(ministack.url)
    for key in sorted(names):
        assert s3("rm", str(S3Uri("hostile", key)), "--no-glob").message == f"Deleted s3://hostile/{key}."
    assert keys(ministack, "hostile") == []


def test_hostile_names_are_deleted_together(aws: Emulator, bucket: str, s3: Runner) -> None:
    names = {key for key in hostile.KEYS.values() if hostile.storable(key, aws.name)}
    if aws.name == "moto":  # it lists keys that XML cannot carry as they are, which no parser takes
        names = {key for key in names if hostile.in_xml(key)}
    fill(aws, bucket, names)
    plan = s3.plan("rm", f"s3://{bucket}", "-r")
    assert set(plan.targets()) == {f"s3://{bucket}/{key}" for key in names}
    assert finish(plan).done == len(names)
    assert keys(aws, bucket) == []


# Versions


def test_a_deletion_is_undone_by_the_outcomes_link(aws: Emulator, bucket: str, s3: Runner) -> None:
    version_on(aws, bucket)
    fill(aws, bucket, ["a", "other"])
    before = history(aws, bucket)
    plan = s3.plan("rm", f"s3://{bucket}/a")
    assert "Can be undone" in plan.reversible
    outcome = finish(plan)
    assert keys(aws, bucket) == ["other"]
    s3.follow(outcome.undo)
    assert history(aws, bucket) == before


def test_many_deletions_are_undone_together_and_nothing_else_is(aws: Emulator, bucket: str, s3: Runner) -> None:
    version_on(aws, bucket)
    fill(aws, bucket, ["x/1", "x/2", "x/3*", "y/1"])
    before = history(aws, bucket)
    outcome = s3("rm", f"s3://{bucket}/x/", f"s3://{bucket}/y/1", "-r")
    assert keys(aws, bucket) == ["y/1"]
    fill(aws, bucket, {"x/new": b"of somebody else"})
    s3.follow(outcome.undo)
    assert [entry for entry in history(aws, bucket) if entry[0] != "x/new"] == before
    assert keys(aws, bucket) == ["x/1", "x/2", "x/3*", "x/new", "y/1"]


def test_a_version_and_all_versions_go_for_good(aws: Emulator, bucket: str, s3: Runner) -> None:
    version_on(aws, bucket)
    client = aws.client("s3")
    old = client.put_object(Bucket=bucket, Key="a", Body=b"old")["VersionId"]
    fill(aws, bucket, {"a": b"new", "ab": b"neighbour"})
    plan = s3.plan("rm", f"s3://{bucket}/a", "--version-id", old)
    assert list(plan.targets()) == [f"s3://{bucket}/a (version {old})"]
    assert (plan.unit, plan.bytes, plan.reversible) == (
        "version",
        3,
        "Cannot be undone: versions are deleted for good.",
    )
    assert finish(plan).undo is None
    marker = client.delete_object(Bucket=bucket, Key="a")["VersionId"]
    assert s3.plan("rm", f"s3://{bucket}/a", "--version-id", marker).count == 1
    assert s3("rm", f"s3://{bucket}/a", "--all-versions").done == 2
    assert [entry[0] for entry in history(aws, bucket)] == ["ab"]


def test_a_promise_to_undo_that_does_not_hold_any_more_stops_it(aws: Emulator, bucket: str, s3: Runner) -> None:
    version_on(aws, bucket)
    fill(aws, bucket, ["a"])
    plan = s3.plan("rm", f"s3://{bucket}/a")
    version_on(aws, bucket, "Suspended")
    with pytest.raises(Refused, match="does not keep versions any more"):
        finish(plan)
    assert keys(aws, bucket) == ["a"]
    assert "suspended" in s3.plan("rm", f"s3://{bucket}/a").reversible


def test_where_versioning_may_not_be_read_the_plan_says_so(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, ["a"])
    faults.fault(modes.access_denied("s3:GetBucketVersioning"), "GetBucketVersioning")
    s3 = Runner(faults.url)
    plan = s3.plan("rm", f"s3://{bucket}/a")
    assert "not known" in plan.reversible
    assert any("s3:GetBucketVersioning is denied" in text for text in s3.warnings)
    assert finish(plan).undo is None


# What goes wrong


def deleted(*names: str) -> str:
    return "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in names)


def failed(*names: str, code: str = "AccessDenied") -> str:
    return "".join(f"<Error><Key>{name}</Key><Code>{code}</Code><Message>No</Message></Error>" for name in names)


def answering(content: str) -> Mode:
    """An answer of AWS's form to what nobody did."""
    headers = {"Content-Type": "application/xml", "x-amz-request-id": "MADEUP"}
    return modes.answer(200, f"<DeleteResult>{content}</DeleteResult>".encode(), headers)


@pytest.mark.parametrize(
    ("answer", "done", "failures", "unknown"),
    [
        (deleted("a", "b", "c"), 3, set(), set()),
        (deleted("a") + failed("b", "c"), 1, {"b", "c"}, set()),
        (deleted("a", "b"), 2, {"c"}, {"c"}),
        ("", 0, {"a", "b", "c"}, {"a", "b", "c"}),
        (deleted("a", "b", "c", "z"), 3, {"z"}, {"z"}),
        (deleted("a", "b", "c", "a"), 3, {"a"}, {"a"}),
        (deleted("a", "b", "c") + failed("a"), 3, {"a"}, {"a"}),
        (failed("a", "b", "c"), 0, {"a", "b", "c"}, set()),
    ],
)
def test_every_entry_of_an_answer_is_accounted_for(
    ministack: Emulator, answer: str, done: int, failures: set[str], unknown: set[str]
) -> None:
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="answers")
    fill(ministack, "answers", ["a", "b", "c"])
    with FaultProxy(ministack.url) as proxy:
        plan = Runner(proxy.url).plan("rm", "s3://answers", "-r")
        # The first DeleteObjects asks whether the endpoint minds conditions.
        proxy.fault(answering(answer), "DeleteObjects", after=1)
        outcome = finish(plan)
    names = {failure.target.removeprefix("s3://answers/") for failure in outcome.failed}
    assert (outcome.done, names) == (done, failures)
    assert {f.target.removeprefix("s3://answers/") for f in outcome.failed if f.unknown} == unknown
    assert (outcome.resume is not None) == bool(failures)


def test_entries_that_fail_for_a_while_are_asked_for_again(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, ["a", "b", "c"])
    plan = Runner(faults.url).plan("rm", f"s3://{bucket}", "-r")
    passing = answering(deleted("a") + failed("b", code="SlowDown") + failed("c", code="InternalError"))
    faults.fault(passing, "DeleteObjects", after=1, times=1)
    assert finish(plan).done == 3
    assert faults.count("DeleteObjects") == 3


def test_entries_that_fail_on_and_on_are_reported(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, ["a", "b"])
    plan = Runner(faults.url).plan("rm", f"s3://{bucket}", "-r")
    faults.fault(answering(failed("a", "b", code="InternalError")), "DeleteObjects", after=1)
    outcome = finish(plan)
    assert outcome.done == 0
    assert {failure.reason for failure in outcome.failed} == {"InternalError: No"}


def test_where_the_connection_breaks_the_outcome_is_unknown_and_no_more_is_tried(
    aws: Emulator, bucket: str, faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH", 2)
    monkeypatch.setattr(deletion, "WORKERS", 1)
    fill(aws, bucket, [f"{number}" for number in range(6)])
    plan = Runner(faults.url).plan("rm", f"s3://{bucket}", "-r")
    faults.fault(modes.reset_after_body(), "DeleteObjects", after=2)
    outcome = finish(plan)
    assert keys(aws, bucket) == ["4", "5"]  # the second batch was deleted, and nobody can know it
    assert outcome.done == 2
    assert [(f.target, f.unknown) for f in outcome.failed] == [
        (f"s3://{bucket}/2", True),
        (f"s3://{bucket}/3", True),
        ("2 objects", False),
    ]
    assert outcome.resume is not None
    assert outcome.resume.argv == ("s3", "rm", "--recursive", f"s3://{bucket}/")


@pytest.mark.parametrize("argv", [["", "-r"], ["/a"]])
def test_where_only_the_first_answer_is_lost_the_repeat_finds_it_done(
    aws: Emulator, bucket: str, faults: FaultProxy, argv: list[str]
) -> None:
    fill(aws, bucket, ["a", "b"])
    plan = Runner(faults.url).plan("rm", f"s3://{bucket}{argv[0]}", *argv[1:])
    faults.fault(modes.reset_after_body(), "DeleteObject", times=1)
    faults.fault(modes.reset_after_body(), "DeleteObjects", after=1, times=1)
    outcome = finish(plan)
    assert (outcome.done, outcome.failed, outcome.skipped) == (plan.count, (), ())
    assert "a" not in keys(aws, bucket)


def test_where_a_lost_answer_may_have_set_a_marker_the_outcome_is_unknown(
    ministack: Emulator,
) -> None:
    # moto deletes once more whatever the condition says.
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    version_on(ministack, "bucket")
    fill(ministack, "bucket", ["a", "b"])
    with FaultProxy(ministack.url) as proxy:
        plan = Runner(proxy.url).plan("rm", "s3://bucket", "-r")
        changed = answering(failed("a", code="PreconditionFailed") + failed("b", code="NoSuchKey"))
        proxy.fault(modes.in_turn(modes.reset_after_body(), changed), "DeleteObjects", after=1)
        outcome = finish(plan)
    assert (outcome.done, [failure.unknown for failure in outcome.failed]) == (1, [True])


def test_a_login_page_in_place_of_an_answer_is_never_a_deletion(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, ["a", "b"])
    s3 = Runner(faults.url)
    for plan in (s3.plan("rm", f"s3://{bucket}", "-r"), s3.plan("rm", f"s3://{bucket}/a")):
        faults.clear()
        faults.fault(modes.html200(), "DeleteObject")
        faults.fault(modes.html200(), "DeleteObjects", after=1)
        outcome = finish(plan)
        assert outcome.done == 0
        assert all(failure.unknown for failure in outcome.failed)
    assert keys(aws, bucket) == ["a", "b"]


def test_denied_entries_say_what_is_needed_and_a_denied_request_is_an_error(
    aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    fill(aws, bucket, ["a", "b"])
    s3 = Runner(faults.url)
    plan = s3.plan("rm", f"s3://{bucket}", "-r")
    faults.fault(answering(failed("a", "b")), "DeleteObjects", after=1, times=1)
    outcome = finish(plan)
    assert all("s3:DeleteObject and s3:GetObject" in failure.reason for failure in outcome.failed)
    faults.clear()
    faults.fault(modes.access_denied("s3:DeleteObject"), "DeleteObject")
    with pytest.raises(Exception, match="not authorized to perform: s3:DeleteObject"):
        s3("rm", f"s3://{bucket}/a")


def test_credentials_that_expire_half_way_stop_it_and_the_rest_is_counted(
    aws: Emulator, bucket: str, faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH", 2)
    monkeypatch.setattr(deletion, "WORKERS", 1)
    fill(aws, bucket, [f"{number}" for number in range(8)])
    plan = Runner(faults.url).plan("rm", f"s3://{bucket}", "-r")
    faults.fault(modes.expired_token(), "DeleteObjects", after=3)
    outcome = finish(plan)
    assert keys(aws, bucket) == ["4", "5", "6", "7"]
    assert (outcome.done, len(outcome.failed)) == (4, 3)
    assert "expired" in outcome.failed[0].reason
    assert outcome.failed[-1].target == "2 objects"
    assert "2 failed, 2 not tried" in outcome.message


def test_nobody_sends_a_million_denials(ministack: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "WORKERS", 1)
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="denied")
    names = [f"{number:04}" for number in range(1200)]
    fill(ministack, "denied", names)
    with FaultProxy(ministack.url) as proxy:
        plan = Runner(proxy.url).plan("rm", "s3://denied", "-r")
        proxy.fault(answering(failed(*names[:1000])), "DeleteObjects", after=1)
        outcome = finish(plan)
        assert proxy.count("DeleteObjects") == 2
    assert (outcome.done, len(outcome.failed)) == (0, 1001)
    assert outcome.failed[-1].target == "200 objects"


def test_an_endpoint_that_goes_down_after_the_plan_is_one_error(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, ["a"])
    plan = Runner(faults.url).plan("rm", f"s3://{bucket}/a", "--unconditional")
    faults.fault(modes.reset_before())
    with pytest.raises(ConnectionClosedError):
        finish(plan)
    assert keys(aws, bucket) == ["a"]


def test_a_cancel_keeps_what_was_done_and_says_how_much(
    aws: Emulator, bucket: str, faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "BATCH", 2)
    monkeypatch.setattr(deletion, "WORKERS", 1)
    fill(aws, bucket, [f"{number}" for number in range(6)])
    s3 = Runner(faults.url)
    job = s3.plan("rm", f"s3://{bucket}", "-r").apply()
    assert isinstance(job, Job)
    held = faults.fault(modes.hold_before(), "DeleteObjects", after=2)
    with closing(job.run()) as running:
        steps = iter(running)
        while next(steps).done < 2:
            pass
        held.wait()
        held.release()
    assert s3.warnings[-1] == "stopped: deleted 4 of 6 objects, 2 not tried"
    assert keys(aws, bucket) == ["4", "5"]
    assert job.resume is not None
    assert s3.follow(job.resume).done == 2


def test_progress_counts_what_is_known_and_ends_with_all(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, [f"{number}" for number in range(20)])
    steps: list[int] = []
    to_end(s3.plan("rm", f"s3://{bucket}", "-r").apply().run(), lambda step: steps.append(step.done))
    assert steps == sorted(steps)
    assert steps[-1] == 20
