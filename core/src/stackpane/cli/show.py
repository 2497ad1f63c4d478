"""The command line shows a view: data on stdout, narration on stderr, an exit code."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from stackpane.cli.confirm import confirm, tell_plan
from stackpane.cli.output.console import Console, ReaderGone
from stackpane.cli.output.document import show_document
from stackpane.cli.output.outcome import outcome_object, tell_outcome
from stackpane.cli.output.pages import Pages, with_cursor
from stackpane.cli.output.query import QueriedRows, Query
from stackpane.cli.output.results import ResultList, show_result
from stackpane.cli.output.rows import RowWriter, row_writer
from stackpane.cli.output.sheet import masked_names, object_sheet, record_object, record_sheet
from stackpane.cli.output.values import machine, row_object
from stackpane.cli.progress import run_job
from stackpane.errors import ExitCode, InvalidInput
from stackpane.views import Column, Document, Job, Outcome, Plan, Record, Stream, Table, View

if TYPE_CHECKING:
    from stackpane.cli.output.options import OutputOptions

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
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def _show(view: View, options: OutputOptions, io: Console) -> ExitCode:
    query = Query(options.query) if options.query is not None else None
    if isinstance(view, Table):
        return _show_table(view, query, options, io)
    if isinstance(view, Record):
        return _show_record(view, query, options, io)
    if isinstance(view, Document):
        if query is not None:
            raise InvalidInput("--query selects from lists and records; a document is written as it is.")
        show_document(view, options.here, io)
        return ExitCode.DONE
    if isinstance(view, Stream):
        return _show_stream(view, query, options, io)
    if isinstance(view, Plan):
        return _show_plan(view, query, options, io)
    outcome = run_job(view, io) if isinstance(view, Job) else view
    return _show_outcome(outcome, query, options, io)


def _rows(columns: Sequence[Column], query: Query | None, options: OutputOptions, io: Console) -> RowWriter:
    return row_writer(columns, options, io) if query is None else QueriedRows(query, columns, options, io)


def _show_table(table: Table, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    writer = _rows(table.columns, query, options, io)
    pages = Pages(table, options.cursor, options.limit)
    try:
        with contextlib.closing(pages.batches()) as batches:
            for batch in batches:
                writer.write(batch)
        writer.close()
    except ReaderGone:
        pages.ended = True
        raise
    finally:
        # Also where a later page fails or the user stops: what has been shown need not be fetched again.
        if pages.shown and not pages.ended:
            rows = "row" if pages.shown == 1 else "rows"
            verb = "shown" if query is None else "read"
            line = with_cursor(options.here, pages.cursor).command_line
            io.note(f"{pages.shown:,} {rows} {verb}, more follow: {line}")
    return ExitCode.DONE


def _show_record(record: Record, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    if query is not None:
        show_result(query(record_object(record, options.reveal)), options, io)
    elif options.format == "table":
        io.write(record_sheet(record, options.reveal, options.color and io.may_color))
    else:
        show_result(record_object(record, options.reveal), options, io)
    if not options.reveal and (masked := masked_names(record)):
        io.note(f"Masked: {', '.join(masked)}. --reveal shows what is there.")
    return ExitCode.DONE


def _show_stream(stream: Stream, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    """Write events until there are no more; the user's Ctrl-C is their proper end, so the output is ended as well."""
    events = stream.events()
    results = ResultList(options, io)
    writer = row_writer(stream.columns, options, io, header=options.format != "table")
    code = ExitCode.DONE
    try:
        for event in events:
            if query is None:
                writer.write([event])
            elif (result := query(row_object(stream.columns, event))) is not None:
                results.add([result])
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    finally:
        if hasattr(events, "close"):
            events.close()
    (writer if query is None else results).close()
    return code


def _show_plan(plan: Plan, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    if options.dry_run:
        tell_plan(plan, io, sample=0)
        _show_targets(plan, query, options, io)
        return ExitCode.DONE
    tell_plan(plan, io)
    if plan.count == 0:
        return _show_outcome(Outcome("There is nothing to do.", done=0), query, options, io)
    confirm(plan, options, io)
    return _show_outcome(run_job(plan.apply(), io), query, options, io)


def _show_targets(plan: Plan, query: Query | None, options: OutputOptions, io: Console) -> None:
    """Write every target of the plan: a dry run that is cut would be none."""
    writer = _rows((Column("Target", "uri"),), query, options, io)
    targets = plan.targets()
    while batch := [(target,) for target in islice(targets, 1000)]:
        writer.write(batch)
    writer.close()


def _show_outcome(outcome: Outcome, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    with contextlib.suppress(ReaderGone):  # the work is done, and counts
        _write_outcome(outcome, query, options, io)
    tell_outcome(outcome, io)
    return ExitCode.SOME_FAILED if outcome.failed else ExitCode.DONE


def _write_outcome(outcome: Outcome, query: Query | None, options: OutputOptions, io: Console) -> None:
    if query is not None:
        show_result(query(outcome_object(outcome)), options, io)
    elif options.format != "table":
        show_result(outcome_object(outcome), options, io)
    elif outcome.result:
        result: dict[str, Any] = machine(outcome.result)
        io.write(object_sheet(result))
