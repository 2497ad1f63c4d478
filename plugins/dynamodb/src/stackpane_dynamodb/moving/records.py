"""Items from files, line by line; a line that is none says why."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from stackpane import InvalidInput, StackpaneError
from stackpane.unfinished import local
from stackpane_dynamodb.moving.packing import unpacked
from stackpane_dynamodb.values.plain import PlainError, item_from_text, no_twice

if TYPE_CHECKING:
    from collections.abc import Generator

    from stackpane_dynamodb.moving.forms import Form
    from stackpane_dynamodb.values.plain import Item

__all__ = ["Line", "Source"]

_LONGEST = 16 << 20
"""Bytes of a line at most: an item of 400 KB, however its texts are escaped, is far below."""


class Line(NamedTuple):
    """One item of a file, or why it is none. ``number`` is that of its line, from 1 on."""

    number: int
    text: str
    item: Item | None
    reason: str = ""


class Source:
    """A file of items, that can be read more than once; or a stream, that cannot."""

    def __init__(self, name: str, form: Form, stream: IO[bytes] | None = None) -> None:
        self.name, self.form, self._stream = name, form, stream
        self._names: list[str | None] = []  # of the columns, where there are any
        if form.kind == "parquet" and stream is not None:
            raise InvalidInput("a Parquet file is read from its end, and a stream has none yet", "Give its name.")

    @property
    def identity(self) -> list[int] | None:
        """What tells whether the file is still the same; ``None`` for a stream."""
        if self._stream is not None:
            return None
        found = self._opened(lambda: Path(self.name).expanduser().stat())
        return [found.st_size, found.st_mtime_ns]

    def count(self) -> int:
        """How many items there are, read or not."""
        return sum(1 for _ in self._raw())

    def lines(self, behind: int = 0) -> Generator[Line, None, None]:
        """The items behind the first ``behind``. Raises ``StackpaneError`` where the file ends too early."""
        read = {"jsonl": _plain, "dynamodb": _typed}.get(self.form.kind)
        with closing(self._raw()) as raw:
            for count, (number, held) in enumerate(raw):
                if count < behind:
                    continue
                if isinstance(held, Mapping):
                    yield Line(number, json.dumps(held), held)
                elif isinstance(held, list):
                    yield self._row(number, held)
                else:
                    assert read is not None  # noqa: S101 - of the other kinds, each was met above
                    yield _line(number, held, read)

    def _raw(self) -> Generator[tuple[int, Any], None, None]:
        """Lines with their numbers; rows, or items, where the form has them."""
        try:
            if self.form.kind == "parquet":
                from stackpane_dynamodb.moving.parquet import read

                yield from enumerate(self._opened(lambda: read(str(Path(self.name).expanduser()))), 1)
                return
            with ExitStack() as stack:
                packed = self._stream or stack.enter_context(self._file())
                file = unpacked(packed, self.form.packing)
                yield from self._rows(file) if self.form.kind == "csv" else _text_lines(file)
        except (EOFError, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise local(error) from error
            raise StackpaneError(f"{self.name} cannot be read to its end: {error}", "Get the file again.") from error

    def _file(self) -> IO[bytes]:
        file: IO[bytes] = self._opened(lambda: Path(self.name).expanduser().open("rb"))
        return file

    def _opened(self, how: Any) -> Any:
        try:
            return how()
        except OSError as error:
            raise InvalidInput(f"{self.name}: {error.strerror or error}") from error

    # CSV

    def _rows(self, file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
        from stackpane_dynamodb.moving.sheets import header_names, rows_of_file

        try:
            with closing(rows_of_file(file)) as rows:
                _, header = next(rows, (0, []))
                self._names = header_names(header)
                yield from rows
        except (csv.Error, UnicodeDecodeError) as error:
            raise StackpaneError(f"{self.name} is no CSV: {error}", "Nothing behind that was read.") from error
        except PlainError as error:
            raise InvalidInput(f"{self.name}: {error}") from error

    def _row(self, number: int, row: list[str]) -> Line:
        from stackpane_dynamodb.moving.sheets import item_of_row

        try:
            return Line(number, "", item_of_row(self._names, row))
        except PlainError as error:
            text = io.StringIO()
            csv.writer(text, lineterminator="").writerow(row)
            return Line(number, text.getvalue(), None, str(error))


def _text_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while text := file.readline(_LONGEST):
        number += 1
        if text.strip():
            yield number, text
        while len(text) == _LONGEST and not text.endswith(b"\n"):  # what is behind belongs to it
            text = file.readline(_LONGEST)


def _line(number: int, text: bytes, read: Any) -> Line:
    try:
        if len(text) >= _LONGEST:
            raise PlainError("is longer than the text of any item")
        item = read(text)
        return Line(number, text.decode().rstrip("\r\n"), item)
    except (PlainError, UnicodeDecodeError) as error:
        reason = "is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        return Line(number, text.decode(errors="replace").rstrip("\r\n"), None, reason)


def _plain(text: bytes) -> Item:
    return item_from_text(text)


def _typed(text: bytes) -> Item:
    try:
        found = json.loads(text, object_pairs_hook=no_twice)
    except json.JSONDecodeError as error:
        raise PlainError(f"column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise PlainError("is nested too deeply; DynamoDB allows 32 levels") from None
    if not isinstance(found, dict) or found.keys() != {"Item"} or not isinstance(found["Item"], dict):
        raise PlainError('is no line of a DynamoDB export: {"Item": {…}}')
    item: Item = found["Item"]
    return item
