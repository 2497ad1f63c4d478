"""``s3 du``: sums by folder, for any tree, and where a list of them is cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackpane_s3.commands.du import du
from stackpane_s3.sums import Sum, Sums
from tests.harness.faults import access_denied
from tests.s3.writing import fill, version_on

if TYPE_CHECKING:
    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

TREE = {"a/1": b"x", "a/b/2": b"xx", "a/b/3": b"xxx", "c/4": b"xxxx", "top": b"xxxxx", "z/": b""}


def sums_of(result: Result) -> list[tuple[str, int, int]]:
    return [(row["Uri"], row["Objects"], row["Size"]) for row in result.ok().json()]


@pytest.mark.parametrize(
    ("place", "options", "expected"),
    [
        ("", [], [("a/", 3, 6), ("c/", 1, 4), ("z/", 1, 0), ("", 6, 15)]),
        ("", ["--depth", "0"], [("", 6, 15)]),
        ("", ["--depth", "2"], [("a/b/", 2, 5), ("a/", 3, 6), ("c/", 1, 4), ("z/", 1, 0), ("", 6, 15)]),
        ("a/", [], [("a/b/", 2, 5), ("a/", 3, 6)]),
        ("a", [], [("a/", 3, 6), ("a", 3, 6)]),
        ("none/", [], [("none/", 0, 0)]),
    ],
)
def test_sizes_are_summed_up_by_folder(
    invoke: Invoke, aws: Emulator, bucket: str, place: str, options: list[str], expected: list[tuple[str, int, int]]
) -> None:
    fill(aws, bucket, TREE)
    found = sums_of(invoke("s3", "du", f"s3://{bucket}/{place}", *options, "-o", "json", at=aws))
    assert found == [(f"s3://{bucket}/{folder}", count, size) for folder, count, size in expected]


def test_versions_count_when_asked_for(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    version_on(aws, bucket)
    fill(aws, bucket, {"a/k": b"1", "b": b"22"})
    fill(aws, bucket, {"a/k": b"333"})
    aws.client("s3").delete_object(Bucket=bucket, Key="b")
    assert sums_of(invoke("s3", "du", f"s3://{bucket}", "-o", "json", at=aws))[-1][1:] == (1, 3)
    found = sums_of(invoke("s3", "du", f"s3://{bucket}", "--versions", "-o", "json", at=aws))
    assert found == [(f"s3://{bucket}/a/", 2, 4), (f"s3://{bucket}/", 3, 6)]


def test_without_a_uri_there_is_a_row_per_bucket(invoke: Invoke, aws: Emulator) -> None:
    for number, name in enumerate(("alpha", "beta", "gamma")):
        aws.client("s3").create_bucket(Bucket=name)
        fill(aws, name, {f"a/{key}": b"xx" for key in range(number)})
    rows = [("s3://alpha/", 0, 0), ("s3://beta/", 1, 2), ("s3://gamma/", 2, 4)]
    assert sums_of(invoke("s3", "du", "-o", "json", at=aws)) == rows
    first = invoke("s3", "du", "-o", "json", "--limit", "1", at=aws)
    cursor = next(word for word in first.errors.split() if word.startswith("--cursor="))
    assert sums_of(first) + sums_of(invoke("s3", "du", "-o", "json", cursor, at=aws)) == rows


def test_a_bucket_that_may_not_be_listed_is_left_out(invoke: Invoke, aws: Emulator, faults: FaultProxy) -> None:
    for name in ("alpha", "beta"):
        aws.client("s3").create_bucket(Bucket=name)
    faults.fault(
        access_denied("s3:ListBucket"), lambda request: request.operation == "ListObjectsV2" and "alpha" in request.path
    )
    result = invoke("s3", "du", "-o", "json", at=faults)
    assert sums_of(result) == [("s3://beta/", 0, 0)]
    assert "s3:ListBucket" in result.errors


def test_a_cursor_goes_on_with_the_sums_so_far(invoke: Invoke, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, TREE)
    command = ["s3", "du", f"s3://{bucket}", "--depth", "2", "-o", "json"]
    everything = sums_of(invoke(*command, at=aws))
    seen: list[tuple[str, int, int]] = []
    cursor: list[str] = []
    while len(seen) < len(everything):
        result = invoke(*command, "--limit", "1", *cursor, at=aws)
        seen += sums_of(result)
        cursor = [word for word in result.errors.split() if word.startswith("--cursor=")]
    assert seen == everything


def test_every_declared_call_is_made_and_no_other(
    invoke: Invoke, aws: Emulator, bucket: str, faults: FaultProxy
) -> None:
    for args in ([], [f"s3://{bucket}"], [f"s3://{bucket}", "--versions"]):
        invoke("s3", "du", *args, at=faults).ok()
    assert set(faults.operations) == {call.operation for call in du.calls}


def reckoned(keys: dict[str, int], prefix: str, depth: int) -> dict[str, tuple[int, int]]:
    """The sums by folder, reckoned one by one."""
    folders = {prefix}
    for key in keys:
        parts = key[len(prefix) :].split("/")[:-1]
        folders |= {
            prefix + "".join(f"{part}/" for part in parts[:level]) for level in range(1, min(depth, len(parts)) + 1)
        }
    inside = {folder: [size for key, size in keys.items() if key.startswith(folder)] for folder in folders}
    return {folder: (len(sizes), sum(sizes)) for folder, sizes in inside.items()}


@given(
    st.dictionaries(st.text("ab/-", max_size=7), st.integers(0, 9), max_size=30),
    st.integers(0, 4),
    st.text("ab", max_size=1),
)
def test_any_tree_is_summed_up_right(keys: dict[str, int], depth: int, prefix: str) -> None:
    keys = {prefix + key: size for key, size in keys.items()}
    sums = Sums(prefix, depth)
    found: list[Sum] = []
    for entry in sorted(keys.items()):
        found += sums.add([entry])
        sums = Sums.read(sums.cursor, prefix, depth)  # at any point it can be put down and taken up
    found += sums.rest()
    assert len(found) == len({folder for folder, _, _ in found}) or "" in {folder for folder, _, _ in found}
    assert {folder: (count, size) for folder, count, size in found} == reckoned(keys, prefix, depth)
    assert found[-1][0] == prefix
