"""``s3 mb``: make a bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from stackpane import Failure, InvalidInput, Job, Link, Outcome, Plan, Refused, StackpaneError, command
from stackpane_s3.calls import CREATE_BUCKET, HEAD_BUCKET, PUT_BUCKET_VERSIONING
from stackpane_s3.params import S3_BUCKET

if TYPE_CHECKING:
    from collections.abc import Generator

    from stackpane import Progress, Session
    from stackpane_s3.uris import S3Uri

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; reserved beginnings and ends are S3's to
# refuse.
_NAME = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# The one region that a bucket is in when none is named, and that must not be named.
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
_UNNAMED = "us-east-1"
_WAIT = {"Delay": 1, "MaxAttempts": 30}
"""Seconds between looks, and looks."""


@command("mb", calls=(CREATE_BUCKET, HEAD_BUCKET, PUT_BUCKET_VERSIONING))
@click.argument("uri", type=S3_BUCKET, metavar="s3://BUCKET")
@click.option("--versioning", is_flag=True, help="Keep what is overwritten and deleted as versions.")
def mb(session: Session, uri: S3Uri, versioning: bool) -> Plan | Outcome:
    """Make a bucket in the region of the session (--region).

    It is private, as S3 makes all buckets. Returns when S3 says that the bucket is there.
    """
    name = uri.need_bucket_only().bucket
    if _NAME.fullmatch(name) is None:
        raise InvalidInput(
            f"{name!r} cannot name a new bucket",
            "3 to 63 lower-case letters, digits, dots and dashes; a letter or digit at both ends.",
        )
    _check_free(session, name)
    if not session.dry_run:
        return _make(session, name, versioning)

    def run() -> Generator[Progress, None, Outcome]:
        yield from ()
        return _make(session, name, versioning)

    title = f"Make a bucket in {session.region}"
    notes = ("It will keep versions.",) if versioning else ()
    return Plan(title, 1, lambda: iter([f"s3://{name}"]), "y", lambda: Job(title, run), unit="bucket", notes=notes)


def _check_free(session: Session, name: str) -> None:
    """Raise ``Refused`` where the name is taken: in us-east-1 S3 would take a second creation for a success.

    S3 refuses to speak of others' buckets, but names their region. A refusal without one says nothing of the bucket;
    whatever is the matter, making it brings an answer with reasons.
    """
    from botocore.exceptions import ClientError

    try:
        session.client("s3").head_bucket(Bucket=name)
    except ClientError as error:
        metadata = error.response["ResponseMetadata"]
        if metadata["HTTPStatusCode"] in (301, 403) and "x-amz-bucket-region" in metadata["HTTPHeaders"]:
            raise Refused(
                f"s3://{name} is taken: the bucket exists, here or in another account or region",
                "Names are shared by all accounts; choose another.",
            ) from error
        if metadata["HTTPStatusCode"] not in (403, 404):
            raise
        return
    raise Refused(f"s3://{name} exists already", f"Look at it: {session.line(Link.to('s3 ls', f's3://{name}'))}")


def _make(session: Session, name: str, versioning: bool) -> Outcome:
    from botocore.exceptions import BotoCoreError, WaiterError

    client = session.client("s3")
    place: dict[str, Any] = {}
    if session.region != _UNNAMED:
        place = {"CreateBucketConfiguration": {"LocationConstraint": session.region}}
    client.create_bucket(Bucket=name, **place)
    failed = list(_turned_on(session, client, name)) if versioning else []
    try:
        client.get_waiter("bucket_exists").wait(Bucket=name, WaiterConfig=_WAIT)
    except WaiterError:
        session.warn(f"S3 has made s3://{name}, but does not show it yet")
    except (BotoCoreError, StackpaneError) as error:
        session.warn(f"S3 has made s3://{name}, but cannot be asked for it: {session.explain(error)}")
    return Outcome(
        f"Made s3://{name} in {session.region}.",
        failed=tuple(failed),
        result={"Bucket": name, "Region": session.region},
        undo=Link.to("s3 rb", f"s3://{name}", label="Undo"),
        links=(Link.to("s3 ls", f"s3://{name}", label="List"),),
    )


def _turned_on(session: Session, client: Any, name: str) -> Iterator[Failure]:
    """Turn versioning on; what fails there does not undo the bucket."""
    try:
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    except Exception as error:
        from stackpane.tally import is_unknown

        yield Failure(f"the versioning of s3://{name}", str(session.explain(error)), unknown=is_unknown(error))
