from __future__ import annotations

import os
import random
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stackpane.errors import AwsError, InvalidInput, Refused, StackpaneError
from stackpane.views import Document, Job, Table
from stackpane_s3.localnames import decode, is_leftover
from tests.s3.hostile_keys import storable_keys
from tests.s3.writing import Runner, fill, to_end, version_on

if TYPE_CHECKING:
    from tests.harness.cli import Invoke
    from tests.harness.emulators import Emulator

MIB = 1024**2


@pytest.fixture
def s3(aws: Emulator) -> Runner:
    return Runner(aws.url)


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def files(top: Path) -> dict[str, bytes]:
    """All files below a folder, hidden ones too."""
    return {str(path.relative_to(top)): path.read_bytes() for path in sorted(top.rglob("*")) if path.is_file()}


def in_parts(aws: Emulator, bucket: str, key: str, body: bytes, part: int, **options: Any) -> None:
    """Upload as other tools do, in parts of ``part`` bytes."""
    client = aws.client("s3")
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, **options)["UploadId"]
    address = {"Bucket": bucket, "Key": key, "UploadId": upload}
    parts = []
    for number, start in enumerate(range(0, len(body), part), 1):
        answer = client.upload_part(**address, PartNumber=number, Body=body[start : start + part])
        parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        if "ChecksumAlgorithm" in options:
            parts[-1]["ChecksumCRC32"] = answer["ChecksumCRC32"]
    client.complete_multipart_upload(**address, MultipartUpload={"Parts": parts})


# One object


def test_an_object_becomes_a_file_of_its_name(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"2026/a.txt": b"hello"}, ContentType="text/plain")
    outcome = s3("get", f"s3://{bucket}/2026/a.txt")
    assert files(Path()) == {"a.txt": b"hello"}
    assert outcome.message == "Downloaded 1 object (5 B) to a.txt."
    assert outcome.result["Path"] == "a.txt"
    modified = aws.client("s3").head_object(Bucket=bucket, Key="2026/a.txt")["LastModified"]
    assert Path("a.txt").stat().st_mtime == int(modified.timestamp())


def test_dest_is_a_file_or_a_folder(s3: Runner, aws: Emulator, bucket: str, tmp_path: Path) -> None:
    fill(aws, bucket, {"a/x": b"1"})
    Path("there").mkdir()
    for dest in ("other", "there", "new/", "deep/er/name", str(tmp_path / "absolute")):
        s3("get", f"s3://{bucket}/a/x", dest)
    assert list(files(Path())) == ["absolute", "deep/er/name", "new/x", "other", "there/x"]


@pytest.mark.parametrize("size", [0, 1, MIB, MIB + 1, 3 * MIB + 5])
def test_every_size_comes_whole_and_proven(s3: Runner, aws: Emulator, bucket: str, size: int) -> None:
    body = noise(size)
    fill(aws, bucket, {"x": body})
    outcome = s3("get", f"s3://{bucket}/x", "--part-size", "1MiB")
    assert Path("x").read_bytes() == body
    assert sum(outcome.result["Verified"].values()) == 1
    assert "length" not in outcome.result["Verified"]


@pytest.mark.parametrize("asked", ["1MiB", "2MiB", "100MiB"])
@pytest.mark.parametrize(
    "options", [{}, {"ChecksumAlgorithm": "CRC32"}, {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}]
)
def test_objects_of_parts_are_proven_as_well(moto: Emulator, asked: str, options: dict[str, str]) -> None:
    """By the whole's checksum, or by that made of the parts', whose size is asked for."""
    moto.reset()
    moto.client("s3").create_bucket(Bucket="bucket")
    body = noise(11 * MIB + 7)
    in_parts(moto, "bucket", "x", body, 5 * MIB, **options)
    outcome = Runner(moto.url)("get", "s3://bucket/x", "--part-size", asked)
    assert Path("x").read_bytes() == body
    assert list(outcome.result["Verified"]) in (["CRC32"], ["MD5"])


def test_one_version_can_be_got(s3: Runner, aws: Emulator, bucket: str) -> None:
    version_on(aws, bucket)
    first = aws.client("s3").put_object(Bucket=bucket, Key="x", Body=b"first")["VersionId"]
    aws.client("s3").put_object(Bucket=bucket, Key="x", Body=b"second")
    s3("get", f"s3://{bucket}/x", "old", "--version-id", first)
    s3("get", f"s3://{bucket}/x", "new")
    assert files(Path()) == {"old": b"first", "new": b"second"}


def test_what_is_not_there_is_said_with_what_is(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["folder/x"])
    with pytest.raises(AwsError, match=f"there is no object s3://{bucket}/folder") as missing:
        s3.view("get", f"s3://{bucket}/folder")
    assert f"s3://{bucket}/folder/" in missing.value.hint
    with pytest.raises(InvalidInput, match="nothing is there"):
        s3("get", f"s3://{bucket}/none/", "out")
    with pytest.raises(InvalidInput, match="nothing is there"):
        s3("get", f"s3://{bucket}/*.none", "out")


def test_a_file_in_place_of_the_folder_is_one_clear_error(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["p/x"])
    Path("out").write_text("mine")
    with pytest.raises(StackpaneError, match="out: File exists"):
        s3("get", f"s3://{bucket}/p/", "out")
    with pytest.raises(InvalidInput, match="not worth a request"):
        s3.view("get", f"s3://{bucket}/p/", "--part-size", "1k")


def test_only_what_can_go_on_says_how(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"p/big": noise(MIB + 1), "p/small": b"1"})
    resumes = [
        view.resume is not None
        for key in ("big", "small", "")
        if isinstance(view := s3.view("get", f"s3://{bucket}/p/{key}", "--part-size", "1MiB"), Job)
    ]
    assert resumes == [True, False, True]


# stdout


@pytest.mark.parametrize("size", [0, 3, 20 * MIB + 3])
def test_an_object_goes_to_stdout_byte_for_byte(aws: Emulator, bucket: str, invoke: Invoke, size: int) -> None:
    body = noise(size)
    fill(aws, bucket, {"x": body}, ContentType="image/png")
    result = invoke("s3", "get", f"s3://{bucket}/x", "-", at=aws).ok()
    assert result.stdout == body
    assert files(Path()) == {}


def test_a_stream_says_what_it_is(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"a.png": b"123"}, ContentType="image/png")
    view = s3.view("get", f"s3://{bucket}/a.png", "-")
    assert isinstance(view, Document)
    assert (view.media_type, view.name, view.size, view.partial) == ("image/png", "a.png", 3, False)
    with pytest.raises(InvalidInput, match="only one object"):
        s3.view("get", f"s3://{bucket}/", "-")


# Folders


def test_a_folder_comes_with_all_that_is_in_it(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["p/a", "p/b/c", "p/b/d/e", "pq", "other/x"])
    s3("get", f"s3://{bucket}/p/", "out")
    assert files(Path()) == {"out/a": b"p/a", "out/b/c": b"p/b/c", "out/b/d/e": b"p/b/d/e"}
    s3("get", f"s3://{bucket}/p/b/")
    s3("get", "-r", f"s3://{bucket}/other")
    s3("get", f"s3://{bucket}")
    assert {"b/c", "b/d/e", "other/x", f"{bucket}/p/a", f"{bucket}/pq"} <= files(Path()).keys()


def test_globs_choose_and_names_are_kept_from_the_first_of_them_on(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["l/2026-01/x1.gz", "l/2026-01/y", "l/2026-02/x2.gz", "l/2025/x.gz", "l/2026-02/sub/x3.gz"])
    s3("get", f"s3://{bucket}/l/2026-*/x*.gz", "out")
    assert list(files(Path("out"))) == ["2026-01/x1.gz", "2026-02/x2.gz"]
    s3("get", "-r", f"s3://{bucket}/l/*-02", "all")
    assert list(files(Path("all"))) == ["2026-02/sub/x3.gz", "2026-02/x2.gz"]


def test_globs_can_be_taken_literally(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["a*", "ab"])
    s3("get", "--no-glob", f"s3://{bucket}/a*")
    assert files(Path()) == {"a*": b"a*"}


def test_what_is_excluded_stays(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["p/a.txt", "p/b.log", "p/tmp/x.txt", "p/d/b.log"])
    s3("get", f"s3://{bucket}/p/", "out", "--exclude", "**/*.log", "--exclude", "tmp")
    assert list(files(Path("out"))) == ["a.txt"]


def test_a_dry_run_lists_and_writes_nothing(aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["p/a", "p/b/"])
    view = Runner(aws.url, dry_run=True).view("get", f"s3://{bucket}/p/", "out")
    assert isinstance(view, Table)
    (page,) = view.fetch(None)  # type: ignore[arg-type]
    assert list(page.rows) == [("p/a", 3, "out/a"), ("p/b/", 4, "out/b/~")]
    assert files(Path()) == {}


def test_progress_knows_the_whole(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {f"p/{number}": noise(200_000, number) for number in range(20)})
    view = s3.view("get", f"s3://{bucket}/p/", "out")
    assert isinstance(view, Job)
    seen: list[Any] = []
    to_end(view.run(), seen.append)
    last = seen[-1]
    assert (last.done, last.total, last.files, last.files_total) == (4_000_000, 4_000_000, 20, 20)


# What is there already


def test_an_existing_file_stays_unless_told(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"x": b"theirs"})
    Path("x").write_bytes(b"mine!!")
    with pytest.raises(Refused, match="exists already"):
        s3("get", f"s3://{bucket}/x")
    assert files(Path()) == {"x": b"mine!!"}
    s3("get", f"s3://{bucket}/x", "--overwrite")
    assert files(Path()) == {"x": b"theirs"}


def test_in_a_folder_only_what_differs_fails(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"p/a": b"1", "p/b": b"2", "p/c": b"3"})
    Path("out").mkdir()
    Path("out/b").write_bytes(b"mine")
    outcome = s3("get", f"s3://{bucket}/p/", "out")
    assert [failure.target for failure in outcome.failed] == [f"s3://{bucket}/p/b"]
    assert not any(failure.unknown for failure in outcome.failed)
    assert "--overwrite" not in outcome.message
    assert files(Path("out")) == {"a": b"1", "b": b"mine", "c": b"3"}
    again = s3.follow(outcome.resume)
    assert (again.done, again.result["Unchanged"]) == (0, 2)


@pytest.mark.parametrize("size", [5, 17 * MIB])
def test_what_is_the_same_is_not_got_again(s3: Runner, aws: Emulator, bucket: str, size: int) -> None:
    fill(aws, bucket, {"x": noise(size)})
    s3("get", f"s3://{bucket}/x")
    before = Path("x").stat()
    assert s3("get", f"s3://{bucket}/x").result["Unchanged"] == 1
    os.utime("x", (1, 1))  # of another time, but with the object's checksum
    outcome = s3("get", f"s3://{bucket}/x", "--overwrite")
    assert outcome.message == "1 object was there already, the same."
    assert Path("x").stat().st_ino == before.st_ino


def test_a_file_of_the_same_size_and_other_bytes_is_not_the_same(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"x": b"abc"})
    Path("x").write_bytes(b"abd")
    with pytest.raises(Refused):
        s3("get", f"s3://{bucket}/x")


# Hostile keys and folders


def test_hostile_keys_stay_inside_and_come_back_the_same(
    s3: Runner, aws: Emulator, bucket: str, tmp_path: Path
) -> None:
    chosen = storable_keys(aws.name)
    bodies = {key: key.encode() for key in chosen}
    fill(aws, bucket, bodies)
    for folder in ("up", "up/and", "up/and/down"):
        Path(folder).mkdir()
        Path(folder, "sentinel").write_text("untouched")
    target = Path("up/and/down/target")
    outcome = s3("get", f"s3://{bucket}/", str(target))
    assert (outcome.done, outcome.failed) == (len(chosen), ())
    got = files(target)
    assert {decode(Path(name).parts): body for name, body in got.items()} == bodies
    outside = {name for name in files(tmp_path) if not name.startswith("up/and/down/target/")}
    assert outside == {"up/sentinel", "up/and/sentinel", "up/and/down/sentinel"}

    aws.client("s3").create_bucket(Bucket="copy-of-it")
    outcome = s3("put", str(target), "s3://copy-of-it/")
    assert (outcome.done, outcome.failed) == (len(chosen), ())
    client = aws.client("s3")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="copy-of-it")
    assert {entry["Key"] for page in pages for entry in page["Contents"]} == set(chosen)
    again = s3("get", f"s3://{bucket}/", str(target))
    assert (again.done, again.failed, again.result["Unchanged"]) == (0, (), len(chosen))


@pytest.mark.parametrize("key", ["../../../up", "/absolute", "..", "a/../../b", "~/x", "x\x1b[2J"])
def test_one_hostile_key_stays_inside(s3: Runner, aws: Emulator, bucket: str, key: str) -> None:
    fill(aws, bucket, {key: b"1"})
    Path("target").mkdir()
    s3("get", f"s3://{bucket}/{key}", "target", "--no-glob")
    ((name, body),) = files(Path()).items()
    assert name.startswith("target/")
    assert body == b"1"
    assert re.fullmatch(r"[\x20-\x7e]+", name)


def test_a_link_in_the_way_is_not_followed(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, ["p/link/x", "p/ok"])
    Path("outside").mkdir()
    Path("out").mkdir()
    Path("out/link").symlink_to("../outside")
    outcome = s3("get", f"s3://{bucket}/p/", "out", "--overwrite")
    (failure,) = outcome.failed
    assert "symbolic link" in failure.reason
    assert outcome.done == 1
    assert list(Path("outside").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_clear_error(
    s3: Runner, aws: Emulator, bucket: str, small_disk: Path
) -> None:
    fill(aws, bucket, ["x"])
    (small_disk / "x").write_text("mine")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StackpaneError, match="Read-only file system"):
        s3("get", f"s3://{bucket}/x", str(small_disk), "--overwrite")
    assert files(small_disk) == {"x": b"mine"}


def test_nothing_unfinished_is_left_or_uploaded(s3: Runner, aws: Emulator, bucket: str) -> None:
    fill(aws, bucket, {"p/x": noise(20 * MIB), "p/y": b"1"})
    s3("get", f"s3://{bucket}/p/", "out")
    assert not any(is_leftover(path.name) for path in Path("out").iterdir())
