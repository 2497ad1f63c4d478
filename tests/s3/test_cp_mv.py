"""``s3 cp`` and ``s3 mv``: the copy is what the source was, nothing is replaced unasked, no original goes too early."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
import pytest

from stackpane import AwsError, InvalidInput, Job, Plan, Refused
from stackpane_s3 import copying, copyjob
from stackpane_s3.uris import S3Uri
from tests.harness import faults as modes
from tests.harness import hostile
from tests.harness.faultproxy import FaultProxy, Mode
from tests.s3.writing import Runner, bodies, facts, fill, finish, history, keys, to_end, version_on

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.exchange import Request

MIB = 1024**2
SETTINGS: dict[str, Any] = {
    "ContentType": "image/png",
    "CacheControl": "no-store",
    "ContentDisposition": 'attachment; filename="a b.png"',
    "ContentLanguage": "de",
    "Expires": "2030-01-01T00:00:00Z",
    "Metadata": {"author": "anna", "odd": "a=b, c"},
    "StorageClass": "STANDARD_IA",
    "Tagging": "album=sea&rating=5",
}


@pytest.fixture
def s3(aws: Emulator) -> Runner:
    return Runner(aws.url)


@pytest.fixture
def other(aws: Emulator) -> str:
    """A second bucket, in another region."""
    aws.client("s3").create_bucket(Bucket="other", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    return "other"


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies above 5 MiB are made in parts of 5 MiB, as those above 5 GiB are."""
    monkeypatch.setattr(copying, "SINGLE_MAX", 5 * MIB)
    monkeypatch.setattr(copying, "PART", 5 * MIB)


# What is copied, and to where


def test_one_object_is_copied_whole_with_its_settings(aws: Emulator, bucket: str, other: str, s3: Runner) -> None:
    fill(aws, bucket, {"x/a.png": b"body"}, **SETTINGS)
    outcome = s3("cp", f"s3://{bucket}/x/a.png", f"s3://{other}/y/")
    assert outcome.message == f"Copied s3://{bucket}/x/a.png to s3://{other}/y/a.png."
    assert outcome.result["ETag"].strip('"') == "841a2d689ad86bd1611447453c22c6fc"
    assert bodies(aws, other) == {"y/a.png": b"body"}
    assert facts(aws, other, "y/a.png") == facts(aws, bucket, "x/a.png")
    assert bodies(aws, bucket) == {"x/a.png": b"body"}


@pytest.mark.parametrize(
    ("sources", "options", "to", "made"),
    [
        (["a"], [], "z", ["z"]),
        (["a"], [], "", ["a"]),
        (["a", "x/1"], [], "z/", ["z/1", "z/a"]),
        (["x/"], ["-r"], "z/", ["z/1", "z/2/3", "z/2/4"]),
        (["x"], ["-r"], "z", ["z/1", "z/2/3", "z/2/4"]),
        (["x"], ["-r"], "", ["1", "2/3", "2/4"]),
        ([""], ["-r"], "z/", ["z/a", "z/x-y", "z/x/1", "z/x/2/3", "z/x/2/4"]),
        (["x/*"], [], "z/", ["z/1"]),
        (["x/2/*"], [], "z/", ["z/3", "z/4"]),
        (["x/*/3"], [], "z/", ["z/2/3"]),
        (["x/*"], ["-r"], "z/", ["z/1", "z/2/3", "z/2/4"]),
        (["x/**", "a"], [], "z/", ["z/1", "z/2/3", "z/2/4", "z/a"]),
        (["x/2/", "x/2/3"], ["-r"], "z/", ["z/3", "z/4"]),
    ],
)
def test_names_are_kept_from_the_folder_or_the_first_glob_on(
    moto: Emulator, sources: list[str], options: list[str], to: str, made: list[str]
) -> None:
    moto.reset()
    for name in ("source", "target"):
        moto.client("s3").create_bucket(Bucket=name)
    fill(moto, "source", ["a", "x/1", "x/2/3", "x/2/4", "x-y"])
    outcome = Runner(moto.url)("cp", *(f"s3://source/{key}" for key in sources), f"s3://target/{to}", *options)
    assert (keys(moto, "target"), outcome.done) == (made, len(made))


@pytest.mark.parametrize(
    ("argv", "error", "message"),
    [
        (["s3://{b}/a", "s3://{b}/a"], InvalidInput, "onto itself"),
        (["s3://{b}/x/", "s3://{b}/x/", "-r"], InvalidInput, "onto itself"),
        (["s3://{b}/x/", "s3://{b}/x/deeper/", "-r"], InvalidInput, "both a source and a destination"),
        (["s3://{b}/x/1", "s3://{b}/y/1", "s3://{b}/z/"], InvalidInput, "two of the sources would become"),
        (["s3://{b}/x/1", "s3://{b}/y/1", "s3://{b}/z"], InvalidInput, "is no folder"),
        (["s3://{b}", "s3://{b}/z/"], InvalidInput, "is a bucket"),
        (["s3://{b}/nothing", "s3://{b}/z"], AwsError, "there is no object"),
        (["s3://{b}/nothing*", "s3://{b}/z/"], AwsError, "nothing to copy"),
        (["s3://{b}/a", "s3://"], InvalidInput, "names no bucket"),
        (["./file", "s3://{b}/z"], click.BadParameter, "s3 put"),
        (["s3://{b}/a", "/tmp/file"], click.BadParameter, "s3 get"),
    ],
)
@pytest.mark.parametrize("command", ["cp", "mv"])
def test_what_cannot_be_meant_is_refused_and_nothing_is_sent(
    moto: Emulator, command: str, argv: list[str], error: type[Exception], message: str
) -> None:
    moto.reset()
    moto.client("s3").create_bucket(Bucket="bucket")
    fill(moto, "bucket", ["a", "x/1", "y/1"])
    with FaultProxy(moto.url) as proxy:
        with pytest.raises(error, match=message):
            Runner(proxy.url)(command, *(word.format(b="bucket") for word in argv))
        assert {request.method for request in proxy.requests} <= {"GET", "HEAD"}


def test_hostile_names_are_copied_and_moved(aws: Emulator, bucket: str, other: str, s3: Runner) -> None:
    names = {key for key in hostile.KEYS.values() if hostile.storable(key, aws.name)}
    if aws.name == "moto":  # it lists keys that XML cannot carry as they are, which no parser takes
        names = {key for key in names if hostile.in_xml(key)}
    fill(aws, bucket, names)
    assert s3("cp", f"s3://{bucket}", f"s3://{other}", "-r").done == len(names)
    assert bodies(aws, other) == {key: key.encode() for key in names}
    assert s3("mv", f"s3://{other}/", f"s3://{other}-2/", "-r").failed  # no such bucket: nothing goes
    assert len(keys(aws, other)) == len(names)


def test_hostile_names_are_copied_one_by_one(ministack: Emulator) -> None:
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    version_on(ministack, "bucket")
    s3 = Runner(ministack.url)
    for key in sorted(set(hostile.KEYS.values())):
        fill(ministack, "bucket", [key])
        s3("mv", str(S3Uri("bucket", key)), "s3://bucket/moved", "--no-glob", "--overwrite")
        client = ministack.client("s3")
        assert client.get_object(Bucket="bucket", Key="moved")["Body"].read() == key.encode()
    assert keys(ministack, "bucket") == ["moved"]


def test_an_older_version_is_copied(aws: Emulator, bucket: str, s3: Runner) -> None:
    version_on(aws, bucket)
    old = aws.client("s3").put_object(Bucket=bucket, Key="a?b", Body=b"old")["VersionId"]
    fill(aws, bucket, {"a?b": b"new"})
    s3("cp", f"s3://{bucket}/a?b", f"s3://{bucket}/c", "--version-id", old)
    assert bodies(aws, bucket) == {"a?b": b"new", "c": b"old"}


def test_the_storage_class_is_the_originals_or_the_one_asked_for(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, ["a"], StorageClass="STANDARD_IA")
    s3("cp", f"s3://{bucket}/a", f"s3://{bucket}/b")
    s3("cp", f"s3://{bucket}/a", f"s3://{bucket}/c", "--storage-class", "ONEZONE_IA")
    s3("cp", f"s3://{bucket}/[a]", f"s3://{bucket}/d/")
    assert [facts(aws, bucket, key)["StorageClass"] for key in ("b", "c", "d/a")] == [
        "STANDARD_IA",
        "ONEZONE_IA",
        "STANDARD_IA",
    ]


def test_a_dry_run_is_a_plan_and_sends_nothing(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, {"x/a": b"12", "x/b": b"345"})
    plan = Runner(faults.url, dry_run=True).plan("cp", f"s3://{bucket}/x/", f"s3://{bucket}/y/", "-r")
    assert (plan.count, plan.bytes) == (2, 5)
    assert list(plan.targets()) == [f"s3://{bucket}/x/{name} → s3://{bucket}/y/{name}" for name in "ab"]
    assert {request.method for request in faults.requests} <= {"GET", "HEAD"}


# Nothing is replaced unasked


def test_what_exists_stays_unless_told(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, {"a": b"new", "b": b"old"})
    with pytest.raises(Refused, match="exists already") as raised:
        s3("cp", f"s3://{bucket}/a", f"s3://{bucket}/b")
    assert "--overwrite" in raised.value.hint
    assert bodies(aws, bucket)["b"] == b"old"
    outcome = s3("cp", f"s3://{bucket}/a", f"s3://{bucket}/b", "--overwrite")
    assert (bodies(aws, bucket)["b"], outcome.undo) == (b"new", None)


def test_of_many_those_that_exist_are_left_alone_and_named(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, {"x/1": b"new", "x/2": b"new", "y/2": b"old"})
    outcome = s3("cp", f"s3://{bucket}/x/", f"s3://{bucket}/y/", "-r")
    assert bodies(aws, bucket) == {"x/1": b"new", "x/2": b"new", "y/1": b"new", "y/2": b"old"}
    assert [(failure.target, failure.reason) for failure in outcome.failed] == [
        (f"s3://{bucket}/x/2", f"s3://{bucket}/y/2 exists already")
    ]
    assert s3("cp", f"s3://{bucket}/x/", f"s3://{bucket}/y/", "-r", "--overwrite").done == 2
    assert bodies(aws, bucket)["y/2"] == b"new"


def test_of_many_those_that_are_there_already_the_same_are_no_failure(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, {"x/1": b"one", "x/2": b"two"})
    assert s3("cp", f"s3://{bucket}/x/1", f"s3://{bucket}/y/1").done == 1
    outcome = s3("cp", f"s3://{bucket}/x/", f"s3://{bucket}/y/", "-r")
    assert (outcome.done, outcome.failed, outcome.skipped) == (1, (), ())
    assert "1 object was there already, the same." in outcome.message
    again = s3("cp", f"s3://{bucket}/x/", f"s3://{bucket}/y/", "-r")
    assert (again.done, again.failed, again.skipped) == (0, (), ())
    assert again.message == "2 objects were there already, the same."


@pytest.mark.parametrize("command", ["cp", "mv"])
def test_who_comes_first_wins_between_looking_and_copying(aws: Emulator, bucket: str, s3: Runner, command: str) -> None:
    fill(aws, bucket, {"a": b"new", "b": b"old"})
    free = s3.view(command, f"s3://{bucket}/a", f"s3://{bucket}/c")
    seen = s3.view(command, f"s3://{bucket}/a", f"s3://{bucket}/b", "--overwrite")
    fill(aws, bucket, {"b": b"of somebody else", "c": b"of somebody else"})
    with pytest.raises(AwsError, match="exists already"):
        finish(free)
    with pytest.raises(AwsError, match="has changed since"):
        finish(seen)
    fill(aws, bucket, {"a": b"newer"})
    with pytest.raises(AwsError, match="/a has changed since"):
        finish(seen)
    assert bodies(aws, bucket) == {"a": b"newer", "b": b"of somebody else", "c": b"of somebody else"}


def test_both_ends_are_made_conditions_of_the_request(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    # Neither emulator minds the conditions of CopyObject, so what counts is what AWS would be sent.
    fill(aws, bucket, ["a", "b"])
    s3 = Runner(faults.url)
    s3("cp", f"s3://{bucket}/a", f"s3://{bucket}/c")
    s3("cp", f"s3://{bucket}/a", f"s3://{bucket}/b", "--overwrite")
    s3("cp", f"s3://{bucket}/a*", f"s3://{bucket}/d/")
    etags = {key: aws.client("s3").head_object(Bucket=bucket, Key=key)["ETag"] for key in "ab"}
    copies = [request.headers for request in faults.requests if request.operation == "CopyObject"]
    assert [headers["x-amz-copy-source-if-match"] for headers in copies] == [etags["a"]] * 3
    assert [headers.get("if-none-match") for headers in copies] == ["*", None, "*"]
    assert copies[1]["if-match"] == '"92eb5ffee6ae2fec3ad71c777531578f"'  # of b, as it was


@pytest.mark.parametrize(
    ("code", "condition", "message"),
    [
        ("PreconditionFailed", "If-None-Match", "/b exists already"),
        ("PreconditionFailed", "x-amz-copy-source-If-Match", "/a has changed since"),
        ("ConditionalRequestConflict", "", "/b exists already"),
        ("NoSuchKey", "", "/a is gone"),
        ("InvalidObjectState", "", "is archived"),
    ],
)
def test_what_aws_answers_to_a_condition_is_said_of_the_right_end(
    aws: Emulator, bucket: str, faults: FaultProxy, code: str, condition: str, message: str
) -> None:
    fill(aws, bucket, ["a"])
    extra = {"Condition": condition} if condition else {}
    faults.fault(modes.error(409 if "Conflict" in code else 412, code, "no", extra=extra), "CopyObject")
    with pytest.raises(Exception, match=message):
        Runner(faults.url)("cp", f"s3://{bucket}/a", f"s3://{bucket}/b")


# In parts


def test_a_big_object_is_copied_in_parts_with_its_settings(
    aws: Emulator, bucket: str, other: str, faults: FaultProxy, in_parts: None
) -> None:
    # ministack drops the tags of a multipart upload.
    body = bytes(range(256)) * 4096 * 12  # 12 MiB
    fill(aws, bucket, {"big": body}, **SETTINGS)
    moved: list[int] = []
    job = Runner(faults.url).view("cp", f"s3://{bucket}/big", f"s3://{other}/big")
    assert isinstance(job, Job)
    to_end(job.run(), lambda step: moved.append(step.done))
    assert bodies(aws, other) == {"big": body}
    expected = facts(aws, bucket, "big")
    if aws.name == "ministack":
        expected |= {"Tags": {}}
        [start] = [request for request in faults.requests if request.operation == "CreateMultipartUpload"]
        assert start.headers["x-amz-tagging"] == SETTINGS["Tagging"]
    assert facts(aws, other, "big") == expected
    assert moved == sorted(moved)
    assert len(set(moved) - {0}) == 3  # a step for each part
    assert moved[-1] == 12 * MIB
    parts = [request.headers for request in faults.requests if request.operation == "UploadPartCopy"]
    assert sorted(part["x-amz-copy-source-range"] for part in parts) == [
        "bytes=0-5242879",
        "bytes=10485760-12582911",
        "bytes=5242880-10485759",
    ]
    etag = aws.client("s3").head_object(Bucket=bucket, Key="big")["ETag"]
    assert {part["x-amz-copy-source-if-match"] for part in parts} == {etag}
    [complete] = [request.headers for request in faults.requests if request.operation == "CompleteMultipartUpload"]
    assert (complete["if-none-match"], complete["x-amz-mp-object-size"]) == ("*", str(len(body)))


def test_a_copy_of_equal_parts_keeps_the_etag(moto: Emulator, in_parts: None) -> None:
    # ministack does not say how long part 1 is.
    moto.reset()
    client = moto.client("s3")
    client.create_bucket(Bucket="bucket")
    upload = client.create_multipart_upload(Bucket="bucket", Key="big")["UploadId"]
    parts = [b"a" * 6 * MIB, b"b" * 6 * MIB, b"c"]
    place = {"Bucket": "bucket", "Key": "big", "UploadId": upload}
    done = [
        {"PartNumber": number, "ETag": client.upload_part(**place, PartNumber=number, Body=part)["ETag"]}
        for number, part in enumerate(parts, 1)
    ]
    etag = client.complete_multipart_upload(**place, MultipartUpload={"Parts": done})["ETag"]
    with FaultProxy(moto.url) as proxy:
        proxy.fault(modes.error(501, "NotImplemented", "no"), "ListObjectAnnotations")
        assert Runner(proxy.url)("cp", "s3://bucket/big", "s3://bucket/copy").result["ETag"] == etag


def test_more_tags_than_a_header_holds_are_put_afterwards(moto: Emulator, in_parts: None) -> None:
    # ministack drops the tags of the source's own upload as well.
    moto.reset()
    client = moto.client("s3")
    client.create_bucket(Bucket="bucket")
    fill(moto, "bucket", {"big": b"x" * 6 * MIB})
    tags = {f"{number}" * 100: "ü" * 200 for number in range(10)}
    tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
    client.put_object_tagging(Bucket="bucket", Key="big", Tagging={"TagSet": tag_set})
    Runner(moto.url)("cp", "s3://bucket/big", "s3://bucket/copy")
    assert facts(moto, "bucket", "copy")["Tags"] == tags


def test_annotations_go_along_in_parts_too(ministack: Emulator, in_parts: None) -> None:
    ministack.reset()
    client = ministack.client("s3")
    client.create_bucket(Bucket="bucket")
    fill(ministack, "bucket", {"big": b"x" * 6 * MIB})
    for name in ("ml.labels", "audit"):
        place = {"Bucket": "bucket", "Key": "big", "AnnotationName": name}
        client.put_object_annotation(**place, AnnotationPayload=name.encode())
    Runner(ministack.url)("mv", "s3://bucket/big", "s3://bucket/copy")
    found = client.list_object_annotations(Bucket="bucket", Key="copy")["Annotations"]
    assert {annotation["AnnotationName"] for annotation in found} == {"ml.labels", "audit"}
    answer = client.get_object_annotation(Bucket="bucket", Key="copy", AnnotationName="audit")
    assert answer["AnnotationPayload"].read() == b"audit"


def test_a_part_that_fails_leaves_no_parts_behind(
    aws: Emulator, bucket: str, faults: FaultProxy, in_parts: None
) -> None:
    fill(aws, bucket, {"big": b"x" * 12 * MIB})
    faults.fault(modes.error(400, "InvalidRequest", "no"), "UploadPartCopy", after=1)
    with pytest.raises(Exception, match="InvalidRequest"):
        Runner(faults.url)("cp", f"s3://{bucket}/big", f"s3://{bucket}/copy")
    assert keys(aws, bucket) == ["big"]
    assert not aws.client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads")


def test_an_object_that_changes_during_its_copy_is_not_copied(
    aws: Emulator, bucket: str, faults: FaultProxy, in_parts: None
) -> None:
    fill(aws, bucket, {"big": b"x" * 12 * MIB})
    precondition = modes.error(412, "PreconditionFailed", "no", extra={"Condition": "x-amz-copy-source-If-Match"})
    faults.fault(precondition, "UploadPartCopy", after=2)
    with pytest.raises(AwsError, match="/big has changed since"):
        Runner(faults.url)("mv", f"s3://{bucket}/big", f"s3://{bucket}/copy")
    assert keys(aws, bucket) == ["big"]


def test_a_cancelled_copy_in_parts_is_taken_back(
    aws: Emulator, bucket: str, faults: FaultProxy, in_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PART_WORKERS", 1)
    fill(aws, bucket, {"big": b"x" * 12 * MIB})
    held = faults.fault(modes.hold_before(), "UploadPartCopy", after=1, times=1)
    s3 = Runner(faults.url)
    job = s3.view("cp", f"s3://{bucket}/big", f"s3://{bucket}/copy")
    assert isinstance(job, Job)
    before = threading.active_count()
    with closing(job.run()) as running:
        while next(running).done < 5 * MIB:
            pass
        held.wait()
        held.release()
    assert threading.active_count() == before
    assert keys(aws, bucket) == ["big"]
    assert not aws.client("s3").list_multipart_uploads(Bucket=bucket).get("Uploads")
    assert s3.warnings[-1] == "stopped: copied 0 of 1 object, 1 not tried"


def test_part_sizes_fit_into_ten_thousand_parts() -> None:
    from stackpane_s3.copying import PART, PART_MAX, PARTS_MAX, Copier, Source

    copier = Copier(None, None, "bucket")  # type: ignore[arg-type]  # a single part's ETag needs no request
    for size in (5 * 1024**3 + 1, 100 * 1024**3, 5 * 1024**4, 48 * 1024**4):
        part = copier._part_size(Source("b", "k", f'"{"0" * 32}"', size))
        assert PART <= part <= PART_MAX
        assert -(-size // part) <= PARTS_MAX


# Moving


def test_an_original_goes_when_its_copy_is_there(aws: Emulator, bucket: str, other: str, s3: Runner) -> None:
    fill(aws, bucket, {"a": b"body"}, **SETTINGS)
    settings = facts(aws, bucket, "a")
    plan = s3.plan("mv", f"s3://{bucket}/a", f"s3://{other}/")
    assert (plan.phrase, list(plan.targets())) == ("y", [f"s3://{bucket}/a → s3://{other}/a"])
    outcome = finish(plan)
    assert outcome.message == f"Moved s3://{bucket}/a to s3://{other}/a."
    assert (keys(aws, bucket), bodies(aws, other)) == ([], {"a": b"body"})
    s3.follow(outcome.undo)
    assert (bodies(aws, bucket), keys(aws, other)) == ({"a": b"body"}, [])
    assert facts(aws, bucket, "a") == settings


def test_a_copy_is_undone_by_the_outcomes_link(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, {"a": b"body", "b*": b"present"})
    s3.follow(s3("cp", f"s3://{bucket}/a", f"s3://{bucket}/c[1]").undo)
    assert keys(aws, bucket) == ["a", "b*"]
    version_on(aws, bucket)
    before = history(aws, bucket)
    s3.follow(s3("cp", f"s3://{bucket}/a", f"s3://{bucket}/b*", "--overwrite").undo)
    assert history(aws, bucket) == before


def test_many_are_moved_and_what_changes_meanwhile_is_not(aws: Emulator, bucket: str, other: str, s3: Runner) -> None:
    fill(aws, bucket, [f"x/{number}" for number in range(6)])
    plan = s3.plan("mv", f"s3://{bucket}/x/", f"s3://{other}/", "-r")
    assert plan.phrase == bucket
    fill(aws, bucket, {"x/1": b"changed", "x/new": b"new"})
    fill(aws, other, {"2": b"in the way"})
    outcome = finish(plan)
    assert (outcome.done, len(outcome.skipped), len(outcome.failed)) == (4, 1, 1)
    assert bodies(aws, bucket) == {"x/1": b"changed", "x/2": b"x/2", "x/new": b"new"}
    assert bodies(aws, other) == {"0": b"x/0", "2": b"in the way", "3": b"x/3", "4": b"x/4", "5": b"x/5"}


def test_in_a_bucket_that_keeps_versions_the_original_gets_a_marker(aws: Emulator, bucket: str, s3: Runner) -> None:
    version_on(aws, bucket)
    fill(aws, bucket, ["a"])
    before = history(aws, bucket)
    plan = s3.plan("mv", f"s3://{bucket}/a", f"s3://{bucket}/b")
    assert "s3 restore brings them back" in plan.reversible
    finish(plan)
    s3("restore", f"s3://{bucket}/a")
    assert [entry for entry in history(aws, bucket) if entry[0] == "a"] == before


def test_the_deletion_is_of_exactly_what_was_copied(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, ["a"])
    held = faults.fault(modes.hold_before(), "DeleteObject")
    job = Runner(faults.url).plan("mv", f"s3://{bucket}/a", f"s3://{bucket}/b").apply()
    running = job.run()

    def interfere() -> None:
        held.wait()
        fill(aws, bucket, {"a": b"newer"})
        held.release()

    thread = threading.Thread(target=interfere)
    thread.start()
    with pytest.raises(AwsError, match="copied, but the original has changed"):
        to_end(running)
    thread.join()
    assert bodies(aws, bucket) == {"a": b"newer", "b": b"a"}


def wrong_copy(body: bytes) -> Mode:
    return modes.rewrite(lambda answer: answer.replace(b"0cc175b9c0f1b6a831c399e269772661", body))


@pytest.mark.parametrize(
    ("mode", "operation", "message"),
    [
        (modes.access_denied("s3:DeleteObject"), "DeleteObject", "copied, but the original stays"),
        (wrong_copy(b"00000000000000000000000000000000"), "CopyObject", "does not hold the copy"),
        (modes.access_denied("s3:GetObject"), "HeadObject", ""),
    ],
)
def test_where_a_step_of_the_move_fails_the_original_stays(
    aws: Emulator, bucket: str, faults: FaultProxy, mode: Mode, operation: str, message: str
) -> None:
    fill(aws, bucket, ["a"])
    plan = Runner(faults.url).plan("mv", f"s3://{bucket}/a", f"s3://{bucket}/b")
    faults.fault(mode, operation)
    with pytest.raises(Exception, match=message or "denied|403|Forbidden|authorized"):
        finish(plan)
    assert "a" in keys(aws, bucket)


@pytest.mark.parametrize("command", ["cp", "mv"])
def test_an_error_inside_a_200_is_no_copy(aws: Emulator, bucket: str, faults: FaultProxy, command: str) -> None:
    fill(aws, bucket, ["a"])
    error = b'<?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>no</Message></Error>'
    faults.fault(modes.answer(200, error, {"x-amz-request-id": "MADEUP"}), "CopyObject")
    outcome = Runner(faults.url)(command, f"s3://{bucket}/a", f"s3://{bucket}/b")
    assert (outcome.done, [failure.unknown for failure in outcome.failed]) == (0, [True])
    assert keys(aws, bucket) == ["a"]
    assert faults.count("CopyObject") == 4  # botocore takes it for the 500 that it is, and tries again


@pytest.mark.parametrize(
    "mode",
    [
        modes.html200(),
        modes.empty200(),
        modes.answer(200, b"<CopyObjectResult></CopyObjectResult>", {"x-amz-request-id": "MADEUP"}),
    ],
)
def test_an_answer_that_proves_nothing_is_no_copy(aws: Emulator, bucket: str, faults: FaultProxy, mode: Mode) -> None:
    fill(aws, bucket, ["a"])
    faults.fault(mode, "CopyObject")
    outcome = Runner(faults.url)("mv", f"s3://{bucket}/a", f"s3://{bucket}/b")
    assert (outcome.done, [failure.unknown for failure in outcome.failed]) == (0, [True])
    assert keys(aws, bucket) == ["a"]


def test_a_passing_500_is_tried_again_and_a_lost_answer_is_unknown(
    aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    fill(aws, bucket, ["a", "b"])
    faults.fault(modes.status(500), "CopyObject", times=1)
    assert Runner(faults.url)("cp", f"s3://{bucket}/a", f"s3://{bucket}/c").done == 1

    def of_b(request: Request) -> bool:
        return request.operation == "CopyObject" and request.headers["x-amz-copy-source"].endswith("/b")

    faults.fault(modes.reset_after_body(), of_b)
    outcome = Runner(faults.url)("mv", f"s3://{bucket}/[ab]", f"s3://{bucket}/z/")
    assert outcome.done == 1
    # It was copied, and the answer lost; the repeat finds the copy in its way on AWS. Either way the original stays.
    assert keys(aws, bucket) == ["b", "c", "z/a", "z/b"]
    assert [failure.target for failure in outcome.failed] == [f"s3://{bucket}/b"]


def test_of_many_copies_one_failure_does_not_stop_the_others(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, [f"x/{number}" for number in range(5)])

    def third(request: Request) -> bool:
        return request.operation == "CopyObject" and request.path.endswith("/3")

    faults.fault(modes.access_denied("s3:PutObject"), third)
    outcome = Runner(faults.url)("mv", f"s3://{bucket}/x/", f"s3://{bucket}/y/", "-r")
    assert (outcome.done, [failure.target for failure in outcome.failed]) == (4, [f"s3://{bucket}/x/3"])
    assert not outcome.failed[0].unknown
    assert keys(aws, bucket) == ["x/3", "y/0", "y/1", "y/2", "y/4"]
    assert outcome.resume is not None
    assert Runner(aws.url).follow(outcome.resume).done == 1


def test_expired_credentials_stop_many_copies(
    aws: Emulator, bucket: str, faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copyjob, "WORKERS", 1)
    fill(aws, bucket, [f"x/{number}" for number in range(6)])
    faults.fault(modes.expired_token(), "CopyObject", after=2)
    outcome = Runner(faults.url)("cp", f"s3://{bucket}/x/", f"s3://{bucket}/y/", "-r")
    assert (outcome.done, faults.count("CopyObject")) == (2, 3)
    assert [failure.target for failure in outcome.failed] == [f"s3://{bucket}/x/2", "3 objects"]
    assert "3 not tried" in outcome.message


def test_mv_is_a_plan_and_cp_is_not(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill(aws, bucket, ["a"])
    assert isinstance(s3.view("mv", f"s3://{bucket}/a", f"s3://{bucket}/b"), Plan)
    assert isinstance(s3.view("cp", f"s3://{bucket}/a", f"s3://{bucket}/b"), Job)
    assert keys(aws, bucket) == ["a"]
