"""A table of any number of items that DynamoDB could have sent: every type, about 450 bytes each, 2,500 to a page."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import Any

PAGE = 2500
"""Items of a page: with this size, what fits into DynamoDB's 1 MB."""
TARGET = "DynamoDB_20120810"


def answer(operation: str, request: dict[str, Any]) -> bytes:
    """The reply to a request. A table's name says how many items it has: ``items-100000``."""
    table = request.get("TableName", "")
    total = int(table.partition("-")[2] or 0)
    if operation == "Scan":
        last = request.get("ExclusiveStartKey")
        return page(total, int(last["at"]["N"]) + 1 if last else 0)
    if operation == "DescribeTable":
        return json.dumps({"Table": _description(table, total)}).encode()
    return b"{}"


@cache
def page(total: int, start: int) -> bytes:
    """The page that begins with the item number ``start``."""
    end = min(start + PAGE, total)
    reply: dict[str, Any] = {
        "Count": end - start,
        "Items": [item(number) for number in range(start, end)],
        "ScannedCount": end - start,
    }
    if end < total:
        reply["LastEvaluatedKey"] = {name: item(end - 1)[name] for name in ("id", "at")}
    return json.dumps(reply, separators=(",", ":")).encode()


def item(number: int) -> dict[str, Any]:
    """The item of that number."""
    digest = hashlib.blake2s(str(number).encode(), digest_size=24).digest()
    word = digest.hex()
    return {
        "id": {"S": f"customer-{digest[0]:03}#order-{number:08}"},
        "at": {"N": str(number)},
        "status": {"S": ("open", "paid", "sent", "returned")[digest[1] % 4]},
        "total": {"N": f"{int.from_bytes(digest[2:5], 'big') % 100_000}.{digest[5] % 100:02}"},
        "paid": {"BOOL": digest[6] % 2 == 0},
        "note": {"NULL": True},
        "photo": {"B": base64.b64encode(digest).decode()},
        "tags": {"SS": [f"tag-{digest[7]}", f"label-{digest[8]}"]},
        "sizes": {"NS": [str(digest[9]), f"{digest[10]}.5"]},
        "lines": {"L": [{"S": f"article-{word[:6]}"}, {"N": str(digest[11])}, {"S": word[6:30]}]},
        "address": {
            "M": {"street": {"S": f"Main Street {digest[12]}"}, "zip": {"S": word[30:36]}, "floor": {"N": "3"}}
        },
    }


def _description(table: str, total: int) -> dict[str, Any]:
    return {
        "TableName": table,
        "TableArn": f"arn:aws:dynamodb:us-east-1:000000000000:table/{table}",
        "TableId": "00000000-0000-0000-0000-000000000000",
        "TableStatus": "ACTIVE",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "at", "KeyType": "RANGE"}],
        "AttributeDefinitions": [
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "ItemCount": total,
        "TableSizeBytes": total * 450,
        "CreationDateTime": 1790000000.0,
    }
