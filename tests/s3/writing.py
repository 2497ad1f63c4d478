"""What the tests of the writing commands share: sessions, full buckets, and running a view to its end."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from stackpane.aws.clients import Opened
from stackpane.connections.model import Connection, Source
from stackpane.session import Session
from stackpane.views import Job, Outcome, Plan, Progress, View

if TYPE_CHECKING:
    from stackpane.calls import Call
    from tests.harness.emulators import Emulator

# Keys that S3 takes and programs get wrong; moto serves none with a line break or another control character.
HOSTILE = (
    "a b+c%2Fd",
    "../outside",
    "/absolute",
    "a//b",
    ".",
    "..",
    "-rf",
    "?versionId=1",
    "a#b",
    "a\\b",
    "*[x]?",
    "<b>&amp;\"'",
    "=SUM(A1)",
    "tail ",
    "ü-\u202egpj.exe",
    "\U0001f30a",
    "x" * 1024,
)
CONTROLS = ("line\nbreak", "return\r", "\x1b[31mred", "null\x01")


class Notes(list[str]):
    """The warnings of a session."""


def session_at(
    url: str, calls: Iterable[Call] | None = None, *, region: str = "us-east-1", dry_run: bool = False, **facts: Any
) -> tuple[Session, Notes]:
    """A session of a connection to an emulator (or a proxy before it), guarded for ``calls``, and its warnings."""
    connection = Connection(name="test", source=Source.DUMMY, endpoint_url=url, **facts)
    notes = Notes()
    opened = Opened(connection, _botocore_session)
    declared = None if calls is None else tuple(calls)
    return Session(opened, region, declared, dry_run, notes.append), notes


def _botocore_session() -> Any:
    from tests.harness.emulators import _session

    session = _session()
    session.set_credentials("test", "test")
    return session


def fill(emulator: Emulator, bucket: str, objects: Mapping[str, bytes] | Iterable[str], **put: Any) -> None:
    """Put objects: bodies by key, or keys alone (each one's body is its own name)."""
    bodies = objects if isinstance(objects, Mapping) else {key: key.encode() for key in objects}
    for key, body in bodies.items():
        emulator.client("s3").put_object(Bucket=bucket, Key=key, Body=body, **put)


def keys(emulator: Emulator, bucket: str) -> list[str]:
    """The keys of a bucket."""
    pages = emulator.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [entry["Key"] for page in pages for entry in page.get("Contents", ())]


def version_on(emulator: Emulator, bucket: str) -> None:
    """Turn versioning on."""
    emulator.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def finish(view: View) -> Outcome:
    """Carry a plan or a job out, as somebody does who confirms everything."""
    if isinstance(view, Plan):
        view = view.apply()
    if not isinstance(view, Job):
        assert isinstance(view, Outcome)
        return view
    return yield_from(view.run())


def yield_from(running: Generator[Progress, None, Outcome]) -> Outcome:
    """Run a job's generator to its end; every step is well formed."""
    while True:
        try:
            progress = next(running)
        except StopIteration as end:
            return cast("Outcome", end.value)
        assert isinstance(progress, Progress)
        assert progress.total is None or progress.done <= progress.total
