"""PartiQL statements: the proof that one only reads, and the table it is about.

DynamoDB has one operation for all of them (``ExecuteStatement``), so what a statement does is in its text. A statement
counts as one that reads only where its first word is ``SELECT`` and every part of it is known to be harmless; all else,
also what DynamoDB would refuse, counts as a change.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Statement", "only_reads"]

_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    # A comment ends at whatever could end it: what is read too early is checked as words, what were skipped would not.
    | (?P<comment>--[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]* | /\*(?:(?!\*/).)*\*/)
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<sign><<|>>|<=|>=|<>|!=|\|\||/(?!\*)|[-+*%=<>(),.?:\[\]{}|])
    | (?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
_CHANGING = frozenset(
    {"insert", "update", "delete", "set", "remove", "returning", "into", "upsert", "replace", "exec", "create", "drop"}
)
"""Words that no statement that reads has outside of quotes, where names that are such words must stand."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement cut into its parts: ``(kind, text)`` of everything but spaces and comments.

    ``whole`` says that all of the text is known; what is not ends the parts.
    """

    text: str
    parts: tuple[tuple[str, str], ...]
    whole: bool

    @classmethod
    def of(cls, text: str) -> Statement:
        """The statement that a text is."""
        found, place = [], 0
        while match := _TOKEN.match(text, place):
            found.append((str(match.lastgroup), match.group()))
            place = match.end()
        return cls(text, tuple(part for part in found if part[0] not in ("space", "comment")), place == len(text))

    @property
    def verb(self) -> str:
        """The first word, in upper case; empty where the statement begins with something else."""
        first = next((part for part in self.parts if part != ("sign", "(")), ("", ""))
        return first[1].upper() if first[0] == "word" else ""

    @property
    def reads(self) -> bool:
        """Whether it is proven to change nothing."""
        inner = self.parts[:-1] if self.parts[-1:] == (("end", ";"),) else self.parts
        return (
            self.whole
            and self.verb == "SELECT"
            and not any(kind == "end" for kind, _ in inner)
            and self._words.isdisjoint(_CHANGING)
        )

    @property
    def is_filtered(self) -> bool:
        """Whether it has conditions, so that what DynamoDB reads is more than what comes back."""
        return "where" in self._words

    @property
    def table(self) -> str | None:
        """The table that it is about, where one can be told: the name behind ``FROM``, ``INTO`` or ``UPDATE``."""
        before = ""
        for kind, text in self.parts:
            if before in ("from", "into", "update") and kind in ("quoted", "word"):
                return text[1:-1].replace('""', '"') if kind == "quoted" else text
            before = text.lower() if kind == "word" else ""
        return None

    @property
    def _words(self) -> frozenset[str]:
        return frozenset(self._lowered())

    def _lowered(self) -> Iterator[str]:
        return (text.lower() for kind, text in self.parts if kind == "word")


def only_reads(params: Mapping[str, Any]) -> bool:
    """Whether a request to ``ExecuteStatement`` is proven to change nothing: what the guard asks before each."""
    text = params.get("Statement")
    return isinstance(text, str) and Statement.of(text).reads
