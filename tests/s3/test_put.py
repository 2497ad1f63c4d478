from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.errors import AwsError, InvalidInput, StackpaneError
from stackpane.views import Job, Table
from tests.harness.faultproxy import FaultProxy
from tests.s3.transfers import MIB, body_of, noise, uploads
from tests.s3.writing import Runner, bodies, fill, to_end, version_on

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

PART = 5 * MIB
PARTS = ("--part-size", "5MiB")


@pytest.fixture
def s3(aws: Emulator) -> Runner:
    return Runner(aws.url)


def write(files: dict[str, bytes]) -> None:
    for name, body in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(body)


# One file


def test_a_file_becomes_an_object_of_its_name_or_of_the_key(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({"d/a.txt": b"hello"})
    outcome = s3("put", "d/a.txt", f"s3://{bucket}/p/")
    assert outcome.message == f"Uploaded 1 file (5 B) to s3://{bucket}/p/."
    s3("put", "d/a.txt", f"s3://{bucket}")
    s3("put", "d/a.txt", f"s3://{bucket}/other")
    assert bodies(aws, bucket) == {"p/a.txt": b"hello", "a.txt": b"hello", "other": b"hello"}


@pytest.mark.parametrize("size", [0, 1, MIB, MIB + 1, PART, PART + 1, 2 * PART, 2 * PART + 7])
def test_every_size_arrives_whole(s3: Runner, aws: Emulator, bucket: str, size: int) -> None:
    body = noise(size)
    write({"x": body})
    outcome = s3("put", "x", f"s3://{bucket}/x", *PARTS)
    assert body_of(aws, bucket, "x") == body
    head = aws.client("s3").head_object(Bucket=bucket, Key="x")
    assert outcome.result["ETag"] == head["ETag"]
    assert head["ETag"].endswith(f'-{-(-size // PART)}"') == (size > PART)
    assert uploads(aws, bucket) == []


def test_what_the_object_is_can_be_said(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({"x.png": b"1", "big.json": noise(PART + 1)})
    options = ["--metadata", "Who=me", "--tag", "team=a b/ü", "--cache-control", "no-cache", "--storage-class"]
    s3("put", "x.png", "big.json", f"s3://{bucket}/", *options, "STANDARD_IA", *PARTS)
    for key, kind in (("x.png", "image/png"), ("big.json", "application/json")):
        head = aws.client("s3").head_object(Bucket=bucket, Key=key)
        assert head["ContentType"] == kind
        assert head["Metadata"] == {"who": "me"}
        assert head["CacheControl"] == "no-cache"
        assert head["StorageClass"] == "STANDARD_IA"
        if aws.name == "ministack" and key == "big.json":
            continue  # ministack forgets the tags of an upload in parts
        tags = aws.client("s3").get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        assert tags == [{"Key": "team", "Value": "a b/ü"}]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html"),
        ("a.tar.gz", "application/gzip"),
        ("a.csv.bz2", "application/x-bzip2"),
        ("a.unknown-kind", "binary/octet-stream"),
    ],
)
def test_the_content_type_is_guessed_from_the_name(s3: Runner, moto: Emulator, name: str, kind: str) -> None:
    moto.reset()
    moto.client("s3").create_bucket(Bucket="bucket")
    write({name: b"1"})
    Runner(moto.url)("put", name, "s3://bucket/")
    assert moto.client("s3").head_object(Bucket="bucket", Key=name)["ContentType"] == kind


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_the_checksum_can_be_chosen(s3: Runner, aws: Emulator, bucket: str, algorithm: str) -> None:
    write({"x": noise(PART + 9), "y": b"1"})
    s3("put", "x", "y", f"s3://{bucket}/", "--checksum-algorithm", algorithm, *PARTS)
    assert body_of(aws, bucket, "x") == noise(PART + 9)
    assert body_of(aws, bucket, "y") == b"1"


# stdin


@pytest.mark.parametrize("size", [0, 5, PART - 1, PART, PART + 1, 3 * PART])
def test_stdin_becomes_an_object(aws: Emulator, bucket: str, invoke: Invoke, size: int) -> None:
    body = noise(size)
    invoke("s3", "put", "-", f"s3://{bucket}/x.txt", *PARTS, at=aws, input=body).ok()
    assert body_of(aws, bucket, "x.txt") == body
    assert aws.client("s3").head_object(Bucket=bucket, Key="x.txt")["ContentType"] == "text/plain"
    assert uploads(aws, bucket) == []


def test_stdin_does_not_replace_unless_told(aws: Emulator, bucket: str, invoke: Invoke) -> None:
    fill(aws, bucket, {"x": b"theirs"})
    refused = invoke("s3", "put", "-", f"s3://{bucket}/x", at=aws, input=b"mine")
    assert refused.exit_code == 254
    assert "exists already" in refused.errors
    assert body_of(aws, bucket, "x") == b"theirs"
    invoke("s3", "put", "-", f"s3://{bucket}/x", "--overwrite", at=aws, input=b"mine").ok()
    assert body_of(aws, bucket, "x") == b"mine"


@pytest.mark.parametrize("uri", ["s3://bucket", "s3://bucket/p/"])
def test_stdin_needs_a_key(uri: str) -> None:
    with pytest.raises(InvalidInput, match="stdin is one object"):
        Runner("http://127.0.0.1:1").view("put", "-", uri)


# Folders


def test_a_folder_goes_right_under_the_uri(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({"d/a": b"1", "d/b/c": b"2", "d/.hidden/x": b"3", "e/y": b"4"})
    s3("put", "d", f"s3://{bucket}/p")
    s3("put", "d/", "e", f"s3://{bucket}/q/")
    assert bodies(aws, bucket) == {
        **{f"p/{name}": body for name, body in (("a", b"1"), ("b/c", b"2"), (".hidden/x", b"3"))},
        **{f"q/d/{name}": body for name, body in (("a", b"1"), ("b/c", b"2"), (".hidden/x", b"3"))},
        "q/e/y": b"4",
    }


def test_globs_are_expanded_and_can_be_excluded_from(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({"a1.txt": b"1", "a2.txt": b"2", "b.txt": b"3", "d/x.log": b"4", "d/y": b"5", "d/tmp/z": b"6"})
    s3("put", "a*.txt", f"s3://{bucket}/")
    s3("put", "d", f"s3://{bucket}/d/", "--exclude", "*.log", "--exclude", "tmp")
    assert bodies(aws, bucket) == {"a1.txt": b"1", "a2.txt": b"2", "d/y": b"5"}
    with pytest.raises(InvalidInput, match="no file matches"):
        s3.view("put", "*.none", f"s3://{bucket}/")
    write({"[x]": b"literal"})
    s3("put", "[x]", f"s3://{bucket}/")
    assert body_of(aws, bucket, "[x]") == b"literal"


def test_links_are_followed_but_not_in_circles(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({"d/a": b"1", "other/b": b"2"})
    Path("d/link").symlink_to("../other")
    Path("d/circle").symlink_to(".")
    Path("d/broken").symlink_to("nowhere")
    os.mkfifo("d/pipe")
    outcome = s3("put", "d", f"s3://{bucket}/")
    assert bodies(aws, bucket) == {"a": b"1", "link/b": b"2"}
    assert [failure.target for failure in outcome.failed] == ["d/broken"]
    assert any("d/circle leads back" in warning for warning in s3.warnings)
    assert any("d/pipe is no regular file" in warning for warning in s3.warnings)


def test_a_name_that_is_no_text_fails_alone(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({"d/a": b"1"})
    Path(os.fsdecode(b"d/\xff")).write_bytes(b"2")
    outcome = s3("put", "d", f"s3://{bucket}/")
    assert outcome.done == 1
    assert "not valid UTF-8" in outcome.failed[0].reason


def test_a_very_deep_folder_is_no_trouble(s3: Runner, aws: Emulator, bucket: str) -> None:
    deep = "/".join(["d"] * 400)
    write({f"{deep}/x": b"1"})
    s3("put", "d", f"s3://{bucket}/d")
    assert bodies(aws, bucket) == {f"{deep}/x": b"1"}


def test_unfinished_downloads_are_not_uploaded(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({"d/.x.00.stackpane-part": b"1", "d/.x.00.stackpane-journal": b"1", "d/x": b"2"})
    s3("put", "d", f"s3://{bucket}/")
    assert bodies(aws, bucket) == {"x": b"2"}


def test_what_cannot_be_meant_is_refused(s3: Runner, bucket: str) -> None:
    write({"a": b"1", "b": b"2"})
    Path("empty").mkdir()
    with pytest.raises(InvalidInput, match="one object, not a folder"):
        s3.view("put", "a", "b", f"s3://{bucket}/key")
    with pytest.raises(InvalidInput, match="does not exist"):
        s3.view("put", "none", f"s3://{bucket}/key")
    with pytest.raises(InvalidInput, match="no file is there"):
        s3("put", "empty", f"s3://{bucket}/")
    with pytest.raises(InvalidInput, match="S3 takes parts"):
        s3.view("put", "a", f"s3://{bucket}/", "--part-size", "1k")
    with pytest.raises(InvalidInput, match="kind of encryption"):
        s3.view("put", "a", f"s3://{bucket}/", "--sse-kms-key-id", "x")


def test_a_dry_run_lists_and_sends_nothing(aws: Emulator, bucket: str) -> None:
    write({"d/a": b"12", "d/b/c": b"3"})
    view = Runner(aws.url, dry_run=True).view("put", "d", f"s3://{bucket}/p")
    assert isinstance(view, Table)
    (page,) = view.fetch(None)  # type: ignore[arg-type]
    assert list(page.rows) == [("d/a", 2, f"s3://{bucket}/p/a"), ("d/b/c", 1, f"s3://{bucket}/p/b/c")]
    assert bodies(aws, bucket) == {}


def test_progress_knows_the_whole(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({"d/big": noise(2 * PART + 5), "d/small": b"1", "d/mid": noise(2 * MIB)})
    view = s3.view("put", "d", f"s3://{bucket}/", *PARTS)
    assert isinstance(view, Job)
    seen: list[Any] = []
    to_end(view.run(), seen.append)
    last, total = seen[-1], 2 * PART + 6 + 2 * MIB
    assert (last.done, last.total, last.files, last.files_total) == (total, total, 3, 3)


# What is there already


@pytest.mark.parametrize("size", [9, MIB + 1, PART + 1])
def test_an_object_that_exists_stays_unless_told(s3: Runner, aws: Emulator, bucket: str, size: int) -> None:
    fill(aws, bucket, {"x": b"theirs"})
    write({"x": noise(size)})
    with pytest.raises(AwsError, match=f"s3://{bucket}/x exists already"):
        s3("put", "x", f"s3://{bucket}/x", *PARTS)
    assert body_of(aws, bucket, "x") == b"theirs"
    assert uploads(aws, bucket) == []
    s3("put", "x", f"s3://{bucket}/x", "--overwrite", *PARTS)
    assert body_of(aws, bucket, "x") == noise(size)


@pytest.mark.parametrize("size", [0, 9, MIB + 1, PART + 1])
@pytest.mark.parametrize("more", [(), ("--overwrite",)])
def test_what_is_the_same_is_not_sent_again(
    s3: Runner, aws: Emulator, bucket: str, size: int, more: tuple[str, ...]
) -> None:
    version_on(aws, bucket)
    write({"x": noise(size)})
    first = s3("put", "x", f"s3://{bucket}/x", *PARTS)
    again = s3("put", "x", f"s3://{bucket}/x", *PARTS, *more)
    assert again.message == "1 object was there already, the same."
    assert (again.done, again.result["Unchanged"], again.failed) == (0, 1, ())
    assert first.result["VersionId"]
    assert len(aws.client("s3").list_object_versions(Bucket=bucket)["Versions"]) == 1


def test_other_settings_are_worth_sending_it_again(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({"x": b"1"})
    s3("put", "x", f"s3://{bucket}/x")
    with pytest.raises(AwsError, match="exists already"):
        s3("put", "x", f"s3://{bucket}/x", "--metadata", "a=b")
    s3("put", "x", f"s3://{bucket}/x", "--metadata", "a=b", "--overwrite")
    assert aws.client("s3").head_object(Bucket=bucket, Key="x")["Metadata"] == {"a": "b"}
    assert s3("put", "x", f"s3://{bucket}/x", "--metadata", "a=b").result["Unchanged"] == 1


def test_in_a_folder_only_what_differs_fails(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"b": b"theirs"})
    write({"d/a": b"1", "d/b": b"2", "d/c": b"3"})
    outcome = s3("put", "d", f"s3://{bucket}/")
    (failure,) = outcome.failed
    assert (failure.target, failure.unknown) == ("d/b", False)
    assert outcome.done == 2
    assert bodies(aws, bucket) == {"a": b"1", "b": b"theirs", "c": b"3"}
    assert s3.follow(outcome.resume).result["Unchanged"] == 2


def test_a_second_run_looks_before_it_sends(s3: Runner, aws: Emulator, bucket: str) -> None:
    write({f"d/{number:02}": noise(5000, number) for number in range(40)})
    s3("put", "d", f"s3://{bucket}/")
    aws.client("s3").delete_object(Bucket=bucket, Key="39")
    with FaultProxy(aws.url) as proxy:
        outcome = Runner(proxy.url)("put", "d", f"s3://{bucket}/", "--workers", "1")
        assert (outcome.done, outcome.result["Unchanged"]) == (1, 39)
        assert proxy.count("PutObject") <= 4
        assert proxy.count("HeadObject") <= 42


def test_an_unreadable_file_is_one_clear_error(s3: Runner, bucket: str) -> None:
    write({"x": b"1"})
    Path("x").unlink()
    Path("x").mkdir()
    Path("x/y").symlink_to("nowhere")
    with pytest.raises(StackpaneError, match="No such file"):
        s3("put", "x/y", f"s3://{bucket}/")
