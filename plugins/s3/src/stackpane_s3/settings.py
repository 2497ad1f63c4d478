"""An object's settings: all that S3 keeps of an object beside its body, read so that a copy onto itself loses none.

``CopyObject`` with the directive ``REPLACE`` starts from nothing, and without it leaves out the storage class, the
encryption, the lock, the redirect and the ACL. So what is to stay has to be said, all of it:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html#CopyingObjectsExamples
Tags stay by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackpane import StackpaneError

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["SettingsReader", "carried"]

# Members of both HeadObject's answer and the requests that describe how one request is made, or a key that S3 does not
# keep (SSE-C).
_NOT_SETTINGS = ("SSECustomer", "Checksum", "RequestC")
_LOCK = ("ObjectLockMode", "ObjectLockRetainUntilDate")
_GRANTS = {
    "FULL_CONTROL": "GrantFullControl",
    "READ": "GrantRead",
    "READ_ACP": "GrantReadACP",
    "WRITE_ACP": "GrantWriteACP",
}
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions"""


def carried(client: Any, head: Mapping[str, Any], operation: str = "CopyObject") -> dict[str, Any]:
    """What ``head`` (an answer of ``HeadObject``) says that ``operation`` can set.

    The names come from the service model, so a setting that S3 adds is carried as soon as botocore knows it.
    """
    known = client.meta.service_model.operation_model(operation).input_shape.members
    return {name: value for name, value in head.items() if name in known and not name.startswith(_NOT_SETTINGS)}


@dataclass(frozen=True)
class SettingsReader:
    """Reads what a copy within ``bucket`` must be given to lose nothing."""

    session: Session
    client: Any
    bucket: str

    def read(self, head: Mapping[str, Any], key: str) -> dict[str, Any]:
        """The settings of the object that ``head`` describes, as parameters of ``CopyObject``.

        Raises ``StackpaneError`` where S3 keeps something that no request can say.
        """
        where = f"s3://{self.bucket}/{key}"
        if head.get("MissingMeta"):
            raise StackpaneError(
                f"{where} has {head['MissingMeta']} metadata entries that S3 cannot say, so none is touched"
            )
        if "ExpiresString" in head and "Expires" not in head:
            text = head["ExpiresString"]
            raise StackpaneError(
                f"{where} expires {text!r}, which is no date and could not be kept", "Give it one with --expires."
            )
        settings = carried(self.client, head)
        if (until := head.get("ObjectLockRetainUntilDate")) is not None and until <= datetime.now(UTC):
            settings = {name: value for name, value in settings.items() if name not in _LOCK}
        return settings | self._grants(key, head.get("VersionId"))

    def _grants(self, key: str, version_id: str | None) -> dict[str, str]:
        """The object's ACL as ``CopyObject`` takes it; nothing where it grants nothing beyond the owner's own right."""
        if not self._has_acls:
            return {}
        version = {"VersionId": version_id} if version_id is not None else {}
        grants: dict[str, list[str]] = defaultdict(list)
        with self.session.part(f"the ACL of s3://{self.bucket}/{key}", on_fault=False):
            acl = self.client.get_object_acl(Bucket=self.bucket, Key=key, **version)
            owner = acl["Owner"]["ID"]
            if all(grant["Grantee"].get("ID") == owner for grant in acl["Grants"]):
                return {}
            for grant in acl["Grants"]:
                grants[_GRANTS[grant["Permission"]]].append(_grantee(grant["Grantee"]))
        return {name: ", ".join(grantees) for name, grantees in grants.items()}

    @cached_property
    def _has_acls(self) -> bool:
        """Whether the bucket's objects can have ACLs; they cannot in buckets made since April 2023, unless told to."""
        rules: list[Mapping[str, str]] = []
        try:
            rules = self.client.get_bucket_ownership_controls(Bucket=self.bucket)["OwnershipControls"]["Rules"]
        except ClientError as error:
            # Where it may not be read, or is not set, the ACL itself has to tell.
            if error.response["Error"]["Code"] not in (
                "OwnershipControlsNotFoundError",
                "AccessDenied",
                "NotImplemented",
            ):
                raise
        return all(rule["ObjectOwnership"] != "BucketOwnerEnforced" for rule in rules)


def _grantee(grantee: Mapping[str, str]) -> str:
    return f'id="{grantee["ID"]}"' if grantee["Type"] == "CanonicalUser" else f'uri="{grantee["URI"]}"'
