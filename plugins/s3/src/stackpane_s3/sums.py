"""Adding up sizes by folder while a listing goes by: no more is kept than the folders that are still open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["Sum", "Sums"]

Sum = tuple[str, int, int]
"""A folder (or the prefix that all began with), the objects in it and below it, and their bytes."""


class Sums:
    """Sums of the folders to ``depth`` levels below ``prefix``, for keys that come in their order.

    A folder's sum is known when the first key behind it comes; that of the prefix itself comes last.
    """

    def __init__(self, prefix: str, depth: int) -> None:
        self.depth = depth
        self.last = ""
        """The last key that was added."""
        # The open folders, each in the one before it. A sum goes to the one around it when it is closed.
        self._open: list[list[Any]] = [[prefix, 0, 0]]

    @classmethod
    def read(cls, cursor: str | None, prefix: str, depth: int) -> Sums:
        """The sums where ``cursor`` left them; new ones without a cursor."""
        sums = cls(prefix, depth)
        if cursor:
            sums.last, sums._open = json.loads(cursor)
        return sums

    @property
    def cursor(self) -> str:
        """What is needed to go on behind the last key."""
        return json.dumps([self.last, self._open])

    def add(self, entries: Iterable[Any]) -> Iterator[Sum]:
        """Add entries that begin with a key and a size, and give the sums that are complete by them."""
        for key, size, *_ in entries:
            while not key.startswith(self._open[-1][0]):
                yield self._close()
            while len(self._open) <= self.depth and (cut := key.find("/", len(self._open[-1][0]))) >= 0:
                self._open.append([key[: cut + 1], 0, 0])
            leaf = self._open[-1]
            leaf[1] += 1
            leaf[2] += size
            self.last = key

    def rest(self) -> Iterator[Sum]:
        """The sums of what is still open, that of the prefix last."""
        while self._open:
            yield self._close()

    def _close(self) -> Sum:
        folder, count, size = self._open.pop()
        if self._open:
            self._open[-1][1] += count
            self._open[-1][2] += size
        return folder, count, size
