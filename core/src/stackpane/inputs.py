"""Big arguments: the text itself, ``@file``, ``file://…`` or ``-`` for stdin, as in the AWS CLI."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote

from stackpane.errors import InvalidInput

__all__ = ["given_text"]

_FILE = "file://"


def given_text(argument: str) -> str:
    """The text that an argument gives. Raises ``InvalidInput`` where it names a file that cannot be read."""
    if argument == "-":
        return _decoded(sys.stdin.buffer.read() if sys.stdin else b"", "stdin")
    if argument.startswith("@"):
        return _of_file(argument[1:])
    if argument.startswith(_FILE):
        return _of_file(unquote(argument[len(_FILE) :]))
    return argument


def _of_file(path: str) -> str:
    try:
        return _decoded(Path(path).read_bytes(), path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{where} is not UTF-8: {error.reason} at byte {error.start}") from None
