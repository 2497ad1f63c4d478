"""The Lambda plugin's share of the demo: functions of a shop, and their logs. Imported by nothing but the demo."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stackpane.links import Link
from stackpane_lambda.demo.samples import FUNCTIONS, LAYER, LOGGED, STREAM_FED, Function

if TYPE_CHECKING:
    from stackpane.session import Session

__all__ = ["TOUR", "seed"]

_ROLE = "shop-functions"

TOUR = (
    Link.to("lambda ls", label="All functions"),
    Link.to("lambda show", "order-total", label="All there is to know of a function; its environment is masked"),
    Link.to(
        "lambda invoke",
        "order-total",
        payload='{"country": "FR"}',
        label="A function's answer, with its log and what it took beside it",
    ),
    Link.to("lambda invoke", "send-mail", label="One that fails: its error and its stack, and the exit code is 1"),
    Link.to("lambda history", "send-mail", failed=True, limit=3, label="What was run of late, and failed"),
    Link.to("lambda event templates", limit=4, label="Samples of what services send, to run a function with"),
    Link.to("lambda config", "thumbnail", function_timeout=30, dry_run=True, label="A change, before it is made"),
)
"""What is worth a first look."""


def seed(session: Session) -> tuple[Link, ...]:
    """Fill the fresh demo that ``session`` reaches, and return what is worth a first look there."""
    client, role = session.client("lambda"), _role(session.client("iam"))
    layer = client.publish_layer_version(
        LayerName="vat",
        Description="Rates of VAT",
        Content={"ZipFile": _archive(LAYER)},
        CompatibleRuntimes=["python3.12"],
    )["LayerVersionArn"]
    for function in FUNCTIONS:
        _create(client, function, role, layer)
    version = client.publish_version(FunctionName="order-total", Description="as of the first day")["Version"]
    client.create_alias(
        FunctionName="order-total", Name="live", FunctionVersion=version, Description="what customers use"
    )
    client.add_permission(
        FunctionName="thumbnail",
        StatementId="photos",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::photos",
    )
    _feed(session, client)
    _write_logs(session.client("logs"))
    return TOUR


def _role(client: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn: str = client.create_role(RoleName=_ROLE, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    return arn


def _create(client: Any, function: Function, role: str, layer: str) -> None:
    request = function.request(role, _archive({"app.py": function.code}))
    client.create_function(**request, **({"Layers": [layer]} if function.layer else {}))


def _archive(files: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            # The same bytes every time: a date of its own would give each demo other checksums.
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 22, 9, 30, 0)), text)
    return packed.getvalue()


def _feed(session: Session, client: Any) -> None:
    """Let the stream of a table feed its function, where another plugin has made the table already."""
    from botocore.exceptions import ClientError

    function, table = STREAM_FED
    try:
        found = session.client("dynamodb").describe_table(TableName=table)["Table"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return
    if stream := found.get("LatestStreamArn"):
        client.create_event_source_mapping(
            EventSourceArn=stream, FunctionName=function, StartingPosition="LATEST", BatchSize=10
        )


def _write_logs(client: Any) -> None:
    now = int(time.time() * 1000)
    for logged in LOGGED:
        group = f"/aws/lambda/{logged.name}"
        client.create_log_group(logGroupName=group)
        for stream, lines in logged.streams(now):
            client.create_log_stream(logGroupName=group, logStreamName=stream)
            in_order = sorted(lines, key=lambda line: line[0])
            events = [{"timestamp": moment, "message": message} for moment, message in in_order]
            client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
