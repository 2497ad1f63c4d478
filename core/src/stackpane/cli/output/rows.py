"""Which writer a format has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from stackpane.cli.output.delimited import DelimitedRows
from stackpane.cli.output.jsontext import JsonArray, JsonLines, JsonRows
from stackpane.cli.output.table import TableRows
from stackpane.cli.output.yamltext import YamlRows

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.cli.output.options import OutputOptions
    from stackpane.options import Format
    from stackpane.views import Column, Row

__all__ = ["RowWriter", "row_writer"]


class RowWriter(Protocol):
    """Writes rows as they come, some at a time."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write rows to stdout, at once."""

    def close(self) -> None:
        """End the output. Not called where an error cuts it short: then nothing may look whole."""


def row_writer(columns: Sequence[Column], options: OutputOptions, io: Console, header: bool = True) -> RowWriter:
    """The writer for rows of these columns in the format that ``options`` name.

    ``header`` is for the formats that have one. Raises ``InvalidInput`` where a format's library is missing.
    """
    width, color = options.width or io.width, options.color and io.may_color
    writers: dict[Format, Callable[[], RowWriter]] = {
        "table": lambda: TableRows(columns, io, width, color, header),
        "json": lambda: JsonRows(columns, JsonArray(io)),
        "jsonl": lambda: JsonRows(columns, JsonLines(io)),
        "csv": lambda: DelimitedRows(columns, io, "csv", header),
        "tsv": lambda: DelimitedRows(columns, io, "tsv", header),
        "yaml": lambda: YamlRows(columns, io),
    }
    return writers[options.format]()
