"""S3 URIs: ``s3://bucket/key``, and the ARNs and console addresses that mean the same place.

Keys are taken exactly as written: ``s3://b//x`` is the key ``/x``, nothing is decoded, no ``.`` or ``..`` is resolved.
An access point, or an object lambda or outposts one, stands for a bucket by its ARN:
``s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/photos/2026/a.jpg``, as in the AWS CLI.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, quote, unquote, urlsplit

from stackpane.errors import InvalidInput
from stackpane_s3.globs import Glob, is_glob

__all__ = ["S3Uri"]

_SCHEME = "s3://"
# What botocore sends as a bucket name; wider than AWS's rules of today because old buckets have older names.
_BUCKET = re.compile(r"[A-Za-z0-9._-]{1,255}")
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
_ACCESS_POINT = re.compile(
    r"(?P<bucket>arn:aws[a-z-]*:(?:s3|s3-object-lambda):[a-z0-9-]*:[0-9]{12}:accesspoint[:/][A-Za-z0-9.-]+"
    r"|arn:aws[a-z-]*:s3-outposts:[a-z0-9-]+:[0-9]{12}:outpost[:/][A-Za-z0-9-]+[:/]accesspoint[:/][A-Za-z0-9-]+)"
    r"(?:/(?P<key>.*))?",
    re.DOTALL,
)
_BUCKET_ARN = re.compile(r"arn:aws[a-z-]*:s3:::(?P<bucket>[^/]+)(?:/(?P<key>.*))?", re.DOTALL)
_CONSOLE_HOST = re.compile(r"(?:.+\.)?console\.(?:aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com)")
_CONSOLE_PATH = re.compile(r"/s3/(?:object|buckets)/(?P<bucket>[^/]+)/?")


@dataclass(frozen=True, slots=True)
class S3Uri:
    """A place in S3: all buckets (``s3://``), a bucket (no key), a folder (a key ending in ``/``) or an object.

    ``bucket`` is a bucket's name or an access point's ARN; both go into boto3's ``Bucket`` as they are.
    """

    bucket: str = ""
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> S3Uri:
        """The place that ``text`` names: an ``s3://`` URI, or an S3 ARN. Raises ``InvalidInput`` with what to write."""
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidInput(f"{text!r} is not valid UTF-8", "S3 keys are UTF-8 text.") from None
        if text.startswith("arn:"):
            if (found := cls.from_arn(text)) is None:
                raise InvalidInput(f"{text!r} is not the ARN of an S3 bucket, object or access point")
            return found
        if not text.startswith(_SCHEME):
            raise InvalidInput(f"{text!r} is not an S3 URI", f"Write {_SCHEME}{_repaired(text)}")
        rest = text.removeprefix(_SCHEME)
        if not rest:
            return cls()
        if rest.startswith("arn:"):
            if (point := _ACCESS_POINT.fullmatch(rest)) is None:
                raise InvalidInput(
                    f"{text!r} does not name an access point", "Only access points go by their ARN here."
                )
            return cls(point["bucket"], point["key"] or "")
        bucket, _, key = rest.partition("/")
        return cls(_checked(bucket, text), key)

    @classmethod
    def from_arn(cls, arn: str) -> S3Uri | None:
        """The place of a bucket's, object's or access point's ARN; ``None`` for any other text."""
        if (plain := _BUCKET_ARN.fullmatch(arn)) is not None:
            return cls(plain["bucket"], plain["key"] or "") if _BUCKET.fullmatch(plain["bucket"]) else None
        if (point := _ACCESS_POINT.fullmatch(arn)) is None:
            return None
        # An object's own ARN has "/object/" between the access point and the key.
        return cls(point["bucket"], (point["key"] or "").removeprefix("object/"))

    @classmethod
    def from_console_url(cls, url: str) -> S3Uri | None:
        """The place that an address of the AWS console's S3 pages shows; ``None`` for any other address."""
        try:
            parts = urlsplit(url)
        except ValueError:  # "https://[" and the like
            return None
        if _CONSOLE_HOST.fullmatch(parts.hostname or "") is None:
            return None
        if (path := _CONSOLE_PATH.fullmatch(parts.path)) is None or not _BUCKET.fullmatch(unquote(path["bucket"])):
            return None
        return cls(unquote(path["bucket"]), parse_qs(parts.query).get("prefix", [""])[0])

    def __str__(self) -> str:
        return f"{_SCHEME}{self.bucket}/{self.key}" if self.bucket else _SCHEME

    @property
    def is_root(self) -> bool:
        """Whether it is ``s3://``, all buckets."""
        return not self.bucket

    @property
    def is_bucket(self) -> bool:
        """Whether it is a bucket and no key."""
        return bool(self.bucket) and not self.key

    @property
    def is_folder(self) -> bool:
        """Whether things can be below it by its very name: a bucket, or a key that ends in ``/``."""
        return bool(self.bucket) and (not self.key or self.key.endswith("/"))

    @property
    def is_access_point(self) -> bool:
        """Whether the bucket is named by an access point's ARN."""
        return self.bucket.startswith("arn:")

    @property
    def name(self) -> str:
        """The key's last part: ``a.jpg`` of ``2026/a.jpg``, ``2026/`` of ``photos/2026/``; the bucket without a key."""
        trimmed = self.key.removesuffix("/")
        return self.key[trimmed.rfind("/") + 1 :] if self.key else self.bucket

    @property
    def parent(self) -> S3Uri:
        """The folder it is in; the bucket's is ``s3://``."""
        if not self.key:
            return S3Uri()
        return self.at(self.key[: self.key.removesuffix("/").rfind("/") + 1])

    @property
    def glob(self) -> Glob | None:
        """The key as a glob, where it has glob characters."""
        return Glob(self.key) if is_glob(self.key) else None

    def at(self, key: str) -> S3Uri:
        """Another key of the same bucket."""
        return replace(self, key=key)

    def arn(self, partition: str = "aws") -> str:
        """The ARN of the bucket or object; an access point's own ARN, or that of an object behind it."""
        if self.is_access_point:
            return f"{self.bucket}/object/{self.key}" if self.key else self.bucket
        base = f"arn:{partition}:s3:::{self.bucket}"
        return f"{base}/{self.key}" if self.key else base

    def console_path(self, region: str) -> str:
        """The path of the AWS console's page for it, for ``session.console_url``."""
        page = "buckets" if self.is_folder else "object"
        query = f"?region={quote(region)}" + (f"&prefix={quote(self.key, safe='')}" if self.key else "")
        return f"s3/{page}/{quote(self.bucket, safe='')}{query}"

    def need_bucket(self) -> S3Uri:
        """Itself. Raises ``InvalidInput`` where it names no bucket."""
        if self.is_root:
            raise InvalidInput(f"{self} names no bucket", "Write s3://BUCKET or s3://BUCKET/KEY.")
        return self

    def need_bucket_only(self) -> S3Uri:
        """Itself. Raises ``InvalidInput`` where it is not just a bucket."""
        if self.need_bucket().key:
            raise InvalidInput(f"{self} names a key, this wants a bucket", f"Write s3://{self.bucket}")
        return self

    def need_key(self) -> S3Uri:
        """Itself. Raises ``InvalidInput`` where it names no key."""
        if not self.need_bucket().key:
            raise InvalidInput(f"{self} names a bucket, this wants an object", "Write s3://BUCKET/KEY.")
        return self


def _checked(bucket: str, text: str) -> str:
    if not bucket:
        raise InvalidInput(f"{text!r} names no bucket", "Write s3://BUCKET/KEY, with two slashes before the bucket.")
    if _BUCKET.fullmatch(bucket) is None:
        raise InvalidInput(
            f"{bucket!r} cannot be a bucket's name",
            "Bucket names have letters, digits, dots and dashes; globs go into the key.",
        )
    return bucket


def _repaired(text: str) -> str:
    """What the user most likely meant, without the scheme."""
    return re.sub(r"^(?:s3:/*|[sS]3:/*|/+)", "", text) or "BUCKET/KEY"
