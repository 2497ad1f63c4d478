"""A small S3 in which every command has something to do, and what may be said of a command that failed there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.harness.honest import assert_honest, assert_one_error

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator

__all__ = [
    "COMMANDS", "PART", "READING", "WRITING", "Command", "assert_honest", "assert_one_error", "bodies", "lay_out",
    "set_up", "state",
]  # fmt: skip

PART = 5 << 20
"""Bytes of the smallest part that S3 takes."""


@dataclass(frozen=True)
class Command:
    """A command line that works on the stage. ``changes`` are the operations with which it changes something."""

    line: str
    changes: tuple[str, ...] = ()

    @property
    def argv(self) -> list[str]:
        """The words after ``stackpane``."""
        return self.line.split()


READING = {
    "ls": Command("s3 ls"),
    "ls bucket": Command("s3 ls s3://photos/"),
    "ls -r": Command("s3 ls -r s3://photos/"),
    "ls glob": Command("s3 ls s3://photos/*.txt"),
    "show bucket": Command("s3 show s3://photos"),
    "show object": Command("s3 show s3://photos/a.txt"),
    "cat": Command("s3 cat s3://photos/a.txt"),
    "cat --head": Command("s3 cat --head 1 s3://photos/a.txt"),
    "get": Command("s3 get s3://photos/a.txt got.txt"),
    "get folder": Command("s3 get s3://photos/folder/ got"),
    "get -": Command("s3 get s3://photos/a.txt -"),
    "du": Command("s3 du"),
    "du bucket": Command("s3 du s3://photos"),
    "versions": Command("s3 versions s3://kept/doc"),
    "presign": Command("s3 presign s3://photos/a.txt"),
}
WRITING = {
    "put": Command("s3 put up.txt s3://photos/up.txt", ("PutObject",)),
    "put folder": Command("s3 put up s3://photos/up/", ("PutObject",)),
    "put parts": Command(
        "s3 put big.bin s3://photos/big.bin --part-size 5MiB",
        ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"),
    ),
    "rm": Command("s3 rm s3://photos/a.txt --yes", ("DeleteObject",)),
    "rm folder": Command("s3 rm -r s3://photos/folder --yes", ("DeleteObjects",)),
    "rm versions": Command("s3 rm --all-versions s3://kept/doc --yes", ("DeleteObjects",)),
    "cp": Command("s3 cp s3://photos/a.txt s3://photos/z.txt", ("CopyObject",)),
    "cp folder": Command("s3 cp -r s3://photos/folder s3://photos/copy/", ("CopyObject",)),
    "mv": Command("s3 mv s3://photos/a.txt s3://photos/z.txt --yes", ("CopyObject", "DeleteObject")),
    "mv folder": Command("s3 mv -r s3://photos/folder s3://photos/copy/ --yes", ("CopyObject", "DeleteObject")),
    "mb": Command("s3 mb s3://new-bucket", ("CreateBucket",)),
    "rb": Command("s3 rb s3://empty --yes", ("DeleteBucket",)),
    "edit metadata": Command("s3 edit s3://photos/a.txt --metadata seen=yes", ("CopyObject",)),
    "edit tag": Command("s3 edit s3://photos/a.txt --tag seen=yes", ("PutObjectTagging",)),
    "restore": Command("s3 restore s3://kept/gone", ("DeleteObject",)),
    "restore version": Command("s3 restore s3://kept/doc --version-id {first}", ("CopyObject",)),
    "restore deleted": Command("s3 restore s3://kept/ --deleted --yes", ("DeleteObject",)),
}
COMMANDS = READING | WRITING


def set_up(emulator: Emulator) -> dict[str, str]:
    """Empty the emulator, fill it, and lay out files here. Returns what command lines have in braces."""
    emulator.reset()
    s3 = emulator.client("s3")
    for bucket in ("photos", "kept", "empty"):
        s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket="kept", VersioningConfiguration={"Status": "Enabled"})
    for key in ("a.txt", "b.txt", "folder/c.txt", "folder/d.txt"):
        s3.put_object(Bucket="photos", Key=key, Body=f"{key}\nsecond line\n".encode(), Metadata={"by": "stage"})
    first = s3.put_object(Bucket="kept", Key="doc", Body=b"first")["VersionId"]
    s3.put_object(Bucket="kept", Key="doc", Body=b"second")
    s3.put_object(Bucket="kept", Key="gone", Body=b"gone")
    s3.delete_object(Bucket="kept", Key="gone")
    lay_out()
    return {"first": first}


def lay_out() -> None:
    """The local files that commands upload, in the working directory."""
    Path("up.txt").write_bytes(b"up\n")
    Path("up").mkdir(exist_ok=True)
    Path("up/one.txt").write_bytes(b"one\n")
    Path("up/two.txt").write_bytes(b"two\n")
    with Path("big.bin").open("wb") as file:
        file.truncate(PART + 1)


def state(emulator: Emulator) -> dict[str, Any]:
    """All there is in S3 but dates and made-up ids: versions and markers by bucket, settings of what is current."""
    s3 = emulator.client("s3")
    found: dict[str, Any] = {"uploads": len(s3.list_multipart_uploads(Bucket="photos").get("Uploads", ()))}
    for bucket in (each["Name"] for each in s3.list_buckets()["Buckets"]):
        listed = s3.list_object_versions(Bucket=bucket)
        versions = [(each["Key"], each["IsLatest"], each["ETag"]) for each in listed.get("Versions", ())]
        markers = [(each["Key"], each["IsLatest"], "marker") for each in listed.get("DeleteMarkers", ())]
        found[f"s3://{bucket}"] = sorted(versions + markers)
        for key in (key for key, latest, etag in versions + markers if latest and etag != "marker" and key in _WRITTEN):
            head = s3.head_object(Bucket=bucket, Key=key)
            tags = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
            found[f"s3://{bucket}/{key}"] = (head["Metadata"], head["ContentType"], tags)
    return found


def bodies(state: dict[str, Any]) -> set[str]:
    """The ETags of all that is in a state, wherever it is: what must not be lost."""
    return {etag for name, value in state.items() if name.endswith(_BUCKETS) for _key, _latest, etag in value} - {
        "marker"
    }


_WRITTEN = ("a.txt", "z.txt", "up.txt", "copy/c.txt", "doc", "gone")
_BUCKETS = ("//photos", "//kept", "//empty", "//new-bucket")
