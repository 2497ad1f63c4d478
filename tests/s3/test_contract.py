"""S3 keeps the contract of plugins, on both emulators; above all, every command declares exactly the calls it makes."""

from __future__ import annotations

import re
import shlex
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from botocore.exceptions import ClientError

from stackpane.errors import StackpaneError
from stackpane.testing import HOSTILE_TEXTS, Kit, PluginContract
from stackpane_s3 import copying
from tests.harness import faults as modes
from tests.harness import hostile
from tests.s3.stage import set_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import FaultProxy

SINGLE = 64 << 10
"""Bytes up to which an object is copied by one request here; S3's own 5 GiB are too many for a test."""
COPIES = {
    "cp": "s3 cp s3://kept/large s3://kept/copy",
    "mv": "s3 mv s3://kept/moving s3://kept/moved",
    "edit": "s3 edit s3://kept/edited --content-type text/plain",
    "restore": "s3 restore s3://kept/restored --version-id {large}",
}
"""A command line of each command that copies, here in parts."""


@pytest.fixture
def aws_endpoint(faults: FaultProxy) -> str:
    """Each emulator in turn, through a proxy."""
    return faults.url


@pytest.fixture
def kit(aws_endpoint: str) -> Kit:
    return Kit(aws_endpoint)


class TestS3(PluginContract):
    plugin = "s3"
    runs: ClassVar[tuple[str, ...]] = (
        "s3 ls",
        "s3 ls s3://hostile/",
        "s3 ls -r s3://hostile/",
        "s3 show s3://photos",
        "s3 show {hostile}",
        "s3 cat {hostile}",
        "s3 get s3://photos/a.txt got.txt",
        "s3 get s3://hostile/ got",
        "s3 du",
        "s3 du --versions s3://kept",
        "s3 versions s3://kept/",
        "s3 presign {hostile}",
        "s3 presign --put s3://photos/new.txt",
        "s3 put up.txt {new}",
        "s3 put big.bin s3://photos/big.bin --part-size 5MiB",
        "s3 cp {hostile} {copy}",
        "s3 cp -r s3://hostile/ s3://photos/hostile/",
        COPIES["cp"],
        "s3 mv {copy} s3://photos/copy",
        "s3 mv -r s3://photos/hostile/ s3://photos/moved/",
        "s3 edit {hostile} --metadata seen=yes --tag seen=yes",
        COPIES["edit"],
        COPIES["mv"],
        "s3 restore s3://kept/gone",
        "s3 restore s3://kept/doc --version-id {first}",
        "s3 restore -r s3://kept/deleted/ --deleted",
        COPIES["restore"],
        "s3 rm {new}",
        "s3 rm -r s3://photos/moved/",
        "s3 rm -r s3://kept/ --all-versions",
        "s3 mb s3://new-bucket --versioning",
        "s3 rb s3://one --force",
        "s3 rb s3://two --force",
    )

    @pytest.fixture(autouse=True)
    def _stage(self, aws: Emulator, faults: FaultProxy, monkeypatch: pytest.MonkeyPatch) -> None:
        self.emulator, self.proxy, self.client = aws, faults, aws.client("s3")
        monkeypatch.setattr(copying, "SINGLE_MAX", SINGLE)

    @property
    def unmade(self) -> Mapping[str, str]:
        if self.emulator.name == "ministack":
            return {}
        why = "moto has no annotations, so there are none to be copied"
        return {"s3:GetObjectAnnotation": why, "s3:PutObjectAnnotation": why}

    def prepare(self, aws_endpoint: str) -> Mapping[str, str]:
        """Hostile keys and metadata, objects that are copied in parts, and something for every command to do."""
        first = set_up(self.emulator)
        self.client.put_bucket_ownership_controls(
            Bucket="kept", OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        )
        for bucket in ("hostile", "one", "two"):
            self.client.create_bucket(Bucket=bucket)
        listed = [key for key in HOSTILE_TEXTS if hostile.storable(key, self.emulator.name)]
        # neither lists versions with the URL encoding that keys beyond XML need, and moto nothing
        in_xml = [key for key in listed if hostile.in_xml(key) and "\r" not in key]
        listed = in_xml if self.emulator.name == "moto" else listed
        put = partial(
            self.client.put_object,
            Body="\n".join(HOSTILE_TEXTS).encode(),
            Metadata={"text": "<b>=1+1"},
            Tagging="text=%3D1%2B1",
        )
        for key in listed:
            put(Bucket="hostile", Key=key)
        for key in in_xml:
            put(Bucket="two", Key=key)
            put(Bucket="kept", Key=f"deleted/{key}")
            self.client.delete_object(Bucket="kept", Key=f"deleted/{key}")
        put(Bucket="one", Key="one")
        self.client.create_multipart_upload(Bucket="one", Key="unfinished")
        large = [self.large(key) for key in ("large", "moving", "edited", "restored")][-1]
        put(Bucket="kept", Key="restored")
        named = {"hostile": f"hostile/{listed[0]}", "new": f"photos/{listed[0]}", "copy": f"photos/copy/{listed[0]}"}
        return first | {"large": large} | {name: shlex.quote(f"s3://{place}") for name, place in named.items()}

    def large(self, key: str) -> str:
        """An object that is copied in parts, with more tags than a request takes, and an annotation; its version id."""
        place: dict[str, Any] = {"Bucket": "kept", "Key": key}
        version: str = self.client.put_object(**place, Body=bytes(SINGLE + 1))["VersionId"]
        tags = [{"Key": f"tag-{number}", "Value": "v" * 250} for number in range(9)]
        self.client.put_object_tagging(**place, Tagging={"TagSet": tags})
        if "s3:PutObjectAnnotation" not in self.unmade:
            self.client.put_object_annotation(**place, AnnotationName="note", AnnotationPayload=b"1")
        return version

    def provoke(self, kit: Kit, aws_endpoint: str) -> None:
        """Bucket lists without regions; copies that are taken back; uploads that go on, and that are given up."""
        self.proxy.fault(modes.rewrite(_without_regions), "ListBuckets", times=1)
        kit.run("s3 ls")

        kit.face.edit = lambda editing: f"{editing.text} edited"  # type: ignore[method-assign]
        kit.run("s3 edit s3://photos/a.txt")

        names = self.prepare(aws_endpoint)
        self.fail(kit, "UploadPartCopy", (COPIES[name].replace("{large}", names["large"]) for name in COPIES))

        for key, more in (("taken-up", ""), ("given-up", " --abort")):
            upload = f"s3 put big.bin s3://photos/{key} --part-size 5MiB"
            self.fail(kit, "UploadPart", [upload])
            kit.run(upload + more)

    def fail(self, kit: Kit, operation: str, lines: Iterable[str]) -> None:
        """Run command lines, each of which fails as this operation is denied once."""
        for line in lines:
            self.proxy.fault(modes.access_denied("s3:PutObject"), operation, times=1)
            with pytest.raises((StackpaneError, ClientError), match=r"denied|not authorized"):
                kit.run(line)


def _without_regions(body: bytes) -> bytes:
    return re.sub(rb"<BucketRegion>[^<]*</BucketRegion>", b"", body)
