"""Commands that list, on a bucket that has some small pages of everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tests.s3.writing import fill, history, version_on

if TYPE_CHECKING:
    from tests.harness.cli import Invoke, Result
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

BUCKETS, OBJECTS, VERSIONS = "ListBuckets", "ListObjectsV2", "ListObjectVersions"


class Command(NamedTuple):
    """A command line that works on ``s3://data``, and the operation that lists what it is about."""

    operation: str
    line: str


READING = {
    "ls": Command(BUCKETS, "s3 ls"),
    "ls level": Command(OBJECTS, "s3 ls s3://data/"),
    "ls -r": Command(OBJECTS, "s3 ls -r s3://data/"),
    "ls glob": Command(OBJECTS, "s3 ls s3://data/top*"),
    "ls folders": Command(OBJECTS, "s3 ls s3://data/*/[0-2]"),
    "du": Command(BUCKETS, "s3 du"),
    "du bucket": Command(OBJECTS, "s3 du s3://data"),
    "du versions": Command(VERSIONS, "s3 du --versions s3://data"),
    "versions": Command(VERSIONS, "s3 versions s3://data/"),
    "get": Command(OBJECTS, "s3 get s3://data/ got"),
    "get glob": Command(OBJECTS, "s3 get s3://data/*/[0-2] got"),
}
CHANGING = {
    "rm -r": Command(OBJECTS, "s3 rm -r s3://data/ --yes"),
    "rm glob": Command(OBJECTS, "s3 rm s3://data/top* --yes"),
    "rm versions": Command(VERSIONS, "s3 rm -r --all-versions s3://data/ --yes"),
    "cp": Command(OBJECTS, "s3 cp -r s3://data/ s3://second/"),
    "mv": Command(OBJECTS, "s3 mv -r s3://data/ s3://second/ --yes"),
    "restore deleted": Command(VERSIONS, "s3 restore s3://data/ --deleted --yes"),
    "restore as of": Command(VERSIONS, "s3 restore s3://data/ --as-of 2001-01-01 --yes"),
    "rb": Command(VERSIONS, "s3 rb --force s3://data --yes"),
    "rb uploads": Command("ListMultipartUploads", "s3 rb --force s3://data --yes"),
}
COMMANDS = READING | CHANGING


def set_up(emulator: Emulator) -> None:
    """Empty the emulator and make five buckets; in ``data`` are folders, objects, deleted ones, unfinished uploads."""
    emulator.reset()
    client = emulator.client("s3")
    for bucket in ("data", "second", "third", "fourth", "fifth"):
        client.create_bucket(Bucket=bucket)
    version_on(emulator, "data")
    fill(emulator, "data", [f"{folder}/{number}" for folder in "abc" for number in range(4)])
    fill(emulator, "data", [f"top{number}" for number in range(5)])
    for number in range(4):
        client.delete_object(Bucket="data", Key=f"c/{number}")
    for number in range(5):
        client.create_multipart_upload(Bucket="data", Key=f"unfinished{number}")


def state(emulator: Emulator) -> dict[str, Any]:
    """All that is in the buckets but ids; what versions there are, and which are the latest."""
    client = emulator.client("s3")
    buckets = [each["Name"] for each in client.list_buckets()["Buckets"]]
    found: dict[str, Any] = {
        name: sorted((key, what, latest) for key, _id, what, latest in history(emulator, name)) for name in buckets
    }
    if "data" in buckets:
        found["uploads"] = len(client.list_multipart_uploads(Bucket="data").get("Uploads", ()))
    return found


def run(invoke: Invoke, name: str, at: FaultProxy | Emulator, *more: str) -> Result:
    """Run a command; a list is shown to its end, and raw."""
    raw = ("--all", "-o", "jsonl") if COMMANDS[name].line.startswith(("s3 ls", "s3 du", "s3 versions")) else ()
    return invoke(*COMMANDS[name].line.split(), *raw, *more, at=at)
