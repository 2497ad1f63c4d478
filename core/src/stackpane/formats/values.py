"""Raw values as machine formats have them: what JSON can say, without loss.

Moments are ISO 8601 in UTC, as the AWS CLI writes them; bytes are base64; a ``Decimal`` is a number, digit by digit.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stackpane.views import Column, Kind, Row

__all__ = ["iso_text", "iso_texts", "iso_time", "machine", "row_object"]


def machine(value: Any, kind: Kind = "text") -> Any:
    """``value`` as JSON has it: text, ``int``, finite ``float`` or ``Decimal``, ``bool``, ``None``, a list or dict."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return iso_text(value) if kind in ("time", "moment") else str(value)
    if isinstance(value, (float, Decimal)):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, datetime):
        return iso_time(value)
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return int(seconds) if seconds.is_integer() else seconds
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Mapping):
        return {str(key): machine(each) for key, each in value.items()}
    if isinstance(value, Set):  # sorted, so that the same set is always written the same
        return sorted(map(machine, value), key=str)
    if isinstance(value, Sequence):
        return [machine(each) for each in value]
    return value.isoformat() if isinstance(value, date) else str(value)


def iso_time(moment: datetime) -> str:
    """A moment in UTC: ``2026-11-22T09:30:00+00:00``, with milliseconds or microseconds where it has them."""
    if moment.tzinfo is UTC and not moment.microsecond:
        return moment.isoformat()
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    part = aware.microsecond
    return aware.isoformat(timespec="microseconds" if part % 1000 else "milliseconds" if part else "seconds")


def iso_text(text: str) -> str:
    """The UTC text of a moment as AWS sends it, in the form of ``iso_time``; any other text as it is."""
    if text[19:] == ".000Z":  # S3 gives no other
        return text[:19] + "+00:00"
    if text[10:11] != "T" or not text.endswith("Z"):
        return text
    return text[:-1] + "+00:00"


_DIGITS = str.maketrans("0123456789", "0" * 10)
_SENT = "0000-00-00T00:00:00.000Z"


def iso_texts(values: Sequence[Any]) -> list[Any]:
    """``iso_text`` of each of the values that is a text; all at once where all are as AWS sends them."""
    try:
        lines = "\n".join(values)
    except TypeError:  # not every value is a text
        lines = ""
    if lines.translate(_DIGITS) == "\n".join([_SENT] * len(values)):
        return lines.replace(".000Z", "+00:00").replace("Z", "+00:00").split("\n")
    return [iso_text(value) if isinstance(value, str) else value for value in values]


def row_object(columns: Sequence[Column], row: Row | Mapping[str, Any]) -> dict[str, Any]:
    """A row as the JSON object that it is in machine formats; one that is a mapping has every name of its own."""
    if isinstance(row, Mapping):
        return {name: machine(value) for name, value in row.items()}
    return {column.name: machine(value, column.kind) for column, value in zip(columns, row, strict=True)}
