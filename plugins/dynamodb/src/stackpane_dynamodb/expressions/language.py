"""The condition language that people type: ``status = open and created > 2d and begins_with(sk, "ORDER#")``.

- ``=`` (also ``==``), ``!=`` (``<>``), ``<``, ``<=``, ``>``, ``>=``, ``between … and …``, ``in (…, …)``, and ``not``
  before the last two
- ``begins_with(a, v)``, ``contains(a, v)``, ``exists(a)``, ``missing(a)``, ``type(a, SS)``, ``size(a)``; DynamoDB's own
  names ``attribute_exists``, ``attribute_not_exists`` and ``attribute_type`` are taken as well
- ``and``, ``or``, ``not``, brackets; words in any case
- what stands on the left is an attribute: ``a.b[0].c``; a name with other characters, or that is a number, goes in
  backticks (two of them for one within). On the right a word is a text, so an attribute there needs the backticks
- values: ``word``, ``"text"``, ``'text'`` (a backslash takes the next character as it is), ``42``, ``true``, ``false``,
  ``null``, ``b"aGk="`` (base64), ``j"[1, 2]"`` (any value in the plain form, as ``get`` shows it)
- behind ``<``, ``<=``, ``>``, ``>=`` and ``between`` ``15m``, ``2h``, ``3d`` and ``1w`` are so long ago
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, NoReturn

from stackpane import InvalidInput
from stackpane_dynamodb.expressions.conditions import (
    And,
    Between,
    Comparator,
    Compare,
    Condition,
    Function,
    In,
    Moment,
    Not,
    Operand,
    Or,
    Path,
    Size,
    Value,
)
from stackpane_dynamodb.values.numbers import number_fault
from stackpane_dynamodb.values.wire import is_base64

__all__ = ["parse", "parse_path", "parse_paths"]

_EXAMPLE = 'For example: status = open and begins_with(sk, "ORDER#")'

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<binary>b"[^"]*"|b'[^']*')
    | (?P<json>j"(?:[^"\\]|\\.)*"|j'(?:[^'\\]|\\.)*')
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<name>`(?:[^`]|``)+`)
    | (?P<sign><>|!=|==|<=|>=|[=<>(),.\[\]])
    | (?P<word>[^\s"'`<>=!(),.\[\]]+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_AGO = re.compile(r"(?P<count>[0-9]+)(?P<unit>[smhdw])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_SIGNS: dict[str, Comparator] = {
    "=": "=", "==": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
}  # fmt: skip
_FUNCTIONS = {
    "begins_with": ("begins_with", 2),
    "contains": ("contains", 2),
    "exists": ("attribute_exists", 1),
    "attribute_exists": ("attribute_exists", 1),
    "missing": ("attribute_not_exists", 1),
    "attribute_not_exists": ("attribute_not_exists", 1),
    "type": ("attribute_type", 2),
    "attribute_type": ("attribute_type", 2),
}
_TYPES = ("S", "SS", "N", "NS", "B", "BS", "BOOL", "NULL", "L", "M")
_WORDS = frozenset({"and", "or", "not", "between", "in"})
_MIRRORED: dict[Comparator, Comparator] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "<>": "<>"}
_ORDERING = frozenset({"<", "<=", ">", ">="})
_DEEPEST = 100
"""Brackets and ``not`` within each other; DynamoDB takes 300 operators in all:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def parse(text: str, *, now: datetime | None = None) -> Condition:
    """The condition that ``text`` says. Raises ``InvalidInput`` that shows where it cannot be read."""
    return _Parser(text, list(_tokens(text)), now or datetime.now(UTC)).whole()


def parse_paths(text: str) -> list[Path]:
    """The paths that ``text`` names: ``a, b[0].c``. Raises ``InvalidInput`` that shows where it cannot be read."""
    return _Parser(text, list(_tokens(text)), datetime.now(UTC)).whole_paths()


def parse_path(text: str) -> Path:
    """The one path that ``text`` names. Raises ``InvalidInput`` as ``parse_paths`` does."""
    path, *others = parse_paths(text)
    if others:
        raise InvalidInput(f"{text!r} names several attributes where one is meant", "Give the option once for each.")
    return path


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    end = len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise _problem(text, position, "cannot be read from here")
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind))
        position = match.end()


def _problem(text: str, at: int, reason: str) -> InvalidInput:
    shown = text[:at] + "▸" + text[at:]
    return InvalidInput(f"the expression {reason}: {shown}", _EXAMPLE)


@dataclass(slots=True)
class _Parser:
    """Reads tokens one after the other: a function per level of the grammar."""

    text: str
    tokens: list[_Token]
    now: datetime
    position: int = 0
    depth: int = 0

    def whole(self) -> Condition:
        found = self._any()
        self._end()
        return found

    def whole_paths(self) -> list[Path]:
        found = [self._path()]
        while self._takes(","):
            found.append(self._path())
        self._end("wants a comma")
        return found

    # Levels

    def _any(self) -> Condition:
        parts = self._separated("or", self._all)
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Condition:
        parts = self._separated("and", self._one)
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _separated(self, word: str, part: Callable[[], Condition]) -> list[Condition]:
        parts = [part()]
        while self._takes(word):
            parts.append(part())
        return parts

    def _one(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            self._fail("is nested too deeply", self._look())
        try:
            if self._takes("not"):
                return Not(self._one())
            if self._takes("("):
                inner = self._any()
                self._need(")")
                return inner
        finally:
            self.depth -= 1
        token = self._look()
        if token is not None and token.kind == "word" and token.text.lower() in _FUNCTIONS and self._follows("("):
            return self._function()
        return self._comparison()

    def _function(self) -> Condition:
        name, arguments = _FUNCTIONS[self._next("a function").text.lower()]
        self._need("(")
        path = self._path()
        argument: Operand | None = None
        if arguments == 2:
            self._need(",")
            argument = self._type() if name == "attribute_type" else self._right()
        if name == "begins_with" and isinstance(argument, Value) and argument.word is not None:
            argument = Value(("S", argument.word), argument.word)  # nothing else has a beginning
        self._need(")")
        return Function(name, path, argument)

    def _type(self) -> Value:
        token = self._next("a type")
        kind = token.text.strip("\"'").upper()
        if kind not in _TYPES:
            self._fail(f"wants one of {', '.join(_TYPES)} as the type", token)
        return Value(("S", kind))

    def _comparison(self) -> Condition:
        first = self._look()
        left = self._left()
        negated = self._takes("not")
        found: Condition | None = None
        if self._takes("between"):
            low = self._right(moments=True)
            self._need("and")
            found = Between(left, low, self._right(moments=True))
        elif self._takes("in"):
            found = In(left, self._choices())
        if found is not None:
            if isinstance(left, Moment):
                self._fail("wants an attribute, not a time", first)
            return Not(found) if negated else found
        token = self._look()
        if negated or token is None or token.text not in _SIGNS:
            self._fail(f"wants {'between or in' if negated else 'a comparison such as =, < or between'}", token)
        self.position += 1
        return self._compared(left, _SIGNS[token.text], first)

    def _compared(self, left: Operand, operator: Comparator, first: _Token | None) -> Compare:
        if not isinstance(left, (Value, Moment)):
            return Compare(left, operator, self._right(moments=operator in _ORDERING and isinstance(left, Path)))
        token = self._look()
        right = self._left()
        if isinstance(right, (Value, Moment)):
            self._fail("compares two values: one of them must be an attribute", token)
        if isinstance(left, Moment) and (operator not in _ORDERING or isinstance(right, Size)):
            self._fail("wants an attribute that is before or after this time", first)
        return Compare(right, _MIRRORED[operator], left)

    def _choices(self) -> tuple[Operand, ...]:
        self._need("(")
        choices = [self._right()]
        while self._takes(","):
            choices.append(self._right())
        self._need(")")
        return tuple(choices)

    # Operands

    def _left(self) -> Operand:
        token = self._look()
        if token is None:
            self._fail("ends where an attribute is wanted", None)
        if token.kind in ("text", "binary", "json"):
            return self._right()
        if token.kind == "word" and (_NUMBER.fullmatch(token.text) or _AGO.fullmatch(token.text)):
            return self._right(moments=True)
        if token.text.lower() == "size" and self._follows("("):
            return self._size()
        return self._path()

    def _right(self, *, moments: bool = False) -> Operand:
        token = self._look()
        if token is None:
            self._fail("ends where a value is wanted", None)
        if token.kind == "name":
            return self._path()
        if token.kind == "word" and token.text.lower() == "size" and self._follows("("):
            return self._size()
        if token.kind == "sign" or token.text.lower() in _WORDS:
            self._fail("wants a value", token)
        self.position += 1
        return self._literal(self._joined(token), moments=moments)

    def _joined(self, token: _Token) -> _Token:
        """A word with what follows without a space between: ``example.com`` and ``1.5`` are one."""
        while token.kind == "word" and (next_one := self._look()) is not None:
            touches = next_one.at == token.at + len(token.text)
            if not touches or not (next_one.kind == "word" or next_one.text == "."):
                break
            self.position += 1
            token = token._replace(text=token.text + next_one.text)
        return token

    def _literal(self, token: _Token, *, moments: bool) -> Operand:
        if token.kind == "binary":
            return Value(("B", self._base64(token)))
        if token.kind == "json":
            return Value(self._plain(token))
        if token.kind == "text":
            return Value(("S", _ESCAPE.sub(r"\1", token.text[1:-1])))
        word = token.text
        if word.lower() in ("true", "false"):
            return Value(("BOOL", word.lower() == "true"), word)
        if word.lower() == "null":
            return Value(("NULL", True), word)
        if moments and (match := _AGO.fullmatch(word)):
            return self._moment(token, int(match["count"]) * _UNITS[match["unit"]])
        if _NUMBER.fullmatch(word):
            if reason := number_fault(word):
                self._fail(f"has a number that DynamoDB has not ({reason})", token)
            return Value(("N", word), word)
        return Value(("S", word), word)

    def _moment(self, token: _Token, seconds: int) -> Moment:
        try:
            return Moment(self.now - timedelta(seconds=seconds))
        except OverflowError:
            self._fail("means a time before all calendars", token)

    def _base64(self, token: _Token) -> str:
        text = token.text[2:-1]
        if not is_base64(text):
            self._fail("has a binary value that is no base64", token)
        return text

    def _plain(self, token: _Token) -> tuple[str, Any]:
        from stackpane_dynamodb.values.plain import PlainError, from_plain, read_json

        try:
            ((kind, held),) = from_plain(read_json(_ESCAPE.sub(r"\1", token.text[2:-1]))).items()
        except PlainError as error:
            self._fail(f"has a value that is none ({error})", token)
        return kind, held

    def _size(self) -> Size:
        self.position += 1
        self._need("(")
        path = self._path()
        self._need(")")
        return Size(path)

    def _path(self) -> Path:
        steps: list[str | int] = [self._name()]
        while True:
            if self._takes("."):
                steps.append(self._name())
            elif self._takes("["):
                token = self._next("an element's number")
                if not token.text.isdecimal():
                    self._fail("wants an element's number", token)
                steps.append(int(token.text))
                self._need("]")
            else:
                return Path(tuple(steps))

    def _name(self) -> str:
        token = self._next("an attribute")
        if token.kind == "name":
            return token.text[1:-1].replace("``", "`")
        if token.kind != "word" or token.text.lower() in _WORDS:
            self._fail("wants an attribute", token)
        return token.text

    # Tokens

    def _look(self) -> _Token | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def _next(self, wanted: str) -> _Token:
        token = self._look()
        if token is None:
            self._fail(f"ends where {wanted} is wanted", None)
        self.position += 1
        return token

    def _follows(self, text: str) -> bool:
        return self.position + 1 < len(self.tokens) and self.tokens[self.position + 1].text == text

    def _takes(self, text: str) -> bool:
        token = self._look()
        if token is None or token.kind not in ("word", "sign") or token.text.lower() != text:
            return False
        self.position += 1
        return True

    def _need(self, text: str) -> None:
        if not self._takes(text):
            self._fail(f"wants {text!r}", self._look())

    def _end(self, reason: str = "wants 'and' or 'or'") -> None:
        if (token := self._look()) is not None:
            self._fail(reason, token)

    def _fail(self, reason: str, token: _Token | None) -> NoReturn:
        raise _problem(self.text, len(self.text) if token is None else token.at, reason)
