"""Lean replies of ``Scan`` and ``Query``: items stay undecoded slices of the body until somebody wants to see one.

botocore spends 110 ms on a page of 1,000 items, nearly all of it on values that an export copies as they are and a
table shows a few of. See ``stackpane.aws.lean`` for the contract.
"""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["items"]

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SLICES = msgspec.json.Decoder(list[msgspec.Raw])
_ENCODE = msgspec.json.Encoder().encode


def items(body: bytes, *, raw: bool = False) -> tuple[bytes, dict[str, Any]] | None:
    """The items of a reply as ``msgspec.Raw``, each a DynamoDB-JSON object; only for a raw client.

    What is not a reply of this form is left to botocore, as are all other members.
    """
    if not raw:
        return None
    try:
        members = _MEMBERS.decode(body)
        if "Items" not in members:
            return None
        found = _SLICES.decode(members.pop("Items"))
    except msgspec.DecodeError:
        return None
    return _ENCODE(members), {"Items": found}
