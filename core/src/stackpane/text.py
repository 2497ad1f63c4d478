"""Text that comes from AWS, made safe to show, and numbers made short to read.

Nothing from AWS may reach a terminal as a control sequence: escape sequences, C1 controls, line breaks and the
characters that change the direction of text are shown as visible symbols. Every face sends data through ``safe``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

__all__ = [
    "escape_block",
    "human_count",
    "human_duration",
    "human_size",
    "human_time",
    "is_plain",
    "is_plain_ascii",
    "safe",
    "safe_block",
]

# C0, DEL and C1 controls, line and paragraph separators, bidirectional controls (Trojan Source, CVE-2021-42574),
# zero-width and other invisible format characters, lone surrogates, tags, variation selectors and noncharacters.
_INVISIBLE = (
    "\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff"
)
_UNSAFE = re.compile(f"[{_INVISIBLE}]")
_LINES = _INVISIBLE.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f")
_UNSAFE_BLOCK = re.compile(f"[{_LINES}]")


_ASCII = bytes(range(0x20, 0x7F))
_ASCII_LINES = _ASCII + b"\n\t"


def is_plain_ascii(text: str, *, lines: bool = False) -> bool:
    """Whether ``text`` is printable ASCII (with ``lines`` also line breaks and tabs): quick for much text at once.

    ``str.isprintable`` looks every character up, at five times the cost.
    """
    return text.isascii() and not text.encode("ascii").translate(None, _ASCII_LINES if lines else _ASCII)


def is_plain(text: str) -> bool:
    """Whether ``text`` can be shown as it is."""
    return (text.isascii() and text.isprintable()) or _UNSAFE.search(text) is None


def safe(text: str) -> str:
    """``text`` on one line, with every control character shown as a visible symbol (``ESC`` as ``␛``)."""
    return text if text.isascii() and text.isprintable() else _UNSAFE.sub(_symbol, text)


def safe_block(text: str) -> str:
    """As ``safe``, but line breaks and tabs stay: for documents of several lines."""
    return _UNSAFE_BLOCK.sub(_symbol, text)


def escape_block(text: str, escape: Callable[[str], str]) -> str:
    """``text`` with ``escape(character)`` in place of every character that ``safe_block`` would replace.

    For formats that have escapes of their own (JSON, YAML), where a symbol would change the data.
    """
    if is_plain_ascii(text, lines=True):
        return text
    return _UNSAFE_BLOCK.sub(lambda match: escape(match[0]), text)


def _symbol(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return f"<U+{code:04X}>"


def human_size(size: int) -> str:
    """Bytes in binary units with three digits, as ``ls -h`` does: ``1023 B``, ``1.0 KiB``, ``5.4 GiB``."""
    if size < 1024:
        return f"{size} B"
    value, units = size / 1024, ["PiB", "TiB", "GiB", "MiB", "KiB"]
    while value >= 1023.95 and len(units) > 1:
        value /= 1024
        units.pop()
    return f"{value:.1f} {units[-1]}"


def human_count(count: int, one: str, many: str = "") -> str:
    """``1 object``, ``1,200 objects``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def human_time(moment: datetime) -> str:
    """A moment in UTC to the second: ``2026-11-22 09:30:00Z``. A naive ``datetime`` is taken as UTC."""
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.strftime("%Y-%m-%d %H:%M:%SZ")


def human_duration(length: timedelta | float) -> str:
    """Seconds or a ``timedelta`` in its two largest units: ``3h 20m``, ``45s``, ``120ms``."""
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    if not math.isfinite(seconds):
        return str(seconds)
    if seconds < 0:
        return "-" + human_duration(-seconds)
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    whole = round(seconds)
    parts = [(whole // 86400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "m"), (whole % 60, "s")]
    shown = [f"{value}{unit}" for value, unit in parts if value]
    return " ".join(shown[:2]) or "0s"
