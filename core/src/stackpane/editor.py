"""Editing a text: a draft in a file of the user's own, which outlives whatever goes wrong until the work is saved.

A command says what is to be edited and what is wrong with a text (``Editing``), and its session has the face edit it:
the command line in the user's editor, the terminal browser in a pane.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from stackpane.errors import InvalidInput, Refused, StackpaneError

__all__ = ["Draft", "Editing", "Slip", "edit_in_terminal"]


@dataclass(frozen=True, slots=True)
class Slip:
    """What is wrong with a text, and where, as lines and columns are counted: from 1. ``None``: not in one place."""

    reason: str
    line: int | None = None
    column: int | None = None

    def said(self, above: int = 0) -> str:
        """One line, where ``above`` lines stand above the text."""
        if self.line is None:
            return self.reason
        return f"line {self.line + above}, column {self.column or 1}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Editing:
    """A text to be edited. ``about`` says in a line what it is, ``check`` what is wrong with one that was edited.

    What is edited is kept in ``draft`` until the command drops it. ``instead`` says what can be done where there is
    nothing to edit with. Where ``comments``, no line of such a text can begin with ``#`` but one that is left out.
    """

    draft: Draft
    text: str
    about: str
    check: Callable[[str], Sequence[Slip]] = lambda _text: ()
    instead: str = ""
    comments: bool = False


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
            with self.path.open(encoding="utf-8", newline="") as file:
                return file.read()
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


_LISTED = 10


def edit_in_terminal(editing: Editing) -> str | None:
    """What the user makes of a text in their own editor, opened again until nothing is wrong with it.

    ``None`` where it was left as it was. Raises ``Refused`` without a terminal, and ``InvalidInput`` where the user
    gives up on a text that is not valid; the draft stays.
    """
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        raise Refused("nothing was sent: an editor needs a terminal, and there is none", editing.instead)
    draft, body = editing.draft, editing.text
    about = [f"{editing.about}.", "Lines that begin with # are left out. To stop, leave the rest as it is."]
    said: list[str] = []
    while True:
        header = "".join(f"# {line}\n" for line in [*about, *said]) if editing.comments else ""
        draft.write(header + body)
        edited = draft.edit()
        text = _without_comments(edited) if editing.comments else edited
        if text == editing.text or not text.strip():
            return None
        if said and text == body:
            raise InvalidInput(f"nothing was sent: {said[0]}", f"What you wrote is in {draft.path}")
        body = text
        slips = list(editing.check(text))[:_LISTED]
        if not slips:
            return text
        # The line of a slip is that of the file when it is opened next.
        above = len(about) + len(slips) if editing.comments else 0
        said = [slip.said(above) for slip in slips]


def _without_comments(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.lstrip().startswith("#"))
