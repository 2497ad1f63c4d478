"""The S3 plugin's share of the demo: buckets, objects, versions. Imported by nothing but the demo."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from stackpane.fanout import as_they_come
from stackpane.links import Link
from stackpane_s3.demo.samples import BUCKETS, HISTORY, Bucket, Sample

if TYPE_CHECKING:
    from stackpane.session import Session

__all__ = ["TOUR", "seed"]

# The emulator is one process on this machine: a few requests on the way keep it busy.
_WORKERS = 6

TOUR = (
    Link.to("s3 ls", label="All buckets, with their regions"),
    Link.to("s3 ls", "s3://photos/2026/", label="Folders first"),
    Link.to("s3 ls", "s3://photos/*/*/IMG_10?5.png", label="Patterns in any part"),
    Link.to("s3 show", "s3://photos/covers/harbour.jpg", label="All there is to know of an object"),
    Link.to("s3 cat", "s3://documents/orders/2026/11/order-10001.json", label="An object's content, byte for byte"),
    Link.to("s3 ls", "s3://sensors/readings/", limit=3, label="A prefix with 1,200 objects, as far as you ask"),
    Link.to("s3 du", "s3://documents/", label="What takes up the room"),
    Link.to("s3 versions", "s3://contracts/", label="Versions and what was deleted"),
    Link.to("s3 rm", "s3://photos/2024/", recursive=True, dry_run=True, label="Nothing is deleted before you saw what"),
)
"""What is worth a first look."""


def seed(session: Session) -> tuple[Link, ...]:
    """Fill the fresh demo that ``session`` reaches, and return what is worth a first look there."""
    clients = {bucket.name: session.client("s3", region=bucket.region) for bucket in BUCKETS}
    for bucket in BUCKETS:
        _create(clients[bucket.name], bucket, bucket.region or session.region)
    puts = (partial(_put, clients[bucket.name], bucket.name, sample) for bucket, sample in _all_samples())
    list(as_they_come(puts, _WORKERS))  # nothing comes of a put but errors, which are raised here
    for key, body in HISTORY:  # in this order, and so one after the other
        if body is None:
            clients["contracts"].delete_object(Bucket="contracts", Key=key)
        else:
            clients["contracts"].put_object(Bucket="contracts", Key=key, Body=body)
    return TOUR


def _all_samples() -> Iterator[tuple[Bucket, Sample]]:
    return ((bucket, sample) for bucket in BUCKETS for sample in bucket.samples())


def _create(client: Any, bucket: Bucket, region: str) -> None:
    # us-east-1 is the default, and the one region that CreateBucket does not take as a constraint.
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client.create_bucket(Bucket=bucket.name, **where)
    if bucket.tags:
        tags = [{"Key": name, "Value": value} for name, value in bucket.tags.items()]
        client.put_bucket_tagging(Bucket=bucket.name, Tagging={"TagSet": tags})
    if bucket.versioned:
        client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})


def _put(client: Any, bucket: str, sample: Sample) -> tuple[()]:
    client.put_object(
        Bucket=bucket,
        Key=sample.key,
        Body=sample.body,
        ContentType=sample.content_type,
        Metadata=dict(sample.metadata),
        Tagging=urlencode(sample.tags),
        StorageClass=sample.storage_class,
    )
    return ()
