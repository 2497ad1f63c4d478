"""Links: a command with its arguments, as a value, as argv and as an address.

A link is what a view offers to go on with. The three forms say the same and convert into one another without loss:

* the value: ``Link(("s3", "ls", "s3://photos/2026/"), connection="prod")``
* argv: ``["-c", "prod", "s3", "ls", "s3://photos/2026/"]``
* the address: ``-c prod s3 ls s3://photos/2026/``, one line of printable text that bash and zsh read back unchanged

This module imports nothing but the standard library: every face and every plugin uses it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from stackpane.text import is_plain

__all__ = ["Link", "quote", "spelled_out", "split"]


@dataclass(frozen=True, slots=True)
class Link:
    """A command and its arguments.

    ``argv`` starts with the command's path (``("s3", "ls")``) and goes on with its options and arguments.
    ``connection`` and ``region`` are only set where the place belongs to another connection or region than the
    running one (a row of a merged table). ``label`` is what a face shows; it is no part of the link's identity.
    """

    argv: tuple[str, ...]
    connection: str | None = None
    region: str | None = None
    label: str = field(default="", compare=False)

    @classmethod
    def to(cls, command: str, *arguments: str, label: str = "", **options: object) -> Link:
        """The link to ``command`` ("s3 ls") with positional ``arguments`` and ``options`` by name.

        An option that is ``True`` becomes a flag, ``None`` and ``False`` are left out, a list or tuple repeats the
        option; underscores in names become dashes. Values are written as ``--name=value`` and arguments that begin
        with a dash stand after ``--``, so that no value can be read as an option.
        """
        argv = [*command.split(), *_options(options)]
        if any(argument.startswith("-") for argument in arguments):
            argv.append("--")
        return cls((*argv, *arguments), label=label)

    @classmethod
    def from_argv(cls, argv: Sequence[str]) -> Link:
        """The link that a command line leads to; ``-c`` and ``--region`` before the command are its place."""
        rest = list(argv)
        place: dict[str, str] = {}
        while rest:
            name, given, value = rest[0].partition("=")
            key = {"-c": "connection", "--connection": "connection", "--region": "region"}.get(name)
            if key is None or (given and name == "-c"):
                break
            if given:
                place[key] = value
                del rest[0]
            elif len(rest) > 1:
                place[key] = rest[1]
                del rest[:2]
            else:
                break
        return cls(tuple(rest), connection=place.get("connection"), region=place.get("region"))

    @classmethod
    def from_address(cls, address: str) -> Link:
        """The link that an address names. Raises ``ValueError`` where a quote is left open."""
        argv = split(address)
        return cls.from_argv(argv[1:] if argv[:1] == ["stackpane"] else argv)

    @property
    def place(self) -> tuple[str, ...]:
        """The leading ``-c`` and ``--region`` options, empty where the link is of the running session."""
        connection = ("-c", self.connection) if self.connection is not None else ()
        region = ("--region", self.region) if self.region is not None else ()
        return (*connection, *region)

    def to_argv(self) -> list[str]:
        """What to give to ``stackpane`` as arguments."""
        return [*self.place, *self.argv]

    @property
    def address(self) -> str:
        """One printable line that names this place; ``Link.from_address`` reads it back."""
        return " ".join(quote(word) for word in self.to_argv())

    @property
    def command_line(self) -> str:
        """The whole line to type in a shell."""
        return f"stackpane {self.address}".rstrip()

    def at(self, connection: str | None, region: str | None) -> Link:
        """The same link in another place."""
        return replace(self, connection=connection, region=region)


def _options(options: dict[str, object]) -> Iterator[str]:
    for name, value in options.items():
        flag = "--" + name.replace("_", "-")
        for each in value if isinstance(value, (list, tuple)) else (value,):
            if each is True:
                yield flag
            elif each is not None and each is not False:
                yield f"{flag}={each}"


# ANSI-C quoting: the only shell form in which a control character can be written as printable text. Bytes and not code
# points (``\u202e``), which bash reads in a UTF-8 locale and from 4.2 on only; macOS has 3.2.
# https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "\x1b": "\\e", "\a": "\\a", "\b": "\\b", "\\": "\\\\", "'": "\\'"}
_READ = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "e": "\x1b",
    "a": "\a",
    "b": "\b",
    "\\": "\\",
    "'": "'",
    "f": "\f",
    "v": "\v",
    '"': '"',
}
_ESCAPE = re.compile(r"((?:\\x[0-9a-fA-F]{1,2})+)|\\(?:U([0-9a-fA-F]{1,8})|u([0-9a-fA-F]{1,4})|(.))", re.DOTALL)
_ANSI = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
_NUL = r"\x00"


def quote(word: str) -> str:
    """``word`` as a shell word of printable characters (``shlex.quote``, and ``$'…'`` where that is not enough).

    No argument of a process can hold a NUL, so such a word is quoted twice; ``spelled_out`` takes the second off.
    """
    if is_plain(word) and not _is_quoted_nul(word):
        return shlex.quote(word)
    quoted = "$'" + "".join(map(_escape, word)) + "'"
    return shlex.quote(quoted) if "\0" in word or _is_quoted_nul(word) else quoted


def spelled_out(argv: Sequence[str]) -> list[str]:
    """The words of a process's command line, with NUL in those that ``quote`` had to quote twice."""
    return [_unquoted(word) if _is_quoted_nul(word) else word for word in argv]


def _is_quoted_nul(word: str) -> bool:
    return word.startswith("$'") and _NUL in word and _ANSI.fullmatch(word) is not None


def _escape(character: str) -> str:
    if (named := _NAMED.get(character)) is not None:
        return named
    if is_plain(character):
        return character
    try:
        # A byte of an argument that is no UTF-8 is a lone surrogate to Python, and a byte again to the shell.
        return "".join(f"\\x{byte:02x}" for byte in character.encode(errors="surrogateescape"))
    except UnicodeEncodeError:  # any other lone surrogate, which no argument can hold
        return f"\\u{ord(character):04x}"


def split(line: str) -> list[str]:
    """The words of a command line: ``shlex.split`` plus ``$'…'``. Raises ``ValueError`` on an open quote."""
    words: list[str] = []
    position, plain = 0, ""
    # A whole word in ANSI-C quotes is all that `quote` writes, so it is recognised at a word's beginning only.
    while position < len(line):
        at_word = position == 0 or line[position - 1] in " \t\n"
        match = _ANSI.match(line, position) if at_word and not _open_quote(plain) else None
        if match is None:
            plain += line[position]
            position += 1
            continue
        words += spelled_out(shlex.split(plain))
        plain = ""
        words.append(_unquoted(match[0]))
        position = match.end()
    return words + spelled_out(shlex.split(plain))


def _unquoted(word: str) -> str:
    return _ESCAPE.sub(_unescape, word[2:-1])


def _unescape(match: re.Match[str]) -> str:
    if match[1]:
        return bytes(int(code, 16) for code in match[1].split("\\x")[1:]).decode(errors="surrogateescape")
    code = match[2] or match[3]
    return chr(int(code, 16)) if code else _READ.get(match[4], "\\" + match[4])


def _open_quote(text: str) -> bool:
    try:
        shlex.split(text)
    except ValueError:
        return True
    return False
