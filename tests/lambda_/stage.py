"""Functions in an emulator: their code, what they answer, and what Lambda would say of them."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.harness import faults as modes

if TYPE_CHECKING:
    from tests.harness.emulators import Emulator
    from tests.harness.faultproxy import Mode

CODE = """
import json, os

def handler(event, context):
    print("got", json.dumps(event))
    if "fail" in event:
        raise ValueError(event["fail"])
    return {"event": event, "stage": os.environ.get("STAGE")}
"""
REQUEST = "8fc6f963-411b-58b5-8483-a32130c0f45d"
REPORT = (
    f"REPORT RequestId: {REQUEST}\tDuration: 201.67 ms\tBilled Duration: 682 ms\tMemory Size: 256 MB\t"
    "Max Memory Used: 81 MB\tInit Duration: 480.25 ms\t\n"
)


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return packed.getvalue()


def make_function(aws: Emulator, name: str = "resize", code: str = CODE, **more: Any) -> str:
    """Make a function and return its ARN."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    iam = aws.client("iam")
    try:
        role = iam.create_role(RoleName="functions", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        role = iam.get_role(RoleName="functions")["Role"]["Arn"]
    request = {
        "Runtime": "python3.12",
        "Role": role,
        "Handler": "app.handler",
        "Code": {"ZipFile": archive({"app.py": code})},
        "Timeout": 3,
        "Environment": {"Variables": {"STAGE": "dev"}},
    }
    arn: str = aws.client("lambda").create_function(FunctionName=name, **{**request, **more})["FunctionArn"]
    return arn


def answered(body: bytes, log: str = "", *, status: int = 200, error: str = "") -> Mode:
    """An answer to ``Invoke`` as AWS gives it, with the end of the log; nothing is run."""
    headers = {"Content-Type": "application/json", "x-amzn-RequestId": REQUEST, "X-Amz-Executed-Version": "7"}
    if log:
        headers["X-Amz-Log-Result"] = base64.b64encode(log.encode()[-4096:]).decode()
    if error:
        headers["X-Amz-Function-Error"] = error
    return modes.answer(status, body, headers)


def described(**reply: Any) -> Mode:
    """An answer of one of AWS's JSON services."""
    return modes.answer(
        200, json.dumps(reply).encode(), {"Content-Type": "application/json", "x-amzn-RequestId": REQUEST}
    )
