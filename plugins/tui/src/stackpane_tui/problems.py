"""What went wrong, as a person needs it: one line, what to do about it, and the details for whoever wants them."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from stackpane.connections.describe import login_command
from stackpane.redaction import redact, redact_lines

if TYPE_CHECKING:
    from stackpane_tui.places import Place

__all__ = ["Problem", "problem_of"]

_FAULT = "This is a fault of Stackpane's or of a plugin: ! shows where it is."


@dataclass(frozen=True)
class Problem:
    """An error at a place. ``login`` is the command that renews the credentials, where that is what helps."""

    place: Place
    error: Exception
    message: str
    hint: str = ""
    login: str = ""
    is_fault: bool = False

    @property
    def details(self) -> str:
        """The lines of the details view: no secrets, and no value of any variable."""
        lines = [self.message, *([self.hint] if self.hint else []), "", f"At: stackpane {self.place.address}"]
        cause = self.error.__cause__ or self.error
        lines += [f"Error: {redact(f'{type(cause).__name__}: {cause}')}"]
        if self.is_fault:
            lines += ["", *redact_lines("".join(traceback.format_exception(self.error)))]
        return "\n".join(lines)


def problem_of(place: Place, error: Exception) -> Problem:
    """The error as it is told, explained by the run that made it."""
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx is not None else "stackpane"
        return Problem(place, error, error.format_message(), f"See: {path} --help")
    explained = place.run.explain(error) if place.run is not None else None
    if explained is None:
        return Problem(place, error, redact(f"{type(error).__name__}: {error}"), _FAULT, is_fault=True)
    return Problem(place, error, explained.message, explained.hint, _login(place, explained.hint))


def _login(place: Place, hint: str) -> str:
    for session in place.run.sessions if place.run is not None else ():
        command = login_command(session.connection)
        if command and command in hint:
            return command
    return ""
