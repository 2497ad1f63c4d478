"""What the commands that copy declare: their calls, and places within S3. Light, as every ``--help`` imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stackpane_s3.calls import (
    ABORT_MULTIPART_UPLOAD,
    COMPLETE_MULTIPART_UPLOAD,
    COPY_OBJECT,
    CREATE_MULTIPART_UPLOAD,
    GET_OBJECT_ANNOTATION,
    GET_OBJECT_TAGGING,
    HEAD_OBJECT,
    LIST_OBJECT_ANNOTATIONS,
    PUT_OBJECT_ANNOTATION,
    PUT_OBJECT_TAGGING,
    UPLOAD_PART_COPY,
)
from stackpane_s3.params import S3UriType

if TYPE_CHECKING:
    import click

    from stackpane_s3.uris import S3Uri

__all__ = ["CALLS", "IN_S3"]

CALLS = (
    ABORT_MULTIPART_UPLOAD,
    COMPLETE_MULTIPART_UPLOAD,
    COPY_OBJECT,
    CREATE_MULTIPART_UPLOAD,
    GET_OBJECT_ANNOTATION,
    GET_OBJECT_TAGGING,
    HEAD_OBJECT,
    LIST_OBJECT_ANNOTATIONS,
    PUT_OBJECT_ANNOTATION,
    PUT_OBJECT_TAGGING,
    UPLOAD_PART_COPY,
)
"""What a copy may take, at once or in parts."""


class _InS3(S3UriType):
    """An S3 URI, for a command that copies within S3 only."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> S3Uri:
        """The place; fails with the command to use for a local file."""
        if isinstance(value, str) and not value.startswith(("s3:", "arn:")):
            self.fail(f"{value!r} is no S3 URI. Upload files with s3 put, download with s3 get.", param, ctx)
        return super().convert(value, param, ctx)


IN_S3 = _InS3()
