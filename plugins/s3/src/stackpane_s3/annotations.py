"""An object's annotations, which ``CopyObject`` takes along and a copy in parts does not.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/annotations-overview.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stackpane import Tokens

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["annotations_of"]

_IN_MEMORY = 8 << 20
"""Bytes of annotations that need no file."""


@dataclass(frozen=True, slots=True)
class Annotations:
    """Annotations as they were read: names, and where the payload of each begins and ends in ``file``."""

    file: IO[bytes]
    spans: Mapping[str, tuple[int, int]]

    def put(self, client: Any, target: Mapping[str, str]) -> None:
        """Give them to the object at ``target`` (``Bucket``, ``Key``, ``VersionId``)."""
        for name, (start, end) in self.spans.items():
            self.file.seek(start)
            client.put_object_annotation(**target, AnnotationName=name, AnnotationPayload=self.file.read(end - start))


@contextmanager
def annotations_of(session: Session, client: Any, source: Mapping[str, str], etag: str) -> Iterator[Annotations]:
    """All annotations of the object at ``source``, read now: a copy onto itself is about to replace it.

    Each is at most 1 MiB, and an object has at most 1,000, so they are kept in a file. Where they may not be listed, or
    the endpoint has none, the session says so and there are none.
    """
    names: list[str] = []
    what = f"the annotations of s3://{source['Bucket']}/{source['Key']}"
    with session.part(what, on_fault=False), _never_the_object(client, etag):
        try:
            names = list(_names(client, source))
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") != 304:
                raise
            session.warn(f"{what} left out: the endpoint does not have this operation")
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        spans: dict[str, tuple[int, int]] = {}
        for name in names:
            start = file.tell()
            file.write(client.get_object_annotation(**source, AnnotationName=name)["AnnotationPayload"].read())
            spans[name] = (start, file.tell())
        yield Annotations(file, spans)


_UNLESS: ContextVar[str | None] = ContextVar("etag", default=None)


@contextmanager
def _never_the_object(client: Any, etag: str) -> Iterator[None]:
    """Keep an endpoint that has never heard of annotations from answering with the object, of 5 GB and more.

    To it the request is one for the object, which "If-None-Match" makes it answer with 304 and no body.
    """
    operation = "before-call.s3.ListObjectAnnotations"
    client.meta.events.register(operation, _add_condition, unique_id="stackpane-s3-annotations")
    token = _UNLESS.set(etag)
    try:
        yield
    finally:
        _UNLESS.reset(token)


def _add_condition(params: Mapping[str, Any], **_: Any) -> None:
    if (etag := _UNLESS.get()) is not None:
        params["headers"]["If-None-Match"] = etag


def _names(client: Any, source: Mapping[str, str]) -> Iterator[str]:
    token: dict[str, str] = {}
    tokens = Tokens()
    while True:
        page = client.list_object_annotations(**source, **token)
        found = page.get("Annotations", ())
        yield from (annotation["AnnotationName"] for annotation in found)
        if not page.get("NextContinuationToken"):
            return
        token = {"ContinuationToken": page["NextContinuationToken"]}
        tokens.check(token["ContinuationToken"], empty=not found)
