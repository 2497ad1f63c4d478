"""Raw values as people read them: one line of safe text each, and how many terminal columns it takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stackpane.cli.output.jsontext import dumps
from stackpane.cli.output.values import machine
from stackpane.text import human_duration, human_size, human_time, safe

if TYPE_CHECKING:
    from stackpane.views import Kind

__all__ = ["MISSING", "RIGHT", "bold", "cell", "cells", "display_width", "pad", "paint_state"]

MISSING = "-"
"""What stands for ``None``."""

RIGHT: frozenset[Kind] = frozenset({"number", "size", "duration"})
"""The kinds that are read by magnitude, and so aligned to the right."""


def cell(value: Any, kind: Kind = "text") -> str:
    """One value."""
    return MISSING if value is None else _CELLS.get(kind, _plain)(value)


def cells(values: Sequence[Any], kind: Kind) -> Sequence[str]:
    """The values of a column. A column of harmless texts comes back as it is, at the price of a look."""
    if _CELLS.get(kind, _plain) is _plain:
        try:
            joined = "".join(values)
        except TypeError:  # not every value is a text
            return [cell(value, kind) for value in values]
        return values if joined.isascii() and joined.isprintable() else list(map(safe, values))
    at_once = _AT_ONCE.get(kind)
    found = at_once(values) if at_once else None
    if found is not None:
        return found
    show = _CELLS[kind]
    return [MISSING if value is None else show(value) for value in values]


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return safe(value)
    found = machine(value)
    return safe(found) if isinstance(found, str) else dumps(found)


def _size(value: Any) -> str:
    return human_size(value) if isinstance(value, int) else _plain(value)


def _time(value: Any) -> str:
    if isinstance(value, str):
        # AWS's own UTC text, to the second; the rest of it is no concern of a table.
        plain = value[10:11] == "T" and value[-1] == "Z" and value.isascii() and value.isprintable()
        return f"{value[:10]} {value[11:19]}Z" if plain else safe(value)
    if not isinstance(value, datetime):
        return _plain(value)
    return f"{value.isoformat(' ')[:19]}Z" if value.tzinfo is UTC else human_time(value)


def _duration(value: Any) -> str:
    return human_duration(value) if isinstance(value, (int, float, timedelta)) else _plain(value)


def _bool(value: Any) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else _plain(value)


def _json(value: Any) -> str:
    return dumps(machine(value))


_CELLS: dict[Kind, Callable[[Any], str]] = {
    "size": _size,
    "time": _time,
    "duration": _duration,
    "bool": _bool,
    "json": _json,
}


# Of a million rows, the usual values of these kinds are most of what there is to format: a call for each costs more
# than all else. `None`: the values are not that usual.
_DIGITS = str.maketrans("0123456789", "0" * 10)
_SENT = ("0000-00-00T00:00:00.000Z", "0000-00-00T00:00:00Z")
_BELOW_MIB = 1_048_000  # from 1023.95 KiB on it is 1.0 MiB


def _sizes(values: Sequence[Any]) -> list[str] | None:
    if set(map(type, values)) != {int}:
        return None
    return [f"{value / 1024:.1f} KiB" if 1024 <= value < _BELOW_MIB else human_size(value) for value in values]


def _times(values: Sequence[Any]) -> list[str] | None:
    try:
        lines = "\n".join(values)
    except TypeError:  # not every value is a text
        return None
    forms = lines.translate(_DIGITS)
    if not any(forms == "\n".join([sent] * len(values)) for sent in _SENT):
        return None
    if lines.count(".") != lines.count(".000Z"):
        return [f"{value[:10]} {value[11:19]}Z" for value in values]
    return lines.replace(".000Z", "Z").replace("T", " ").split("\n")


_AT_ONCE: dict[Kind, Callable[[Sequence[Any]], Sequence[str] | None]] = {"size": _sizes, "time": _times}


def display_width(text: str) -> int:
    """Columns that ``text`` takes on a terminal: two for wide and full-width characters, none for combining ones.

    Sequences that join (emoji with a joiner or a variation selector) cannot occur in safe text; Hangul letters that
    macOS has taken apart are put together, as terminals do. https://www.unicode.org/reports/tr11/
    """
    return len(text) if text.isascii() else sum(map(_character_width, unicodedata.normalize("NFC", text)))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, width: int, right: bool = False) -> str:
    """``text`` filled up with spaces to ``width`` columns, never cut."""
    space = " " * (width - display_width(text))
    return space + text if right else text + space


def bold(text: str) -> str:
    """``text`` in bold."""
    return f"\x1b[1m{text}\x1b[0m"


# Only what wants attention is coloured. AWS's state words share these parts in every service: CREATE_FAILED, UPDATING,
# DELETE_IN_PROGRESS, INACTIVE, PendingImport ... The last line is of our own words for connections.
_BAD = re.compile(
    r"fail|error|denied|unhealthy|inactive|disabled|suspended|expired|impaired|delet"
    r"|broken|wrong|unreachable|untrusted|refused|timeout|needed|needs|^no\b",
    re.IGNORECASE,
)
_MOVING = re.compile(r"ing$|pending|progress", re.IGNORECASE)


def paint_state(text: str) -> str:
    """A state in red where something is wrong, in yellow where something is under way, else as it is."""
    color = "33" if _MOVING.search(text.rstrip()) else "31" if _BAD.search(text) else ""
    return f"\x1b[{color}m{text}\x1b[0m" if color else text
