"""An object's annotations, which ``CopyObject`` takes along and a copy in parts does not.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/annotations-overview.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from stackpane import Tokens

if TYPE_CHECKING:
    from stackpane import Session

__all__ = ["copy_annotations"]


def copy_annotations(session: Session, client: Any, source: Mapping[str, str], target: Mapping[str, str]) -> None:
    """Give the object at ``target`` all annotations of the one at ``source`` (``Bucket``, ``Key``, ``VersionId``).

    Each is at most 1 MiB, and an object has at most 1,000. Where they may not be listed, or the endpoint has none, the
    session says so.
    """
    names: list[str] = []
    with session.part(f"the annotations of s3://{source['Bucket']}/{source['Key']}"):
        names = list(_names(client, source))
    for name in names:
        found = client.get_object_annotation(**source, AnnotationName=name)
        client.put_object_annotation(**target, AnnotationName=name, AnnotationPayload=found["AnnotationPayload"].read())


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
