"""``s3 versions``: every version and delete marker, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stackpane_s3.commands.versions import versions
from tests.harness.faults import answer
from tests.harness.listings import NAMESPACE
from tests.s3.sessions import rows as rows_of
from tests.s3.sessions import session_at, view
from tests.s3.writing import fill, version_on

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy


@pytest.fixture
def history(aws: Emulator, bucket: str) -> str:
    """A bucket in which ``a`` was written twice, ``b`` written and deleted, ``a/x`` and ``ab`` written once."""
    version_on(aws, bucket)
    fill(aws, bucket, {"a": b"1", "b": b"22", "a/x": b"333", "ab": b"4444"})
    fill(aws, bucket, {"a": b"55555"})
    aws.client("s3").delete_object(Bucket=bucket, Key="b")
    return bucket


def rows(invoke: Invoke, aws: object, *args: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = invoke("s3", "versions", *args, "-o", "json", at=aws).ok().json()  # type: ignore[arg-type]
    return found


def test_versions_come_newest_first_with_their_markers(invoke: Invoke, aws: Emulator, history: str) -> None:
    found = rows(invoke, aws, f"s3://{history}")
    assert [(row["Key"], row["Type"], row["Size"], row["IsLatest"]) for row in found] == [
        ("a", "Version", 5, True),
        ("a", "Version", 1, False),
        ("a/x", "Version", 3, True),
        ("ab", "Version", 4, True),
        ("b", "DeleteMarker", None, True),
        ("b", "Version", 2, False),
    ]
    assert len({row["VersionId"] for row in found}) == 6


@pytest.mark.parametrize(
    ("place", "options", "keys"),
    [
        ("a", [], ["a", "a", "a/x"]),
        ("a/", [], ["a/x"]),
        ("a*", [], ["a", "a", "a/x", "ab"]),
        ("a*", ["--no-glob"], []),
        ("?b", [], ["ab"]),
        ("", ["--deleted"], ["b"]),
    ],
)
def test_a_uri_means_an_object_a_folder_or_what_it_matches(
    invoke: Invoke, aws: Emulator, history: str, place: str, options: list[str], keys: list[str]
) -> None:
    assert [row["Key"] for row in rows(invoke, aws, f"s3://{history}/{place}", *options)] == keys


def test_a_bucket_without_versioning_has_null_versions(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["k"])
    (row,) = rows(invoke, aws, f"s3://{bucket}/k")
    assert (row["VersionId"], row["IsLatest"], row["Type"]) == ("null", True, "Version")


def test_a_version_leads_to_its_record_and_a_marker_to_its_removal(aws: Emulator, history: str) -> None:
    table = view(versions, session_at(aws.url, versions), f"s3://{history}")
    found = rows_of(table)
    assert len(found) == 6
    for row in found:
        link, actions = table.link(row), [link.argv[:2] for link in table.actions(row)]
        if row[3] == "DeleteMarker":
            assert link is None
            assert actions == [("s3", "rm")]
        else:
            assert link.argv == ("s3", "show", f"--version-id={row[1]}", f"s3://{history}/{row[0]}")
            assert ("s3", "restore") in actions


def test_a_cursor_goes_on_where_the_list_was_cut(invoke: Invoke, aws: Emulator, history: str) -> None:
    everything = rows(invoke, aws, f"s3://{history}")
    seen: list[dict[str, Any]] = []
    cursor: list[str] = []
    while len(seen) < len(everything):
        result = invoke("s3", "versions", f"s3://{history}", "--limit", "2", "-o", "json", *cursor, at=aws).ok()
        seen += result.json()
        cursor = [word for word in result.errors.split() if word.startswith("--cursor=")]
    assert seen == everything


def page(keys: list[str], marker: str = "") -> bytes:
    entry = (
        "<Version><Key>{0}</Key><VersionId>{0}1</VersionId><IsLatest>true</IsLatest><LastModified>"
        "2026-11-22T09:30:00.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>1</Size>"
        "<StorageClass>STANDARD</StorageClass></Version>"
    )
    more = (
        f"<NextKeyMarker>{marker}</NextKeyMarker><NextVersionIdMarker>{marker}1</NextVersionIdMarker>" if marker else ""
    )
    return (
        f'<ListVersionsResult xmlns="{NAMESPACE}"><IsTruncated>{"true" if marker else "false"}</IsTruncated>{more}'
        f"{''.join(map(entry.format, keys))}</ListVersionsResult>"
    ).encode()


PROOF = {"Content-Type": "application/xml", "x-amz-request-id": "MADEUP"}


def test_pages_follow_one_another(invoke: Invoke, faults: FaultProxy) -> None:
    faults.fault(answer(200, page(["a", "b"], "b"), PROOF), "ListObjectVersions", times=1)
    faults.fault(answer(200, page(["c"]), PROOF), "ListObjectVersions")
    assert [row["Key"] for row in rows(invoke, faults, "s3://bucket")] == ["a", "b", "c"]
    assert (faults.requests[1].arg("key-marker"), faults.requests[1].arg("version-id-marker")) == ("b", "b1")


def test_a_listing_that_repeats_its_markers_is_stopped(invoke: Invoke, faults: FaultProxy) -> None:
    faults.fault(answer(200, page(["a"], "a"), PROOF), "ListObjectVersions")
    result = invoke("s3", "versions", "s3://bucket", "--all", at=faults)
    assert result.exit_code == 254
    assert "repeats itself" in result.errors
    assert len(faults.requests) == 2


def test_every_declared_call_is_made_and_no_other(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    invoke("s3", "versions", f"s3://{bucket}", at=faults).ok()
    assert set(faults.operations) == {call.operation for call in versions.calls}
