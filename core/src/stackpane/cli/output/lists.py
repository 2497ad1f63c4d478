"""Tables and streams: rows written as they come, and where to go on when there are more."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from stackpane.cli.output.console import Console, ReaderGone
from stackpane.cli.output.pages import Pages, with_cursor
from stackpane.cli.output.rows import RowWriter, row_writer
from stackpane.errors import ExitCode

if TYPE_CHECKING:
    from stackpane.cli.output.options import OutputOptions
    from stackpane.cli.output.query import Query
    from stackpane.views import Column, Sample, Stream, Table

__all__ = ["rows_of", "show_stream", "show_table"]


def rows_of(
    columns: Sequence[Column], query: Query | None, options: OutputOptions, io: Console, sample: Sample | None = None
) -> RowWriter:
    """The writer for a list's rows, or for what a query makes of them; with ``sample`` the rows are mappings."""
    if query is not None:
        from stackpane.cli.output.query import QueriedRows

        return QueriedRows(query, columns, options, io)
    if sample is not None:
        from stackpane.cli.output.sampled import SampledRows

        return SampledRows(sample, options, io)
    return row_writer(columns, options, io)


def show_table(table: Table, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    """Write a table's rows page by page."""
    writer = rows_of(table.columns, query, options, io, table.sample)
    pages = Pages(table, options.cursor, options.limit)
    began = pages.cursor
    try:
        with contextlib.closing(pages.batches()) as batches:
            for batch in batches:
                writer.write(batch)
        writer.close()
    except ReaderGone:
        pages.ended = True
        raise
    finally:
        # Also where a later page fails or the user stops: what has been read need not be fetched again, and pages of
        # which nothing was to be shown are read as well.
        if pages.cursor != began and not pages.ended:
            rows = "row" if pages.shown == 1 else "rows"
            verb = "shown" if query is None else "read"
            line = with_cursor(options.here, pages.cursor).command_line
            io.note(f"{pages.shown:,} {rows} {verb}, more follow: {line}")
    return ExitCode.DONE


def show_stream(stream: Stream, query: Query | None, options: OutputOptions, io: Console) -> ExitCode:
    """Write events until there are no more; the user's Ctrl-C is their proper end, so the output is ended as well.

    A query is about each event by itself, because there is no whole.
    """
    if query is None:
        writer = row_writer(stream.columns, options, io, header=options.format != "table")
    else:
        from stackpane.cli.output.query import QueriedEvents

        writer = QueriedEvents(query, stream.columns, options, io)
    events = stream.events()
    code = ExitCode.DONE
    try:
        for event in events:
            writer.write([event])
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    finally:
        if hasattr(events, "close"):
            events.close()
    writer.close()
    return code
