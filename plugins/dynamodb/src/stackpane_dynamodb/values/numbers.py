"""DynamoDB's numbers: decimal text of up to 38 significant digits, never a ``float``.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow

__all__ = ["DIGITS", "JSON_NUMBER", "is_json_number", "normal", "number_fault", "same_number"]

DIGITS = 38
"""Significant digits of a number; zeros at either end do not count."""
_SMALLEST, _LARGEST = -130, 125
"""Exponents of the first digit: 1E-130 to 9.99…E+125."""

JSON_NUMBER = r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
"""The expression for a number of JSON: https://www.rfc-editor.org/rfc/rfc8259#section-6"""

_JSON_NUMBER = re.compile(JSON_NUMBER)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# Wide enough to hold whatever a request can, so that nothing is rounded before it has been looked at.
_EXACT = Context(prec=100_000, Emax=999_999, Emin=-999_999, traps=[InvalidOperation, Overflow, Inexact])


def is_json_number(text: str) -> bool:
    """Whether JSON can say this number with just these characters."""
    return _JSON_NUMBER.fullmatch(text) is not None


def number_fault(text: str) -> str | None:
    """What is wrong with a number that is to be written; ``None`` where DynamoDB can hold it exactly."""
    if _DECIMAL.fullmatch(text) is None:
        return f"{text[:40]!r} is no number"
    try:
        value = _EXACT.create_decimal(text)
    except (InvalidOperation, Overflow):
        return f"{text[:40]} is out of range: DynamoDB's numbers go from 1E{_SMALLEST} to 9.99E+{_LARGEST}"
    if not value:
        return None
    digits = len("".join(map(str, value.as_tuple().digits)).strip("0"))
    if digits > DIGITS:
        return f"{text[:50]} has {digits} significant digits; DynamoDB keeps {DIGITS}"
    if not _SMALLEST <= value.adjusted() <= _LARGEST:
        return f"{text[:40]} is out of range: DynamoDB's numbers go from 1E{_SMALLEST} to 9.99E+{_LARGEST}"
    return None


def normal(text: str) -> Decimal:
    """The number's value, exactly. Raises ``decimal.InvalidOperation`` for what is no number."""
    return _EXACT.create_decimal(text)


def same_number(one: str, other: str) -> bool:
    """Whether two numbers are the same to DynamoDB, however they are written (``1``, ``1.0``, ``1E0``)."""
    if one == other:
        return True
    try:
        return normal(one) == normal(other)
    except (InvalidOperation, Overflow):
        return False
