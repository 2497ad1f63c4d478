"""Results of any shape: what a query gives, and the one object that a record or an outcome is in machine formats.

In the formats made of rows (table, csv, tsv) objects become rows below a header, lists become rows without one, and
anything else a line of its own, so that ``--query '[].Key'`` can be read line by line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from stackpane.cli.output.rows import RowWriter, row_writer
from stackpane.cli.output.sheet import object_sheet
from stackpane.cli.output.yamltext import YamlDumper, YamlList
from stackpane.errors import StackpaneError
from stackpane.formats.jsontext import JsonArray, JsonLines, dumps
from stackpane.views import Column, Kind, Row

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.cli.output.options import OutputOptions

__all__ = ["ResultList", "show_result"]


class ResultList:
    """Writes a list of machine values in the format that ``options`` name, as the values come."""

    def __init__(self, options: OutputOptions, io: Console) -> None:
        self._options, self._io = options, io
        self._json = JsonArray(io) if options.format == "json" else JsonLines(io) if options.format == "jsonl" else None
        self._yaml = YamlList(io) if options.format == "yaml" else None
        self._rows: RowWriter | None = None
        self._names: tuple[str, ...] | None = None
        self._width = 0

    def add(self, values: Sequence[Any]) -> None:
        """Write values. Raises ``StackpaneError`` for an object that does not fit below the header any more."""
        if not values:
            return
        if self._json is not None:
            self._json.add(self._json.separator.join(map(dumps, values)))
        elif self._yaml is not None:
            self._yaml.add(values)
        else:
            if self._rows is None:
                self._rows = self._begin(values)
            self._rows.write([self._row(value) for value in values])

    def close(self) -> None:
        """End the output."""
        if (end := self._json or self._yaml or self._rows) is not None:
            end.close()
        else:
            self._io.note("Nothing to show.")

    def _begin(self, values: Sequence[Any]) -> RowWriter:
        """Take the columns from the first values."""
        if all(isinstance(value, dict) for value in values):
            self._names = tuple(dict.fromkeys(chain.from_iterable(values)))
            columns = [Column(name, _kind([value.get(name) for value in values])) for name in self._names]
        else:
            lists = [value if isinstance(value, list) else [value] for value in values]
            columns = [Column("", _kind(column)) for column in zip_longest(*lists)]
            if len(columns) == 1:  # nothing to align with: lines for ``while read``
                columns = [Column("")]
        self._width = len(columns)
        return row_writer(columns, self._options, self._io, header=self._names is not None)

    def _row(self, value: Any) -> Row:
        if self._names is not None and isinstance(value, dict) and value.keys() <= set(self._names):
            return tuple(map(value.get, self._names))
        row = tuple(value) if isinstance(value, list) else (value,)
        if self._names is None and len(row) <= self._width:
            return row + (None,) * (self._width - len(row))
        raise StackpaneError(
            "The rows of the result differ in their fields, which a header cannot show.",
            "Use -o json or -o jsonl, or select the fields: --query '[].{Name: Name}'.",
        )


def _kind(values: Sequence[Any]) -> Kind:
    found = [value for value in values if value is not None]
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in found)
    return "number" if found and numbers else "text"


def show_result(value: Any, options: OutputOptions, io: Console) -> None:
    """Write one machine value in the format that ``options`` name."""
    if isinstance(value, list):
        results = ResultList(options, io)
        results.add(value)
        results.close()
    elif options.format in ("json", "jsonl"):
        io.write(dumps(value, indent=2 if options.format == "json" else None) + "\n")
    elif options.format == "yaml":
        io.write(YamlDumper()(value))
    elif options.format == "table" and isinstance(value, Mapping):
        io.write(object_sheet(value))
    else:
        show_result([value], options, io)
