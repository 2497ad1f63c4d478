"""``s3 mb`` makes a bucket that was not there, ``s3 rb`` deletes one and says all that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackpane import AwsError, InvalidInput, Refused
from stackpane_s3.uris import S3Uri
from tests.harness import faults as modes
from tests.harness import hostile
from tests.s3.writing import Runner, fill, finish, history, keys, version_on

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode


@pytest.fixture
def s3(aws: Emulator) -> Runner:
    return Runner(aws.url)


def buckets(aws: Emulator) -> list[str]:
    return [entry["Name"] for entry in aws.client("s3").list_buckets()["Buckets"]]


# mb


@pytest.mark.parametrize("region", ["us-east-1", "us-west-2", "eu-central-1"])
def test_a_bucket_is_made_in_the_sessions_region(aws: Emulator, faults: FaultProxy, region: str) -> None:
    outcome = Runner(faults.url, region=region)("mb", "s3://my.new-bucket")
    assert outcome.message == f"Made s3://my.new-bucket in {region}."
    assert outcome.result == {"Bucket": "my.new-bucket", "Region": region}
    location = aws.client("s3").get_bucket_location(Bucket="my.new-bucket")["LocationConstraint"]
    assert (location or "us-east-1") == region
    # us-east-1 is the region that must not be named: S3 refuses it as a location constraint.
    [create] = [request for request in faults.requests if request.operation == "CreateBucket"]
    assert (region.encode() in create.body) == (region != "us-east-1")
    assert faults.operations == ["HeadBucket", "CreateBucket", "HeadBucket"]
    Runner(aws.url).follow(outcome.undo)
    assert buckets(aws) == []


def test_versioning_is_turned_on_where_asked(aws: Emulator, s3: Runner) -> None:
    s3("mb", "s3://new-bucket", "--versioning")
    assert aws.client("s3").get_bucket_versioning(Bucket="new-bucket")["Status"] == "Enabled"


def test_versioning_that_fails_does_not_hide_that_the_bucket_was_made(aws: Emulator, faults: FaultProxy) -> None:
    faults.fault(modes.access_denied("s3:PutBucketVersioning"), "PutBucketVersioning")
    outcome = Runner(faults.url)("mb", "s3://new-bucket", "--versioning")
    assert (buckets(aws), outcome.done) == (["new-bucket"], 1)
    assert [(failure.target, failure.unknown) for failure in outcome.failed] == [
        ("the versioning of s3://new-bucket", False)
    ]


def test_a_bucket_that_exists_is_not_made_again(aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    # In us-east-1 S3 would answer 200 to the second creation.
    with pytest.raises(Refused, match="exists already"):
        Runner(faults.url)("mb", f"s3://{bucket}")
    faults.fault(modes.error(403, "AccessDenied", "no", x_amz_bucket_region="eu-west-1"), "HeadBucket")
    with pytest.raises(Refused, match="is taken"):
        Runner(faults.url)("mb", "s3://somebody-elses")
    assert "CreateBucket" not in faults.operations


def test_a_refusal_that_names_no_region_is_not_taken_for_a_bucket(aws: Emulator, faults: FaultProxy) -> None:
    faults.fault(modes.status(403), "HeadBucket", times=1)
    assert Runner(faults.url)("mb", "s3://new-bucket").done == 1
    assert buckets(aws) == ["new-bucket"]


def test_a_bucket_that_is_made_counts_although_the_endpoint_goes_away(aws: Emulator, faults: FaultProxy) -> None:
    faults.fault(modes.html200(), "HeadBucket", after=1)
    s3 = Runner(faults.url)
    assert s3("mb", "s3://new-bucket").done == 1
    assert "has made s3://new-bucket, but cannot be asked for it" in s3.warnings[0]


@pytest.mark.parametrize(
    "name", ["ab", "Upper", "under_score", "-dash", "dash-", "a..b", "192.168.5.4", "x" * 64, "bucket/key", ""]
)
def test_a_name_that_no_bucket_can_have_is_refused(moto: Emulator, name: str) -> None:
    with pytest.raises(InvalidInput):
        Runner(moto.url)("mb", f"s3://{name}")


def test_it_returns_when_s3_shows_the_bucket(
    aws: Emulator, faults: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stackpane_s3.commands import mb

    monkeypatch.setattr(mb, "_WAIT", {"Delay": 0, "MaxAttempts": 5})
    faults.fault(modes.status(404), "HeadBucket", after=1, times=2)
    s3 = Runner(faults.url)
    assert s3("mb", "s3://new-bucket").done == 1
    assert (faults.count("HeadBucket"), s3.warnings) == (4, [])
    faults.fault(modes.status(404), "HeadBucket")
    assert s3("mb", "s3://newer-bucket").done == 1
    assert s3.warnings == ["S3 has made s3://newer-bucket, but does not show it yet"]


def test_a_dry_run_makes_nothing(aws: Emulator, faults: FaultProxy) -> None:
    plan = Runner(faults.url, dry_run=True).plan("mb", "s3://new-bucket", "--versioning")
    assert (plan.title, list(plan.targets())) == ("Make a bucket in us-east-1", ["s3://new-bucket"])
    assert set(faults.operations) == {"HeadBucket"}


# rb


def test_an_empty_bucket_goes_after_its_name_was_typed(aws: Emulator, bucket: str, s3: Runner) -> None:
    plan = s3.plan("rb", f"s3://{bucket}")
    assert (plan.count, plan.phrase, list(plan.targets())) == (1, bucket, [f"s3://{bucket}"])
    assert "Cannot be undone" in plan.reversible
    assert buckets(aws) == [bucket]
    assert finish(plan).message == f"Deleted s3://{bucket}."
    assert buckets(aws) == []


def fill_all_kinds(aws: Emulator, bucket: str) -> None:
    """Two objects, one older version, one delete marker with its version, an unfinished upload."""
    version_on(aws, bucket)
    fill(aws, bucket, {"a": b"123", "b": b"45", "c": b""})
    fill(aws, bucket, {"a": b"6789"})
    aws.client("s3").delete_object(Bucket=bucket, Key="c")
    aws.client("s3").create_multipart_upload(Bucket=bucket, Key="unfinished")


def test_a_bucket_with_anything_in_it_is_refused_with_what_that_is(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill_all_kinds(aws, bucket)
    with pytest.raises(Refused) as raised:
        s3.plan("rb", f"s3://{bucket}")
    assert raised.value.message == (
        f"s3://{bucket} is not empty: it has 2 objects, 2 older versions, 1 delete marker, 1 unfinished upload"
    )
    assert raised.value.hint.endswith(f"stackpane s3 rb --force s3://{bucket}")


def test_only_old_versions_or_an_upload_also_keep_it(aws: Emulator, bucket: str, s3: Runner) -> None:
    upload = aws.client("s3").create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    with pytest.raises(Refused, match="it has 1 unfinished upload"):
        s3.plan("rb", f"s3://{bucket}")
    aws.client("s3").abort_multipart_upload(Bucket=bucket, Key="a", UploadId=upload)
    version_on(aws, bucket)
    fill(aws, bucket, ["a"])
    aws.client("s3").delete_object(Bucket=bucket, Key="a")
    with pytest.raises(Refused, match="it has 1 older version, 1 delete marker"):
        s3.plan("rb", f"s3://{bucket}")


def test_by_force_all_goes_and_the_plan_counts_all(aws: Emulator, bucket: str, s3: Runner) -> None:
    fill_all_kinds(aws, bucket)
    plan = s3.plan("rb", f"s3://{bucket}", "--force")
    assert (plan.count, plan.bytes, plan.phrase) == (5 + 1 + 1, 9, bucket)
    targets = list(plan.targets())
    assert len(targets) == plan.count
    assert sum("(version " in target for target in targets) == 5
    assert sum("(unfinished upload " in target for target in targets) == 1
    assert targets[-1] == f"s3://{bucket}"
    assert set(plan.notes) == {"4 versions.", "1 delete marker.", "1 unfinished upload."}
    assert len(history(aws, bucket)) == 5
    assert finish(plan).done == 7
    assert buckets(aws) == []


def test_what_comes_into_it_after_the_plan_stays_and_so_does_the_bucket(aws: Emulator, bucket: str, s3: Runner) -> None:
    version_on(aws, bucket)
    fill(aws, bucket, ["a", "b"])
    empty, full = s3.plan("rb", f"s3://{bucket}", "--force"), s3.plan("rb", f"s3://{bucket}", "--force")
    fill(aws, bucket, {"a": b"newer"})
    outcome = finish(empty)
    assert (outcome.done, outcome.failed) == (2, ())
    assert [skip.reason for skip in outcome.skipped] == ["something has come into it since the plan was made"]
    assert keys(aws, bucket) == ["a"]
    assert finish(full).done == 2  # deleting what is gone changes nothing
    assert keys(aws, bucket) == ["a"]


def test_an_empty_bucket_that_is_filled_meanwhile_is_an_error(aws: Emulator, bucket: str, s3: Runner) -> None:
    plan = s3.plan("rb", f"s3://{bucket}")
    fill(aws, bucket, ["a"])
    with pytest.raises(AwsError, match="something has come into it"):
        finish(plan)


def test_where_an_entry_cannot_be_deleted_the_bucket_is_not_tried(
    aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    fill(aws, bucket, ["a", "b"])
    error = b"<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code></Error></DeleteResult>"
    mode = modes.answer(200, error, {"x-amz-request-id": "MADEUP", "Content-Type": "application/xml"})
    faults.fault(mode, "DeleteObjects")
    outcome = Runner(faults.url)("rb", f"s3://{bucket}", "--force")
    assert (outcome.done, len(outcome.failed)) == (0, 2)
    assert [skip.target for skip in outcome.skipped] == [f"s3://{bucket}"]
    assert "DeleteBucket" not in faults.operations
    assert buckets(aws) == [bucket]


def test_an_upload_that_ended_meanwhile_is_no_failure(aws: Emulator, bucket: str, s3: Runner) -> None:
    upload = aws.client("s3").create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    plan = s3.plan("rb", f"s3://{bucket}", "--force")
    aws.client("s3").abort_multipart_upload(Bucket=bucket, Key="a", UploadId=upload)
    assert finish(plan).done == 2


def test_a_bucket_that_is_not_there_is_an_error_before_the_question(moto: Emulator) -> None:
    moto.reset()
    for options in ([], ["--force"]):
        with pytest.raises(AwsError, match="there is no bucket"):
            Runner(moto.url).plan("rb", "s3://nowhere", *options)


def test_a_key_in_the_uri_is_not_dropped_in_silence(moto: Emulator) -> None:
    with pytest.raises(InvalidInput, match="names a key"):
        Runner(moto.url).plan("rb", "s3://bucket/folder/", "--force")


def test_a_bucket_of_hostile_names_goes(ministack: Emulator) -> None:
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="hostile")
    version_on(ministack, "hostile")
    # ministack lists versions without the URL encoding that botocore asks for.
    names = {key for key in hostile.KEYS.values() if hostile.in_xml(key) and "\r" not in key}
    fill(ministack, "hostile", names)
    for key in sorted(names)[::20]:
        ministack.client("s3").create_multipart_upload(Bucket="hostile", Key=key)
    Runner(ministack.url)("rb", "s3://hostile", "--force")
    assert buckets(ministack) == []


def test_many_uploads_are_listed_to_their_end_and_a_repeating_list_is_refused(
    aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    def page(key: str, more: str) -> Mode:
        upload = f"<Upload><Key>{key}</Key><UploadId>{key}</UploadId></Upload>"
        marks = f"<NextKeyMarker>{key}</NextKeyMarker><NextUploadIdMarker>{key}</NextUploadIdMarker>"
        body = (
            f"<ListMultipartUploadsResult>{upload}{marks}<IsTruncated>{more}</IsTruncated></ListMultipartUploadsResult>"
        )
        headers: dict[str, Any] = {"x-amz-request-id": "MADEUP", "Content-Type": "application/xml"}
        return modes.answer(200, body.encode(), headers)

    s3 = Runner(faults.url)
    faults.fault(modes.in_turn(page("a", "true"), page("b", "false")), "ListMultipartUploads", times=2)
    assert s3.plan("rb", f"s3://{bucket}", "--force").count == 3
    faults.fault(modes.in_turn(page("a", "true"), page("b", "true")), "ListMultipartUploads")
    with pytest.raises(AwsError, match="repeats itself"):
        s3.plan("rb", f"s3://{bucket}", "--force")


def test_the_uri_is_the_buckets(bucket: str, s3: Runner) -> None:
    assert s3.plan("rb", str(S3Uri(bucket))).phrase == bucket
