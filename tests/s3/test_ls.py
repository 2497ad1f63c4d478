"""``s3 ls`` against real servers: buckets, folders, globs, conditions, cursors, and endpoints that misbehave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stackpane_s3.calls import HEAD_BUCKET, LIST_BUCKETS, LIST_OBJECTS
from stackpane_s3.commands.ls import ls
from tests.harness.faults import access_denied, answer, html200, in_turn, throttle
from tests.harness.hostile import KEYS, storable
from tests.harness.listings import NAMESPACE
from tests.s3.writing import fill

if TYPE_CHECKING:
    from tests.harness.cli import Cli, Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy, Mode

TREE = ["2026/07/a.jpg", "2026/07/b.png", "2026/08/a.jpg", "2026/top.txt", "2025/a.jpg", "top.txt", "z"]


def names(result: Result) -> list[str]:
    return [row["Key"] for row in result.ok().json()]


def test_buckets_come_with_their_regions(invoke: Invoke, aws: Emulator) -> None:
    client = aws.client("s3")
    client.create_bucket(Bucket="alpha")
    client.create_bucket(Bucket="beta", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    rows = invoke("s3", "ls", "-o", "json", at=aws).ok().json()
    assert [(row["Name"], row["BucketRegion"]) for row in rows] == [("alpha", "us-east-1"), ("beta", "eu-west-1")]
    assert all(row["CreationDate"].startswith("20") for row in rows)


def test_buckets_are_listed_page_by_page(invoke: Invoke, ministack: Emulator) -> None:
    ministack.reset()
    for number in range(7):
        ministack.client("s3").create_bucket(Bucket=f"bucket-{number}")
    first = invoke("s3", "ls", "-o", "json", "--limit", "3", at=ministack)
    assert [row["Name"] for row in first.ok().json()] == ["bucket-0", "bucket-1", "bucket-2"]
    cursor = first.errors.rpartition("--cursor=")[2].split()[0]
    rest = invoke("s3", "ls", "-o", "json", f"--cursor={cursor}", at=ministack).ok().json()
    assert [row["Name"] for row in rest] == [f"bucket-{number}" for number in range(3, 7)]


def test_folders_come_first(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, TREE)
    assert names(invoke("s3", "ls", f"s3://{bucket}", "-o", "json", at=aws)) == ["2025/", "2026/", "top.txt", "z"]
    rows = invoke("s3", "ls", f"s3://{bucket}/2026/", "-o", "json", at=aws).ok().json()
    assert [row["Key"] for row in rows] == ["2026/07/", "2026/08/", "2026/top.txt"]
    assert rows[0]["Size"] is None
    assert rows[2]["Size"] == len("2026/top.txt")


@pytest.mark.parametrize(
    ("place", "options", "expected"),
    [
        ("", ["-r"], sorted(TREE)),
        ("2026/0", ["-r"], [key for key in sorted(TREE) if key.startswith("2026/0")]),
        ("20", [], ["2025/", "2026/"]),
        ("2026/*/a.jpg", [], ["2026/07/a.jpg", "2026/08/a.jpg"]),
        ("2026/0[78]", [], ["2026/07/", "2026/08/"]),
        ("2026/0[78]", ["-r"], ["2026/07/a.jpg", "2026/07/b.png", "2026/08/a.jpg"]),
        ("**/*.jpg", [], [key for key in sorted(TREE) if key.endswith(".jpg")]),
        ("202?/a.jpg", [], ["2025/a.jpg"]),
        ("", ["-r", "--min-size", "12"], [key for key in sorted(TREE) if len(key) >= 12]),
        ("", ["-r", "--max-size", "1"], ["z"]),
        ("", ["--min-size", "0"], ["top.txt", "z"]),
        ("", ["-r", "--since", "1h"], sorted(TREE)),
        ("", ["-r", "--before", "1h"], []),
    ],
)
def test_a_uri_means_what_begins_so_or_matches(
    invoke: Invoke, aws: Emulator, bucket: str, place: str, options: list[str], expected: list[str]
) -> None:
    fill(aws, bucket, TREE)
    assert names(invoke("s3", "ls", f"s3://{bucket}/{place}", *options, "-o", "json", at=aws)) == expected


def test_glob_characters_can_be_meant_as_they_are(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["a*/x", "ab/x"])
    assert names(invoke("s3", "ls", f"s3://{bucket}/a*/x", "-o", "json", at=aws)) == ["a*/x", "ab/x"]
    assert names(invoke("s3", "ls", f"s3://{bucket}/a*/x", "--no-glob", "-o", "json", at=aws)) == ["a*/x"]
    assert names(invoke("s3", "ls", f"s3://{bucket}/a[*]/x", "-o", "json", at=aws)) == ["a*/x"]


@pytest.mark.parametrize("options", [[], ["-r"], ["--min-size", "1"]])
@pytest.mark.parametrize("place", ["", "*", "**"])
def test_a_cursor_goes_on_where_the_list_was_cut(
    invoke: Invoke, aws: Emulator, bucket: str, place: str, options: list[str]
) -> None:
    fill(aws, bucket, TREE)
    command = ["s3", "ls", f"s3://{bucket}/{place}", *options, "-o", "json"]
    everything = names(invoke(*command, at=aws))
    seen: list[str] = []
    cursor: list[str] = []
    while len(seen) < len(everything):
        result = invoke(*command, "--limit", "2", *cursor, at=aws)
        seen += names(result)
        cursor = [word for word in result.errors.split() if word.startswith("--cursor=")]
    assert seen == everything
    assert not cursor


def test_what_is_not_there_is_said(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    assert "nothing begins with" in invoke("s3", "ls", f"s3://{bucket}/none", at=aws).ok().errors
    assert "--no-glob" in invoke("s3", "ls", f"s3://{bucket}/none*", at=aws).ok().errors
    missing = invoke("s3", "ls", "s3://no-such-bucket-here/", at=aws)
    assert missing.exit_code == 254
    assert "NoSuchBucket" in missing.errors
    assert missing.stdout == b""


def test_hostile_keys_are_listed_exactly_and_shown_harmlessly(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    keys = sorted({key for key in KEYS.values() if storable(key, aws.name) and key not in (".", "..")})
    fill(aws, bucket, keys)
    stored = [entry["Key"] for page in aws.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
              for entry in page["Contents"]]  # fmt: skip
    assert names(invoke("s3", "ls", f"s3://{bucket}", "-r", "--all", "-o", "json", at=aws)) == stored
    shown = invoke("s3", "ls", f"s3://{bucket}", "-r", "--all", at=aws).ok()
    assert len(shown.lines) == len(stored) + 1
    assert not set(shown.text) & {*map(chr, range(32)), "\x7f", "\u202e", "\u009b"} - {"\n"}


def test_the_links_of_hostile_rows_lead_to_exactly_their_place(aws: Emulator, bucket: str) -> None:
    from stackpane import Link
    from stackpane_s3.commands.ls import _object_actions, _object_link
    from stackpane_s3.uris import S3Uri

    for key in KEYS.values():
        for row in ((key, 1, "2026-11-22T09:30:00Z", '"e"', None), (f"{key}/", None, None, None, None)):
            for link in (_object_link(S3Uri(bucket), row), *_object_actions(S3Uri(bucket), row)):
                assert f"s3://{bucket}/{row[0]}" in link.argv
                assert Link.from_address(link.address) == link


def test_only_as_many_pages_are_fetched_as_are_shown(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    fill(aws, bucket, TREE)
    invoke("s3", "ls", f"s3://{bucket}", "-r", "--limit", "2", at=faults).ok()
    assert faults.operations == ["ListObjectsV2"]


def test_every_declared_call_is_made_and_no_other(invoke: Invoke, moto: Emulator) -> None:
    from tests.harness.faultproxy import FaultProxy

    moto.reset()
    moto.client("s3").create_bucket(Bucket="bucket")
    with FaultProxy(moto.url) as proxy:
        invoke("s3", "ls", at=proxy).ok()
        invoke("s3", "ls", "s3://bucket", at=proxy).ok()
        assert set(proxy.operations) == {call.operation for call in ls.calls}
    assert set(ls.calls) == {LIST_BUCKETS, HEAD_BUCKET, LIST_OBJECTS}


# Endpoints that misbehave


@pytest.mark.parametrize("tokens", ["A", "AB", "ABC"])
@pytest.mark.parametrize("options", [[], ["-r"]])
def test_a_listing_that_repeats_its_tokens_is_stopped(
    invoke: Invoke, faults: FaultProxy, tokens: str, options: list[str]
) -> None:
    faults.fault(in_turn(*(page([token], token) for token in tokens)), "ListObjectsV2")
    result = invoke("s3", "ls", "s3://bucket", *options, "--all", "-o", "jsonl", at=faults)
    assert result.exit_code == 254
    assert "repeats itself" in result.errors
    assert len(faults.requests) == len(tokens) + 1


def test_empty_pages_are_passed_over(invoke: Invoke, faults: FaultProxy) -> None:
    faults.fault(in_turn(page([], "A"), page([], "B"), page(["a", "b"])), "ListObjectsV2")
    assert names(invoke("s3", "ls", "s3://bucket", "-r", "-o", "json", at=faults)) == ["a", "b"]
    assert [request.arg("continuation-token") for request in faults.requests] == ["", "A", "B"]


def page(keys: list[str], token: str = "") -> Mode:
    """A page of a listing, with the token of the next one."""
    entry = (
        "<Contents><Key>{}</Key><LastModified>2026-11-22T09:30:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
        "<Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>"
    )
    more = f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="{NAMESPACE}"><Name>bucket</Name>'
        f"<IsTruncated>{'true' if token else 'false'}</IsTruncated>{''.join(map(entry.format, keys))}{more}"
        "</ListBucketResult>"
    )
    return answer(200, body.encode(), {"Content-Type": "application/xml", "x-amz-request-id": "MADEUP"})


def test_throttling_for_a_while_is_waited_out(invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    fill(aws, bucket, TREE)
    faults.fault(throttle(), "ListObjectsV2", times=2)
    assert names(invoke("s3", "ls", f"s3://{bucket}", "-r", "-o", "json", at=faults)) == sorted(TREE)


def test_a_login_page_is_no_empty_bucket(invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    faults.fault(html200())
    for place in ("", f"s3://{bucket}"):
        result = invoke("s3", "ls", *filter(None, [place]), at=faults)
        assert result.exit_code == 254
        assert result.stdout == b""


def test_a_denial_names_the_action(invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy) -> None:
    faults.fault(access_denied("s3:ListBucket", f"arn:aws:s3:::{bucket}"), "ListObjectsV2")
    result = invoke("s3", "ls", f"s3://{bucket}", at=faults)
    assert result.exit_code == 254
    assert "s3:ListBucket" in result.errors
    assert f"arn:aws:s3:::{bucket}" in result.errors


def test_over_several_regions_each_bucket_is_listed_in_its_own(cli: Cli, ministack: Emulator) -> None:
    ministack.reset()
    s3 = ministack.client("s3")
    s3.create_bucket(Bucket="here")
    s3.create_bucket(Bucket="there", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    rows = cli("s3", "ls", "--region", "us-east-1,eu-west-1", "-o", "json", at=ministack).ok().json()
    assert sorted((row["Region"], row["Name"]) for row in rows) == [("eu-west-1", "there"), ("us-east-1", "here")]
