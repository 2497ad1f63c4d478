"""Keys as local names, and back: pure functions, so that no list of names has to be kept beside a downloaded folder.

A key's parts (between slashes) become folders and a file of the same names wherever the file system can hold them.
What it cannot hold, or what would mean something else there, is escaped:

* ``~XX``: one byte of the key's UTF-8, for control and direction characters, ``.`` and ``..``, on Windows also for
  ``<>:"|?*\\``, a dot or space at the end and device names (``con``, ``nul.txt``), on a file system that writes down
  other Unicode forms than it is given for all that is not ASCII; a ``~`` only where it would otherwise read as an
  escape, so ``notes~`` and ``~user`` stay as they are;
* ``~``: a part with no characters, so ``a/`` is the file ``~`` in the folder ``a``, and ``a//b`` is ``a/~/b``;
* ``x~+/y``: the one part ``xy``, too long for one name;
* ``~-``: a folder for names that are taken already by another key: a folder of the same name, or a twin in other case
  or another Unicode form where the file system takes both for one. It stands for nothing when read back.

``decode(encode(key)) == key`` for every key and on every system; ``..``, an absolute path or a drive never survives.
A local name that ``encode`` would not have written stands for itself, so ordinary folders are uploaded as they are.

Windows' rules: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

__all__ = ["ASIDE", "NATIVE", "POSIX", "WINDOWS", "Rules", "decode", "encode", "is_leftover", "leftover"]

ASIDE = "~-"
"""The folder for keys whose own place is taken."""

_EMPTY = "~"
_GOES_ON = "~+"
_LONGEST = 255
"""Bytes of one name on every common file system; Windows counts UTF-16 units, which are never more."""
_CHUNK = 240

# Controls (C0, DEL, C1), line separators, direction controls (CVE-2021-42574) and lone surrogates.
_NOWHERE = "\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
# A tilde that would read as an escape or a mark; both cases of hexadecimal, for file systems that fold case.
_TILDE = "~(?=[0-9A-Fa-f]{2}|[-+])"
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\..*)?", re.IGNORECASE | re.DOTALL
)
_ESCAPES = re.compile(r"(?:~[0-9A-F]{2})+")
_LEFTOVER = re.compile(r"\..*\.stackpane-(?:part|journal|probe)", re.DOTALL)


@dataclass(frozen=True)
class Rules:
    """What names a system cannot hold; ``ascii`` where it would write down other characters than it is given."""

    windows: bool = False
    ascii: bool = False

    @cached_property
    def forbidden(self) -> re.Pattern[str]:
        """What is escaped wherever it stands."""
        windows = '<>:"|?*\\\\' if self.windows else ""
        ends = "|[. ](?=\\Z)" if self.windows else ""
        beyond_ascii = "|[^\x00-\x7f]" if self.ascii else ""
        return re.compile(f"[{_NOWHERE}{windows}]|{_TILDE}{ends}{beyond_ascii}")


POSIX = Rules()
WINDOWS = Rules(windows=True)
NATIVE = WINDOWS if os.name == "nt" else POSIX
_ALL_RULES = (POSIX, WINDOWS, Rules(ascii=True), Rules(windows=True, ascii=True))


def encode(key: str, rules: Rules = NATIVE) -> tuple[str, ...]:
    """The folders' names and the file's that ``key`` has below the target folder; at least one, none empty."""
    return tuple(name for part in key.split("/") for name in _names(part, rules))


def decode(names: Sequence[str]) -> str:
    """The key, or the end of one, that a path below an uploaded folder stands for."""
    key, goes_on = "", True
    for index, name in enumerate(names):
        if name == ASIDE and index < len(names) - 1:
            continue
        text, more = _read(name, last=index == len(names) - 1)
        key += text if goes_on else "/" + text
        goes_on = more
    return key


def leftover(name: str, mark: str, kind: str) -> str:
    """The name of what an unfinished download of ``name`` keeps beside it; no key is ever given such a name."""
    text = name.encode(errors="surrogatepass")[:100].decode(errors="ignore")
    return f".{text}.{mark}.stackpane-{kind}"


def is_leftover(name: str) -> bool:
    """Whether ``name`` is one that ``leftover`` gives."""
    return _LEFTOVER.fullmatch(name) is not None


def _names(part: str, rules: Rules) -> Iterator[str]:
    if _size(name := _name(part, rules)) <= _LONGEST:
        yield name
        return
    while part:
        chunk = _head(part, rules)
        part = part[len(chunk) :]
        yield _name(chunk, rules) + (_GOES_ON if part else "")


def _head(part: str, rules: Rules) -> str:
    """As much of ``part``'s beginning as goes into one name."""
    # Sizes grow with the length but for a few bytes (an escape at the end only), which the limits leave room for.
    fitting = bisect_right(range(1, len(part) + 1), _CHUNK, key=lambda length: _size(_name(part[:length], rules)))
    return part[: max(1, fitting)]


def _name(part: str, rules: Rules) -> str:
    """One name for one part (or one piece of a long one)."""
    if not part:
        return _EMPTY
    name = rules.forbidden.sub(_escape, part)
    if name in (".", "..", _EMPTY) or is_leftover(name) or (rules.windows and _DEVICE.fullmatch(name)):
        return _escaped(name[0]) + name[1:]
    return name


def _read(name: str, *, last: bool) -> tuple[str, bool]:
    """What a name stands for, and whether the part goes on in the next one."""
    if name == _EMPTY:
        return "", False
    if not last and name.endswith(_GOES_ON) and (text := _unescape(name.removesuffix(_GOES_ON))):
        return text, True
    text = _unescape(name)
    return (name if text is None else text), False


def _unescape(name: str) -> str | None:
    """The text of an encoded name; ``None`` where ``encode`` would not have written it so."""
    try:
        text = _ESCAPES.sub(lambda found: bytes.fromhex(found[0].replace("~", "")).decode(errors="surrogatepass"), name)
    except UnicodeDecodeError:
        return None
    return text if any(_name(text, rules) == name for rules in _ALL_RULES) else None


def _escape(found: re.Match[str]) -> str:
    return _escaped(found[0])


def _escaped(character: str) -> str:
    return "".join(f"~{byte:02X}" for byte in character.encode(errors="surrogatepass"))


def _size(name: str) -> int:
    return len(name.encode(errors="surrogatepass"))
