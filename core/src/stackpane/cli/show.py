"""The command line shows a view: data on stdout, narration on stderr, an exit code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stackpane.cli.output.console import Console, ReaderGone
from stackpane.errors import ExitCode, InvalidInput
from stackpane.views import Document, Job, Outcome, Plan, Record, Stream, Table, View

if TYPE_CHECKING:
    from stackpane.cli.output.options import OutputOptions
    from stackpane.cli.output.query import Query

__all__ = ["show"]


def show(view: View, options: OutputOptions, io: Console) -> ExitCode:
    """Show ``view`` and return the exit code. Raises ``StackpaneError``, and whatever producing the view raises.

    Where the reader of stdout goes away (``| head``) it has what it wanted: the command ends quietly with 0, or with
    what its work came to. Ctrl-C ends with 130.
    """
    try:
        return _show(view, options, io)
    except ReaderGone:
        return ExitCode.DONE
    except KeyboardInterrupt as stop:
        from stackpane.cli.progress import Interrupted

        if not isinstance(stop, Interrupted):
            io.note("Interrupted.")
        return ExitCode.INTERRUPTED


def _show(view: View, options: OutputOptions, io: Console) -> ExitCode:
    """Show the view by what is imported for its kind only: every command pays for what it uses."""
    query = _query(options)
    match view:
        case Table():
            from stackpane.cli.output.lists import show_table

            return show_table(view, query, options, io)
        case Stream():
            from stackpane.cli.output.lists import show_stream

            return show_stream(view, query, options, io)
        case Record():
            from stackpane.cli.output.record import show_record

            return show_record(view, query, options, io)
        case Document():
            from stackpane.cli.output.document import show_document

            if query is not None:
                raise InvalidInput("--query selects from lists and records; a document is written as it is.")
            return show_document(view, options.here, io)
        case Plan():
            from stackpane.cli.confirm import show_plan

            return show_plan(view, query, options, io)
        case _:
            from stackpane.cli.output.outcome import show_outcome
            from stackpane.cli.progress import run_job

            outcome = run_job(view, io) if isinstance(view, Job) else view
            if outcome.view is not None:
                return _show_result(outcome, outcome.view, options, io)
            return show_outcome(outcome, query, options, io)


def _show_result(outcome: Outcome, view: View, options: OutputOptions, io: Console) -> ExitCode:
    """Show the view that an outcome holds, and tell the outcome behind it: nothing need be done again to go on."""
    from stackpane.cli.output.outcome import tell_outcome

    here = outcome.links[0] if outcome.links else options.here
    try:
        code = _show(view, replace(options, here=here), io)
    finally:  # also where stdout fails: the work is done, and counts
        tell_outcome(outcome, io)
    return ExitCode.SOME_FAILED if outcome.failed else code


def _query(options: OutputOptions) -> Query | None:
    if options.query is None:
        return None
    from stackpane.cli.output.query import Query

    return Query(options.query)
