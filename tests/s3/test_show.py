"""``s3 show``: everything AWS tells of a bucket or an object, as far as it may be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from stackpane import Link
from stackpane_s3.commands.show import show
from stackpane_s3.records import object_record
from stackpane_s3.uris import S3Uri
from tests.harness.faultproxy import FaultProxy
from tests.harness.faults import access_denied, answer, rewrite
from tests.harness.hostile import KEYS, VALUES, storable
from tests.s3.sessions import session_at, view
from tests.s3.writing import version_on

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator


def put(aws: Emulator, bucket: str, key: str = "2026/a.json", **more: object) -> dict[str, str]:
    """Put an object and return the reply."""
    reply: dict[str, str] = aws.client("s3").put_object(Bucket=bucket, Key=key, Body=b'{"a": 1}', **more)
    return reply


def test_an_object_is_shown_whole(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    put(
        aws, bucket, ContentType="application/json", ContentLanguage="de", CacheControl="max-age=60",
        Metadata={"author": "jane"}, Tagging="team=blue&stage=test",
    )  # fmt: skip
    found = invoke("s3", "show", f"s3://{bucket}/2026/a.json", "-o", "json", at=aws).ok().json()
    assert found["Arn"] == f"arn:aws:s3:::{bucket}/2026/a.json"
    assert found["ConsoleUrl"].startswith("https://us-east-1.console.aws.amazon.com/s3/object/")
    assert found["Tags"] == {"team": "blue", "stage": "test"}
    expected = {
        "Bucket": bucket, "Key": "2026/a.json", "ContentLength": 8, "ContentType": "application/json",
        "ContentLanguage": "de", "CacheControl": "max-age=60", "Metadata": {"author": "jane"},
        "StorageClass": "STANDARD",
    }  # fmt: skip
    assert expected.items() <= found.items()
    assert found["LastModified"].startswith("20")
    assert found["ETag"].startswith('"')
    assert "ChecksumCRC32" in found
    commands = {link["Label"]: link["Command"] for link in found["Links"]}
    assert commands["Versions"] == f"stackpane s3 versions s3://{bucket}/2026/a.json"
    assert commands["Folder"] == f"stackpane s3 ls s3://{bucket}/2026/"


def test_the_sheet_has_sections_tags_and_links(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    put(aws, bucket, Metadata={"author": "jane"}, Tagging="team=blue")
    text = invoke("s3", "show", f"s3://{bucket}/2026/a.json", at=aws).ok().text
    for words in ("ContentLength", "Content\n", "Tags\n", "team", "Links\n", "stackpane s3 cat"):
        assert words in text


def test_an_older_version_is_shown_by_its_id(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    version_on(aws, bucket)
    old = put(aws, bucket, Metadata={"n": "1"}, Tagging="n=1")["VersionId"]
    put(aws, bucket, Metadata={"n": "2"}, Tagging="n=2")
    latest = invoke("s3", "show", f"s3://{bucket}/2026/a.json", "-o", "json", at=aws).ok().json()
    older = invoke("s3", "show", f"s3://{bucket}/2026/a.json", "--version-id", old, "-o", "json", at=aws).ok().json()
    assert (latest["Metadata"], latest["Tags"]) == ({"n": "2"}, {"n": "2"})
    assert (older["Metadata"], older["Tags"], older["VersionId"]) == ({"n": "1"}, {"n": "1"}, old)
    commands = {link["Label"]: link["Command"] for link in older["Links"]}
    assert commands["Restore"] == f"stackpane s3 restore --version-id={old} s3://{bucket}/2026/a.json"


def test_a_deleted_object_is_said_to_be_deleted(invoke: Invoke, ministack: Emulator) -> None:
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    version_on(ministack, "bucket")
    put(ministack, "bucket")
    ministack.client("s3").delete_object(Bucket="bucket", Key="2026/a.json")
    result = invoke("s3", "show", "s3://bucket/2026/a.json", at=ministack)
    assert result.exit_code == 254
    assert "delete marker" in result.errors
    assert "stackpane s3 versions s3://bucket/2026/a.json" in result.errors


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("{bucket}/none", "there is no object"),
        ("{bucket}/2026/", "s3 ls"),
        ("no-such-bucket-here", "there is no bucket"),
    ],
)
def test_what_is_not_there_is_named(invoke: Invoke, aws: Emulator, bucket: str, place: str, says: str) -> None:
    put(aws, bucket)
    result = invoke("s3", "show", f"s3://{place.format(bucket=bucket)}", at=aws)
    assert result.exit_code == 254
    assert says in result.errors
    assert result.stdout == b""


@pytest.mark.parametrize("args", [["s3://"], ["s3://bucket", "--version-id", "x"], ["bucket/key"]])
def test_what_cannot_be_meant_is_refused(invoke: Invoke, ministack: Emulator, args: list[str]) -> None:
    assert invoke("s3", "show", *args, at=ministack).exit_code == 252


def test_a_bucket_is_shown_with_its_settings(invoke: Invoke, aws: Emulator) -> None:
    client = aws.client("s3")
    client.create_bucket(
        Bucket="settings",
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        ObjectLockEnabledForBucket=True,
    )
    client = aws.client("s3", region="eu-west-1")
    client.put_bucket_tagging(Bucket="settings", Tagging={"TagSet": [{"Key": "team", "Value": "blue"}]})
    client.put_public_access_block(Bucket="settings", PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    client.put_bucket_encryption(
        Bucket="settings",
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
        },
    )
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}
    client.put_bucket_lifecycle_configuration(Bucket="settings", LifecycleConfiguration={"Rules": [rule]})
    found = invoke("s3", "show", "s3://settings", "-o", "json", at=aws).ok().json()
    expected = {
        "Name": "settings", "BucketRegion": "eu-west-1", "VersioningStatus": "Enabled", "ObjectLockEnabled": "Enabled",
        "SSEAlgorithm": "aws:kms", "BlockPublicAcls": True, "BlockPublicPolicy": False, "Tags": {"team": "blue"},
        "Arn": "arn:aws:s3:::settings", "ReplicationRules": [], "LoggingTarget": None,
    }  # fmt: skip
    assert expected.items() <= found.items()
    assert [entry["ID"] for entry in found["LifecycleRules"]] == ["old"]
    assert found["ConsoleUrl"].startswith("https://eu-west-1.console.aws.amazon.com/s3/buckets/settings")


def test_targets_of_events_are_shown_under_their_names(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    arn = "arn:aws:lambda:us-east-1:123456789012:function:thumbnails"
    body = (
        f"<NotificationConfiguration><CloudFunctionConfiguration><Id>thumbs</Id><CloudFunction>{arn}</CloudFunction>"
        "<Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration></NotificationConfiguration>"
    )
    proof = {"Content-Type": "application/xml", "x-amz-request-id": "MADEUP"}
    faults.fault(answer(200, body.encode(), proof), "GetBucketNotificationConfiguration")
    found = invoke("s3", "show", f"s3://{bucket}", "-o", "json", at=faults).ok().json()
    assert found["thumbs"] == arn
    assert found["EventBridge"] is False


def test_every_declared_call_is_made_and_no_other(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    put(aws, bucket)
    invoke("s3", "show", f"s3://{bucket}", at=faults).ok()
    invoke("s3", "show", f"s3://{bucket}/2026/a.json", at=faults).ok()
    assert set(faults.operations) == {call.operation for call in show.calls}


@pytest.mark.parametrize(
    "call",
    [call for call in show.calls if call.operation not in ("HeadBucket", "HeadObject")],
    ids=lambda call: call.operation,
)
def test_a_denied_part_is_left_out_and_named(invoke: Invoke, ministack: Emulator, call: object) -> None:
    from stackpane import Call

    assert isinstance(call, Call)
    ministack.reset()
    ministack.client("s3").create_bucket(Bucket="bucket")
    put(ministack, "bucket", Metadata={"a": "b"})
    place = "s3://bucket/2026/a.json" if call.operation == "GetObjectTagging" else "s3://bucket"
    with FaultProxy(ministack.url) as proxy:
        proxy.fault(access_denied(call.actions[0]), call.operation)
        result = invoke("s3", "show", place, "-o", "json", at=proxy).ok()
    assert call.actions[0] in result.errors
    assert result.errors.count("left out") == 1
    assert ("Metadata" if place.endswith("json") else "BucketRegion") in result.json()


def test_a_user_without_the_rights_sees_what_there_is_for_them(ministack_auth: Emulator) -> None:
    ministack_auth.client("s3").create_bucket(Bucket="bucket")
    put(ministack_auth, "bucket", Metadata={"a": "b"}, Tagging="a=b")
    keys = ministack_auth.user(
        "reader", {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/2026/*"}
    )
    warnings: list[str] = []
    with FaultProxy(ministack_auth.url) as proxy:
        proxy.fault(rewrite(bytes, x_amz_request_id="ADDED"))  # its denials come without one
        session = session_at(proxy.url, show, keys=keys, warnings=warnings)
        record = view(show, session, "s3://bucket/2026/a.json")
        with pytest.raises(ClientError, match="403"):
            view(show, session, "s3://bucket/2025/a.json")
    assert record.tags is None
    assert any(field.name == "Metadata" for section in record.sections for field in section.fields)
    assert len(warnings) == 1
    assert "s3:GetObjectTagging" in warnings[0]


def test_hostile_keys_and_metadata_are_shown_exactly_and_harmlessly(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    printable = [text.strip() for text in VALUES.values() if text.isascii() and text.isprintable()]
    keys = [key for key in KEYS.values() if storable(key, aws.name) and key not in (".", "..")]
    session = session_at(aws.url, show)
    for number, key in enumerate(keys):
        put(aws, bucket, key, Metadata={"text": printable[number % len(printable)]})
        record = object_record(session, S3Uri(bucket, key), None)
        facts = {field.name: field.value for section in record.sections for field in section.fields}
        assert (facts["Key"], facts["Metadata"]) == (key, {"text": printable[number % len(printable)]})
        assert record.arn == f"arn:aws:s3:::{bucket}/{key}"
        assert record.console_url is not None
        assert record.console_url.isascii()
        for link in record.links:
            assert Link.from_address(link.address) == link
    for key in keys[::40]:
        shown = invoke("s3", "show", f"s3://{bucket}/{key}", at=aws).ok().text
        assert not set(shown) & {*map(chr, range(32)), "\x7f", "\u202e", "\u009b"} - {"\n"}
