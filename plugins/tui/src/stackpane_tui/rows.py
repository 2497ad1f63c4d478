"""Rows that have been loaded, as many as there are, in memory that does not grow with them.

The newest rows are kept as they came. What lies further back is packed, a block of rows at a time, into a temporary
file that has no name, that nobody else can read, and that goes away with the process; the first megabytes of it never
leave memory. A row is read back where it is looked at.
"""

from __future__ import annotations

import pickle
import tempfile
import threading
import weakref
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, overload

__all__ = ["BLOCK", "Rows"]

T = TypeVar("T")

BLOCK = 256
"""Rows that are packed, read back and gone through at a time: in a sorted table each of them may lie in another block,
and a screen of them is not to take long."""
_FRESH = 128  # blocks at the end that are kept as they came
_READ = 128  # blocks that were read back and are kept for the next look
_IN_MEMORY = 16 * 1024**2  # bytes of packed rows before a file is used


class _Block(Generic[T]):
    """Some rows in order: as they came, or where their packed bytes are."""

    __slots__ = ("at", "rows", "size")

    def __init__(self, rows: Sequence[T]) -> None:
        self.rows: Sequence[T] | None = rows
        self.at = self.size = 0


class _Part(Sequence[T]):
    """Some rows of a page, without a copy of them."""

    __slots__ = ("_page", "_start", "_stop")

    def __init__(self, page: Sequence[T], start: int, stop: int) -> None:
        self._page, self._start, self._stop = page, start, stop

    def __len__(self) -> int:
        return self._stop - self._start

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, int):
            if at >= self._stop - self._start:
                raise IndexError(at)
            return self._page[self._start + at]
        start, stop, step = at.indices(len(self))
        return self._page[self._start + start : self._start + stop : step]


class Rows(Generic[T]):
    """Appended by one thread, read by others at the same time. ``fresh``: rows at the end that are not packed."""

    def __init__(self, *, fresh: int = _FRESH * BLOCK) -> None:
        self._blocks: list[_Block[T]] = []
        self._open: list[T] = []  # the last block while it is not full
        self._count = 0
        self._packed = 0  # blocks at the front that have been dealt with
        self._fresh = fresh // BLOCK
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as the rows
        self._end = 0
        self._lock = threading.Lock()
        self._read: OrderedDict[int, Sequence[T]] = OrderedDict()
        self._close = weakref.finalize(self, self._file.close)

    def extend(self, rows: Sequence[T]) -> None:
        """Keep more rows. The sequence is taken apart, not copied row by row."""
        at = 0
        if self._open:
            at = BLOCK - len(self._open)
            self._open.extend(rows[:at])
        for start in range(at, len(rows), BLOCK):
            if start + BLOCK <= len(rows):
                self._blocks.append(_Block(_Part(rows, start, start + BLOCK)))
            else:
                self._open = list(rows[start:])
                self._blocks.append(_Block(self._open))
        if len(self._open) >= BLOCK:
            self._open = []
        self._count += len(rows)

    def pack(self, blocks: int | None = None) -> bool:
        """Pack what lies further back than the freshest rows; true where more of it is left.

        A block takes about a millisecond, so whoever cannot wait has so many ``blocks`` packed at a time.
        """
        stop = len(self._blocks) - self._fresh
        if blocks is not None:
            stop = min(stop, self._packed + blocks)
        while self._packed < stop:
            block = self._blocks[self._packed]
            if block.rows is not None and block.rows is not self._open:
                self._pack(block)
            self._packed += 1
        return self._packed < len(self._blocks) - self._fresh

    def _pack(self, block: _Block[T]) -> None:
        assert block.rows is not None  # noqa: S101 - whoever calls has looked
        try:
            packed = zlib.compress(pickle.dumps(block.rows[:], pickle.HIGHEST_PROTOCOL), 1)
            with self._lock:
                if not self._close.alive:
                    return
                self._file.seek(self._end)
                self._file.write(packed)
        # Values that cannot be packed, or a full disk: such rows stay in memory, where they are anyway.
        except (pickle.PicklingError, AttributeError, TypeError, RecursionError, OSError):
            return
        block.at, block.size = self._end, len(packed)
        self._end += len(packed)
        block.rows = None

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, at: int) -> T:
        return self.block(at // BLOCK)[at % BLOCK]

    def block(self, number: int) -> Sequence[T]:
        """The rows from ``number * BLOCK`` on, at most so many."""
        block = self._blocks[number]
        rows = block.rows
        if rows is not None:
            return rows
        with self._lock:
            found = self._read.get(number)
            if found is None:
                self._file.seek(block.at)
                packed = self._file.read(block.size)
                found = pickle.loads(zlib.decompress(packed))  # noqa: S301 - what this process wrote, in its own file
                self._read[number] = found
                if len(self._read) > _READ:
                    self._read.popitem(last=False)
            else:
                self._read.move_to_end(number)
        return found

    def blocks(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, Sequence[T]]]:
        """The rows from ``start`` to ``stop`` (now the last one), some at a time, each time with the first's number."""
        stop = self._count if stop is None else min(stop, self._count)
        while start < stop:
            number, skip = divmod(start, BLOCK)
            rows = self.block(number)[skip : skip + stop - start]
            yield start, rows
            start += len(rows)

    def picked(self, numbers: Sequence[int]) -> list[T]:
        """The rows of these numbers in this order; every block of them is read back once."""
        found = {number: self[number] for number in sorted(numbers)}
        return [found[number] for number in numbers]

    def __iter__(self) -> Iterator[T]:
        for _, rows in self.blocks():
            yield from rows

    def close(self) -> None:
        """Let go of everything. Rows that were packed cannot be read any more."""
        with self._lock:
            self._close()
        self._blocks, self._open, self._count = [], [], 0
        self._read.clear()
