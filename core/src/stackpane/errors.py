"""Errors made for a person: one line that says what failed and why, a hint that says what to do next, an exit code.

Everything that Stackpane raises on purpose is a ``StackpaneError``. What AWS or the network raises becomes one in
``stackpane.aws.explain``. Anything else is a bug and ends in the crash report, without locals.
"""

from __future__ import annotations

from enum import IntEnum

from stackpane.secrecy import without_secrets

__all__ = [
    "AwsError",
    "ConnectionProblem",
    "ExitCode",
    "InvalidInput",
    "Refused",
    "StackpaneError",
    "UnprovenResponse",
]


class ExitCode(IntEnum):
    """Exit codes of the command line; from 130 on they are those of the AWS CLI."""

    DONE = 0
    """Everything asked for was done."""
    SOME_FAILED = 1
    """Some entries failed, the others were done."""
    REFUSED = 3
    """Refused; nothing was sent."""
    INTERRUPTED = 130
    """Interrupted with Ctrl-C."""
    USAGE = 252
    """The command line is not understood."""
    CONNECTION = 253
    """The connection, its configuration or its credentials do not work."""
    AWS = 254
    """AWS answered with an error."""
    OTHER = 255
    """Anything else."""


class StackpaneError(Exception):
    """What failed and why (``message``, one line), what to do next (``hint``, may be empty), and the exit code.

    Secrets that are in use are taken out of both: a server may have sent back what it was sent.
    """

    exit_code = ExitCode.OTHER

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = without_secrets(message)
        self.hint = without_secrets(hint)
        super().__init__(self.message)


class InvalidInput(StackpaneError):
    """What the user gave cannot be meant: a bad URI, a contradiction. Nothing was sent."""

    exit_code = ExitCode.USAGE


class Refused(StackpaneError):
    """A rule of Stackpane's own forbids it (read-only, undeclared call, wrong host). Nothing was sent."""

    exit_code = ExitCode.REFUSED


class ConnectionProblem(StackpaneError):
    """The connection cannot be used: no credentials, expired, unreachable, misconfigured, no safe secret store."""

    exit_code = ExitCode.CONNECTION


class AwsError(StackpaneError):
    """AWS answered with an error. ``code`` is AWS's own (``AccessDenied``)."""

    exit_code = ExitCode.AWS

    def __init__(self, message: str, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint)
        self.code = code


class UnprovenResponse(AwsError):
    """The answer does not prove to be from an AWS service: it counts neither as done nor as an empty list.

    ``only_read``: the call changes nothing, whoever has answered it.
    """

    def __init__(
        self, message: str, hint: str = "", code: str = "UnprovenResponse", *, only_read: bool = False
    ) -> None:
        super().__init__(message, hint, code)
        self.only_read = only_read
