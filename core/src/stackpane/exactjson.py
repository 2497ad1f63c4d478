"""JSON with numbers digit by digit, which Python's own writer cannot be told to write."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

__all__ = ["Digits", "exact_json"]


class Digits(str):
    """A number of JSON text as it was written, digit by digit."""

    __slots__ = ()


def exact_json(value: Any, indent: int | None = None) -> str:
    """As ``json.dumps`` without escapes beyond ASCII, and every ``Decimal`` and ``Digits`` with just its digits."""
    return _written(value, indent, "\n")


def _written(value: Any, indent: int | None, line: str) -> str:
    if isinstance(value, (Decimal, Digits)):
        return str(value)
    if not isinstance(value, (dict, list)) or not value:
        return json.dumps(value, ensure_ascii=False)
    inner = line if indent is None else line + " " * indent
    if isinstance(value, dict):
        parts = [f"{encode_basestring(name)}: {_written(each, indent, inner)}" for name, each in value.items()]
    else:
        parts = [_written(each, indent, inner) for each in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if indent is None:
        return opening + ", ".join(parts) + closing
    return f"{opening}{inner}{(',' + inner).join(parts)}{line}{closing}"
