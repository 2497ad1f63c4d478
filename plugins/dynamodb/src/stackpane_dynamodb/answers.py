"""What every answer of DynamoDB has: an answer without it is none, and is never taken for an empty one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stackpane import AwsError

__all__ = ["needed"]


def needed(reply: Mapping[str, Any], name: str) -> Any:
    """The member of a reply that DynamoDB never leaves out. Raises ``AwsError`` where it is missing."""
    if name not in reply:
        raise AwsError(
            f"the endpoint's answer has no {name}, which every answer of DynamoDB has",
            "This is a fault of the endpoint: check its address.",
        )
    return reply[name]
