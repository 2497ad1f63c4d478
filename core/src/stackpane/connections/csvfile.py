"""Access keys from the ``.csv`` that the IAM console offers for download.

The console has used several headers over the years ("Access key ID,Secret access key", with and without a user name,
a password and a login link before and behind), and ``Name=value`` lines for root keys. Spreadsheets that saved the file
again add a byte order mark, semicolons, UTF-16 or formulas.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from stackpane.connections.model import masked_key
from stackpane.connections.secrets import Keys
from stackpane.errors import InvalidInput

__all__ = ["Row", "checked_keys", "parse_keys", "read_keys"]

_ID = ("accesskeyid", "awsaccesskeyid")
_SECRET = ("secretaccesskey", "awssecretkey", "awssecretaccesskey")
_USER = ("username", "user")

_LARGEST = 1_000_000
"""Bytes; a file of keys has a few hundred, so a larger one is the wrong file."""


@dataclass(frozen=True, slots=True)
class Row:
    """One access key of the file, with the user it belongs to where the file says so."""

    keys: Keys
    user: str = ""

    @property
    def label(self) -> str:
        """What to tell the row by: ``alice (AKIA…WXYZ)``."""
        hint = masked_key(self.keys.access_key_id)
        return f"{self.user} ({hint})" if self.user else hint


def read_keys(path: Path) -> list[Row]:
    """The access keys in the file, at least one. Raises ``InvalidInput``, whose message never holds a secret."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from None
    return parse_keys(content, str(path))


def parse_keys(content: bytes, where: str) -> list[Row]:
    """The access keys in the content of such a file; ``where`` names it in messages. Raises as ``read_keys``."""
    if len(content) > _LARGEST:
        raise InvalidInput(f"{where} is too large to be a file of access keys")
    lines = [line for line in _decode(where, content).splitlines() if line.strip()]
    rows = _assignments(lines) or _table(lines)
    if not rows:
        raise InvalidInput(
            f"{where} holds no access key",
            "It needs the columns 'Access key ID' and 'Secret access key', as the IAM console's download has them.",
        )
    return [Row(checked_keys(key, secret, where=where), user) for key, secret, user in rows]


def _decode(where: str, content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidInput(f"{where} is not a text file") from None


def _assignments(lines: list[str]) -> list[tuple[str, str, str]]:
    """The old download for root keys: ``AWSAccessKeyId=…`` and ``AWSSecretKey=…``."""
    values = {_plain(name): value for name, _, value in (line.partition("=") for line in lines)}
    found = _pick(values, _ID), _pick(values, _SECRET)
    return [(*found, "")] if all(found) else []


def _table(lines: list[str]) -> list[tuple[str, str, str]]:
    if not lines:
        return []
    separator = max(",;\t", key=lines[0].count)
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    header, *rows = [[_cell(cell) for cell in row] for row in reader]
    names = [_plain(name) for name in header]
    if not set(_ID) & set(names) or not set(_SECRET) & set(names):
        return []
    dicts = [dict(zip(names, row, strict=False)) for row in rows]
    found = [(_pick(row, _ID), _pick(row, _SECRET), _pick(row, _USER)) for row in dicts]
    # The console writes a user without a key of their own as a row with empty cells.
    return [row for row in found if row[0] or row[1]]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _cell(text: str) -> str:
    """A cell's value; spreadsheets protect text by writing it as the formula ``="…"`` or behind an apostrophe."""
    stripped = text.strip()
    formula = re.fullmatch(r'="([^"]*)"', stripped)
    return formula[1] if formula else stripped.removeprefix("'")


def _pick(values: dict[str, str], names: tuple[str, ...]) -> str:
    return next((values[name].strip() for name in names if values.get(name)), "")


def checked_keys(access_key_id: str, secret: str, session_token: str | None = None, *, where: str = "") -> Keys:
    """The keys, if they can be an IAM access key. Raises ``InvalidInput``, naming the id's last four at most.

    The id has 16 to 128 letters and digits, AWS's secrets have 40 characters of base 64; an id that cannot be AWS's (an
    emulator's, another vendor's) may have any secret. An id with ``ASIA`` is temporary and useless without its token.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    """
    place = f"{where}: " if where else ""
    if not re.fullmatch(r"\w{3,128}", access_key_id, re.ASCII):
        raise InvalidInput(f"{place}the access key id is not one (3 to 128 letters and digits)")
    if not secret or not secret.isprintable() or not secret.isascii() or " " in secret:
        raise InvalidInput(f"{place}the secret access key of {masked_key(access_key_id)} is missing or not one")
    is_aws = re.fullmatch(r"A[A-Z]IA[A-Z0-9]{16}", access_key_id)
    if is_aws and not re.fullmatch(r"[A-Za-z0-9+/=]{40}", secret):
        raise InvalidInput(
            f"{place}the secret access key of {masked_key(access_key_id)} has {len(secret)} characters, or ones it "
            "cannot have",
            "A secret access key has 40; was it cut, or changed by a spreadsheet?",
        )
    if access_key_id.startswith("ASIA") and is_aws and not session_token:
        raise InvalidInput(
            f"{place}{masked_key(access_key_id)} is a temporary key, which does not work without its session token",
            "Temporary keys come from a role or a login: use the profile they come from.",
        )
    return Keys(access_key_id, secret, session_token or None)
