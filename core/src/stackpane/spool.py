"""Spools: what a plan has frozen, kept in order and out of memory however much it is.

A plan for a million objects must name each of them exactly, and must still name the same ones when it is carried out
minutes later. The records wait in a temporary file that has no name and goes away with the process; the first few
thousand never leave memory.
"""

from __future__ import annotations

import json
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from stackpane.errors import StackpaneError

__all__ = ["Spool"]

T = TypeVar("T", bound=tuple[Any, ...])

_IN_MEMORY = 4 * 1024**2  # bytes
_READ = 256 * 1024  # bytes of whole lines that are decoded at a time


class Spool(Generic[T]):
    """Named tuples of JSON values (``text``, ``int``, ``bool``, ``None``), appended once and read as often as needed.

    ``make`` builds a record of its values, as ``Target._make`` does. Readers do not disturb one another. Raises
    ``StackpaneError`` where there is no room for the temporary file.
    """

    def __init__(self, make: Callable[[Iterable[Any]], T], records: Iterable[T] = ()) -> None:
        self._make = make
        self._count = 0
        self._end = 0
        self._at_end = True  # a seek would write out what is buffered, so there is none between two appends
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as the spool
        self._lock = threading.Lock()
        weakref.finalize(self, self._file.close)
        for record in records:
            self.append(record)

    def append(self, record: T) -> None:
        """Keep one more record."""
        line = json.dumps(record, separators=(",", ":")).encode() + b"\n"
        try:
            with self._lock:
                if not self._at_end:
                    self._file.seek(self._end)
                    self._at_end = True
                self._file.write(line)
                self._end += len(line)
                self._count += 1
        except OSError as error:
            raise StackpaneError(
                f"no room to write down what the plan names ({error.strerror})",
                f"Free some space in {tempfile.gettempdir()}, or set TMPDIR to a folder that has more.",
            ) from error

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        position = 0
        while lines := self._lines(position):
            position += sum(map(len, lines))
            for line in lines:
                yield self._make(json.loads(line))

    def _lines(self, position: int) -> list[bytes]:
        with self._lock:
            self._file.seek(position)
            self._at_end = False
            return self._file.readlines(_READ)
