"""What a command line gives as a text, or says where to find: ``@file``, ``file://…``, ``-`` for standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from stackpane import InvalidInput

__all__ = ["given_text"]


def given_text(argument: str) -> str:
    """The text that an argument stands for; itself, unless it names a file. Raises ``InvalidInput``, ``OSError``."""
    if argument == "-":
        return _decoded(sys.stdin.buffer.read(), "standard input")
    for mark in ("@", "file://"):
        if argument.startswith(mark):
            path = Path(argument.removeprefix(mark)).expanduser()
            return _decoded(path.read_bytes(), str(path))
    return argument


def _decoded(data: bytes, where: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{where} is not UTF-8: {error.reason} at byte {error.start}") from None
