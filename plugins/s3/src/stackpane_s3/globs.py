"""Globs in S3 URIs, with the shell's rules: what they match, and how little has to be listed to find it.

* ``*`` matches any characters of one part, ``?`` one character, ``[a-z]`` and ``[!a-z]`` one of a set; none of them
  crosses a ``/``;
* ``**`` crosses ``/``, and ``**/`` also stands for no folder at all: ``a/**/b`` matches ``a/b`` and ``a/x/y/b``;
* a set stands for its characters literally, so ``[*]`` is a literal ``*``; a ``[`` that is never closed is itself.

Keys may contain these characters. Every command that takes globs has ``--no-glob``, which takes its URIs literally.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_TOKEN = re.compile(r"(?P<deep>\*\*/?)|(?P<star>\*)|(?P<one>\?)|(?P<set>\[!?+[^/][^\]/]*\])", re.DOTALL)
_DEEP = "**"


def is_glob(text: str) -> bool:
    """Whether ``text`` contains a glob character that means one."""
    return _TOKEN.search(text) is not None


@dataclass(frozen=True)
class Glob:
    """A key with globs, ``2026/*/img-??.jpg``. A trailing ``/`` makes it match folders only."""

    pattern: str

    @cached_property
    def prefix(self) -> str:
        """What every match begins with: the text before the first glob character."""
        found = _TOKEN.search(self.pattern)
        return self.pattern[: found.start()] if found else self.pattern

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The pattern's parts between slashes, as far as folders can be matched one by one (up to a ``**``)."""
        parts = self.pattern.removesuffix("/").split("/")
        deep = next((index for index, part in enumerate(parts) if _DEEP in part), len(parts))
        return (*parts[:deep], "/".join(parts[deep:])) if deep < len(parts) else tuple(parts)

    @cached_property
    def folders_only(self) -> bool:
        """Whether the pattern ends in ``/``."""
        return self.pattern.endswith("/")

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(_regex(self.pattern), re.DOTALL)

    @cached_property
    def _below(self) -> re.Pattern[str]:
        return re.compile(
            _regex(self.pattern.removesuffix("/")) + ("/.*" if self.folders_only else "(?:/.*)?"), re.DOTALL
        )

    def matches(self, key: str) -> bool:
        """Whether the glob means this key, or this folder (``2026/``, matched with and without the slash)."""
        if self._exact.fullmatch(key):
            return True
        return key.endswith("/") and not self.folders_only and self._exact.fullmatch(key[:-1]) is not None

    def covers(self, key: str) -> bool:
        """Whether the glob means this key or a folder above it: what a recursive command takes."""
        return self._below.fullmatch(key) is not None


def part_matches(part: str, name: str) -> bool:
    """Whether one part of a glob means ``name``, a folder's or object's own name without slashes."""
    return re.fullmatch(_regex(part), name, re.DOTALL) is not None


def literal_prefix(part: str) -> str:
    """The text before the first glob character of ``part``."""
    found = _TOKEN.search(part)
    return part[: found.start()] if found else part


def _regex(pattern: str) -> str:
    return "".join(_translated(pattern))


def _translated(pattern: str) -> Iterator[str]:
    position = 0
    for token in _TOKEN.finditer(pattern):
        yield re.escape(pattern[position : token.start()])
        position = token.end()
        if deep := token["deep"]:
            # `**/` is "any folders or none" only where a part begins; in `a**/b` the slash has to be there.
            at_part = token.start() == 0 or pattern[token.start() - 1] == "/"
            yield "(?:.*/)?" if at_part and deep.endswith("/") else ".*" + re.escape(deep[2:])
        elif token["star"]:
            yield "[^/]*"
        elif token["one"]:
            yield "[^/]"
        else:
            yield "(?!/)" + _set_regex(token["set"])
    yield re.escape(pattern[position:])


def _set_regex(token: str) -> str:
    # The standard library knows what `[]a]`, `[z-a]` and `[&&]` mean; it wraps the set in "(?s:" and ")" and an anchor.
    translated = fnmatch.translate(token)
    return translated[4 : translated.rindex(")")]
