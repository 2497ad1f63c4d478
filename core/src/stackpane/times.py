"""Moments as a user writes them: some time ago (``15m``, ``2h``, ``3d``, ``1w``, ``1h30m``) or ISO 8601, in UTC."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from stackpane.errors import InvalidInput

__all__ = ["MOMENT", "MomentType", "parse_duration", "parse_moment"]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"(?:[0-9]+[smhdw])+")
_PART = re.compile(r"([0-9]+)([smhdw])")
_HINT = "Write how long ago (90s, 15m, 2h, 3d, 1w, 1h30m) or a date in UTC (2026-11-22, 2026-11-22T09:30:00Z)."


def parse_duration(text: str) -> timedelta:
    """The length of ``15m``, ``2h``, ``1h30m`` …. Raises ``InvalidInput`` for anything else."""
    if _DURATION.fullmatch(text) is None:
        raise InvalidInput(f"{text!r} is not a length of time", "Write 90s, 15m, 2h, 3d, 1w or 1h30m.")
    try:
        return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in _PART.findall(text)), timedelta())
    except OverflowError:
        raise InvalidInput(f"{text!r} is too long a time") from None


def parse_moment(text: str, now: datetime | None = None) -> datetime:
    """The aware moment in UTC that ``text`` means; a length of time is that long before ``now``.

    ISO 8601 without an offset is UTC, and a date alone its first moment. Raises ``InvalidInput`` for anything else.
    """
    text = text.strip()
    try:
        if _DURATION.fullmatch(text):
            return (now or datetime.now(UTC)) - parse_duration(text)
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(f"{text!r} is not a time", _HINT) from None


class MomentType(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """``15m`` or ISO 8601, as an aware ``datetime`` in UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment; fails with what to write instead."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(value)
        except InvalidInput as error:
            self.fail(f"{error.message}. {error.hint}", param, ctx)


MOMENT = MomentType()
"""The type of ``--since`` and ``--before`` options."""
