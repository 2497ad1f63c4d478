"""The record of a bucket: its region and its settings, each asked for on its own and as far as it may be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackpane import Field, Record, Section
from stackpane.fanout import in_order
from stackpane_s3.buckets import bucket_client, bucket_region, console_url
from stackpane_s3.places import bucket_actions, list_link, show_link
from stackpane_s3.records import field, tags_of
from stackpane_s3.uris import S3Uri

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["bucket_record"]

_WORKERS = 8

Facts = Iterator[Field]
Reply = Mapping[str, Any]


def bucket_record(session: Session, uri: S3Uri) -> Record:
    """A bucket's region, settings and tags. A setting that is denied is left out with a warning."""
    region = bucket_region(session, uri.bucket)
    client = bucket_client(session, uri.bucket)
    settings = () if uri.is_access_point else _SETTINGS  # which are the bucket's behind it
    tasks = [partial(_ask, session, client, uri, setting) for setting in settings]
    with closing(in_order(tasks, _WORKERS)) as answers:
        replies = dict(answers)
    sections: dict[str, list[Field]] = {"": [Field("Name", uri.bucket), Field("BucketRegion", region)]}
    for setting in settings:
        if (reply := replies.get(setting.method)) is not None:
            sections.setdefault(setting.section, []).extend(setting.facts(reply))
    tags = replies.get(_TAGGING)
    return Record(
        title=str(uri),
        sections=tuple(Section(title, tuple(fields)) for title, fields in sections.items() if fields),
        arn=uri.arn(session.partition),
        console_url=console_url(session, uri),
        tags=None if tags is None else tags_of(tags),
        links=(list_link(uri), *(link for link in bucket_actions(uri) if link != show_link(uri))),
    )


def _ask(session: Session, client: Any, uri: S3Uri, setting: _Setting) -> Iterator[tuple[str, Reply]]:
    """The answer to the call of one setting, empty where it was never set; nothing where it may not be read."""
    with session.part(f"{setting.what} of {uri}"):
        try:
            yield setting.method, getattr(client, setting.method)(Bucket=uri.bucket)
        except ClientError as error:
            # "NoSuchLifecycleConfiguration", "ReplicationConfigurationNotFoundError": every setting has its own word.
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if status != 404 or error.response.get("Error", {}).get("Code") == "NoSuchBucket":
                raise
            yield setting.method, {}


@dataclass(frozen=True, slots=True)
class _Setting:
    """A setting: botocore's method that reads it, its name in a sentence, its section, and the facts in the answer."""

    method: str
    what: str
    section: str
    facts: Callable[[Reply], Facts]


def _versioning(reply: Reply) -> Facts:
    yield Field("VersioningStatus", reply.get("Status", "Disabled"), "state")
    if "MFADelete" in reply:
        yield Field("MFADelete", reply["MFADelete"], "state")


def _object_lock(reply: Reply) -> Facts:
    found = reply.get("ObjectLockConfiguration", {})
    yield Field("ObjectLockEnabled", found.get("ObjectLockEnabled", "Disabled"), "state")
    if "Rule" in found:
        yield field("DefaultRetention", found["Rule"].get("DefaultRetention"))


def _encryption(reply: Reply) -> Facts:
    for rule in reply.get("ServerSideEncryptionConfiguration", {}).get("Rules", ()):
        for name, value in rule.get("ApplyServerSideEncryptionByDefault", {}).items():
            yield field(name, value)
        if "BucketKeyEnabled" in rule:
            yield field("BucketKeyEnabled", rule["BucketKeyEnabled"])


def _public_access(reply: Reply) -> Facts:
    found = reply.get("PublicAccessBlockConfiguration", {})
    for name in ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"):
        yield field(name, found.get(name, False))


def _policy_status(reply: Reply) -> Facts:
    yield field("IsPublic", reply.get("PolicyStatus", {}).get("IsPublic", False))


def _ownership(reply: Reply) -> Facts:
    for rule in reply.get("OwnershipControls", {}).get("Rules", ()):
        yield field("ObjectOwnership", rule.get("ObjectOwnership"))


def _lifecycle(reply: Reply) -> Facts:
    yield field("LifecycleRules", list(reply.get("Rules", ())))


def _notification(reply: Reply) -> Facts:
    """Where events go, each target under the id of its configuration."""
    targets = {"Lambda": "LambdaFunctionArn", "Queue": "QueueArn", "Topic": "TopicArn"}
    for kind, arn in targets.items():
        group = "LambdaFunctionConfigurations" if kind == "Lambda" else f"{kind}Configurations"
        for number, target in enumerate(reply.get(group, ()), 1):
            yield field(target.get("Id") or f"{arn}{number}", target.get(arn))
    yield field("EventBridge", "EventBridgeConfiguration" in reply)


def _replication(reply: Reply) -> Facts:
    found = reply.get("ReplicationConfiguration", {})
    if "Role" in found:
        yield field("ReplicationRole", found["Role"])
    yield field("ReplicationRules", list(found.get("Rules", ())))


def _logging(reply: Reply) -> Facts:
    found = reply.get("LoggingEnabled", {})
    target, prefix = found.get("TargetBucket"), found.get("TargetPrefix", "")
    link = list_link(S3Uri(target, prefix), "Access logs") if target else None
    yield Field("LoggingTarget", str(S3Uri(target, prefix)) if target else None, "uri", link=link)


def _nothing(_reply: Reply) -> Facts:
    """Tags are no field of a record but stand in a place of their own."""
    yield from ()


_TAGGING = "get_bucket_tagging"
_SETTINGS = (
    _Setting("get_bucket_versioning", "the versioning", "Versions", _versioning),
    _Setting("get_object_lock_configuration", "the object lock", "Versions", _object_lock),
    _Setting("get_bucket_encryption", "the encryption", "Encryption", _encryption),
    _Setting("get_public_access_block", "the public access block", "Access", _public_access),
    _Setting("get_bucket_policy_status", "the policy status", "Access", _policy_status),
    _Setting("get_bucket_ownership_controls", "the object ownership", "Access", _ownership),
    _Setting("get_bucket_lifecycle_configuration", "the lifecycle rules", "Lifecycle", _lifecycle),
    _Setting("get_bucket_replication", "the replication", "Lifecycle", _replication),
    _Setting("get_bucket_notification_configuration", "the notifications", "Events", _notification),
    _Setting("get_bucket_logging", "the access logging", "Events", _logging),
    _Setting(_TAGGING, "the tags", "", _nothing),
)
