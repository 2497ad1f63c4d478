"""Amazon S3 for Stackpane: list, read, upload, copy, delete and restore objects.

This module holds the hooks and imports nothing else of the plugin before one of them needs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stackpane import Link, Service, hookimpl

if TYPE_CHECKING:
    from stackpane import Session


@hookimpl
def stackpane_service() -> Service:
    """S3."""
    return Service(
        name="s3",
        title="Amazon S3",
        help="Buckets and objects.",
        commands="stackpane_s3.commands:s3",
        home=Link.to("s3 ls", label="Buckets"),
        probe=Link.to("s3 ls", label="List the buckets"),
    )


@hookimpl
def stackpane_open(target: str) -> Link | None:
    """Lead to a bucket, folder or object: from its ``s3://`` URI, its ARN or its page of the AWS console."""
    from stackpane_s3.places import link_of

    return link_of(target)


@hookimpl
def stackpane_demo(session: Session) -> Sequence[Link]:
    """Fill buckets with photos, documents, logs, versions and odd names."""
    from stackpane_s3.demo import seed

    return seed(session)
