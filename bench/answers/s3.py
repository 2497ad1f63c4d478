"""An S3 of made-up buckets.

* ``keys-N`` lists N keys (``bench.keyspace``).
* ``size-N`` has objects of N bytes; any number of them, all alike.
* ``files-16384`` lists a thousand small ones.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from bench.keyspace import Keys

BLOCK = bytes(range(256)) * 4096
"""What objects hold, again and again."""
_ETAG = '"0123456789abcdef0123456789abcdef-64"'


@lru_cache
def etag(size: int) -> str:
    """What S3 would say: the MD5 of what came in one part, something else of what came in several."""
    if size > 1 << 20:
        return _ETAG
    return f'"{hashlib.md5(BLOCK[:size], usedforsecurity=False).hexdigest()}"'


def listing(bucket: str, query: dict[str, str]) -> bytes:
    """The reply to a GET of a bucket or of nothing."""
    kind, _, number = bucket.partition("-")
    if kind == "keys" and "location" not in query:
        return keyspace(int(number)).page(query)
    if kind == "files":
        return files(query)
    if "location" in query:
        return b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
    if "versioning" in query:
        return b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>'
    owner = b"<Owner><ID>bench</ID></Owner>"
    return b"<ListAllMyBucketsResult>" + owner + b"<Buckets></Buckets></ListAllMyBucketsResult>"


@lru_cache
def keyspace(total: int) -> Keys:
    return Keys(total)


def posted(query: dict[str, str], bucket: str, key: str) -> bytes:
    """The reply to a POST: a multipart upload begins or ends, or somebody asks who they are."""
    if "uploads" in query:
        return (
            f"<InitiateMultipartUploadResult><Bucket>{bucket}</Bucket><Key>{key}</Key><UploadId>u1</UploadId>".encode()
            + (b"</InitiateMultipartUploadResult>")
        )
    if "uploadId" in query:
        return f"<CompleteMultipartUploadResult><ETag>{_ETAG}</ETag></CompleteMultipartUploadResult>".encode()
    identity = b"<Arn>arn:aws:iam::000000000000:root</Arn><UserId>0</UserId><Account>000000000000</Account>"
    return (
        b"<GetCallerIdentityResponse><GetCallerIdentityResult>"
        + identity
        + b"</GetCallerIdentityResult></GetCallerIdentityResponse>"
    )


SMALL = 16 * 1024


def files(query: dict[str, str]) -> bytes:
    """``/files-16384/``: a thousand objects of 16 KiB."""
    prefix = query.get("prefix", "")
    tag = etag(SMALL).replace('"', "&quot;")
    entries = "".join(
        f"<Contents><Key>{prefix}file-{number:04}</Key><LastModified>2026-10-22T09:30:00.000Z</LastModified>"
        f"<ETag>{tag}</ETag><Size>{SMALL}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        for number in range(1000)
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>".encode()
