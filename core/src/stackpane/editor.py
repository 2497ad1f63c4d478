"""The user's editor on a draft: a file of their own that outlives whatever goes wrong until the work is saved."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import click

from stackpane.errors import Refused, StackpaneError

__all__ = ["Draft", "check_editor"]


def check_editor(instead: str) -> None:
    """Raise ``Refused`` where there is no terminal to edit on; ``instead`` says what can be done without."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise Refused("nothing was sent: an editor needs a terminal, and there is none", instead)


class Draft:
    """A text in a file that only the user can read, opened as often as needed.

    It stays until ``drop``: after an error, a refused save or a crash what was typed is still in ``path``.
    """

    def __init__(self, text: str, suffix: str = ".txt") -> None:
        descriptor, name = tempfile.mkstemp(prefix="stackpane-", suffix=suffix)  # 0600
        os.close(descriptor)
        self.path = Path(name)
        self.write(text)

    def read(self) -> str:
        """The text as it is in the file. Raises ``StackpaneError`` where it is no UTF-8, or gone."""
        try:
            return self.path.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise StackpaneError(
                f"{self.path} is not UTF-8 ({error.reason})", "What was edited is in this file."
            ) from None
        except OSError as error:
            raise StackpaneError(f"{self.path} cannot be read: {error.strerror}") from error

    def write(self, text: str) -> None:
        """Put ``text`` in place of what the file has."""
        self.path.write_text(text, "utf-8", newline="")

    def edit(self) -> str:
        """Open ``$VISUAL`` or ``$EDITOR`` on it, wait for its end, and return the text that there is then."""
        try:
            click.edit(filename=str(self.path))
        except click.ClickException as error:
            raise StackpaneError(
                f"the editor failed: {error.format_message()}",
                f"Nothing was sent. Choose another with EDITOR=…; what was edited is in {self.path}.",
            ) from error
        return self.read()

    def drop(self) -> None:
        """Delete the file: the text is saved, or nobody wants it."""
        self.path.unlink(missing_ok=True)
