"""Secrets that are unmistakable strings, and a search for them in everything a test leaves behind."""

from __future__ import annotations

import base64
import os
import secrets
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from tests.harness.emulators import Keys

_UPPER = string.ascii_uppercase + "234567"
_BASE64 = string.ascii_letters + string.digits + "+/"


@dataclass(frozen=True)
class Finding:
    """Where a secret was found, which one, and how it was written there."""

    where: str
    name: str
    form: str


class Canary:
    """Credentials that look like AWS's own and exist nowhere else: what redaction must know by form, a search finds.

    ``keys`` are long-term keys, ``temporary`` has a session token too. The access key id is no secret: it may be shown,
    so ``scan`` looks for the secret key and the token only, and for what was added with ``add``.
    """

    def __init__(self) -> None:
        secret = "/+" + _random(_BASE64, 38)  # with the characters that every encoding changes
        token = "IQoJ" + _random(_BASE64, 596) + "=="
        self.keys = Keys("AKIA" + _random(_UPPER, 16), secret)
        self.temporary = Keys("ASIA" + _random(_UPPER, 16), secret, token)
        self._secrets: dict[str, str] = {"secret access key": secret, "session token": token}

    def add(self, name: str) -> str:
        """A further secret (an MFA code, a value of an item) to look for; 24 letters and digits."""
        self._secrets[name] = "Cn" + _random(string.ascii_letters + string.digits, 22)
        return self._secrets[name]

    def watch(self, name: str, value: str) -> None:
        """Look for ``value`` too: a secret made elsewhere, such as the keys of a role. At least 8 characters."""
        assert len(value) >= 8, "too short to be told from chance"
        self._secrets[name] = value

    def scan(self, *paths: Path, ignore: Iterable[Path] = (), **streams: bytes | str) -> list[Finding]:
        """Every place where a secret is, in any encoding: files and folders (names, contents), and streams by name.

        ``ignore`` are files in which the secrets belong: the keyring, the AWS credentials file.
        """
        ignored = {path.resolve() for path in ignore}
        found: list[Finding] = []
        for path in paths:
            for file in _files(path):
                found += self._search(f"the name of {file}", str(file).encode())
                if file.resolve() not in ignored:
                    found += self._search(str(file), file.read_bytes())
        for name, stream in streams.items():
            found += self._search(name, stream.encode() if isinstance(stream, str) else stream)
        return found

    def scan_processes(self, *roots: int) -> list[Finding]:
        """Secrets in the arguments of running processes: the descendants of ``roots``, or of this process."""
        return [
            finding
            for pid in descendants(*(roots or (os.getpid(),)))
            for finding in self._search(f"the arguments of process {pid}", _read_proc(pid, "cmdline"))
        ]

    def _search(self, where: str, data: bytes) -> Iterator[Finding]:
        for name, value in self._secrets.items():
            for form, encoded in _forms(value).items():
                if encoded in data:
                    yield Finding(where, name, form)


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def _forms(value: str) -> Mapping[str, bytes]:
    """How a secret may be written. Of a long one a part is enough to betray it, and to find it where lines are cut."""
    part = value[:24] if len(value) > 24 else value
    raw = part.encode()
    forms = {
        "as it is": raw,
        "percent-encoded": quote(part, safe="").encode(),
        "form-encoded": quote_plus(part).encode(),
        "JSON": part.replace("/", "\\/").encode(),
        "hexadecimal": raw.hex().encode(),
        "UTF-16": part.encode("utf-16-le"),
    }
    for shift in range(3):  # base64 of a text that has it somewhere inside
        encoded = base64.b64encode(b"\0" * shift + raw)
        forms[f"base64, shifted by {shift}"] = encoded[4 if shift else 0 : len(encoded) // 4 * 4 - 4]
    return forms


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from (file for file in path.rglob("*") if file.is_file() and not file.is_symlink())
    elif path.exists():
        yield path


def descendants(*roots: int) -> list[int]:
    """The processes that ``roots`` have started, and those that these have, as far as they run; Linux only."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (status := _read_proc(int(entry.name), "stat")):
            # pid (name) state ppid: the name may hold anything, spaces and brackets too
            parents[int(entry.name)] = int(status.rpartition(b")")[2].split()[1])
    found = list(roots)
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return [pid for pid in found if pid not in roots]


def _read_proc(pid: int, name: str) -> bytes:
    try:
        return Path("/proc", str(pid), name).read_bytes()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return b""


@pytest.fixture
def canary() -> Canary:
    """Credentials to use where they may leak, and the search for them."""
    return Canary()
