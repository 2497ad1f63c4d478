"""The secrets this process works with, and text without them.

Whatever gets hold of a secret tells ``keep_secret``. Whatever is said goes through ``without_secrets``: errors when
they are made, narration on its way to the terminal, logs. So it does not matter who has put a secret into a message: a
server that sends back what it was sent, a library, a plugin. Data that were asked for (an object, a presigned URL) pass
as they are.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator

__all__ = ["keep_secret", "without_secrets"]

_SHORTEST = 8
"""Characters. What is shorter is a word (``test``), and would be taken out of every text that has the word."""
_TELLING = 16
"""So many characters in a row betray a longer secret: one that is cut, or split over two messages, is found by them."""
_SIGNED = r"(?i)(x-amz-(?:signature|security-token|credential)(?:=|%3D))[^\s&\"'<>]+"
"""What gives a signed URL its power."""


class _Kept:
    """Values in every form they may be written in, ready to be looked for. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: set[str] = set()
        self._new: list[str] = []
        self._pieces: dict[int, set[str]] = {}

    def add(self, value: str) -> None:
        """Look for this from now on; it is made ready when something is said."""
        if len(value) < _SHORTEST or value in self._values:
            return
        with self._lock:
            self._values.add(value)
            self._new.append(value)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where kept values are in a text: from, to; in order, and they may overlap."""
        for width, pieces in self._ready().items():
            for start in range(len(text) - width + 1):
                if text[start : start + width] in pieces:
                    yield start, start + width

    def _ready(self) -> dict[int, set[str]]:
        if self._new:
            with self._lock:
                pieces = {width: set(known) for width, known in self._pieces.items()}
                for form in {form for value in self._new for form in _forms(value) if len(form) >= _SHORTEST}:
                    width = min(len(form), _TELLING)
                    ends = range(width, len(form) + 1)
                    pieces.setdefault(width, set()).update(form[end - width : end] for end in ends)
                self._pieces = pieces
                self._new = []
        return self._pieces


_kept = _Kept()


def keep_secret(*values: str | None) -> None:
    """Never say these values, of at least eight characters each, in this process; ``None`` is none."""
    for value in values:
        if value is not None:
            _kept.add(value)


def without_secrets(text: str) -> str:
    """``text`` with ``…`` in place of every kept secret, whole or cut, as it is or encoded as URLs and logs do.

    A signed URL loses its signature.
    """
    shown: list[str] = []
    end = 0
    for start, stop in sorted(_kept.spans(text)):
        if start > end or not shown:
            shown += [text[end:start], "…"]
        end = max(end, stop)
    return re.sub(_SIGNED, r"\1…", "".join([*shown, text[end:]]))


def _forms(value: str) -> Iterator[str]:
    """How a secret may be written: as it is, escaped, percent-encoded, in hexadecimal, within something in base64."""
    import base64
    from urllib.parse import quote

    raw = value.encode("utf-8", "surrogatepass")
    yield value
    yield value.replace("/", "\\/")
    yield value.encode("unicode_escape").decode("ascii")
    once = quote(raw, safe="")
    yield from (once, quote(raw), quote(once, safe=""))
    yield re.sub("%..", lambda escape: escape[0].lower(), once)
    yield from (raw.hex(), raw.hex().upper())
    for shift in range(3):
        # The groups of four that hold nothing but the secret, whatever stands before and after it.
        encoded = base64.b64encode(b"\0" * shift + raw).decode()[4 if shift else 0 :]
        encoded = encoded[: len(encoded) // 4 * 4 - (4 if (shift + len(raw)) % 3 else 0)]
        yield from (encoded, encoded.replace("+", "-").replace("/", "_"))
