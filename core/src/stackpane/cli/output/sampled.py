"""Rows that are mappings, each with names of its own: whole as objects, or in the columns that the first rows have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stackpane.cli.output.rows import RowWriter, row_writer
from stackpane.text import safe

if TYPE_CHECKING:
    from stackpane.cli.output.console import Console
    from stackpane.cli.output.options import OutputOptions
    from stackpane.views import Column, Row, Sample

__all__ = ["SampledRows"]

_OBJECTS = ("json", "jsonl", "yaml")
_NAMED = 5
"""Names without a column that are told one by one."""


class _Null:
    """A value that is there and is null, where no value at all is blank."""

    def __str__(self) -> str:
        return "null"


_NULL = _Null()


class SampledRows:
    """Writes mappings. Formats that need columns get those that ``sample`` makes of the first rows.

    What has no column is told at the end: nothing is left out in silence.
    """

    def __init__(self, sample: Sample, options: OutputOptions, io: Console) -> None:
        self._sample, self._options, self._io = sample, options, io
        self._names: list[str] = []
        self._writer: RowWriter | None = None
        self._missed: dict[str, None] = {}

    def write(self, rows: Sequence[Any]) -> None:
        """Write rows."""
        if not rows:
            return
        if self._options.format in _OBJECTS:
            self._started(()).write(rows)
            return
        writer = self._writer or self._started(self._sample(rows))
        known = set(self._names)
        for row in rows:
            if not row.keys() <= known:
                self._missed |= dict.fromkeys(name for name in row if name not in known)
        writer.write([self._cells(row) for row in rows])

    def close(self) -> None:
        """End the output; say which names have no column."""
        (self._writer or self._started(())).close()
        if self._missed:
            some = [safe(name) for name in self._missed][:_NAMED]
            more = f" and {len(self._missed) - _NAMED:,} more" if len(self._missed) > _NAMED else ""
            self._io.note(f"No column for {', '.join(some)}{more}, which only later rows have: -o jsonl has it all.")

    def _started(self, columns: tuple[Column, ...]) -> RowWriter:
        if self._writer is None:
            self._names = [column.name for column in columns]
            self._writer = row_writer(columns, self._options, self._io)
        return self._writer

    def _cells(self, row: Mapping[str, Any]) -> Row:
        return tuple(
            [
                _NULL if (value := row.get(name, self)) is None else None if value is self else value
                for name in self._names
            ]
        )
