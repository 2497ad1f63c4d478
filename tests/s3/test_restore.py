"""``s3 restore`` brings back what was there, exactly, and refuses where that is not what would happen."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from stackpane import AwsError, InvalidInput, Job, Plan, Refused
from stackpane_s3.uris import S3Uri
from tests.harness import faults as modes
from tests.harness import hostile
from tests.s3.writing import Runner, bodies, facts, fill, finish, history, keys, version_on

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

SETTINGS: dict[str, Any] = {
    "ContentType": "image/png",
    "CacheControl": "no-store",
    "ContentLanguage": "de",
    "Metadata": {"author": "anna", "odd": "a=b, c"},
    "StorageClass": "STANDARD_IA",
    "Tagging": "album=sea&rating=5",
}


@pytest.fixture
def s3(aws: Emulator) -> Runner:
    return Runner(aws.url)


@pytest.fixture
def versioned(aws: Emulator, bucket: str) -> str:
    version_on(aws, bucket)
    return bucket


def put(aws: Emulator, bucket: str, key: str, body: bytes, **settings: Any) -> str:
    return str(aws.client("s3").put_object(Bucket=bucket, Key=key, Body=body, **settings)["VersionId"])


def next_second(aws: Emulator) -> datetime:
    """The second that the emulator is in, once it is over: S3 keeps times to the second."""
    now = first = _clock(aws)
    while now == first:
        now = _clock(aws)
    return first


def _clock(aws: Emulator) -> datetime:
    answer = aws.client("s3").list_buckets()
    return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]).astimezone(UTC)


def test_the_marker_is_taken_away_and_nothing_else_happens(aws: Emulator, versioned: str, s3: Runner) -> None:
    put(aws, versioned, "a", b"body")
    before = history(aws, versioned)
    aws.client("s3").delete_object(Bucket=versioned, Key="a")
    aws.client("s3").delete_object(Bucket=versioned, Key="a")  # twice: two markers
    outcome = s3("restore", f"s3://{versioned}/a")
    assert (outcome.message, outcome.failed) == (f"Restored s3://{versioned}/a.", ())
    assert history(aws, versioned) == before
    s3.follow(outcome.undo)
    assert keys(aws, versioned) == []


def test_an_older_version_becomes_the_object_with_all_its_settings(aws: Emulator, versioned: str, s3: Runner) -> None:
    old = put(aws, versioned, "a", b"old", **SETTINGS)
    wanted = facts(aws, versioned, "a")
    put(aws, versioned, "a", b"new", ContentType="text/plain")
    before = history(aws, versioned), facts(aws, versioned, "a")
    outcome = s3("restore", f"s3://{versioned}/a", "--version-id", old)
    assert bodies(aws, versioned) == {"a": b"old"}
    assert facts(aws, versioned, "a") == wanted
    assert outcome.result["VersionId"] not in (old, None)
    s3.follow(outcome.undo)
    assert (history(aws, versioned), facts(aws, versioned, "a")) == before


def test_below_a_marker_the_newest_version_is_uncovered_and_an_older_one_copied(
    aws: Emulator, versioned: str, s3: Runner
) -> None:
    old = put(aws, versioned, "a", b"old")
    new = put(aws, versioned, "a", b"new")
    marker = aws.client("s3").delete_object(Bucket=versioned, Key="a")["VersionId"]
    assert s3("restore", f"s3://{versioned}/a", "--version-id", old).done == 1
    assert bodies(aws, versioned) == {"a": b"old"}
    assert len(history(aws, versioned)) == 4
    with pytest.raises(Refused, match="has been written since"):
        s3("restore", f"s3://{versioned}/a", "--version-id", marker)
    aws.client("s3").delete_object(Bucket=versioned, Key="a")
    put(aws, versioned, "b", b"new")
    assert s3("restore", f"s3://{versioned}/a", "--version-id", new).done == 1
    assert bodies(aws, versioned)["a"] == b"new"


def test_what_is_there_already_is_left_as_it_is(aws: Emulator, versioned: str, s3: Runner) -> None:
    current = put(aws, versioned, "a", b"body")
    outcome = s3("restore", f"s3://{versioned}/a", "--version-id", current)
    assert (outcome.done, outcome.undo, len(history(aws, versioned))) == (0, None, 1)


def test_a_marker_without_a_version_below_is_said_to_bring_nothing_back(
    aws: Emulator, versioned: str, s3: Runner
) -> None:
    client = aws.client("s3")
    put(aws, versioned, "a", b"body")
    client.delete_object(Bucket=versioned, Key="a")
    latest = client.delete_object(Bucket=versioned, Key="a")["VersionId"]
    outcome = s3("restore", f"s3://{versioned}/a", "--version-id", latest)
    assert "there still is no object" in outcome.message
    assert keys(aws, versioned) == []


@pytest.mark.parametrize(
    ("argv", "error", "message"),
    [
        (["s3://{b}/there"], InvalidInput, "is not deleted"),
        (["s3://{b}/nowhere"], AwsError, "has no versions"),
        (["s3://{b}/there", "--version-id", "nonsense"], AwsError, "has no version nonsense"),
        (["s3://{b}/th*"], InvalidInput, "more than one object"),
        (["s3://{b}/there", "s3://{b}/x"], InvalidInput, "more than one object"),
        (["s3://{b}"], InvalidInput, "names a bucket"),
        (["s3://{b}/there", "--since", "1h"], InvalidInput, "go with --deleted"),
        (["s3://{b}/", "--deleted", "--as-of", "1h"], InvalidInput, "exclude one another"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    aws: Emulator, versioned: str, s3: Runner, argv: list[str], error: type[Exception], message: str
) -> None:
    put(aws, versioned, "there", b"body")
    with pytest.raises(error, match=message):
        s3("restore", *(word.format(b=versioned) for word in argv))


def test_a_bucket_that_never_kept_versions_has_nothing_to_go_back_to(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, ["a"])
    with pytest.raises(Refused, match="never kept versions"):
        s3("restore", f"s3://{bucket}/", "--as-of", "1h")
    assert keys(aws, bucket) == ["a"]


def test_where_the_present_object_would_be_lost_there_is_a_plan_that_says_so(
    aws: Emulator, versioned: str, s3: Runner
) -> None:
    if aws.name == "moto":
        pytest.skip("moto 5.2 forgets all versions of a key that is written while versioning is suspended")
    old = put(aws, versioned, "a", b"old")
    version_on(aws, versioned, "Suspended")
    fill(aws, versioned, {"a": b"the null version"})
    view = s3.view("restore", f"s3://{versioned}/a", "--version-id", old)
    assert isinstance(view, Plan)
    assert "Cannot be undone" in view.reversible
    assert finish(view).undo is None
    assert bodies(aws, versioned) == {"a": b"old"}


def test_a_dry_run_plans_one_object_too(aws: Emulator, versioned: str) -> None:
    put(aws, versioned, "a", b"body")
    aws.client("s3").delete_object(Bucket=versioned, Key="a")
    before = history(aws, versioned)
    plan = Runner(aws.url, dry_run=True).plan("restore", f"s3://{versioned}/a")
    assert [target.rpartition(" ")[0] for target in plan.targets()] == [f"s3://{versioned}/a: remove the delete marker"]
    assert history(aws, versioned) == before


def test_a_folder_goes_back_to_what_it_was_and_forward_again(aws: Emulator, versioned: str, s3: Runner) -> None:
    client = aws.client("s3")
    put(aws, versioned, "x/changed", b"old", **SETTINGS)
    put(aws, versioned, "x/same", b"same")
    put(aws, versioned, "x/deleted", b"deleted")
    put(aws, versioned, "y/other", b"old")
    then, settings = bodies(aws, versioned), facts(aws, versioned, "x/changed")
    moment = next_second(aws)
    put(aws, versioned, "x/changed", b"new")
    put(aws, versioned, "x/created", b"created")
    put(aws, versioned, "y/other", b"new")
    client.delete_object(Bucket=versioned, Key="x/deleted")
    plan = s3.plan("restore", f"s3://{versioned}/x/", "--as-of", moment.isoformat())
    assert [line.partition(f"s3://{versioned}/")[2].partition(": ")[0::2] for line in plan.targets()] == [
        ("x/changed", f"copy version {_version_of(aws, versioned, 'x/changed', 1)} onto it"),
        ("x/created", "set a delete marker"),
        ("x/deleted", f"remove the delete marker {_version_of(aws, versioned, 'x/deleted', 0)}"),
    ]
    assert plan.phrase == versioned
    outcome = finish(plan)
    assert (outcome.done, outcome.failed, outcome.skipped) == (3, (), ())
    assert bodies(aws, versioned) == then | {"y/other": b"new"}
    assert facts(aws, versioned, "x/changed") == settings


def _version_of(aws: Emulator, bucket: str, key: str, position: int) -> str:
    """The id of a key's version or marker, counted from the newest."""
    page = aws.client("s3").list_object_versions(Bucket=bucket, Prefix=key)
    entries = [*page.get("DeleteMarkers", ()), *page.get("Versions", ())]
    entries.sort(key=lambda entry: (not entry["IsLatest"], -entry["LastModified"].timestamp()))
    return str(entries[position]["VersionId"])


def test_going_back_by_copies_and_markers_is_undone_by_the_outcomes_link(
    aws: Emulator, versioned: str, s3: Runner
) -> None:
    put(aws, versioned, "x/changed", b"old")
    moment = next_second(aws)
    put(aws, versioned, "x/changed", b"new")
    put(aws, versioned, "x/created", b"created")
    before = bodies(aws, versioned)
    plan = s3.plan("restore", f"s3://{versioned}/x/", "--as-of", moment.isoformat())
    assert "Can be undone" in plan.reversible
    outcome = finish(plan)
    assert bodies(aws, versioned) == {"x/changed": b"old"}
    s3.follow(outcome.undo)
    assert bodies(aws, versioned) == before


def test_what_changes_after_the_plan_is_left_alone(aws: Emulator, versioned: str, s3: Runner) -> None:
    put(aws, versioned, "changed", b"old")
    moment = next_second(aws)
    put(aws, versioned, "changed", b"new")
    put(aws, versioned, "created", b"created")
    plan = s3.plan("restore", f"s3://{versioned}/", "--as-of", moment.isoformat())
    put(aws, versioned, "changed", b"newer")
    put(aws, versioned, "created", b"again")
    outcome = finish(plan)
    assert outcome.done == 0
    assert len(outcome.skipped) == 2
    assert bodies(aws, versioned) == {"changed": b"newer", "created": b"again"}


def test_only_what_was_deleted_comes_back(aws: Emulator, versioned: str, s3: Runner) -> None:
    fill(aws, versioned, ["x/1", "x/2", "y/1"])
    moment = next_second(aws)
    put(aws, versioned, "x/2", b"changed")
    s3("rm", f"s3://{versioned}/x/1")
    s3("rm", f"s3://{versioned}/y/1")
    nothing = s3.plan("restore", f"s3://{versioned}/", "--deleted", "--before", moment.isoformat())
    assert nothing.count == 0
    outcome = s3("restore", f"s3://{versioned}/x/", "--deleted", "--since", moment.isoformat())
    assert outcome.done == 1
    assert bodies(aws, versioned) == {"x/1": b"x/1", "x/2": b"changed"}


def test_hostile_names_come_back(aws: Emulator, versioned: str, s3: Runner) -> None:
    # Both emulators list versions without the URL encoding that botocore asks for, so XML makes line feeds of returns.
    names = {
        key
        for key in hostile.KEYS.values()
        if hostile.storable(key, aws.name) and hostile.in_xml(key) and "\r" not in key
    }
    fill(aws, versioned, names)
    before = history(aws, versioned)
    outcome = s3("rm", f"s3://{versioned}", "-r")
    s3.follow(outcome.undo)
    assert history(aws, versioned) == before
    for key in sorted(names)[::10]:
        undo = s3("rm", str(S3Uri(versioned, key)), "--no-glob").undo
        s3.follow(undo)
    assert history(aws, versioned) == before


def test_a_copy_that_fails_inside_a_200_is_a_failure_and_the_rest_is_done(
    aws: Emulator, versioned: str, faults: FaultProxy
) -> None:
    for key in ("a", "b"):
        put(aws, versioned, key, b"old " + key.encode())
    moment = next_second(aws)
    for key in ("a", "b"):
        put(aws, versioned, key, b"new " + key.encode())
    inside = modes.answer(200, b"<Error><Code>InternalError</Code></Error>", {"x-amz-request-id": "MADEUP"})
    faults.fault(inside, lambda request: request.operation == "CopyObject" and request.path.endswith("/a"))
    outcome = Runner(faults.url)("restore", f"s3://{versioned}/", "--as-of", moment.isoformat())
    assert (outcome.done, [failure.target for failure in outcome.failed]) == (1, [f"s3://{versioned}/a"])
    assert outcome.failed[0].unknown
    assert bodies(aws, versioned) == {"a": b"new a", "b": b"old b"}


def test_one_object_is_a_job_without_a_question(aws: Emulator, versioned: str, s3: Runner) -> None:
    put(aws, versioned, "a", b"body")
    aws.client("s3").delete_object(Bucket=versioned, Key="a")
    assert isinstance(s3.view("restore", f"s3://{versioned}/a"), Job)
    assert keys(aws, versioned) == []
