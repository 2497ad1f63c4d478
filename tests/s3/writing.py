"""What the tests of the writing commands share: a session of an emulator, and running a command to its end in it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from stackpane.aws.clients import Opened
from stackpane.session import Session
from stackpane.views import Document, Job, Outcome, Plan, Progress, View
from tests.core.support import REGION, botocore_session, connection

if TYPE_CHECKING:
    from stackpane.commands import Command
    from stackpane.links import Link
    from tests.harness.emulators import Emulator

BUCKET_DEFAULTS = {"ETag", "LastModified", "VersionId", "ResponseMetadata", "AcceptRanges"}
"""What every new copy of an object has anew, or only says how it was answered."""


@dataclass
class Runner:
    """Runs commands of a service in a session at ``url``, guarded by the calls each declares; keeps the warnings."""

    url: str
    region: str = REGION
    dry_run: bool = False
    service: str = "s3"
    facts: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def view(self, name: str, *argv: str) -> View:
        """The view of ``SERVICE NAME ARGV``."""
        command: Command = getattr(import_module(f"stackpane_{self.service}.commands.{name}"), name)
        with command.make_context(name, list(argv), obj=self) as context:
            return cast("View", command.invoke(context))

    def run(self, command: Command, params: Mapping[str, Any]) -> View:
        """What a click context asks its runner for."""
        assert command.callback is not None
        session = Session(self._opened, self.region, command.calls, self.dry_run, self.warnings.append)
        return cast("View", command.callback(session, **params))

    @cached_property
    def _opened(self) -> Opened:
        return Opened(connection(self.url, **self.facts), _botocore_session)

    @property
    def given(self) -> dict[str, Any]:
        """The global options of a click context; none here."""
        return {}

    def plan(self, name: str, *argv: str) -> Plan:
        """The plan that ``s3 NAME ARGV`` makes."""
        view = self.view(name, *argv)
        assert isinstance(view, Plan)
        return view

    def __call__(self, name: str, *argv: str) -> Outcome:
        """The outcome of ``s3 NAME ARGV``; a plan is carried out, as by somebody who confirms everything."""
        return finish(self.view(name, *argv))

    def follow(self, link: Link | None) -> Outcome:
        """The outcome of a link to another command of ``s3``; it survives being written as an address."""
        assert link is not None
        assert type(link).from_address(link.address) == link
        service, name, *argv = link.argv
        assert service == self.service
        return self(name, *argv)

    def text(self, name: str, *argv: str) -> str:
        """The text of a document that fits in memory."""
        view = self.view(name, *argv)
        assert isinstance(view, Document)
        assert isinstance(view.body, bytes)
        return view.body.decode()


@cache
def _botocore_session() -> Any:
    """One for all tests: each new one would read S3's model again."""
    return botocore_session()


def finish(view: View) -> Outcome:
    """Carry a plan or a job out; every step of progress is checked."""
    if isinstance(view, Plan):
        assert len(list(view.targets())) == view.count
        view = view.apply()
    if isinstance(view, Job):
        return to_end(view.run())
    assert isinstance(view, Outcome)
    return view


def to_end(running: Generator[Progress, None, Outcome], seen: Callable[[Progress], None] | None = None) -> Outcome:
    """Run a job's generator to its end; ``seen`` is given every step."""
    while True:
        try:
            progress = next(running)
        except StopIteration as end:
            return cast("Outcome", end.value)
        assert progress.total is None or progress.done <= progress.total
        if seen is not None:
            seen(progress)


def fill(emulator: Emulator, bucket: str, objects: Mapping[str, bytes] | Iterable[str], **put: Any) -> None:
    """Put objects: bodies by key, or keys alone (each one's body is its own name)."""
    bodies = objects if isinstance(objects, Mapping) else {key: key.encode() for key in objects}
    for key, body in bodies.items():
        emulator.client("s3").put_object(Bucket=bucket, Key=key, Body=body, **put)


def keys(emulator: Emulator, bucket: str) -> list[str]:
    """The keys of a bucket."""
    pages = emulator.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return [entry["Key"] for page in pages for entry in page.get("Contents", ())]


def bodies(emulator: Emulator, bucket: str) -> dict[str, bytes]:
    """The bodies of a bucket's objects, by key."""
    client = emulator.client("s3")
    return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys(emulator, bucket)}


def version_on(emulator: Emulator, bucket: str, status: str = "Enabled") -> None:
    """Turn versioning on, or suspend it."""
    emulator.client("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def history(emulator: Emulator, bucket: str, prefix: str = "") -> list[tuple[str, str, str, bool]]:
    """All versions and markers, ordered: key, version id, ``"marker"`` or the ETag, and whether it is the latest."""
    page = emulator.client("s3").list_object_versions(Bucket=bucket, Prefix=prefix)
    versions = [(v["Key"], v["VersionId"], v["ETag"], v["IsLatest"]) for v in page.get("Versions", ())]
    markers = [(m["Key"], m["VersionId"], "marker", m["IsLatest"]) for m in page.get("DeleteMarkers", ())]
    return sorted(versions + markers)


def facts(emulator: Emulator, bucket: str, key: str) -> dict[str, Any]:
    """All that S3 says of an object beside its body: what ``HeadObject`` has, and the tags."""
    client = emulator.client("s3")
    head = client.head_object(Bucket=bucket, Key=key)
    tags = client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    kept = {name: value for name, value in head.items() if name not in BUCKET_DEFAULTS}
    return kept | {"Tags": {tag["Key"]: tag["Value"] for tag in tags}}
