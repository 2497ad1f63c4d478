"""What one writes with boto3 to have a table as lines of JSON: ``boto3_scan.py ENDPOINT TABLE``."""

from __future__ import annotations

import base64
import json
import sys
from decimal import Decimal
from typing import Any

import boto3
from boto3.dynamodb.types import Binary


def plain(value: Any) -> Any:
    """What ``json`` cannot write by itself."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Binary):
        return base64.b64encode(bytes(value)).decode()  # type: ignore[call-overload]
    if isinstance(value, set):
        return sorted(value, key=str)
    raise TypeError(type(value))


endpoint, name = sys.argv[1:]
table = boto3.resource("dynamodb", endpoint_url=endpoint).Table(name)
start: dict[str, Any] = {}
while True:
    reply = table.scan(**start)
    for item in reply["Items"]:
        print(json.dumps(item, default=plain))
    if "LastEvaluatedKey" not in reply:
        break
    start = {"ExclusiveStartKey": reply["LastEvaluatedKey"]}
