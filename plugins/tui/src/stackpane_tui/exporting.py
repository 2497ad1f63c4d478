"""Writing what a table shows into a file: its visible columns, its filter and its order, a thousand rows at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from stackpane import Job, Outcome, Progress, StackpaneError
from stackpane.formats.delimited import DelimitedRows
from stackpane.formats.jsontext import JsonLines, JsonRows
from stackpane.text import human_count

if TYPE_CHECKING:
    from stackpane import Column
    from stackpane_tui.values import Shape

__all__ = ["FORMATS", "exporting"]

FORMATS = (".csv", ".jsonl")
"""The formats, by the ends of files' names."""


class _File:
    """A file as what rows are written to."""

    stdout_is_terminal = False

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.notes: list[str] = []

    def write(self, text: str) -> None:
        # As the command line does: a lone surrogate is no text, and not lost either.
        self._file.write(text.encode("utf-8", "surrogatepass"))

    def note(self, text: str) -> None:
        self.notes.append(text)


def exporting(
    path: Path,
    shape: Shape,
    at: Sequence[int],
    batches: Callable[[], Iterator[Sequence[Any]]],
    total: int,
    *,
    replace: bool = False,
) -> Job:
    """The job that writes the rows' values in the columns ``at`` to ``path``, as its name's end says.

    Raises ``StackpaneError`` where that is no format, or where there is such a file and it is not to be replaced.
    """
    if path.suffix.lower() not in FORMATS:
        raise StackpaneError("the file's name says its format: .csv for spreadsheets, .jsonl for programs")
    if path.exists() and not replace:
        raise StackpaneError(f"{path} is there already", "Choose another name.")
    return Job(f"Export {path.name}", lambda: _export(path, shape, at, batches, total))


def _export(
    path: Path, shape: Shape, at: Sequence[int], batches: Callable[[], Iterator[Sequence[Any]]], total: int
) -> Generator[Progress, None, Outcome]:
    done = 0
    beside = ""
    try:
        # Whole or not at all: a file of this name is what it was until the last row is written.
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as raw:
            file = _File(raw)
            columns = [shape.columns[each] for each in at]
            writer = _writer(path, columns, file, named=shape.named)
            for rows in batches():
                writer.write([_row(shape, row, at, path) for row in rows])
                done += len(rows)
                yield Progress(done, total, "rows", path.name)
            writer.close()
        _permit(beside)
        Path(beside).replace(path)
    except BaseException as error:
        with suppress(OSError):
            Path(beside).unlink()
        if isinstance(error, OSError):
            raise StackpaneError(f"{path} cannot be written: {error.strerror}", "Nothing was exported.") from error
        raise
    message = " ".join([f"Exported {human_count(done, 'row')} to {path}.", *file.notes])
    return Outcome(message, done, result={"Path": str(path.absolute()), "Rows": done})


def _permit(path: str) -> None:
    """Give a file the permissions that a new one has; a temporary one is the owner's alone."""
    mask = os.umask(0)
    os.umask(mask)
    Path(path).chmod(0o666 & ~mask)


def _writer(path: Path, columns: Sequence[Column], file: _File, *, named: bool) -> DelimitedRows | JsonRows:
    if path.suffix.lower() == ".csv":
        return DelimitedRows(columns, file, "csv")
    return JsonRows(() if named else columns, JsonLines(file))


def _row(shape: Shape, row: Any, at: Sequence[int], path: Path) -> Any:
    """A row as the writer wants it: values in columns, or an object with only what it has of them."""
    if not shape.named or path.suffix.lower() == ".csv":
        return tuple(shape.values(row, at))
    names = [shape.columns[each].name for each in at]
    return {name: row[name] for name in names if name in row}
