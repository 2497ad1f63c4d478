"""Exports and imports by their ARN, and places in S3 as an argument names them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from stackpane import InvalidInput, Link
from stackpane_dynamodb.answers import needed

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["Place", "Transfer", "follow_link", "is_over", "location", "transfer_of"]

_ARN = re.compile(
    r"arn:[\w-]+:dynamodb:(?P<region>[\w-]*):\d*:table/(?P<table>[a-zA-Z0-9_.-]{3,255})/(?P<kind>export|import)/[^/]+"
)
_SCHEME = "s3://"
_BUCKET = re.compile(r"[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+", re.ASCII)
"""https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html"""
_MOST_PREFIX = 1024
_GOING_ON = ("IN_PROGRESS", "CANCELLING")


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, and the prefix of the keys that are meant in it (may be empty)."""

    bucket: str
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> Place:
        """The place that ``s3://BUCKET[/PREFIX]`` names. Raises ``InvalidInput``."""
        bucket, _, prefix = text.removeprefix(_SCHEME).partition("/")
        if not text.startswith(_SCHEME) or not _BUCKET.fullmatch(bucket):
            raise InvalidInput(f"{text!r} names no place in S3", "Write s3://BUCKET/PREFIX.")
        if len(prefix) > _MOST_PREFIX:
            raise InvalidInput(f"the prefix has {len(prefix):,} characters, and DynamoDB takes {_MOST_PREFIX:,}")
        return cls(bucket, prefix)

    def __str__(self) -> str:
        return f"{_SCHEME}{self.bucket}/{self.prefix}"


@dataclass(frozen=True, slots=True)
class Transfer:
    """An export or an import that was started, by its ARN."""

    arn: str
    kind: Literal["export", "import"]
    table: str
    region: str

    def described(self, session: Session) -> Mapping[str, Any]:
        """What DynamoDB says of it now. Raises ``InvalidInput`` where the ARN is one of another region."""
        if self.region not in ("", session.region):
            raise InvalidInput(
                f"this {self.kind} is in {self.region}, and this is {session.region}", f"Add --region {self.region}."
            )
        client = session.client("dynamodb")
        found: Mapping[str, Any]
        if self.kind == "export":
            found = needed(client.describe_export(ExportArn=self.arn), "ExportDescription")
        else:
            found = needed(client.describe_import(ImportArn=self.arn), "ImportTableDescription")
        return found


def transfer_of(arn: str) -> Transfer | None:
    """The export or import that an ARN names; ``None`` for all else."""
    match = _ARN.fullmatch(arn)
    if match is None:
        return None
    kind: Literal["export", "import"] = "export" if match["kind"] == "export" else "import"
    return Transfer(arn, kind, match["table"], match["region"])


def follow_link(arn: str, label: str = "Follow") -> Link:
    """To following an export or an import to its end."""
    return Link.to("dynamodb follow", arn, label=label)


def is_over(description: Mapping[str, Any]) -> bool:
    """Whether an export or import has ended, well or not."""
    status = description.get("ExportStatus") or description.get("ImportStatus")
    return status not in _GOING_ON


def location(description: Mapping[str, Any]) -> Place | None:
    """Where the files of an export lie (beside its manifest, where it has one already), or those of an import."""
    source = description.get("S3BucketSource")
    if source is not None:
        return Place(source["S3Bucket"], source.get("S3KeyPrefix", ""))
    if "S3Bucket" not in description:
        return None
    folder, slash, _ = description.get("ExportManifest", "").rpartition("/")
    return Place(description["S3Bucket"], folder + slash or description.get("S3Prefix", ""))
