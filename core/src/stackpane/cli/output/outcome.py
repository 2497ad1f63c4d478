"""An outcome: the sentence and what did not work on stderr, the data on stdout."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stackpane.cli.output.console import Console, ReaderGone
from stackpane.cli.output.results import show_result
from stackpane.cli.output.sheet import object_sheet
from stackpane.errors import ExitCode
from stackpane.formats.values import machine

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.cli.output.options import OutputOptions
    from stackpane.cli.output.query import Query
    from stackpane.views import Failure, Outcome

__all__ = ["list_failures", "outcome_object", "show_outcome", "tell_outcome"]

_LISTED = 20


def show_outcome(outcome: Outcome, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    """Write the outcome's data and say what it came to; the exit code tells whether something failed."""
    try:
        with contextlib.suppress(ReaderGone):
            if query is not None:
                show_result(query(outcome_object(outcome)), options, io)
            elif options.format != "table":
                show_result(outcome_object(outcome), options, io)
            elif outcome.result:
                io.write(object_sheet(machine(outcome.result)))
    finally:  # also where stdout fails: the work is done, and counts
        tell_outcome(outcome, io)
    return ExitCode.SOME_FAILED if outcome.failed else ExitCode.DONE


def outcome_object(outcome: Outcome) -> dict[str, Any]:
    """An outcome as one JSON object; ``Undo`` and ``Resume`` are command lines or ``None``."""
    return {
        "Message": outcome.message,
        "Done": outcome.done,
        "Failed": [{"Target": each.target, "Reason": each.reason, "Unknown": each.unknown} for each in outcome.failed],
        "Skipped": [{"Target": each.target, "Reason": each.reason} for each in outcome.skipped],
        "Result": machine(outcome.result),
        "Undo": outcome.undo.command_line if outcome.undo else None,
        "Resume": outcome.resume.command_line if outcome.resume else None,
    }


def tell_outcome(outcome: Outcome, io: Console) -> None:
    """Say on stderr what was done, what was not and why, and how to take it back or go on."""
    io.note(outcome.message)
    list_failures(outcome.skipped, io)
    list_failures(outcome.failed, io)
    for label, link in (("Go on with", outcome.resume), ("Undo", outcome.undo)):
        if link is not None:
            io.note(f"{label}: {link.command_line}")
    for link in outcome.links:
        io.note(f"{link.label or 'See'}: {link.command_line}")


def list_failures(failures: Sequence[Failure], io: Console) -> None:
    """Say on stderr what failed, or was left alone, and why: the first ones."""
    for failure in failures[:_LISTED]:
        unknown = " (nobody knows whether it was done: look before you try again)" if failure.unknown else ""
        io.note(f"  {failure.target}: {failure.reason}{unknown}")
    if len(failures) > _LISTED:
        io.note(f"  … and {len(failures) - _LISTED:,} more (-o json has them all)")
