"""The listing engine: complete, in order, each key once, whatever the folders look like."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stackpane import AwsError, Tokens
from stackpane_s3.below import objects_below
from stackpane_s3.filters import Filter
from stackpane_s3.globs import Glob
from stackpane_s3.listing import find_objects, matching
from stackpane_s3.pages import object_pages
from stackpane_s3.uris import S3Uri
from tests.s3.keyspace import TIME, KeySpace

if TYPE_CHECKING:
    from stackpane_s3.lean import ObjectRow

NAMES = st.text("ab-./", min_size=1, max_size=7)
KEYS = st.sets(NAMES, max_size=60)
PARTS = ["", "/", "a", "a/", "a-", "a/b", "b/", "b/b", "c/", "c/a", "ab/", "b-/", "b./a", "-", "//", "a/b/", "c"]
# Enough for folders that follow one another, some with an object of their own name; drawn rather than shrunk.
CROWDED = st.builds(
    lambda seed, count: {crowd.choice(PARTS) + crowd.choice(PARTS) for crowd in [Random(seed)] for _ in range(count)},
    st.integers(0, 1 << 32),
    st.integers(20, 200),
)
GLOBS = st.lists(st.sampled_from(["a", "b", "-", ".", "/", "*", "?", "[ab]", "**/"]), min_size=1, max_size=7).map(
    "".join
)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    yield
    assert threading.active_count() == 1


def keys_of(client: KeySpace, prefix: str = "", after: str = "") -> list[str]:
    return [row[0] for rows in objects_below(client, "b", prefix, after=after) for row in rows]


@given(
    st.one_of(KEYS, CROWDED.map(lambda keys: keys - {""})),
    st.one_of(st.just(""), st.text("ab-/", max_size=3)),
    st.one_of(st.just(""), st.text("ab-./", max_size=4)),
    st.integers(1, 5),
    st.booleans(),
)
@settings(max_examples=600)
def test_everything_below_a_prefix_comes_once_and_in_order(
    keys: set[str], prefix: str, after: str, page: int, repeats_folders: bool
) -> None:
    client = KeySpace(keys, page, repeats_folders)
    expected = [key for key in sorted(keys) if key.startswith(prefix) and key > after]
    assert keys_of(client, prefix, after) == expected


@pytest.mark.parametrize(
    ("name", "folders", "size", "most_requests"),
    [
        ("many objects in few folders", 25, 400, 10_000 // 10 + 25 + 30),
        ("small folders by the hundred", 900, 3, 2_700 // 10 + 900 // 10 + 150),
        ("one flat level", 1, 3000, 3_000 // 10 + 10),
    ],
)
def test_a_listing_costs_few_requests_more_than_its_pages(
    name: str, folders: int, size: int, most_requests: int
) -> None:
    keys = [f"{folder:04}/{number:05}" for folder in range(folders) for number in range(size)]
    client = KeySpace(keys, 10)
    assert keys_of(client) == keys
    assert len(client.requests) <= most_requests


def test_a_short_listing_costs_its_pages_and_no_thread() -> None:
    client = KeySpace([f"{number % 7}/{number}" for number in range(35)], 10)
    assert len(keys_of(client)) == 35
    assert len(client.requests) == 4
    assert client.at_once == 1


def test_the_first_page_comes_before_the_second_is_asked_for() -> None:
    client = KeySpace(map(str, range(100)), 10)
    batches = objects_below(client, "b")
    assert not client.requests
    next(batches)
    assert len(client.requests) == 1
    batches.close()


def test_a_listing_that_is_left_early_stops() -> None:
    client = KeySpace([f"{folder:02}/{number:04}" for folder in range(20) for number in range(100)], 10)
    batches = objects_below(client, "b")
    for _ in range(8):
        next(batches)
    batches.close()
    assert threading.active_count() == 1


@given(KEYS, GLOBS, st.booleans(), st.integers(1, 4), st.booleans(), st.text("ab-./", max_size=3))
@settings(max_examples=600)
def test_a_glob_finds_what_it_matches_and_in_order(
    keys: set[str], pattern: str, below: bool, page: int, repeats_folders: bool, after: str
) -> None:
    glob = Glob(pattern)
    client = KeySpace(keys, page, repeats_folders)
    found = list(matching(client, "b", glob, below=below, after=after))
    objects = [row[0] for page_found in found for row in page_found.objects]
    if below:
        expected = [key for key in sorted(keys) if glob.covers(key)]
    else:  # on a level that is listed as such, an object "a/" is a sign that there is a folder
        expected = [key for key in sorted(keys) if glob.matches(key) and ("**" in pattern or not key.endswith("/"))]
    assert objects == [key for key in expected if key > after]
    if below:
        assert not any(page_found.folders for page_found in found)


@given(
    KEYS, GLOBS.filter(lambda glob: "**" not in glob), st.integers(1, 4), st.booleans(), st.text("ab-./", max_size=3)
)
@settings(max_examples=300)
def test_a_glob_finds_the_folders_it_matches(
    keys: set[str], pattern: str, page: int, repeats_folders: bool, after: str
) -> None:
    glob = Glob(pattern)
    depth = pattern.removesuffix("/").count("/")
    folders = {"/".join(key.split("/")[: depth + 1]) + "/" for key in keys if key.count("/") > depth}
    found = matching(KeySpace(keys, page, repeats_folders), "b", glob, after=after)
    names = [folder for page_found in found for folder in page_found.folders]
    assert names == [folder for folder in sorted(folders) if glob.matches(folder) and folder > after]


def test_a_glob_lists_only_the_folders_that_it_allows() -> None:
    keys = [f"logs/2026-{month:02}/{day:02}/app.log" for month in range(1, 13) for day in range(1, 29)]
    client = KeySpace([*keys, *(f"photos/{number}" for number in range(5000))])
    found = [row[0] for page in matching(client, "b", Glob("logs/2026-0?/1[0-4]/*.log")) for row in page.objects]
    assert found == [key for key in keys if key[10] == "0" and "10" <= key[13:15] <= "14"]
    assert len(client.requests) == 1 + 9 + 45
    assert not any(request["Prefix"].startswith("photos") for request in client.requests)


def test_a_literal_folder_costs_no_request() -> None:
    client = KeySpace(["a/b/c/1.txt", "a/b/c/2.csv"])
    assert [page.objects[0][0] for page in matching(client, "b", Glob("a/b/c/*.csv")) if page.objects] == [
        "a/b/c/2.csv"
    ]
    assert client.requests == [{"Bucket": "b", "Prefix": "a/b/c/", "Delimiter": "/"}]


@pytest.mark.parametrize(
    ("uri", "recursive", "glob", "expected"),
    [
        ("s3://b", False, True, ["a*", "top"]),
        ("s3://b", True, True, ["a*", "a*/x", "ab/y", "ab/z/w", "top"]),
        ("s3://b/ab/", False, True, ["ab/y"]),
        ("s3://b/ab/", True, True, ["ab/y", "ab/z/w"]),
        ("s3://b/a*", False, True, ["a*"]),
        ("s3://b/a*", True, True, ["a*", "a*/x", "ab/y", "ab/z/w"]),
        ("s3://b/a*", False, False, ["a*"]),
        ("s3://b/a*", True, False, ["a*", "a*/x"]),
        ("s3://b/**/w", False, True, ["ab/z/w"]),
    ],
)
def test_a_uri_means_objects(uri: str, recursive: bool, glob: bool, expected: list[str]) -> None:
    client = KeySpace(["top", "a*", "a*/x", "ab/y", "ab/z/w"])
    found = find_objects(client, S3Uri.parse(uri), recursive=recursive, glob=glob)
    assert [row[0] for rows in found for row in rows] == expected


def test_objects_are_chosen_by_time_and_size() -> None:
    rows: list[ObjectRow] = [("k" * size, size, TIME, '"e"', None) for size in (1, 5, 9)]
    moment = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    later = datetime(2026, 11, 22, 9, 31, tzinfo=UTC)
    assert [row[1] for row in Filter(min_size=5)(rows)] == [5, 9]
    assert [row[1] for row in Filter(max_size=5)(rows)] == [1, 5]
    assert Filter(since=moment)(rows) == rows == Filter(before=later)(rows)
    assert Filter(since=later)(rows) == [] == Filter(before=moment)(rows)
    assert not Filter()
    assert Filter(min_size=0)


# Endpoints that never come to an end


@pytest.mark.parametrize("tokens", [["A", "A"], ["A", "B", "A"], ["A", "B", "C", "B"]])
def test_a_token_that_comes_twice_stops_the_listing(tokens: list[str]) -> None:
    guard = Tokens()
    *fine, bad = tokens
    for token in fine:
        guard.check(token, empty=False)
    with pytest.raises(AwsError, match="came twice"):
        guard.check(bad, empty=False)


def test_empty_pages_may_come_but_not_for_ever() -> None:
    guard = Tokens()
    for number in range(900):
        guard.check(f"t{number}", empty=True)
    guard.check("data", empty=False)
    for number in range(900, 1899):
        guard.check(f"t{number}", empty=True)
    with pytest.raises(AwsError, match="1,000 pages were empty"):
        guard.check("last", empty=True)


def test_a_page_that_is_cut_and_names_no_next_one_is_an_error() -> None:
    class Cut:
        def list_objects_v2(self, **_request: str) -> dict[str, object]:
            return {"IsTruncated": True, "Contents": []}

    with pytest.raises(AwsError, match="not where"):
        list(object_pages(Cut(), "b"))
