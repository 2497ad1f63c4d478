"""Which writer a format has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.cli.output.options import OutputOptions
    from stackpane.views import Column, Row

__all__ = ["RowWriter", "row_writer"]


class RowWriter(Protocol):
    """Writes rows as they come, some at a time."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows to stdout, at once."""

    def close(self) -> None:
        """End the output. Not called where an error cuts it short: then nothing may look whole."""


def row_writer(columns: Sequence[Column], options: OutputOptions, io: Console, header: bool = True) -> RowWriter:
    """The writer for rows of these columns in the format that ``options`` name; it alone is imported.

    ``header`` is for the formats that have one. Raises ``InvalidInput`` where a format's library is missing.
    """
    match options.format:
        case "table":
            from stackpane.cli.output.table import TableRows

            return TableRows(columns, io, options.width or io.width, options.color and io.may_color, header)
        case "json" | "jsonl":
            from stackpane.formats.jsontext import JsonArray, JsonLines, JsonRows

            return JsonRows(columns, JsonArray(io) if options.format == "json" else JsonLines(io))
        case "csv" | "tsv":
            from stackpane.formats.delimited import DelimitedRows

            return DelimitedRows(columns, io, options.format, header)
        case "yaml":
            from stackpane.cli.output.yamltext import YamlRows

            return YamlRows(columns, io)
